"""
Someone outside tier 0 can create delegated managed service accounts (BadSuccessor).

What it reports: each entry by which accounts outside tier 0 may create objects of class msDS-
DelegatedManagedServiceAccount in a unit or container of a domain: by the class, or because any
class may be created, which full control of the unit includes.

Why it matters: whoever creates such an account names the account that it succeeds, and on
controllers of Windows Server 2025 without the update of August 2025 (CVE-2025-53779) it then has
all rights and keys of that one, whoever it is. The class comes with the schema of Windows Server
2025; it takes one controller of that version.

How to mend it: install the update, and remove the entry, or limit it to the classes that whoever
holds it creates. What creates computers and users needs no more than these two.
"""

from collections.abc import Iterator
from dataclasses import replace

from adaudit.access.bitmap import BitMap, union
from adaudit.checks._context import Context
from adaudit.checks.domain._grants import Claim, Said, assets, controllers, granted, named
from adaudit.directory.entry import Entry
from adaudit.directory.schema import Kind as Definitions
from adaudit.findings import NotApplicable, Severity
from adaudit.review.tier_zero import Kind

SEVERITY = Severity.HIGH
REASON = "without one update on one controller it is control of the domain at once"
REFERENCES = (
    "Microsoft CVE-2025-53779",
    "MITRE ATT&CK T1098, T1078.002",
)
_CREATION = "create:msDS-DelegatedManagedServiceAccount"
_IF_THERE = "may create delegated managed service accounts, if the forest has the class, in"
"""Where the schema was not read"""
_WHERE = ("domainDNS", "organizationalUnit", "container")
"""What can hold such an account, as other accounts. [MS-ADSC] possSuperiors"""
_CLAIM = Claim(
    "dmsa-creation",
    SEVERITY,
    "may create delegated managed service accounts in",
    ("container", "containers"),
    (_CREATION,),
    is_of_control=True,
)


def run(context: Context) -> Iterator[Said]:
    """Ask about all units and containers of the domains."""
    if named(_CREATION, context) is None:
        yield NotApplicable("the schema has no class of delegated managed service accounts")
        return
    claim = _CLAIM
    if Definitions.CLASSES in context.view.schema.built_in:
        claim = replace(_CLAIM, does=_IF_THERE)
    masters = union(controllers(context, head) for _, head in assets(context, Kind.DOMAIN_HEAD))

    def told_elsewhere(entry: Entry, _: str) -> BitMap:
        is_asset = context.tier_zero.asset(entry.dn) is not None
        return masters | controllers(context, entry) if is_asset else masters

    yield from granted(claim, context, _containers(context), told_elsewhere)


def _containers(context: Context) -> Iterator[Entry]:
    """Those of the domains: the other partitions hold no accounts."""
    others = context.view.heads - {domain.dn for domain in context.view.domains.all}
    for entry in context.snapshot.of_class(*_WHERE):
        if entry.dn not in others and not any(entry.dn.is_below(head) for head in others):
            yield entry

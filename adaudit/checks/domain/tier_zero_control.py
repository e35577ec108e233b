"""
Someone outside tier 0 can take an object of tier 0 over.

What it reports: each entry, or ownership, by which accounts outside tier 0 may write the DACL or
the owner of an object of tier 0: heads of domains, AdminSDHolder, controllers, privileged groups
and accounts, linked group policies, the schema and the configuration, certificate services, DNS.

Why it matters: whoever may write the DACL of an object gives himself every other right on it, and
control of one such object is control of the forest. An owner has that right without any entry,
unless there is one for OWNER RIGHTS.

How to mend it: remove the entry where it was set, or make a group of administrators the owner.
Administer these objects from accounts that are used for nothing else.
"""

from collections.abc import Iterator

from adaudit.checks._context import Context
from adaudit.checks.domain._grants import NOT_READ, Claim, Said, assets, granted
from adaudit.directory.entry import Gap
from adaudit.directory.snapshot import Unreadable, descriptor_of
from adaudit.findings import Severity

SEVERITY = Severity.HIGH
REASON = "one step from the account to control of the forest, without any further fault"
REFERENCES = (
    "ANSSI vuln_permissions_naming_context, vuln_permissions_adminsdholder, vuln_permissions_dc",
    "ANSSI vuln_privileged_members_perm, vuln_permissions_gpo_priv, vuln_permissions_schema",
    "MITRE ATT&CK T1222.001, T1098",
)
_CLAIM = Claim(
    "tier-zero-control",
    SEVERITY,
    "can take over",
    ("tier-0 object", "tier-0 objects"),
    (
        "WriteDacl",
        "WriteOwner",
    ),
    is_of_control=True,
)


def run(context: Context) -> Iterator[Said]:
    """Ask about every object of tier 0, and tell what of it could not be asked about."""
    if context.snapshot.scope != "all":
        yield NOT_READ
        return
    yield from context.tier_zero.unread
    objects = [entry for _, entry in assets(context)]
    for entry in objects:
        descriptor = descriptor_of(entry)
        if isinstance(descriptor, Unreadable):
            yield Gap(str(entry.dn), descriptor.reason)
    yield from granted(_CLAIM, context, objects)

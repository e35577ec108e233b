"""
Someone outside tier 0 can read every password of a domain by replication (DCSync).

What it reports: each entry by which accounts outside tier 0 hold DS-Replication-Get-Changes-All, or
DS-Replication-Get-Changes-In-Filtered-Set, on the head of a domain, while they hold DS-Replication-
Get-Changes as well.

Why it matters: with the first of these a controller replicates secrets. Whoever holds both asks any
controller for the keys of all accounts, krbtgt among them, and is never noticed by whoever has the
account. The second gives what read-only controllers never get, as the passwords of LAPS. Each of
them alone gives nothing.

How to mend it: remove the entry where it was set. Programs that synchronise passwords need the
rights: their accounts, and the computers that they run on, are tier 0 and can be named as such in
the target list.
"""

from collections.abc import Iterator

from adaudit.access.bitmap import NONE, BitMap
from adaudit.checks._context import Context
from adaudit.checks.domain._grants import Claim, Said, assets, granted, named
from adaudit.directory.entry import Entry
from adaudit.findings import Severity
from adaudit.review.tier_zero import Kind

SEVERITY = Severity.HIGH
REASON = "the keys of all accounts of the domain, at once and over the network"
REFERENCES = ("ANSSI vuln_permissions_naming_context", "MITRE ATT&CK T1003.006")
_ALL = "DS-Replication-Get-Changes-All"
_SECRETS = Claim(
    "directory-replication",
    SEVERITY,
    "may replicate the secrets of",
    ("domain", "domains"),
    (_ALL,),
)
_FILTERED = Claim(
    "directory-replication",
    Severity.MEDIUM,
    "may replicate what is kept from read-only controllers, passwords of LAPS among it, of",
    ("domain", "domains"),
    ("DS-Replication-Get-Changes-In-Filtered-Set",),
    apart=("filtered",),
)


def run(context: Context) -> Iterator[Said]:
    """Ask who holds both rights on each domain's head."""
    heads = [entry for _, entry in assets(context, Kind.DOMAIN_HEAD)]
    changes, everything = named("DS-Replication-Get-Changes", context), named(_ALL, context)

    def told_of_secrets(entry: Entry, _: str) -> BitMap:
        return context.outsiders.holders(entry, everything) if everything else NONE

    yield from granted(_SECRETS, context, heads, takes=lambda _: changes)
    yield from granted(_FILTERED, context, heads, told_of_secrets, takes=lambda _: changes)

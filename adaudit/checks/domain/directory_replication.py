"""
Someone outside tier 0 can read every password of a domain by replication (DCSync).

What it reports: each entry by which accounts outside tier 0 hold DS-Replication-Get-Changes-All on
the head of a domain, while they hold DS-Replication-Get-Changes as well.

Why it matters: both rights together are what a controller replicates secrets with. Whoever holds
them asks any controller for the keys of all accounts, krbtgt among them, and is never noticed by
whoever has the account. One of the two alone gives no secret.

How to mend it: remove the entry where it was set. Programs that synchronise passwords need the
rights: their accounts, and the computers that they run on, are tier 0 and can be named as such in
the target list.
"""

from collections.abc import Iterator

from adaudit.checks._context import Context
from adaudit.checks.domain._grants import Claim, Said, assets, granted, named
from adaudit.findings import Severity
from adaudit.review.tier_zero import Kind

SEVERITY = Severity.HIGH
REASON = "the keys of all accounts of the domain, at once and over the network"
REFERENCES = ("ANSSI vuln_permissions_naming_context", "MITRE ATT&CK T1003.006")
_CLAIM = Claim(
    "directory-replication",
    SEVERITY,
    "may replicate the secrets of",
    ("domain", "domains"),
    ("DS-Replication-Get-Changes-All",),
)


def run(context: Context) -> Iterator[Said]:
    """Ask who holds both rights on each domain's head."""
    heads = (entry for _, entry in assets(context, Kind.DOMAIN_HEAD))
    changes = named("DS-Replication-Get-Changes", context)
    return granted(_CLAIM, context, heads, takes=lambda _: changes)

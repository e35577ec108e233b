"""
Someone outside tier 0 holds a right over a whole domain that leads to control of it.

What it reports: each entry by which accounts outside tier 0 hold one of these extended rights on
the head of a domain: DS-Install-Replica, Migrate-SID-History, Create-Inbound-Forest-Trust.

Why it matters: the first lets a computer become a controller, or act as one (DCShadow); the second
gives an account the SID of another one, and with it all that this one may do; the third makes
another forest trusted, with delegation of the tickets of whoever comes over the trust. None of them
is enough by itself: the first takes objects in a site and the account of a computer, the others
a domain or a forest of one's own.

How to mend it: remove the entry where it was set. Tools that migrate accounts need the second while
they are used, and no longer.
"""

from collections.abc import Iterator

from adaudit.checks._context import Context
from adaudit.checks.domain._grants import Claim, Said, assets, granted
from adaudit.findings import Severity
from adaudit.review.tier_zero import Kind

SEVERITY = Severity.MEDIUM
REASON = "each of them takes a further step"
REFERENCES = (
    "ANSSI vuln_permissions_naming_context",
    "MITRE ATT&CK T1207, T1134.005, T1484.002",
)
_CLAIM = Claim(
    "domain-rights",
    SEVERITY,
    "may extend who controls",
    ("domain", "domains"),
    (
        "DS-Install-Replica",
        "Migrate-SID-History",
        "Create-Inbound-Forest-Trust",
    ),
)


def run(context: Context) -> Iterator[Said]:
    """Ask about the head of each domain."""
    return granted(_CLAIM, context, (entry for _, entry in assets(context, Kind.DOMAIN_HEAD)))

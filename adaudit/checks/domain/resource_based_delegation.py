"""
Someone outside tier 0 can let others act on a privileged computer as anybody.

What it reports: each entry by which accounts outside tier 0 may write msDS-
AllowedToActOnBehalfOfOtherIdentity of a controller or an account of tier 0; the property set User-
Account-Restrictions holds the attribute too.

Why it matters: whoever is named in that attribute gets tickets for the computer in the name of any
user (resource-based constrained delegation), administrators included.

How to mend it: remove the entry where it was set. Entries that joining a computer leaves for
whoever joined it are the usual source.
"""

from collections.abc import Iterator

from adaudit.checks._context import Context
from adaudit.checks.domain._grants import Claim, Said, assets, granted
from adaudit.findings import Severity
from adaudit.review.tier_zero import Kind

SEVERITY = Severity.HIGH
REASON = "with any account that has a service principal name the computer is taken over"
REFERENCES = (
    "ANSSI vuln_delegation_sourcedeleg",
    "MITRE ATT&CK T1134.001, T1098",
)
_CLAIM = Claim(
    "resource-based-delegation",
    SEVERITY,
    "may set who acts for others on",
    ("privileged account", "privileged accounts"),
    ("write:msDS-AllowedToActOnBehalfOfOtherIdentity",),
)


def run(context: Context) -> Iterator[Said]:
    """Ask about each of them."""
    objects = (entry for _, entry in assets(context, Kind.CONTROLLER, Kind.ACCOUNT))
    return granted(_CLAIM, context, objects)

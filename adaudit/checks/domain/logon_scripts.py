"""
Someone outside tier 0 can choose the logon script of a privileged account.

What it reports: each entry by which accounts outside tier 0 may write scriptPath, profilePath or
homeDirectory of an account of tier 0.

Why it matters: the script runs as the account at its next logon; a profile or home directory on a
foreign server gives its NTLM answer away.

How to mend it: remove the entry where it was set.
"""

from collections.abc import Iterator

from adaudit.checks._context import Context
from adaudit.checks.domain._grants import Claim, Said, assets, granted
from adaudit.findings import Severity
from adaudit.review.tier_zero import Kind

SEVERITY = Severity.MEDIUM
REASON = "it takes effect at the next interactive logon only"
REFERENCES = ("MITRE ATT&CK T1037.003",)
_CLAIM = Claim(
    "logon-scripts",
    SEVERITY,
    "may choose the logon script or profile of",
    ("privileged account", "privileged accounts"),
    (
        "write:scriptPath",
        "write:profilePath",
        "write:homeDirectory",
    ),
)


def run(context: Context) -> Iterator[Said]:
    """Ask about each of them; computers log on without a script."""
    accounts = (entry for _, entry in assets(context, Kind.ACCOUNT))
    users = (entry for entry in accounts if "computer" not in entry.classes)
    return granted(_CLAIM, context, users)

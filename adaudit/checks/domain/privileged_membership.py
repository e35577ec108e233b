"""
Someone outside tier 0 can add members to a privileged group.

What it reports: each entry by which accounts outside tier 0 may write the members of a group of
tier 0, or add themselves.

Why it matters: a member of the group is tier 0 from the next logon on. The attribute `member` is in
the property set Membership, and adding oneself takes the validated write Self-Membership alone.

How to mend it: remove the entry where it was set, and let a group of tier 0 manage the members.
"""

from collections.abc import Iterator

from adaudit.checks._context import Context
from adaudit.checks.domain._grants import Claim, Said, assets, granted
from adaudit.findings import Severity
from adaudit.review.tier_zero import Kind

SEVERITY = Severity.HIGH
REASON = "one change of an attribute makes its author privileged"
REFERENCES = (
    "ANSSI vuln_privileged_members_perm",
    "MITRE ATT&CK T1098",
)
_CLAIM = Claim(
    "privileged-membership",
    SEVERITY,
    "may add members to",
    ("privileged group", "privileged groups"),
    (
        "write:member",
        "Self-Membership",
    ),
)


def run(context: Context) -> Iterator[Said]:
    """Ask about each of them."""
    objects = (entry for _, entry in assets(context, Kind.GROUP))
    return granted(_CLAIM, context, objects)

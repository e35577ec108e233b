"""
Someone outside tier 0 can change the restrictions of a privileged account.

What it reports: each entry by which accounts outside tier 0 may write userAccountControl of an
account of tier 0.

Why it matters: the attribute turns off Kerberos pre-authentication, so that everybody may guess the
password offline, lets an account have no password, and marks it as trusted for delegation.

How to mend it: remove the entry where it was set; give single rights in the place of the property
set User-Account-Restrictions.
"""

from collections.abc import Iterator

from adaudit.checks._context import Context
from adaudit.checks.domain._grants import Claim, Said, assets, granted
from adaudit.findings import Severity
from adaudit.review.tier_zero import Kind

SEVERITY = Severity.MEDIUM
REASON = "it takes a further step: a password that can be guessed, or a ticket to catch"
REFERENCES = (
    "ANSSI vuln_privileged_members_perm",
    "MITRE ATT&CK T1558.004, T1098",
)
_CLAIM = Claim(
    "account-restrictions",
    SEVERITY,
    "may write userAccountControl of",
    ("privileged account", "privileged accounts"),
    ("write:userAccountControl",),
)


def run(context: Context) -> Iterator[Said]:
    """Ask about each of them."""
    objects = (entry for _, entry in assets(context, Kind.ACCOUNT, Kind.CONTROLLER))
    return granted(_CLAIM, context, objects)

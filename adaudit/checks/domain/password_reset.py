"""
Someone outside tier 0 can reset the password of a privileged account.

What it reports: each entry by which accounts outside tier 0 may reset the password of an account of
tier 0, controllers among them.

Why it matters: whoever sets a password logs on with it. The reset takes one extended right, User-
Force-Change-Password, which `all extended rights` and full control include, and no right to write
an attribute.

How to mend it: remove the entry where it was set. If it is inherited, see why the account is not
protected: accounts of tier 0 carry the DACL of AdminSDHolder, which inherits nothing.
"""

from collections.abc import Iterator

from adaudit.checks._context import Context
from adaudit.checks.domain._grants import Claim, Said, assets, granted
from adaudit.findings import Severity
from adaudit.review.tier_zero import Kind

SEVERITY = Severity.HIGH
REASON = "the account is taken over at once, and only its owner notices"
REFERENCES = (
    "ANSSI vuln_privileged_members_perm",
    "MITRE ATT&CK T1098",
)
_CLAIM = Claim(
    "password-reset",
    SEVERITY,
    "may reset the password of",
    ("privileged account", "privileged accounts"),
    ("ResetPassword",),
)


def run(context: Context) -> Iterator[Said]:
    """Ask about each of them."""
    objects = (entry for _, entry in assets(context, Kind.ACCOUNT, Kind.CONTROLLER))
    return granted(_CLAIM, context, objects)

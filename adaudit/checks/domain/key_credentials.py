"""
Someone outside tier 0 can add a key to a privileged account.

What it reports: each entry by which accounts outside tier 0 may write msDS-KeyCredentialLink of an
account of tier 0.

Why it matters: whoever adds his own public key logs on as the account with a certificate (shadow
credentials), and its password stays as it is. Tools that look for the GUID of the attribute alone
miss entries for its property set, 9b026da6-0d3c-465c-8bee-5199d7165cba.

How to mend it: remove the entry where it was set; the right belongs to Key Admins and Enterprise
Key Admins, which should be empty without Windows Hello for Business.
"""

from collections.abc import Iterator

from adaudit.checks._context import Context
from adaudit.checks.domain._grants import Claim, Said, assets, granted
from adaudit.findings import Severity
from adaudit.review.tier_zero import Kind

SEVERITY = Severity.HIGH
REASON = "the account is taken over, and nothing that its owner sees changes"
REFERENCES = ("MITRE ATT&CK T1556, T1098",)
_CLAIM = Claim(
    "key-credentials",
    SEVERITY,
    "may add keys to",
    "privileged account",
    ("write:msDS-KeyCredentialLink",),
)


def run(context: Context) -> Iterator[Said]:
    """Ask about each of them."""
    objects = (entry for _, entry in assets(context, Kind.ACCOUNT, Kind.CONTROLLER))
    return granted(_CLAIM, context, objects)

"""
Someone outside tier 0 can add a key or a certificate to a privileged account.

What it reports: each entry by which accounts outside tier 0 may write msDS-KeyCredentialLink or
altSecurityIdentities of an account of tier 0.

Why it matters: whoever adds his own public key (shadow credentials), or names his own certificate,
logs on as the account with it, and its password stays as it is. Tools that look for the GUIDs of
the attributes alone miss entries for their property sets: 9b026da6-0d3c-465c-8bee-5199d7165cba, and
Public-Information.

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
REFERENCES = ("MITRE ATT&CK T1556, T1098, T1649", "Microsoft KB5014754")
_CLAIM = Claim(
    "key-credentials",
    SEVERITY,
    "may add keys or certificates to",
    ("privileged account", "privileged accounts"),
    ("write:msDS-KeyCredentialLink", "write:altSecurityIdentities"),
)


def run(context: Context) -> Iterator[Said]:
    """Ask about each of them."""
    objects = (entry for _, entry in assets(context, Kind.ACCOUNT, Kind.CONTROLLER))
    return granted(_CLAIM, context, objects)

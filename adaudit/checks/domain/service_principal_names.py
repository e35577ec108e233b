"""
Someone outside tier 0 can give a privileged account a service principal name.

What it reports: each entry by which accounts outside tier 0 may write servicePrincipalName of an
account of tier 0, freely or as validated write.

Why it matters: for an account with a service principal name everybody gets a Kerberos ticket that
is encrypted with its password, and can guess that offline. On a controller's account, another name
takes tickets for that service to it.

How to mend it: remove the entry where it was set; services need no right on accounts of
administrators.
"""

from collections.abc import Iterator

from adaudit.checks._context import Context
from adaudit.checks.domain._grants import Claim, Said, assets, granted
from adaudit.findings import Severity
from adaudit.review.tier_zero import Kind

SEVERITY = Severity.MEDIUM
REASON = "it takes a password that can be guessed besides"
REFERENCES = (
    "ANSSI vuln_spn_priv",
    "MITRE ATT&CK T1558.003",
)
_CLAIM = Claim(
    "service-principal-names",
    SEVERITY,
    "may write service principal names of",
    ("privileged account", "privileged accounts"),
    (
        "write:servicePrincipalName",
        "Validated-SPN",
    ),
)


def run(context: Context) -> Iterator[Said]:
    """Ask about each of them."""
    objects = (entry for _, entry in assets(context, Kind.ACCOUNT, Kind.CONTROLLER))
    return granted(_CLAIM, context, objects)

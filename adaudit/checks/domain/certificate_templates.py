"""
Someone outside tier 0 can change a certificate template or who issues certificates.

What it reports: each entry by which accounts outside tier 0 may write the attributes that make a
published template dangerous, or those of the objects that say which authorities are trusted.

Why it matters: a template whose holder may name the subject, issued to whoever enrols, is a logon
as anybody (ESC4). A certificate in NTAuthCertificates is trusted for logons of the whole forest
(ESC5).

How to mend it: remove the entry where it was set; templates and authorities are managed by
Enterprise Admins or a group of tier 0.
"""

from collections.abc import Iterator

from adaudit.checks._context import Context
from adaudit.checks.domain._grants import Claim, Said, assets, granted
from adaudit.findings import Severity
from adaudit.review.tier_zero import Kind

SEVERITY = Severity.HIGH
REASON = "a certificate for any administrator can be had at once, and outlives every password"
REFERENCES = (
    "ANSSI vuln_adcs_template_control, vuln_adcs_control",
    "MITRE ATT&CK T1649",
)
_CLAIM = Claim(
    "certificate-templates",
    SEVERITY,
    "may change",
    "object of certificate services",
    (
        "write:msPKI-Certificate-Name-Flag",
        "write:msPKI-Enrollment-Flag",
        "write:pKIExtendedKeyUsage",
        "write:cACertificate",
        "write:certificateTemplates",
    ),
)


def run(context: Context) -> Iterator[Said]:
    """Ask about each of them."""
    objects = (entry for _, entry in assets(context, Kind.TEMPLATE, Kind.PKI))
    return granted(_CLAIM, context, objects)

"""
Someone outside tier 0 can change a certificate template or who issues certificates.

What it reports: each entry by which accounts outside tier 0 may write the attributes that make a
published template dangerous, those of the objects that say which authorities are trusted and which
templates they publish, or create templates, authorities and policies.

Why it matters: a template whose holder may name the subject, issued to whoever enrols, is a logon
as anybody (ESC4). A certificate in NTAuthCertificates is trusted for logons of the whole forest
(ESC5).

How to mend it: remove the entry where it was set; templates and authorities are managed by
Enterprise Admins or a group of tier 0.
"""

from collections.abc import Iterator

from adaudit.checks._context import Context
from adaudit.checks.domain._grants import Claim, Said, assets, granted
from adaudit.directory.entry import Entry
from adaudit.findings import Severity
from adaudit.review.tier_zero import Kind

SEVERITY = Severity.HIGH
REASON = "a certificate for any administrator can be had at once, and outlives every password"
REFERENCES = (
    "ANSSI vuln_adcs_template_control, vuln_adcs_control",
    "MITRE ATT&CK T1649",
)
_TEMPLATE, _AUTHORITY = "pkicertificatetemplate", "certificationauthority"
_ENROLLING, _POLICY = "pkienrollmentservice", "mspki-enterprise-oid"
_MEANT_FOR = {
    "write:msPKI-Certificate-Name-Flag": {_TEMPLATE},
    "write:msPKI-Enrollment-Flag": {_TEMPLATE},
    "write:msPKI-RA-Signature": {_TEMPLATE},
    "write:msPKI-Certificate-Application-Policy": {_TEMPLATE},
    "write:pKIExtendedKeyUsage": {_TEMPLATE},
    "write:certificateTemplates": {_ENROLLING},
    "write:cACertificate": {_AUTHORITY},
    "write:msDS-OIDToGroupLink": {_POLICY},
    "create:certificationAuthority": {"container"},
    "create:pKICertificateTemplate": {"container"},
    "create:msPKI-Enterprise-Oid": {_POLICY},
}
"""The classes of objects on which each right means something"""
_CLAIM = Claim(
    "certificate-templates",
    SEVERITY,
    "may change",
    ("certificate services object", "certificate services objects"),
    tuple(_MEANT_FOR),
)


def run(context: Context) -> Iterator[Said]:
    """Ask about each of them."""
    objects = (entry for _, entry in assets(context, Kind.TEMPLATE, Kind.PKI))
    return granted(_CLAIM, context, objects, asked_of=_is_meant_for)


def _is_meant_for(entry: Entry, right: str) -> bool:
    return (entry.object_class or "").lower() in _MEANT_FOR[right]

"""
Someone outside tier 0 can have a certificate for anybody (ESC1), or ask for one for others (ESC3).

What it reports: each entry by which accounts outside tier 0 may enroll with a published template
that needs no approval and no signature of another, and of which the certificates let one log on
while whoever asks names the subject, or make an enrollment agent of him.

Why it matters: the holder of such a certificate logs on as the administrator whom he named in it,
or asks for certificates of others in their name. It is valid for years, whatever passwords change.

How to mend it: let the subject be built from the directory, or have requests approved; or limit
who may enroll to a group of tier 0. An authority has a list of its own, in the registry, of who may
ask it at all.
"""

from collections.abc import Iterator

from adaudit.checks._context import Context
from adaudit.checks.domain._grants import Claim, Said, assets, granted
from adaudit.directory.entry import Entry, Gap
from adaudit.directory.faults import Fault, understood
from adaudit.findings import Severity
from adaudit.review.tier_zero import Kind
from adaudit.review.tier_zero.pki import allows_authentication, purposes_of

SEVERITY = Severity.HIGH
REASON = "a logon as any administrator for a request that nobody looks at"
REFERENCES = (
    "ANSSI vuln_adcs_template_auth_enroll_with_name",
    "MITRE ATT&CK T1649",
    "Microsoft [MS-CRTD] 2.18, 2.26, 2.28",
)
_NAMES_SUBJECT = 0x1 | 0x10000  # CT_FLAG_ENROLLEE_SUPPLIES_SUBJECT, …_SUBJECT_ALT_NAME
_PENDING = 0x2  # CT_FLAG_PEND_ALL_REQUESTS
_AGENT = "1.3.6.1.4.1.311.20.2.1"
_CLAIM = Claim(
    "certificate-enrollment",
    SEVERITY,
    "may have certificates in any name by",
    ("certificate template", "certificate templates"),
    ("Certificate-Enrollment",),
)


def run(context: Context) -> Iterator[Said]:
    """Ask who may enroll with each template that gives its holder another name."""
    templates, faults = (entry for _, entry in assets(context, Kind.TEMPLATE)), list[Fault]()
    dangerous = [entry for entry, it_is in understood(templates, _is_dangerous, faults) if it_is]
    yield from (Gap(str(dn), why) for dn, why in faults)
    yield from granted(_CLAIM, context, dangerous)


def _is_dangerous(template: Entry) -> bool:
    names = (template.integer("msPKI-Certificate-Name-Flag") or 0) & _NAMES_SUBJECT
    is_pending = (template.integer("msPKI-Enrollment-Flag") or 0) & _PENDING
    is_signed = template.integer("msPKI-RA-Signature") or 0
    is_for_another = (names and allows_authentication(template)) or _AGENT in purposes_of(template)
    return bool(is_for_another) and not is_pending and not is_signed

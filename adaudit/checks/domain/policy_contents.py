"""
Someone outside tier 0 can change a group policy that takes effect on tier 0.

What it reports: each entry by which accounts outside tier 0 may write gPCFileSysPath, or all
attributes, of a group policy that is linked to what holds tier 0, or create objects in it.

Why it matters: the policy runs with the rights of the system on controllers. Its attribute
gPCFileSysPath says where the files of the policy are: changed, it names a folder of the author.

How to mend it: remove the entry where it was set. The files in SYSVOL have a DACL of their own,
which is to be looked at too.
"""

from collections.abc import Iterator

from adaudit.checks._context import Context
from adaudit.checks.domain._grants import Claim, Said, assets, granted
from adaudit.findings import Severity
from adaudit.review.tier_zero import Kind

SEVERITY = Severity.HIGH
REASON = "code runs on controllers within ninety minutes"
REFERENCES = (
    "ANSSI vuln_permissions_gpo_priv",
    "MITRE ATT&CK T1484.001",
)
_CLAIM = Claim(
    "policy-contents",
    SEVERITY,
    "may change",
    ("tier-0 group policy", "tier-0 group policies"),
    (
        "write:gPCFileSysPath",
        "write:gPCMachineExtensionNames",
        "create:*",
    ),
)


def run(context: Context) -> Iterator[Said]:
    """Ask about each of them."""
    objects = (entry for _, entry in assets(context, Kind.POLICY))
    return granted(_CLAIM, context, objects)

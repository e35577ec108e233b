"""
Someone outside tier 0 can link a group policy to what holds tier 0.

What it reports: each entry by which accounts outside tier 0 may write gPLink of a domain's head, a
site, the unit of the controllers, or a unit above privileged accounts or computers.

Why it matters: a group policy runs whatever its author likes on all computers, and for all users,
below the object that it is linked to. Whoever may edit any policy, or create one, needs the link
alone.

How to mend it: remove the entry where it was set; delegate links on units without privileged
accounts and computers.
"""

from collections.abc import Iterator

from adaudit.checks._context import Context
from adaudit.checks.domain._grants import Claim, Said, assets, granted
from adaudit.findings import Severity
from adaudit.review.tier_zero import Kind

_LINKED_TO = frozenset({"domaindns", "organizationalunit", "site"})
"""What can have links: plain containers cannot. [MS-GPOL] 2.2.2"""
SEVERITY = Severity.HIGH
REASON = "code runs on controllers within ninety minutes"
REFERENCES = (
    "ANSSI vuln_permissions_gpo_priv",
    "MITRE ATT&CK T1484.001",
)
_CLAIM = Claim(
    "policy-links",
    SEVERITY,
    "may link group policies to",
    ("tier-0 container", "tier-0 containers"),
    ("write:gPLink",),
)


def run(context: Context) -> Iterator[Said]:
    """Ask about each of them."""
    kinds = (Kind.DOMAIN_HEAD, Kind.CONTROLLERS_UNIT, Kind.CONTAINER, Kind.SITE)
    objects = (
        each for _, each in assets(context, *kinds) if not _LINKED_TO.isdisjoint(each.classes)
    )
    return granted(_CLAIM, context, objects)

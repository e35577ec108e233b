"""
Someone outside tier 0 can change a setting that the whole forest goes by.

What it reports: each entry by which accounts outside tier 0 may write dSHeuristics, the default
descriptors of classes, what of attributes is confidential or in which property set they are, or the
attributes of a trust; or define classes, attributes or partitions.

Why it matters: dSHeuristics turns protections off; a default descriptor is given to every new
object of the class, administrators and controllers too; an attribute that is confidential no more
is read by everybody; a trust without filtering of SIDs lets the other side be anybody here.

How to mend it: remove the entry where it was set. Schema Admins and Enterprise Admins hold these
rights, and are empty but for the hours in which they are used.
"""

from collections.abc import Iterator

from adaudit.checks._context import Context
from adaudit.checks.domain._grants import Claim, Said, assets, granted
from adaudit.directory.entry import Entry
from adaudit.findings import Severity
from adaudit.review.tier_zero import Kind

SEVERITY = Severity.MEDIUM
REASON = "it opens the way to objects that come later, or to others who have to use it"
REFERENCES = (
    "ANSSI vuln_permissions_schema, vuln_permissions_naming_context",
    "MITRE ATT&CK T1484, T1098",
)
_MEANT_FOR = {
    "write:dSHeuristics": "ntdsservice",
    "write:defaultSecurityDescriptor": "classschema",
    "write:searchFlags": "attributeschema",
    "write:attributeSecurityGUID": "attributeschema",
    "write:trustAttributes": "trusteddomain",
    "create:classSchema": "dmd",
    "create:attributeSchema": "dmd",
    "create:crossRef": "crossrefcontainer",
}
"""The class of objects on which each right means something"""
_CLAIM = Claim(
    "forest-settings",
    SEVERITY,
    "may change",
    ("setting of the forest", "settings of the forest"),
    tuple(_MEANT_FOR),
)


def run(context: Context) -> Iterator[Said]:
    """Ask about the configuration, the schema and all trusts."""
    kinds = (Kind.CONFIGURATION, Kind.SCHEMA, Kind.TRUST)
    objects = (entry for _, entry in assets(context, *kinds))
    return granted(_CLAIM, context, objects, asked_of=_is_meant_for)


def _is_meant_for(entry: Entry, right: str) -> bool:
    return (entry.object_class or "").lower() == _MEANT_FOR[right]

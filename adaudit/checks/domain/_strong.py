"""Which bits of an entry give something away that anyone should not have, and how much."""

from collections.abc import Iterator
from functools import cache
from uuid import UUID

from adaudit.directory.known_schema import known_schema
from adaudit.directory.schema import Schema
from adaudit.findings import Severity
from adaudit.security.ace import Ace
from adaudit.security.rights import FULL_CONTROL, AccessMask, map_generic

_CONTROL = AccessMask.WRITE_DAC | AccessMask.WRITE_OWNER
_WRITING = (
    AccessMask.WRITE_PROPERTY
    | AccessMask.CREATE_CHILD
    | AccessMask.DELETE_CHILD
    | AccessMask.DELETE
    | AccessMask.DELETE_TREE
    | AccessMask.SELF
)
_USE = AccessMask.CONTROL_ACCESS
_OF_LAPS = ("ms-mcs-admpwd", "mslaps-")
_TAKING = frozenset(
    {
        *("User-Force-Change-Password", "DS-Replication-Get-Changes-All", "Migrate-SID-History"),
        *("DS-Install-Replica", "DS-Set-Owner", "DS-Write-Partition-Secrets"),
        *("DS-Read-Partition-Secrets", "Read-Only-Replication-Secret-Synchronization"),
        *("DS-Replication-Get-Changes-In-Filtered-Set", "DS-Clone-Domain-Controller"),
        *("Send-As", "Receive-As", "ms-Exch-EPI-Impersonation", "ms-Exch-EPI-Token-Serialization"),
        *("ms-Exch-Store-Admin", "ms-Exch-Recipient-Update-Access"),
    }
)
"""Extended rights that take over an account, its mail or the secrets of the directory"""
_WEAKENING = frozenset(
    {
        *("DS-Replication-Get-Changes", "DS-Replication-Synchronize"),
        *("DS-Replication-Manage-Topology", "Create-Inbound-Forest-Trust", "DS-Bypass-Quota"),
        *("Reanimate-Tombstones", "Unexpire-Password", "Update-Password-Not-Required-Bit"),
        "Enable-Per-User-Reversibly-Encrypted-Password",
        *("Change-Domain-Master", "Change-Infrastructure-Master", "Change-PDC"),
        *("Change-Rid-Master", "Change-Schema-Master", "Domain-Administer-Server", "Add-GUID"),
        *("Manage-Optional-Features", "DS-Execute-Intentions-Script", "Allocate-Rids"),
        *("ms-Exch-Admin-Role-Administrator", "ms-Exch-Admin-Role-Full-Administrator"),
        "ms-Exch-Admin-Role-Service",
    }
)
"""Those that weaken what guards it, or move what others rely on"""


def strong_bits(ace: Ace, schema: Schema) -> int:
    """
    The bits of an entry that let someone change something or read what is confidential.

    Generic bits are mapped. To change one's own password, to enrol, and what programs use extended
    rights of their own for is not among them.
    """
    mask = map_generic(int(ace.mask)) & FULL_CONTROL
    strong = mask & int(_WRITING | _CONTROL)
    if mask & _USE and _is_strong_use(ace.object_type, schema):
        strong |= int(_USE)
    return strong


def severity_of(ace: Ace, bits: int) -> Severity:
    """High for what lets someone take an object over by one step."""
    if bits & _CONTROL or (bits & AccessMask.WRITE_PROPERTY and ace.object_type is None):
        return Severity.HIGH
    if bits & _USE and ace.object_type not in _guids(_WEAKENING):
        return Severity.HIGH
    return Severity.MEDIUM


def _is_strong_use(object_type: UUID | None, schema: Schema) -> bool:
    if object_type is None or object_type in _guids(_TAKING | _WEAKENING):
        return True
    return any(_confidential(object_type, schema))  # reading as such is granted to anyone


def _confidential(object_type: UUID, schema: Schema) -> Iterator[bool]:
    """
    Of the attributes that an object type means: whether each is confidential.

    Of who reads the passwords of LAPS another check tells.
    """
    for attribute in schema.attributes.values():
        if object_type in {attribute.guid, attribute.property_set}:
            is_of_laps = attribute.name.lower().startswith(_OF_LAPS)
            yield attribute.is_confidential and not is_of_laps


@cache
def _guids(names: frozenset[str]) -> frozenset[UUID]:
    """By GUID, which cannot be changed as the names of the objects can."""
    return frozenset(right.guid for right in known_schema().rights if right.name in names)

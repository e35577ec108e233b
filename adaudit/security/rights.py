"""Access rights on directory objects. [MS-ADTS] 5.1.3.2."""

from dataclasses import dataclass
from enum import IntFlag
from uuid import UUID


class AccessMask(IntFlag):
    """The access mask of an entry or a request. [MS-DTYP] 2.4.3, [MS-ADTS] 5.1.3.2"""

    CREATE_CHILD = 0x1
    DELETE_CHILD = 0x2
    LIST_CONTENTS = 0x4
    SELF = 0x8
    READ_PROPERTY = 0x10
    WRITE_PROPERTY = 0x20
    DELETE_TREE = 0x40
    LIST_OBJECT = 0x80
    CONTROL_ACCESS = 0x100
    DELETE = 0x10000
    READ_CONTROL = 0x20000
    WRITE_DAC = 0x40000
    WRITE_OWNER = 0x80000
    SYNCHRONIZE = 0x100000
    ACCESS_SYSTEM_SECURITY = 0x1000000
    MAXIMUM_ALLOWED = 0x2000000
    GENERIC_ALL = 0x10000000
    GENERIC_EXECUTE = 0x20000000
    GENERIC_WRITE = 0x40000000
    GENERIC_READ = 0x80000000


FULL_CONTROL = AccessMask(0xF01FF)

_GENERIC_MAPPING = (
    (0x80000000, 0x20094),
    (0x40000000, 0x20028),
    (0x20000000, 0x20004),
    (0x10000000, 0xF01FF),
)
_GENERIC_BITS = 0xF0000000


def map_generic(mask: int) -> int:
    """Replace the generic bits of `mask` by those of directory objects. [MS-ADTS] 5.1.3.2"""
    if mask & _GENERIC_BITS:
        for generic, specific in _GENERIC_MAPPING:
            if mask & generic:
                mask |= specific
        mask &= ~_GENERIC_BITS
    return mask


def has_generic(mask: int) -> bool:
    """Whether `mask` carries a generic bit, which no effective entry of a directory should."""
    return bool(mask & _GENERIC_BITS)


@dataclass(frozen=True, slots=True)
class Right:
    """A right that one can ask about: a mask, and the GUID of what it is limited to."""

    name: str
    mask: AccessMask
    object_type: UUID | None = None


def _extended(name: str, guid: str) -> Right:
    return Right(name, AccessMask.CONTROL_ACCESS, UUID(guid))


SEND_AS = _extended("Send-As", "ab721a54-1e2f-11d0-9819-00aa0040529b")
RECEIVE_AS = _extended("Receive-As", "ab721a56-1e2f-11d0-9819-00aa0040529b")
SEND_TO = _extended("Send-To", "ab721a55-1e2f-11d0-9819-00aa0040529b")

WHOLE_OBJECT_RIGHTS = tuple(
    Right("".join(word.capitalize() for word in (bit.name or "").split("_")), bit)
    for bit in (
        AccessMask.DELETE,
        AccessMask.READ_CONTROL,
        AccessMask.WRITE_DAC,
        AccessMask.WRITE_OWNER,
        AccessMask.DELETE_TREE,
        AccessMask.LIST_CONTENTS,
        AccessMask.LIST_OBJECT,
    )
)
"""Rights on an object as a whole: no object type limits them. [MS-ADTS] 5.1.3.3.2"""

"""Access control entries. [MS-DTYP] 2.4.4."""

from dataclasses import dataclass
from enum import IntEnum, IntFlag
from uuid import UUID

from adaudit.errors import DescriptorError
from adaudit.security.rights import AccessMask
from adaudit.security.sid import Sid


class AceType(IntEnum):
    """The types of entry whose layout [MS-DTYP] 2.4.4.1 defines."""

    ACCESS_ALLOWED = 0x00
    ACCESS_DENIED = 0x01
    SYSTEM_AUDIT = 0x02
    ACCESS_ALLOWED_OBJECT = 0x05
    ACCESS_DENIED_OBJECT = 0x06
    SYSTEM_AUDIT_OBJECT = 0x07
    ACCESS_ALLOWED_CALLBACK = 0x09
    ACCESS_DENIED_CALLBACK = 0x0A
    ACCESS_ALLOWED_CALLBACK_OBJECT = 0x0B
    ACCESS_DENIED_CALLBACK_OBJECT = 0x0C
    SYSTEM_AUDIT_CALLBACK = 0x0D
    SYSTEM_AUDIT_CALLBACK_OBJECT = 0x0F
    SYSTEM_MANDATORY_LABEL = 0x11
    SYSTEM_RESOURCE_ATTRIBUTE = 0x12
    SYSTEM_SCOPED_POLICY_ID = 0x13


class AceFlags(IntFlag):
    """Inheritance and audit flags of an entry. [MS-DTYP] 2.4.4.1"""

    OBJECT_INHERIT = 0x01
    CONTAINER_INHERIT = 0x02
    NO_PROPAGATE_INHERIT = 0x04
    INHERIT_ONLY = 0x08
    INHERITED = 0x10
    CRITICAL = 0x20
    SUCCESSFUL_ACCESS = 0x40
    FAILED_ACCESS = 0x80


ALLOW_TYPES = frozenset({0x00, 0x05, 0x09, 0x0B})
DENY_TYPES = frozenset({0x01, 0x06, 0x0A, 0x0C})
OBJECT_TYPES = frozenset({0x05, 0x06, 0x07, 0x0B, 0x0C, 0x0F})
CALLBACK_TYPES = frozenset({0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0F})
_INHERIT_ONLY = int(AceFlags.INHERIT_ONLY)
_INHERITED = int(AceFlags.INHERITED)


@dataclass(frozen=True, slots=True)
class Ace:
    """
    One entry of an access control list.

    It does not know its position: the list that holds it does, so equal entries are one value.
    """

    type: AceType
    flags: AceFlags
    mask: AccessMask
    trustee: Sid
    object_type: UUID | None = None
    """The right, attribute, property set or class that the entry is limited to"""
    inherited_object_type: UUID | None = None
    """The class of the objects that the entry takes effect on when inherited"""
    application_data: bytes = b""
    """What follows the SID: the condition of a callback entry, the claim of a resource attribute"""

    def __post_init__(self) -> None:
        if (self.object_type or self.inherited_object_type) and self.type not in OBJECT_TYPES:
            raise DescriptorError(f"an entry of type {self.type.name} has no object type")
        if self.mask >> 32 or self.flags >> 8:
            raise DescriptorError("an access mask takes 32 bits, and flags of an entry take 8")
        if len(self.application_data) % 4:
            raise DescriptorError("an entry takes a multiple of 4 bytes, and its data does not")

    @property
    def allows(self) -> bool:
        """Whether the entry grants access."""
        return self.type in ALLOW_TYPES

    @property
    def denies(self) -> bool:
        """Whether the entry refuses access."""
        return self.type in DENY_TYPES

    @property
    def is_callback(self) -> bool:
        """Whether the entry applies only under a condition, which `application_data` holds."""
        return self.type in CALLBACK_TYPES

    @property
    def is_inherited(self) -> bool:
        """Whether the entry came from the parent object."""
        return bool(int(self.flags) & _INHERITED)

    @property
    def is_inherit_only(self) -> bool:
        """Whether the entry has no effect on the object itself."""
        return bool(int(self.flags) & _INHERIT_ONLY)


@dataclass(frozen=True, slots=True)
class OpaqueAce:
    """An entry whose type or content is not understood: kept as it is, never dropped."""

    type_code: int
    flags: AceFlags
    body: bytes
    """All after the four bytes of header"""
    reason: str
    """Why it is not understood, for the report"""

    def __post_init__(self) -> None:
        if self.type_code >> 8 or self.flags >> 8:
            raise DescriptorError("the type and the flags of an entry take 8 bits each")
        if len(self.body) % 4:
            raise DescriptorError("an entry takes a multiple of 4 bytes, and its body does not")

    @property
    def is_inherited(self) -> bool:
        """Whether the entry came from the parent object."""
        return bool(int(self.flags) & _INHERITED)

    @property
    def is_inherit_only(self) -> bool:
        """Whether the entry has no effect on the object itself."""
        return bool(int(self.flags) & _INHERIT_ONLY)


AnyAce = Ace | OpaqueAce

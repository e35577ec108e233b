"""Security descriptors. [MS-DTYP] 2.4.5 and 2.4.6."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntFlag
from typing import TYPE_CHECKING, Self

from adaudit.errors import DescriptorError
from adaudit.security.ace import AnyAce
from adaudit.security.ace_wire import decode_ace
from adaudit.security.sid import Sid


class ControlFlags(IntFlag):
    """The control bits of a security descriptor. [MS-DTYP] 2.4.6"""

    OWNER_DEFAULTED = 0x0001
    GROUP_DEFAULTED = 0x0002
    DACL_PRESENT = 0x0004
    DACL_DEFAULTED = 0x0008
    SACL_PRESENT = 0x0010
    SACL_DEFAULTED = 0x0020
    DACL_TRUSTED = 0x0040
    SERVER_SECURITY = 0x0080
    DACL_COMPUTED_INHERITANCE_REQUIRED = 0x0100
    SACL_COMPUTED_INHERITANCE_REQUIRED = 0x0200
    DACL_AUTO_INHERITED = 0x0400
    SACL_AUTO_INHERITED = 0x0800
    DACL_PROTECTED = 0x1000
    SACL_PROTECTED = 0x2000
    RM_CONTROL_VALID = 0x4000
    SELF_RELATIVE = 0x8000


_ACL_REVISIONS = frozenset({2, 4})
_DERIVED = ControlFlags.SELF_RELATIVE | ControlFlags.DACL_PRESENT | ControlFlags.SACL_PRESENT
_NOT_KEPT = ~0xFFFF | int(_DERIVED)


@dataclass(frozen=True, slots=True)
class Acl:
    """
    An access control list in stored order; without entries it grants nothing.

    Of a list that was split from bytes, the entries are decoded when they are first asked for:
    most descriptors are only looked up, or compared as bytes.
    """

    revision: int
    entries: tuple[AnyAce, ...]
    slack: bytes = b""
    """Bytes that AclSize counts behind the last entry; Windows leaves some for duplicates"""
    _split: tuple[bytes, ...] = field(default=(), init=False, repr=False, compare=False)
    """The entries as bytes, as long as `entries` is not set"""

    def __post_init__(self) -> None:
        check_revision(self.revision)

    @classmethod
    def of_split(cls, revision: int, entries: Sequence[bytes], slack: bytes) -> Self:
        """A list of entries that are sound as far as `decode_ace` can raise an error."""
        acl = object.__new__(cls)
        for name, value in (("revision", revision), ("_split", tuple(entries)), ("slack", slack)):
            object.__setattr__(acl, name, value)
        return acl

    if not TYPE_CHECKING:  # a type checker would take it that there are attributes of any name

        def __getattr__(self, name: str) -> tuple[AnyAce, ...]:
            """Called only for what is not set yet."""
            if name != "entries":
                raise AttributeError(name)
            entries = tuple(map(decode_ace, self._split))
            object.__setattr__(self, "entries", entries)
            return entries


def check_revision(revision: int) -> None:
    """Raise `DescriptorError` if lists of that revision are not known. [MS-DTYP] 2.4.5"""
    if revision not in _ACL_REVISIONS:
        raise DescriptorError(f"list has revision {revision}, not 2 or 4")


@dataclass(frozen=True, slots=True)
class NullAcl:
    """A list that is said to be present and is null: a DACL that grants everything to everyone."""


@dataclass(frozen=True, slots=True)
class AbsentAcl:
    """No list: the control bit is clear. As a DACL it grants everything, if it was asked for."""


Dacl = Acl | NullAcl | AbsentAcl
Sacl = Acl | NullAcl | AbsentAcl


@dataclass(frozen=True, slots=True)
class SecurityDescriptor:
    """
    Owner, group and the two lists of one object.

    `control` carries only what the other fields do not say: SELF_RELATIVE, DACL_PRESENT and
    SACL_PRESENT follow from the form and from `dacl` and `sacl`, and are cleared here.
    """

    control: ControlFlags
    owner: Sid | None
    group: Sid | None
    dacl: Dacl
    sacl: Sacl = AbsentAcl()
    resource_manager_control: int = 0
    """The byte Sbz1, meaningful with RM_CONTROL_VALID. [MS-ADTS] 6.1.3.5"""

    def __post_init__(self) -> None:
        if self.resource_manager_control >> 8:
            raise DescriptorError("resource manager control does not fit in a byte")
        bits = int(self.control)
        if bits & _NOT_KEPT:
            if bits >> 16:
                raise DescriptorError(f"control 0x{bits:X} does not fit in 16 bits")
            object.__setattr__(self, "control", ControlFlags(bits & ~_NOT_KEPT))

    @property
    def is_dacl_protected(self) -> bool:
        """Whether the DACL takes nothing from the parent object."""
        return bool(self.control & ControlFlags.DACL_PROTECTED)

    @property
    def full_control_flags(self) -> ControlFlags:
        """`control` with the bits that follow from the other fields."""
        flags = self.control | ControlFlags.SELF_RELATIVE
        if not isinstance(self.dacl, AbsentAcl):
            flags |= ControlFlags.DACL_PRESENT
        if not isinstance(self.sacl, AbsentAcl):
            flags |= ControlFlags.SACL_PRESENT
        return flags

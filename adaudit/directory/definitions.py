"""Classes, attributes and rights as access checks see them."""

from dataclasses import dataclass
from uuid import UUID

_CONTROL_ACCESS = 0x100
_SELF = 0x8
_PROPERTY_SET = 0x30


@dataclass(frozen=True, slots=True)
class AttributeDefinition:
    """An attribute as access checks see it."""

    name: str
    guid: UUID
    property_set: UUID | None
    is_confidential: bool


@dataclass(frozen=True, slots=True)
class ClassDefinition:
    """A class as access checks see it."""

    name: str
    guid: UUID
    parent: str
    """Name of the class that it is derived from; `top` is derived from itself"""
    default_descriptor: str | None = None
    """The SDDL that a new object of the class gets. [MS-ADTS] 3.1.1.2.3"""


@dataclass(frozen=True, slots=True)
class ControlRight:
    """A controlAccessRight object: an extended right, property set or validated write."""

    name: str
    """Its common name: `User-Force-Change-Password`"""
    guid: UUID
    accesses: int = _CONTROL_ACCESS
    """validAccesses: the bits of entries that its GUID limits. [MS-ADTS] 5.1.3.2.1"""
    display: str | None = None
    """displayName: `Reset Password`"""

    @property
    def is_extended(self) -> bool:
        """Whether it is a right that nothing but an entry for it grants."""
        return bool(self.accesses & _CONTROL_ACCESS)

    @property
    def is_property_set(self) -> bool:
        """Whether it stands for several attributes."""
        return bool(self.accesses & _PROPERTY_SET)

    @property
    def is_validated_write(self) -> bool:
        """Whether it lets an attribute be written with values that the server checks."""
        return bool(self.accesses & _SELF)

    def is_called(self, name: str) -> bool:
        """Whether `name` is one of its names, or its GUID, in whatever case."""
        names = (self.name, self.display or self.name, str(self.guid))
        return _plain(name) in map(_plain, names)


def _plain(name: str) -> str:
    return name.lower().replace(" ", "-")

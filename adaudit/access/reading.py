"""What it takes to read an attribute."""

from dataclasses import dataclass
from typing import Self

from adaudit.access.permission import Permission
from adaudit.directory.definitions import AttributeDefinition
from adaudit.security.rights import AccessMask


@dataclass(frozen=True, slots=True)
class Reading:
    """The permissions that reading takes. [MS-ADTS] 3.1.1.4.4"""

    deciding: Permission
    """What fewer have: CONTROL_ACCESS where the attribute is confidential, else to read it"""
    lesser: Permission | None
    """To read it, where that is not enough"""

    @classmethod
    def of(cls, attribute: AttributeDefinition, name: str = "") -> Self:
        """Ask for an attribute as the schema of the forest has it; `name` is for the reader."""
        name = name or f"read:{attribute.name}"
        reading = Permission.attribute(f"RP:{attribute.name}", AccessMask.READ_PROPERTY, attribute)
        if not attribute.is_confidential:
            return cls(Permission.attribute(name, AccessMask.READ_PROPERTY, attribute), None)
        return cls(Permission.attribute(name, AccessMask.CONTROL_ACCESS, attribute), reading)

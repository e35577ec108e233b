"""What it takes to read an attribute, and who does not have all of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

from adaudit.access.bitmap import BitMap
from adaudit.access.permission import Permission
from adaudit.checks._context import Context
from adaudit.directory.definitions import AttributeDefinition
from adaudit.directory.entry import Entry
from adaudit.security.rights import AccessMask


@dataclass(frozen=True, slots=True)
class Reading:
    """The permissions that reading takes. [MS-ADTS] 3.1.1.4.4"""

    deciding: Permission
    """What fewer have: CONTROL_ACCESS where the attribute is confidential, else to read it"""
    lesser: Permission | None
    """To read it, where that is not enough"""

    @classmethod
    def of(cls, attribute: AttributeDefinition) -> Self:
        """Ask for an attribute as the schema of the forest has it."""
        name = f"read:{attribute.name}"
        reading = Permission.attribute(f"RP:{attribute.name}", AccessMask.READ_PROPERTY, attribute)
        if not attribute.is_confidential:
            return cls(Permission.attribute(name, AccessMask.READ_PROPERTY, attribute), None)
        return cls(Permission.attribute(name, AccessMask.CONTROL_ACCESS, attribute), reading)


def who_may_not_read(
    readings: Sequence[Reading], context: Context
) -> Callable[[Entry, str], BitMap]:
    """The outsiders who hold what is deciding, by its name, for nothing: they may not read."""
    lesser = {each.deciding.name: each.lesser for each in readings}

    def spared_on(entry: Entry, right: str) -> BitMap:
        outsiders, permission = context.outsiders, lesser[right]
        held = outsiders.holders(entry, permission) if permission else outsiders.accounts
        return outsiders.accounts - held

    return spared_on

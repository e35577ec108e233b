"""
What one can do to an object, as the access checks that it takes. [MS-ADTS] 3.1.1.5, 5.1.3.3

Most operations take one check on the object; others several, on the object and its parent, all of
them or any: each check is made by itself, and a deny in one does not touch another.
"""

from dataclasses import dataclass
from enum import StrEnum

from adaudit.access.permission import Permission
from adaudit.security.rights import AccessMask


class On(StrEnum):
    """The object whose descriptor is asked."""

    OBJECT = "the object"
    PARENT = "its parent"
    HEAD = "the head of its naming context"
    DESTINATION = "its new parent"


@dataclass(frozen=True, slots=True)
class Check:
    """One access check."""

    permission: Permission
    on: On = On.OBJECT


@dataclass(frozen=True, slots=True)
class ChildCheck:
    """One access check for children of the class that the object has: DELETE_CHILD on its parent"""

    name: str
    mask: AccessMask
    on: On


@dataclass(frozen=True, slots=True)
class IsHead:
    """Fulfilled for everyone by the head of a naming context, and by nothing else."""


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every one of several needs."""

    needs: tuple["Need", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of several needs."""

    needs: tuple["Need", ...]


Need = Check | ChildCheck | IsHead | AllOf | AnyOf


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that one can do to an object, by the name that a question has for it."""

    name: str
    need: Need

    @property
    def permission(self) -> Permission | None:
        """The permission that it takes on the object, where that is all that it takes."""
        is_plain = isinstance(self.need, Check) and self.need.on is On.OBJECT
        return self.need.permission if is_plain and isinstance(self.need, Check) else None

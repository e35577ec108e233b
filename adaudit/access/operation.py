"""
What one can do to an object, as the access checks that it takes. [MS-ADTS] 3.1.1.5, 5.1.3.3

Most operations take one check on the object; others several, on the object and its parent, all of
them or any: each check is made by itself, and a deny in one does not touch another.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from adaudit.access.permission import Permission
from adaudit.security.rights import AccessMask


class On(StrEnum):
    """The descriptor that is asked, by the object that it is of."""

    OBJECT = "the object"
    PARENT = "its parent"
    HEAD = "the head of its naming context"
    DESTINATION = "its new parent"
    READERS = "the descriptor in msDS-GroupMSAMembership"
    """That of a managed account for who may read its password. [MS-ADTS] 3.1.1.4.5.39"""


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
class NameCheck:
    """One access check on the object for the attribute that names it: `cn`, `ou`, `dc`."""

    mask: AccessMask
    on: On = On.OBJECT


AnyCheck = Check | ChildCheck | NameCheck


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


Need = AnyCheck | IsHead | AllOf | AnyOf


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that one can do to an object, by the name that a question has for it."""

    name: str
    need: Need
    notes: tuple[str, ...] = ()
    """What no access check tells of it, in words"""

    @property
    def permission(self) -> Permission | None:
        """The permission that it takes on the object, where that is all that it takes."""
        if isinstance(self.need, Check) and self.need.on is On.OBJECT:
            return self.need.permission
        return None


def checks_of(need: Need) -> Iterator[AnyCheck]:
    """All checks that an operation may take."""
    if isinstance(need, AllOf | AnyOf):
        for each in need.needs:
            yield from checks_of(each)
    elif not isinstance(need, IsHead):
        yield need

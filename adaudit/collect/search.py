"""One search of a directory: which objects it finds, and what is wanted of each."""

from dataclasses import dataclass
from enum import Enum

from adaudit.directory.dn import Dn

_IDENTITY = ("objectClass", "objectGUID")


class Scope(Enum):
    """How far below its base a search reaches. [RFC4511] 4.5.1.2"""

    BASE = 0
    ONE_LEVEL = 1
    SUBTREE = 2


@dataclass(frozen=True, slots=True)
class Search:
    """One search: the objects that it finds, and what is wanted of each."""

    what: str
    """What it reads, for whoever watches"""
    base: Dn
    scope: Scope
    attributes: tuple[str, ...] = ()
    """Beside objectClass and objectGUID"""
    classes: tuple[str, ...] = ()
    """Only objects of one of these classes; empty for all objects"""
    other_than: tuple[str, ...] = ()
    """No objects of these classes"""
    with_descriptor: bool = False
    with_sacl: bool = False
    """Whether the descriptor is asked for with its SACL: then most readers get none at all"""

    @property
    def filter(self) -> str:
        """The filter of the search. [RFC4515]"""
        found = [f"(objectClass={name})" for name in self.classes or ("*",)]
        matching = found[0] if len(found) == 1 else f"(|{''.join(found)})"
        if not self.other_than:
            return matching
        return f"(&{matching}{''.join(f'(!(objectClass={name}))' for name in self.other_than)})"

    @property
    def requested(self) -> tuple[str, ...]:
        """All attributes to ask for, the security descriptor among them where it is wanted."""
        descriptor = ("nTSecurityDescriptor",) if self.with_descriptor else ()
        return (*_IDENTITY, *self.attributes, *descriptor)

    def finds(self, path: str, classes: frozenset[str]) -> bool:
        """Whether it finds an object of that path (see `Dn`) and those classes, in lower case."""
        if not self._reaches(path):
            return False
        if not classes.isdisjoint(map(str.lower, self.other_than)):
            return False
        return not self.classes or not classes.isdisjoint(map(str.lower, self.classes))

    def _reaches(self, path: str) -> bool:
        base = self.base.path
        if path == base:
            return self.scope is not Scope.ONE_LEVEL
        if self.scope is Scope.BASE or not (path.startswith(f"{base},") or not base):
            return False
        # a comma inside a name is escaped as a number in a path
        return self.scope is Scope.SUBTREE or path.count(",") == base.count(",") + 1

"""
Where an inherited entry was set: followed link by link up to the object that holds it explicitly.

Every level must carry the entry. An entry that no entry of the parent explains is an orphan, and
one on an object that inherits nothing is stale: both take effect as they stand.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

from adaudit.directory.dn import Dn
from adaudit.directory.snapshot import Unreadable
from adaudit.security.ace import Ace, AnyAce
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.inheritance import inherit_entry, normalise
from adaudit.security.sid import Sid


@dataclass(frozen=True, slots=True)
class Level:
    """One object on the way up, the object itself first."""

    dn: Dn
    class_guid: UUID | None
    """schemaIDGUID of its most specific class, None where it is not known"""
    descriptor: SecurityDescriptor | Unreadable | None
    """None where the object was not read"""
    is_head: bool
    """Whether it is the head of a naming context, which inherits nothing"""

    @property
    def dacl(self) -> Acl | None:
        """Its DACL, None where it has none or none was read."""
        known = self.descriptor
        if isinstance(known, SecurityDescriptor) and isinstance(known.dacl, Acl):
            return known.dacl
        return None


@dataclass(frozen=True, slots=True)
class Found:
    """The entry at one level."""

    dn: Dn
    position: int
    ace: AnyAce


class OriginState(StrEnum):
    """How the search for an entry's origin ended."""

    EXPLICIT = "set on the object itself"
    INHERITED = "inherited"
    STALE = "marked as inherited, on an object that inherits nothing"
    ORPHAN = "marked as inherited, but nothing on the parent explains it"
    UNREAD = "inherited from an object that was not read"


@dataclass(frozen=True, slots=True)
class Origin:
    """The way of an entry from the object where it takes effect to where it was set."""

    state: OriginState
    way: tuple[Found, ...]
    """From the object up; the last is explicit if the state is EXPLICIT or INHERITED"""
    others: tuple[Found, ...] = ()
    """Further explicit entries that the same entry is inherited from"""

    @property
    def source(self) -> Found:
        """The entry where it was set, as far up as it could be followed."""
        return self.way[-1]

    @property
    def note(self) -> str | None:
        """What a reader must know about the origin beside its way, None if nothing."""
        if self.state in (OriginState.STALE, OriginState.ORPHAN, OriginState.UNREAD):
            return f"{self.state} ({self.source.dn})"
        if self.others:
            where = ", ".join(f"entry {found.position} of {found.dn}" for found in self.others)
            return f"also inherited from {where}: removing one does not remove it"
        return None


@dataclass(frozen=True, slots=True)
class Link:
    """One step of the way up: how an entry came to an object, and from where on its parent."""

    state: OriginState
    sources: tuple[int, ...] = ()
    """Positions of the entries of the parent that it is inherited from, if INHERITED"""


def link(levels: Sequence[Level], position: int) -> Link:
    """Find what entry `position` of the first level's DACL comes from, one level up."""
    child, dacl = levels[0], levels[0].dacl
    if dacl is None:
        raise ValueError(f"{child.dn} has no DACL with an entry {position}")
    ace = dacl.entries[position]
    if not ace.is_inherited:
        return Link(OriginState.EXPLICIT)
    if child.is_head or _is_protected(child):
        return Link(OriginState.STALE)
    if len(levels) < 2 or not isinstance(levels[1].descriptor, SecurityDescriptor):
        return Link(OriginState.UNREAD)
    sources = _handed_down(levels[1], child).get(normalise(ace), ())
    if sources:
        return Link(OriginState.INHERITED, sources)
    return Link(OriginState.ORPHAN if child.class_guid else OriginState.UNREAD)


def trace(levels: Sequence[Level], position: int) -> Origin:
    """Follow entry `position` of the first level's DACL up to where it was set."""
    # The shortest way to each entry that was reached at the present depth.
    ways: dict[int, tuple[Found, ...]] = {position: (_found(levels[0], position),)}
    ends: list[tuple[OriginState, tuple[Found, ...]]] = []
    for depth in range(len(levels)):
        above: dict[int, tuple[Found, ...]] = {}
        for known, way in ways.items():
            step = link(levels[depth:], known)
            if not step.sources:
                ends.append((step.state, way))
            for source in step.sources:
                above.setdefault(source, (*way, _found(levels[depth + 1], source)))
        ways = above
    return _origin(ends)


def _origin(ends: list[tuple[OriginState, tuple[Found, ...]]]) -> Origin:
    """The best of all ends: an explicit entry before a way that is lost, the nearest first."""
    state, way = min(ends, key=lambda end: (_RANK[end[0]], len(end[1])))
    others = (other[-1] for known, other in ends if known is OriginState.EXPLICIT and other != way)
    if state is OriginState.EXPLICIT and len(way) > 1:
        state = OriginState.INHERITED
    return Origin(state, way, tuple(dict.fromkeys(others)))


_RANK = {
    OriginState.EXPLICIT: 0,
    OriginState.INHERITED: 0,
    OriginState.UNREAD: 1,
    OriginState.ORPHAN: 2,
    OriginState.STALE: 3,
}


def _found(level: Level, position: int) -> Found:
    if level.dacl is None:
        raise ValueError(f"{level.dn} has no DACL with an entry {position}")
    return Found(level.dn, position, level.dacl.entries[position])


def _handed_down(parent: Level, child: Level) -> Mapping[AnyAce, tuple[int, ...]]:
    descriptor = child.descriptor
    if parent.dacl is None or not isinstance(descriptor, SecurityDescriptor):
        return {}
    return _inherited(parent.dacl, child.class_guid, descriptor.owner, descriptor.group)


@lru_cache(maxsize=1024)
def _inherited(
    parent: Acl, child_class: UUID | None, owner: Sid | None, group: Sid | None
) -> Mapping[AnyAce, tuple[int, ...]]:
    """
    All that a child inherits, normalised, with the positions on the parent that it is from.

    If the class of the child is not known, what it would inherit as any class.
    """
    found: dict[AnyAce, tuple[int, ...]] = {}
    for position, ace in enumerate(parent.entries):
        inherited = {
            normalise(heir)
            for known in _classes(ace, child_class)
            for heir in inherit_entry(ace, known, owner, group)
        }
        for heir in inherited:
            found[heir] = (*found.get(heir, ()), position)
    return found


def _classes(ace: AnyAce, child_class: UUID | None) -> Iterator[frozenset[UUID]]:
    """The classes to inherit an entry as: that of the child, or else its own and another."""
    if child_class is not None:
        yield frozenset({child_class})
        return
    yield frozenset()
    if isinstance(ace, Ace) and ace.inherited_object_type is not None:
        yield frozenset({ace.inherited_object_type})


def _is_protected(level: Level) -> bool:
    return isinstance(level.descriptor, SecurityDescriptor) and level.descriptor.is_dacl_protected

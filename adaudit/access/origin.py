"""
Where an inherited entry was set: followed link by link up to the object that holds it explicitly.

Every level must carry the entry. An entry that no entry of the parent explains is an orphan, and
one on an object that inherits nothing is stale: both take effect as they stand.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from adaudit.directory.dn import Dn
from adaudit.directory.snapshot import Unreadable
from adaudit.security.ace import AnyAce
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.inheritance import inherit_entry, normalise


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


def trace(levels: Sequence[Level], position: int) -> Origin:
    """Follow entry `position` of the first level's DACL up to where it was set."""
    ends = sorted(
        _ends(levels, position), key=lambda origin: (_RANK[origin.state], len(origin.way))
    )
    best = ends[0]
    explicit = (end.source for end in ends[1:] if _RANK[end.state] == 0)
    return Origin(best.state, best.way, tuple(dict.fromkeys(explicit)))


_RANK = {
    OriginState.EXPLICIT: 0,
    OriginState.INHERITED: 0,
    OriginState.UNREAD: 1,
    OriginState.ORPHAN: 2,
    OriginState.STALE: 3,
}


def _ends(levels: Sequence[Level], position: int) -> Iterator[Origin]:
    """All ways up, each as far as it goes."""
    child, dacl = levels[0], levels[0].dacl
    if dacl is None:
        raise ValueError(f"{child.dn} has no DACL with an entry {position}")
    here = Found(child.dn, position, dacl.entries[position])
    if not here.ace.is_inherited:
        yield Origin(OriginState.EXPLICIT, (here,))
    elif child.is_head or _is_protected(child):
        yield Origin(OriginState.STALE, (here,))
    elif len(levels) < 2 or levels[1].dacl is None or child.class_guid is None:
        yield Origin(OriginState.UNREAD, (here,))
    else:
        yield from _through_parent(levels, here)


def _through_parent(levels: Sequence[Level], here: Found) -> Iterator[Origin]:
    found = False
    for above in _sources(levels[0], levels[1], here.ace):
        found = True
        for origin in _ends(levels[1:], above):
            state = OriginState.INHERITED if _RANK[origin.state] == 0 else origin.state
            yield Origin(state, (here, *origin.way))
    if not found:
        yield Origin(OriginState.ORPHAN, (here,))


def _sources(child: Level, parent: Level, ace: AnyAce) -> Iterator[int]:
    """Positions on the parent whose entries the child inherits as `ace`."""
    wanted = normalise(ace)
    descriptor = child.descriptor
    if (
        parent.dacl is None
        or child.class_guid is None
        or not isinstance(descriptor, SecurityDescriptor)
    ):
        return
    for position, candidate in enumerate(parent.dacl.entries):
        inherited = inherit_entry(candidate, child.class_guid, descriptor.owner, descriptor.group)
        if wanted in map(normalise, inherited):
            yield position


def _is_protected(level: Level) -> bool:
    return isinstance(level.descriptor, SecurityDescriptor) and level.descriptor.is_dacl_protected

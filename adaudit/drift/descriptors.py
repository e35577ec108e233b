"""
What changed in descriptors, told once where it was set.

Objects under one parent whose descriptors are and were the same have changed in the same way, so
one of them is looked at. What it inherited in addition, or no more, is followed up to where that
was set; if it was set there anew, it is the same change, and the object is counted to it.
"""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from adaudit.access.bitmap import BitMap
from adaudit.changes import EntryKind
from adaudit.directory.dn import Dn
from adaudit.directory.snapshot import Unreadable, descriptor_of
from adaudit.drift.lists import deltas
from adaudit.drift.sides import Sides
from adaudit.security.ace import AnyAce
from adaudit.security.descriptor import Acl, SecurityDescriptor


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is another one in a descriptor."""

    kind: EntryKind
    old: AnyAce | None = None
    new: AnyAce | None = None
    old_position: int | None = None
    new_position: int | None = None
    is_audit: bool = False
    """Whether it is of the SACL, on which no access hangs"""
    was: object = None
    """Of what is no entry: the value before"""
    now: object = None

    @property
    def is_of_old(self) -> bool:
        """Whether it is gone, and so stands in the old list alone."""
        return self.new is None

    @property
    def ace(self) -> AnyAce | None:
        """The entry as it is, or was if it is gone; None where it is no entry that changed."""
        return self.old if self.is_of_old else self.new

    @property
    def position(self) -> int | None:
        """Where that stands, or stood."""
        return self.old_position if self.is_of_old else self.new_position


@dataclass(slots=True)
class Change:
    """A change, the objects on which it was made, and those that it reached."""

    part: Part
    sample: int
    """Old number of an object that has it"""
    set_on: BitMap = field(default_factory=BitMap)
    """Old numbers of the objects of which it is a change itself"""
    source: Dn | None = None
    """Where the entry was set, if that object has not changed: old and new heirs differ"""
    reached: BitMap = field(default_factory=BitMap)
    """Old numbers of those that inherit it"""
    heirs: list[tuple[int, Part]] = field(default_factory=list)
    """A few of them, with what changed there"""
    carried: dict[AnyAce, Part] = field(default_factory=dict)
    """Of blocked or opened inheritance: the entries that it keeps out or lets in"""

    @property
    def objects(self) -> BitMap:
        """All objects that have it."""
        return self.set_on | self.reached


_Key = tuple[object, ...]
_MOST_HEIRS = 20
_CARRIED = frozenset({EntryKind.ADDED, EntryKind.REMOVED})


def changes(sides: Sides) -> list[Change]:
    """All changes of descriptors that can be read on both sides."""
    found = _Found(sides)
    groups = list(_groups(sides))
    for numbers, parts in groups:
        for part in parts:
            if not _is_inherited(part):
                found.set_here(part, numbers)
    for numbers, parts in groups:
        opened = next((part for part in parts if part.kind is EntryKind.PROTECTION), None)
        for part in parts:
            if _is_inherited(part):
                found.inherited(part, numbers, opened)
    return found.all()


class _Found:
    def __init__(self, sides: Sides) -> None:
        self._sides = sides
        self._changes: dict[_Key, Change] = {}
        self._set: dict[tuple[bool, AnyAce], list[Change]] = {}
        """By side (whether it is the old one) and entry: what was set anew somewhere, or taken"""

    def all(self) -> list[Change]:
        return list(self._changes.values())

    def set_here(self, part: Part, numbers: "array[int]") -> None:
        """Note a change of the objects themselves."""
        key = _key(part)
        change = self._changes.get(key)
        if change is None:
            change = self._changes[key] = Change(part, numbers[0])
            for is_old, ace in ((True, part.old), (False, part.new)):
                if ace is not None:
                    self._set.setdefault((is_old, ace), []).append(change)
        change.set_on.update(numbers)

    def inherited(self, part: Part, numbers: "array[int]", opened: Part | None) -> None:
        """
        Count objects to the change that they inherit, or to one of what they inherit.

        `opened` is what blocks or opens their inheritance: it brings the rest with it.
        """
        dn, ace = self._source(part, numbers[0])
        if dn == self._dn(numbers[0], is_old=part.is_of_old):
            self.set_here(part, numbers)  # nothing above explains it, so it was put here
            return
        change = self._made(dn, ace, is_old=part.is_of_old)
        if change is None and opened is not None and part.kind in _CARRIED:
            self._changes[_key(opened)].carried[ace] = part
            return
        if change is None:
            key = (part.kind, dn.path, ace, part.is_audit)
            change = self._changes.setdefault(key, Change(part, numbers[0], source=dn))
        change.reached.update(numbers)
        if len(change.heirs) < _MOST_HEIRS:
            change.heirs.append((numbers[0], part))

    def _made(self, dn: Dn, ace: AnyAce, *, is_old: bool) -> Change | None:
        """The change that set an entry on an object, or took it away."""
        joined = self._sides.joined
        number = (joined.old if is_old else joined.new).number(dn) or 0
        old = number if is_old else self._sides.old_of[number]
        made = self._set.get((is_old, ace), ())
        return next((each for each in made if old and old in each.set_on), None)

    def _source(self, part: Part, number: int) -> tuple[Dn, AnyAce]:
        view = self._sides.old if part.is_of_old else self._sides.new
        dn = self._dn(number, is_old=part.is_of_old)
        if part.is_audit or part.position is None or part.ace is None:
            return _parent_of(dn), _explicit(part)
        source = view.origin(dn, part.position).source
        return source.dn, source.ace

    def _dn(self, number: int, *, is_old: bool) -> Dn:
        sides = self._sides
        return (sides.old_entry(number) if is_old else sides.new_entry(number)).dn


def _key(part: Part) -> _Key:
    return (part.kind, part.old, part.new, part.is_audit, part.was, part.now)


def _parent_of(dn: Dn) -> Dn:
    return dn.parent or dn


def _explicit(part: Part) -> AnyAce:
    ace = part.ace
    if ace is None:
        raise ValueError("a part without an entry is not inherited")
    return ace


def _is_inherited(part: Part) -> bool:
    return part.ace is not None and part.ace.is_inherited


def _groups(sides: Sides) -> Iterator[tuple["array[int]", tuple[Part, ...]]]:
    """Objects that changed alike, with what changed; without those that cannot be read."""
    known: dict[tuple[int | None, int | None], tuple[Part, ...]] = {}
    for kin, numbers in sides.joined.described.items():
        pair = kin.old, kin.new
        if pair not in known:
            known[pair] = tuple(_parts_of(sides, numbers[0]))
        if known[pair]:
            yield numbers, known[pair]


def _parts_of(sides: Sides, number: int) -> Iterator[Part]:
    old, new = descriptor_of(sides.old_entry(number)), descriptor_of(sides.new_entry(number))
    if not isinstance(old, Unreadable) and not isinstance(new, Unreadable):
        yield from parts(old, new)


def parts(old: SecurityDescriptor, new: SecurityDescriptor) -> Iterator[Part]:
    """All that differs between two descriptors in what they mean."""
    values = {
        EntryKind.OWNER: (old.owner, new.owner),
        EntryKind.GROUP: (old.group, new.group),
        EntryKind.PROTECTION: (old.is_dacl_protected, new.is_dacl_protected),
        EntryKind.LIST: (type(old.dacl), type(new.dacl)),
    }
    for kind, (was, now) in values.items():
        if was != now:
            yield Part(kind, was=was, now=now)
    if type(old.dacl) is type(new.dacl):  # else all entries came or went with the list
        yield from _entries(_of(old.dacl), _of(new.dacl), is_audit=False)
    yield from _entries(_of(old.sacl), _of(new.sacl), is_audit=True)


def _of(acl: object) -> Sequence[AnyAce]:
    return acl.entries if isinstance(acl, Acl) else ()


def _entries(old: Sequence[AnyAce], new: Sequence[AnyAce], *, is_audit: bool) -> Iterator[Part]:
    for each in deltas(old, new):
        yield Part(
            each.kind,
            None if each.old is None else old[each.old],
            None if each.new is None else new[each.new],
            each.old,
            each.new,
            is_audit,
        )

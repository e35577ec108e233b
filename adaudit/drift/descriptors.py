"""
What changed in descriptors, told once where it was set.

Objects under one parent whose descriptors are and were the same have changed in the same way, so
one of them is looked at. What it inherited in addition, or no more, is followed up to where that
was set; if it was set there anew, it is the same change, and the object is counted to it.
"""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

from adaudit.access.bitmap import BitMap
from adaudit.changes import EntryKind
from adaudit.directory.dn import Dn
from adaudit.directory.snapshot import Unreadable, descriptor_of
from adaudit.drift.parts import Part, parts
from adaudit.drift.sides import Sides
from adaudit.security.ace import AnyAce


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
_MAKES = {
    EntryKind.ADDED: {EntryKind.ADDED, EntryKind.FLAGS},
    EntryKind.REMOVED: {EntryKind.REMOVED, EntryKind.FLAGS},
    EntryKind.FLAGS: {EntryKind.FLAGS},
    EntryKind.MOVED: {EntryKind.MOVED},
}
"""By what is another one in an heir: what it may be where it was set"""
_CARRIED = frozenset({EntryKind.ADDED, EntryKind.REMOVED})


def changes(sides: Sides) -> list[Change]:
    """All changes of descriptors that can be read on both sides."""
    found = _Found(sides)
    groups = list(_groups(sides))
    for numbers, those in groups:
        for part in those:
            if not _is_inherited(part):
                found.set_here(part, numbers)
    for numbers, those in groups:
        opened = next((part for part in those if part.kind is EntryKind.PROTECTION), None)
        for part in those:
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
        change = self._made(dn, ace, part)
        if change is None and opened is not None and part.kind in _CARRIED:
            self._changes[_key(opened)].carried[ace] = part
            return
        if change is None:
            key = (part.kind, dn.path, ace, part.is_audit)
            change = self._changes.setdefault(key, Change(part, numbers[0], source=dn))
        change.reached.update(numbers)
        if len(change.heirs) < _MOST_HEIRS:
            change.heirs.append((numbers[0], part))

    def _made(self, dn: Dn, ace: AnyAce, part: Part) -> Change | None:
        """The change of an entry on an object that makes heirs of it change like `part`."""
        joined, is_old = self._sides.joined, part.is_of_old
        number = (joined.old if is_old else joined.new).number(dn) or 0
        old = number if is_old else self._sides.old_of[number]
        made = self._set.get((is_old, ace), ())
        known = (each for each in made if each.part.kind in _MAKES.get(part.kind, ()))
        return next((each for each in known if old and old in each.set_on), None)

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

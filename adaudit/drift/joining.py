"""
The objects of two snapshots, matched: one pass over both, as they lie in their files.

An object is the same by its objectGUID, wherever it lies and whatever it is called; without one
by its name. Two rows that a controller gives in the same order meet at once, so that what stayed
as it was is looked at and forgotten.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import zip_longest
from typing import NamedTuple

from adaudit.directory.layout import load_attributes
from adaudit.directory.snapshot import Snapshot, WholeRow

MEMBERSHIPS = frozenset({"member", "memberof", "primarygroupid"})
_OF_TOKENS = MEMBERSHIPS | {
    *("objectsid", "sidhistory", "grouptype", "useraccountcontrol", "objectclass"),
    *("samaccountname", "ncname", "dnsroot", "netbiosname", "systemflags"),
}
"""On which it hangs who is in what, what domains there are, and what principals are called"""
_RESTLESS = frozenset({"pwdlastset"})
"""What changes without anybody changing anything"""


class Kin(NamedTuple):
    """What objects have in common whose descriptor changed in the same way."""

    parent: str
    """Path of what is above them in the new snapshot"""
    old: int | None
    """Number of the old descriptor, None for none"""
    new: int | None
    chain: int
    """Chain of classes in the new snapshot"""


@dataclass(frozen=True, slots=True)
class Met:
    """An object of both snapshots that has another name or other attributes."""

    old: int
    new: int
    old_path: str
    new_path: str
    attributes: frozenset[str] = frozenset()
    """Those that differ, in lower case, memberships too"""


@dataclass(frozen=True, slots=True)
class Lone:
    """An object of one snapshot alone."""

    number: int
    path: str
    chain: int


@dataclass(frozen=True)
class Joined:
    """All objects of both snapshots, by the numbers that these have for them."""

    old: Snapshot
    new: Snapshot
    new_of: "array[int]"
    """By old number the new one; 0 for what is gone"""
    described: Mapping[Kin, "array[int]"]
    """The objects whose descriptor differs, by their old numbers"""
    retyped: "array[int]"
    """Old numbers of those with another objectSid or other classes"""
    met: tuple[Met, ...]
    """By their new paths, of which the attributes that differ or the name"""
    removed: tuple[Lone, ...]
    added: tuple[Lone, ...]
    are_principals_same: bool
    """Whether principals, memberships and domains are surely those that they were"""

    @property
    def old_of(self) -> "array[int]":
        """By new number the old one; 0 for what is new."""
        found = array("I", bytes(4 * (self.new.last_number + 1)))
        for old, new in enumerate(self.new_of):
            if new:
                found[new] = old
        return found


def join(old: Snapshot, new: Snapshot) -> Joined:
    """Match the objects of two snapshots; `DirectoryError` where one of them is damaged."""
    joining = _Joining(old, new)
    joining.run()
    return joining.joined()


class _Joining:
    def __init__(self, old: Snapshot, new: Snapshot) -> None:
        self._old, self._new = old, new
        self._new_of = array("I", bytes(4 * (old.last_number + 1)))
        self._same = _same_bodies(old, new)
        self._described: dict[Kin, array[int]] = defaultdict(lambda: array("I"))
        self._retyped = array("I")
        self._met: list[Met] = []
        self._lone: tuple[dict[str, WholeRow], dict[str, WholeRow]] = ({}, {})

    def run(self) -> None:
        """Match by name first, as most objects stay where they are; then by objectGUID."""
        before, after = self._lone
        for old, new in zip_longest(self._old.whole_rows(), self._new.whole_rows()):
            if old is not None and new is not None and old[1] == new[1]:
                self._meet(old, new)
                continue
            if old is not None and (there := after.pop(old[1], None)) is not None:
                self._meet(old, there)
            elif old is not None:
                before[old[1]] = old
            if new is not None and (there := before.pop(new[1], None)) is not None:
                self._meet(there, new)
            elif new is not None:
                after[new[1]] = new
        self._meet_by_guid()

    def joined(self) -> Joined:
        before, after = self._lone
        return Joined(
            self._old,
            self._new,
            self._new_of,
            self._described,
            self._retyped,
            tuple(sorted(self._met, key=lambda met: met.new_path)),
            _lone(before.values()),
            _lone(after.values()),
            self._are_principals_same(),
        )

    def _meet(self, old: WholeRow, new: WholeRow) -> None:
        """Compare two objects of one name, unless they are known to be two."""
        if old[4] != new[4] and old[4] is not None and new[4] is not None:
            self._lone[0][old[1]], self._lone[1][new[1]] = old, new
            return
        self._new_of[old[0]] = new[0]
        if self._same.get(new[3]) != old[3]:
            parent = new[1].rpartition(",")[0]
            self._described[Kin(parent, old[3], new[3], new[2])].append(old[0])
        if old[5] != new[5] or old[1] != new[1]:
            self._note(old, new)

    def _note(self, old: WholeRow, new: WholeRow) -> None:
        names = frozenset(_differing(old[5], new[5])) - _RESTLESS
        if names or old[1] != new[1]:
            self._met.append(Met(old[0], new[0], old[1], new[1], names))
        if names & {"objectsid", "objectclass"}:
            self._retyped.append(old[0])

    def _meet_by_guid(self) -> None:
        before, after = self._lone
        known = {row[4]: row for row in before.values() if row[4] is not None}
        for new in list(after.values()):
            old = known.get(new[4]) if new[4] is not None else None
            if old is not None:
                del before[old[1]], after[new[1]]
                self._meet(old, new)

    def _are_principals_same(self) -> bool:
        if self._old.gaps or self._new.gaps:
            return False  # what was lost may be of either
        rows = [row for side in self._lone for row in side.values()]
        if any(not _OF_TOKENS.isdisjoint(_names(row) - {"objectclass"}) for row in rows):
            return False
        return not any(
            met.attributes & _OF_TOKENS or met.old_path != met.new_path for met in self._met
        )


def _same_bodies(old: Snapshot, new: Snapshot) -> dict[int | None, int | None]:
    """By number of a new descriptor: the old one of the same bytes."""
    known = {_digest(body): number for number, body in old.descriptors()}
    found: dict[int | None, int | None] = {None: None}
    for number, body in new.descriptors():
        found[number] = known.get(_digest(body), _NONE_SUCH)
    return found


_NONE_SUCH = -1


def _digest(body: bytes) -> bytes:
    return blake2b(body, digest_size=16).digest()


def _differing(old: bytes, new: bytes) -> Iterator[str]:
    """The attributes with other values, in whatever order they came."""
    before, after = load_attributes(old), load_attributes(new)
    for name in before.keys() | after.keys():
        values = before.get(name, ()), after.get(name, ())
        if values[0] != values[1] and set(values[0]) != set(values[1]):
            yield name


def _names(row: WholeRow) -> set[str]:
    return set(load_attributes(row[5]))


def _lone(rows: Iterable[WholeRow]) -> tuple[Lone, ...]:
    return tuple(sorted((Lone(row[0], row[1], row[2]) for row in rows), key=lambda one: one.path))

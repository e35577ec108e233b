"""
What objects hold of their parents' entries, and what they should hold. [MS-ADTS] 6.1.3

Whole families are judged at once: objects of one class and descriptor under one parent. Entries are
compared as numbers, one for all that mean the same, so that a million objects take few steps.
"""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from adaudit.access.view import View
from adaudit.errors import DescriptorError, DirectoryError
from adaudit.review.defaults import Covering, Partitions
from adaudit.review.meanings import Meanings
from adaudit.security.ace import AceFlags
from adaudit.security.sid import Sid
from adaudit.security.wire import decode, decode_ace, pieces

_HEADS = ("cn=configuration", "cn=schema")
_FLAGS_AT = 1  # [MS-DTYP] 2.4.4.1
_INHERITED = int(AceFlags.INHERITED)


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """Objects of one class that have one descriptor, under one parent."""

    parent: str
    """The path of their parent; empty for the head of a naming context"""
    parent_number: int | None
    """None where the parent was not read"""
    parent_descriptor: int | None
    """None where none was read of it"""
    name: str
    """Their most specific class, in lower case"""
    descriptor: int
    numbers: "array[int]"
    """Of the objects, in the order of nothing"""


@dataclass(frozen=True, slots=True, eq=False)
class _List:
    """A descriptor as far as it matters here."""

    owner: Sid | None
    group: Sid | None
    is_protected: bool
    entries: tuple[bytes, ...] | None
    """None where there is no DACL"""


class Families:
    """All objects of a snapshot that have a descriptor which could be decoded."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._lists = dict(_lists(view))
        self._meanings = Meanings()
        self._handed = cache(self._hand_down)
        self._inherited = cache(self._inherited_by)
        self._is_covered = cache(self._find_covered)
        self._covering = cache(self._covering_of)
        self._found: dict[tuple[int, int, str], array[int]] = {}
        self._read()

    def __iter__(self) -> Iterator[Family]:
        """Each family, by parent."""
        parents = {parent for _, _, parent in self._found}
        known = {
            path: (number, descriptor)
            for number, path, _, descriptor in self._view.snapshot.placed_rows()
            if path in parents
        }
        chains = self._view.snapshot.chains
        for (descriptor, chain, parent), numbers in sorted(self._found.items(), key=_order):
            number, above = known.get(parent, (None, None)) if parent else (None, None)
            name = chains[chain][-1] if chains[chain] else ""
            yield Family(parent, number, above, name, descriptor, numbers)

    def stale(self, family: Family) -> Sequence[int]:
        """
        The positions of entries that are marked as inherited and that nothing above explains.

        None of objects of which that cannot be told: their class or their parent is not known.
        """
        own = self._lists[family.descriptor]
        inherited = self._inherited(family.descriptor)
        if not inherited or own.is_protected or not family.parent:
            return [position for position, _ in inherited]
        handed = self._handed_to(family)
        if handed is None or self._class(family) is None:
            return ()
        return [position for position, meaning in inherited if meaning not in handed]

    def missing(self, family: Family) -> Sequence[int]:
        """
        The positions, on the parent, of entries that it hands down and the objects do not have.

        What another entry of theirs says as well is not missed. [MS-DTYP] 2.5.3.4
        """
        own = self._lists[family.descriptor]
        handed = self._handed_to(family)
        if handed is None or own.entries is None or own.is_protected or not family.parent:
            return ()
        held = {meaning for _, meaning in self._inherited(family.descriptor)}
        return sorted(
            {
                position
                for meaning, position in handed.items()
                if meaning not in held and not self._is_covered(meaning, family.descriptor)
            }
        )

    def _handed_to(self, family: Family) -> Mapping[int, int] | None:
        """What a family should have: meanings with the first position on the parent of each."""
        number = family.parent_descriptor
        above = None if number is None else self._lists.get(number)
        if above is None or number is None:
            return None
        own, known = self._lists[family.descriptor], self._class(family)
        if any(map(self._meanings.names_creator, above.entries or ())):
            return self._handed(number, known, own.owner, own.group)
        return self._handed(number, known, None, None)

    def _class(self, family: Family) -> UUID | None:
        return self._view.schema.class_guid(family.name)

    def _read(self) -> None:
        heads = {*Partitions.of(self._view).heads, *(dn.path for dn in self._view.heads)}
        try:
            for number, path, chain, descriptor in self._view.snapshot.placed_rows():
                if descriptor in self._lists:
                    key = descriptor, chain, self._parent(number, path, heads)
                    self._found.setdefault(key, array("I")).append(number)
        except OverflowError as error:
            raise DirectoryError("the snapshot is damaged: the number of an object") from error

    def _parent(self, number: int, path: str, heads: set[str]) -> str:
        above, _, name = path.rpartition(",")
        is_head = path in heads or (
            name in _HEADS and self._view.level(self._view.snapshot.at(number).dn).is_head
        )
        return "" if is_head else above

    def _inherited_by(self, descriptor: int) -> Sequence[tuple[int, int]]:
        """The inherited entries of a descriptor: positions and meanings."""
        return [
            (position, self._meanings.of(raw))
            for position, raw in enumerate(self._lists[descriptor].entries or ())
            if raw[_FLAGS_AT] & _INHERITED
        ]

    def _hand_down(
        self, descriptor: int, known: UUID | None, owner: Sid | None, group: Sid | None
    ) -> Mapping[int, int]:
        found: dict[int, int] = {}
        for position, raw in enumerate(self._lists[descriptor].entries or ()):
            for meaning in self._meanings.handed_down(raw, known, owner, group):
                found.setdefault(meaning, position)
        return found

    def _find_covered(self, meaning: int, descriptor: int) -> bool:
        return self._covering(descriptor).covers(self._meanings.ace(meaning))

    def _covering_of(self, descriptor: int) -> Covering:
        return Covering(map(decode_ace, self._lists[descriptor].entries or ()))


def _lists(view: View) -> Iterator[tuple[int, _List]]:
    for number, body in view.snapshot.descriptors():
        try:
            known, entries = decode(body), pieces(body).dacl
        except DescriptorError:
            continue  # is a finding of its own
        own = None if entries is None else tuple(entries)
        yield number, _List(known.owner, known.group, known.is_dacl_protected, own)


def _order(item: "tuple[tuple[int, int, str], array[int]]") -> tuple[str, int]:
    (_, _, parent), numbers = item
    return parent, numbers[0]

"""Sets of accounts and objects as names, which are looked up when they are told."""

from collections.abc import Callable, Iterator, Sequence
from typing import overload

from adaudit.access.bitmap import BitMap
from adaudit.directory.snapshot import Snapshot
from adaudit.drift.sides import Sides


class Names(Sequence[str]):
    """The names of a set of numbers, in their order; how many there are is known at once."""

    def __init__(self, numbers: BitMap, name: Callable[[int], str]) -> None:
        self.numbers = numbers
        self._name = name

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...

    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            return tuple(map(self._name, self.numbers[index]))
        return self._name(self.numbers[index])

    def __iter__(self) -> Iterator[str]:
        return map(self._name, self.numbers)

    def __len__(self) -> int:
        return len(self.numbers)


class Naming:
    """Makes names, one value for equal sets, as very many effects are about the same ones."""

    def __init__(self, sides: Sides) -> None:
        self._sides = sides
        self._known: dict[tuple[int, bytes], Names] = {}

    def objects(self, numbers: BitMap) -> Names:
        """DNs of objects of both snapshots as they are now, by old numbers."""
        return self._names(0, numbers, self._dn)

    def accounts(self, numbers: BitMap) -> Names:
        """Accounts, as they are called now, or were if they are gone."""
        subjects = self._sides.accounts

        def name(number: int) -> str:
            sid = subjects.sid(number)
            is_new = number in subjects.present.new
            return (self._sides.new if is_new else self._sides.old).name(sid)

        return self._names(1, numbers, name)

    def _names(self, kind: int, numbers: BitMap, name: Callable[[int], str]) -> Names:
        key = kind, numbers.serialize()
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = Names(numbers, name)
        return known

    def _dn(self, number: int) -> str:
        return dn_of(self._sides.joined.new, self._sides.joined.new_of[number])


def dn_of(snapshot: Snapshot, number: int) -> str:
    """The DN of an object as it was written."""
    return str(snapshot.at(number).dn)

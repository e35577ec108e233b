"""Objects by number, and their names when one asks."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from adaudit.access.bitmap import BitMap
from adaudit.directory.snapshot import Snapshot

_ONE_BY_ONE = 1 << 10
"""Of more than these the names are read in one pass over all objects"""


@dataclass(frozen=True)
class ObjectNames:
    """Some objects of a snapshot, as long as it is open."""

    snapshot: Snapshot
    numbers: BitMap

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[str]:
        """The DNs of all, in the order of reading."""
        if len(self) <= _ONE_BY_ONE:
            return (str(self.snapshot.at(number).dn) for number in self.numbers)
        return (dn for number, dn in self.snapshot.names() if number in self.numbers)

    def first(self, count: int) -> tuple[str, ...]:
        """The DNs of the first ones."""
        return tuple(str(self.snapshot.at(number).dn) for number in islice(self.numbers, count))

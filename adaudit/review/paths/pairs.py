"""A right that is nothing without another one: who holds both, on which objects."""

from array import array
from collections.abc import Iterable, Iterator

from adaudit.access.answer import Answer
from adaudit.access.bitmap import BitMap
from adaudit.access.pools import Slice
from adaudit.access.verdict import Decision

Held = tuple[BitMap, BitMap]
"""Objects, and subjects who hold a right on all of them by the same entry"""


class Pairs:
    """Answers for the right that fewer hold, to be put together with those for the other one."""

    def __init__(self) -> None:
        self._kept: list[tuple[BitMap, list[Slice]]] = []
        self._objects = BitMap()
        self._of = array("I")
        """By number of an object, that of its answer"""

    def add(self, objects: BitMap, slices: Iterable[Slice]) -> None:
        """Take who holds the right that fewer hold; each object comes once."""
        holding = [one for one in slices if one.decision is not Decision.DENIED]
        if not objects or not holding:
            return
        if (missing := objects.max() + 1 - len(self._of)) > 0:
            self._of.extend([0] * missing)
        for number in objects:
            self._of[number] = len(self._kept)
        self._objects |= objects
        self._kept.append((objects, holding))

    def both(self, other: Answer) -> Iterator[tuple[Decision, Held]]:
        """Who holds, or may hold, the other right as well, by an answer for that."""
        left = other.objects & self._objects
        sure = other.subjects(Decision.ALLOWED) if left else left
        doubtful = other.subjects(Decision.UNDECIDED) if left else left
        while left:
            objects, slices = self._kept[self._of[left[0]]]
            alike = left & objects
            for one in slices:
                yield one.decision, (alike, _within(one.subjects, sure))
                yield Decision.UNDECIDED, (alike, _within(one.subjects, doubtful))
            left = left - objects


def _within(subjects: BitMap, others: BitMap) -> BitMap:
    """Both, in the memory that is there already if it can be: mostly everyone may read."""
    return subjects if subjects <= others else subjects & others

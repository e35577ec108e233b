"""A right that another one is nothing without: who holds it, by object."""

from array import array
from collections.abc import Iterator

from adaudit.access.bitmap import BitMap

Held = tuple[BitMap, BitMap]
"""Objects, and subjects who hold a right on all of them by the same entry"""


class Needed:
    """Who holds a right on objects of which each is in one answer."""

    def __init__(self) -> None:
        self._answers: list[Held] = []
        self._objects = BitMap()
        self._of = array("I")
        """By number of an object, that of its answer"""

    def add(self, objects: BitMap, subjects: BitMap) -> None:
        """Take an answer; nobody holds the right on objects of which none tells."""
        if not subjects or not objects:
            return
        if (missing := objects.max() + 1 - len(self._of)) > 0:
            self._of.extend([0] * missing)
        for number in objects:
            self._of[number] = len(self._answers)
        self._objects |= objects
        self._answers.append((objects, subjects))

    def also(self, objects: BitMap, subjects: BitMap) -> Iterator[Held]:
        """Those of the subjects who hold the right, too, and on which of the objects."""
        left = objects & self._objects
        while left:
            known, holders = self._answers[self._of[left[0]]]
            if both := subjects & holders:
                yield left & known, both
            left = left - known

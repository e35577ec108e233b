"""Answers for many subjects on many objects, as sets of both."""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field

from adaudit.access.bitmap import BitMap, union
from adaudit.access.pools import Slice
from adaudit.access.verdict import Decision


@dataclass(frozen=True, slots=True)
class Answer:
    """Objects on which the same subjects hold a right, by the same relevant entries."""

    objects: BitMap
    """Their numbers in the snapshot"""
    slices: tuple[Slice, ...]
    """All subjects, with the position of the deciding entry among the relevant ones"""
    own: tuple[Slice, ...] = ()
    """
    Subjects each on its own object, where an entry for SELF matters; `slices` is not of these.

    There are as many as there are objects then, each the one whose SID the subject carries.
    """
    _numbers: "array[int]" = field(default_factory=lambda: array("I"), repr=False)
    _selves: "array[int]" = field(default_factory=lambda: array("i"), repr=False)

    def subjects(self, decision: Decision) -> BitMap:
        """The subjects of whom `decision` is true on all the objects but, perhaps, their own."""
        return union(one.subjects for one in self.slices if one.decision is decision)

    def on_own(self, decision: Decision) -> BitMap:
        """The subjects of whom it is true on their own object."""
        return union(one.subjects for one in self.own if one.decision is decision)

    def own_object(self, subject: int) -> int:
        """The number of the object whose SID a subject of `own` carries."""
        return self._numbers[self._selves.index(subject)]

    @property
    def own_objects(self) -> Mapping[int, int]:
        """The same of all subjects of `own`."""
        return dict(zip(self._selves, self._numbers, strict=True))

    def pairs(self, decision: Decision) -> int:
        """Of how many pairs of subject and object it is true."""
        everywhere = self.subjects(decision)
        own = union(one.subjects for one in self.own)
        on_own = len(self.on_own(decision)) - own.intersection_cardinality(everywhere)
        return len(everywhere) * len(self.objects) + on_own


@dataclass(frozen=True, slots=True)
class ObjectSets:
    """On which objects someone holds a right; those that could not be judged are in no set."""

    allowed: BitMap
    denied: BitMap
    undecided: BitMap

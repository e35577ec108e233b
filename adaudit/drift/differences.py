"""
Where two surveys of the same objects differ: sets of subjects by sets of objects, for one right.

Both part the objects by the entries that matter on them. Objects that are alike in both are one
case, in which the subjects for whom one thing decided before and another one decides now are a
set again, so that no pair of subject and object is looked at.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from adaudit.access.answer import Answer
from adaudit.access.bitmap import BitMap, union
from adaudit.access.verdict import Decision

_Decided = Sequence[tuple[BitMap, Decision]]


@dataclass(frozen=True, slots=True)
class Difference:
    """Subjects for whom a right is decided in another way than before on each of some objects."""

    right: str
    objects: BitMap
    """By their old numbers"""
    subjects: BitMap
    before: Decision
    after: Decision
    is_on_own: bool = False
    """Whether each subject is meant on its own object alone, by an entry for SELF"""
    own: Mapping[int, int] | None = None
    """By subject: its own object, where that matters, as it is another case there"""

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Each subject with each object, for tests and small sets."""
        own = self.own or {}
        for subject in self.subjects:
            if self.is_on_own:
                yield subject, own[subject]
            else:
                yield from ((subject, each) for each in self.objects if own.get(subject) != each)

    def sample(self) -> tuple[int, int]:
        """One of the pairs."""
        return next(self.pairs())


@dataclass(frozen=True, slots=True)
class Present:
    """Who is there in each of the snapshots; who is not holds nothing."""

    old: BitMap
    new: BitMap


def differences(
    right: str,
    before: Sequence[Answer],
    after: Sequence[Answer],
    objects: BitMap,
    pool: BitMap,
    present: Present,
) -> Iterator[Difference]:
    """All differences of one right on `objects`, which both surveys judged, for `pool`."""
    absent = pool - present.old, pool - present.new
    nothing = Answer(objects, ())
    for old in before or [nothing]:
        rest = old.objects & objects
        while rest:
            first = rest.min()
            new = next((each for each in after if first in each.objects), nothing)
            common = rest & new.objects
            rest -= common
            yield from _Case(right, common, old, new, absent).differences()


@dataclass(frozen=True, slots=True)
class _Case:
    """Objects on which the same entries matter in both snapshots."""

    right: str
    objects: BitMap
    old: Answer
    new: Answer
    absent: tuple[BitMap, BitMap]

    def differences(self) -> Iterator[Difference]:
        before = _general(self.old, self.absent[0])
        after = _general(self.new, self.absent[1])
        own = self._own()
        for subjects, was, now in _crossed(before, after):
            yield from self._elsewhere(subjects, was, now, own)
        if own:
            apart = BitMap(own)
            owned = (_on_own(self.old, before, apart), _on_own(self.new, after, apart))
            for subjects, was, now in _crossed(*owned):
                objects = BitMap(own[each] for each in subjects)
                yield Difference(self.right, objects, subjects, was, now, is_on_own=True, own=own)

    def _elsewhere(
        self, subjects: BitMap, was: Decision, now: Decision, own: Mapping[int, int]
    ) -> Iterator[Difference]:
        """All pairs but those of a subject and its own object, where that is another case."""
        if len(self.objects) == 1:
            subjects = subjects - BitMap(own)
        if subjects:
            yield Difference(self.right, self.objects, subjects, was, now, own=own or None)

    def _own(self) -> Mapping[int, int]:
        found: dict[int, int] = {}
        for answer in (self.old, self.new):
            if answer.own:
                found |= {s: n for s, n in answer.own_objects.items() if n in self.objects}
        told = union(one.subjects for answer in (self.old, self.new) for one in answer.own)
        return {subject: number for subject, number in found.items() if subject in told}


def _general(answer: Answer, absent: BitMap) -> _Decided:
    found = [(one.subjects, one.decision) for one in answer.slices]
    return [*found, (absent, Decision.DENIED)]


def _on_own(answer: Answer, general: _Decided, apart: BitMap) -> _Decided:
    """The same of subjects on their own objects."""
    found = [(one.subjects & apart, one.decision) for one in answer.own]
    rest = apart - union(subjects for subjects, _ in found)
    return [*found, *((subjects & rest, decision) for subjects, decision in general)]


def _crossed(before: _Decided, after: _Decided) -> Iterator[tuple[BitMap, Decision, Decision]]:
    """Those who are decided of in one way before and in another one now, by what decides."""
    for old, was in before:
        for new, now in after:
            if was is not now and (both := old & new):
                yield both, was, now

"""
Where two surveys of the same objects differ: sets of subjects by sets of objects, for one right.

Both part the objects by the entries that matter on them. Objects that are alike in both are one
case, in which the subjects for whom one thing decided before and another one decides now are a
set again, so that no pair of subject and object is looked at.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from adaudit.access.answer import Answer
from adaudit.access.bitmap import NONE, BitMap, union
from adaudit.access.pools import Slice
from adaudit.access.verdict import Decision, Reason

_What = tuple[Decision, Reason | None, int | None]
"""What was decided, why, and the position of the deciding one among the relevant entries"""
_Decided = Sequence[tuple[BitMap, _What]]
_ABSENT: _What = (Decision.DENIED, None, None)


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
    answer_on = _Places(after, nothing).answer_on
    for old in before or [nothing]:
        rest = old.objects & objects
        while rest:
            new = answer_on(rest.min())
            common = rest & new.objects
            rest -= common
            yield from _Case(right, common, old, new, absent).differences()


class _Places:
    """Which of many answers is about an object."""

    def __init__(self, answers: Sequence[Answer], otherwise: Answer) -> None:
        self._answers = answers
        self._otherwise = otherwise
        self._by_first = {each.objects.min(): each for each in answers if each.objects}

    def answer_on(self, number: int) -> Answer:
        """Mostly it is its first object, as both snapshots part most objects in the same way."""
        return self._by_first.get(number) or self._by_number.get(number, self._otherwise)

    @cached_property
    def _by_number(self) -> dict[int, Answer]:
        return {number: each for each in self._answers for number in each.objects}


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
        apart = BitMap(own)
        owned = dict(_crossed(_on_own(self.old, before, apart), _on_own(self.new, after, apart)))
        for (was, now), subjects in _crossed(before, after):
            alike = owned.pop((was, now), NONE)
            yield from self._elsewhere(subjects, was[0], now[0], _without(own, alike & subjects))
            yield from self._on_own(alike - subjects, was[0], now[0], own)
        for (was, now), subjects in owned.items():
            yield from self._on_own(subjects, was[0], now[0], own)

    def _elsewhere(
        self, subjects: BitMap, was: Decision, now: Decision, own: Mapping[int, int]
    ) -> Iterator[Difference]:
        """All pairs but those of a subject and its own object, where that is another case."""
        if len(self.objects) == 1:
            subjects = subjects - BitMap(own)
        if subjects:
            apart = {each: own[each] for each in subjects & BitMap(own)}
            yield Difference(self.right, self.objects, subjects, was, now, own=apart or None)

    def _on_own(
        self, subjects: BitMap, was: Decision, now: Decision, own: Mapping[int, int]
    ) -> Iterator[Difference]:
        if subjects:
            each = {subject: own[subject] for subject in subjects}
            objects = BitMap(each.values())
            yield Difference(self.right, objects, subjects, was, now, is_on_own=True, own=each)

    def _own(self) -> Mapping[int, int]:
        found: dict[int, int] = {}
        for answer in (self.old, self.new):
            if answer.own:
                found |= {s: n for s, n in answer.own_objects.items() if n in self.objects}
        told = union(one.subjects for answer in (self.old, self.new) for one in answer.own)
        return {subject: number for subject, number in found.items() if subject in told}


def _general(answer: Answer, absent: BitMap) -> _Decided:
    return [*((one.subjects, _what(one)) for one in answer.slices), (absent, _ABSENT)]


def _on_own(answer: Answer, general: _Decided, apart: BitMap) -> _Decided:
    """The same of subjects on their own objects."""
    found = [(one.subjects & apart, _what(one)) for one in answer.own]
    rest = apart - union(subjects for subjects, _ in found)
    return [*found, *((subjects & rest, what) for subjects, what in general)]


def _what(one: Slice) -> _What:
    return one.decision, one.reason, one.position


def _crossed(before: _Decided, after: _Decided) -> Iterator[tuple[tuple[_What, _What], BitMap]]:
    """Those who are decided of in one way before and in another one now, by what decides."""
    found: dict[tuple[_What, _What], BitMap] = {}
    for old, was in before:
        for new, now in after:
            if was[0] is not now[0] and (both := old & new):
                found[was, now] = found.get((was, now), NONE) | both
    return iter(found.items())


def _without(own: Mapping[int, int], subjects: BitMap) -> Mapping[int, int]:
    return {subject: number for subject, number in own.items() if subject not in subjects}

"""
Who gained or lost a right in effect.

On objects whose descriptor changed all accounts are asked for; on all others only those whose
tokens may have changed, and only where an entry names a SID by which they may.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from adaudit.access.bitmap import NONE, BitMap, union
from adaudit.changes import Cause
from adaudit.directory.snapshot import ObjectRow
from adaudit.drift.bearing import bearing
from adaudit.drift.differences import Difference, differences
from adaudit.drift.judging import Judge, Judged
from adaudit.drift.sides import Pair, Sides, Subjects
from adaudit.drift.survey import Survey, question_of, rows_of
from adaudit.drift.tokens import Touched


@dataclass(frozen=True, slots=True)
class Found:
    """A difference with its cause and the verdicts of its sample."""

    difference: Difference
    """Its subjects are numbers of all accounts of both snapshots"""
    cause: Cause
    old: Judged
    new: Judged


class Effects:
    """All differences in effect between two snapshots."""

    def __init__(self, sides: Sides, touched: Touched) -> None:
        self._sides = sides
        self._touched = touched
        self._judge = Judge(sides)
        self.chosen = self._touched_subjects()
        """Those whose tokens may have changed"""
        self.unjudged: dict[tuple[str, str], BitMap] = {}
        """Objects that could not be compared, by the snapshot and the reason why; old numbers"""

    def found(self) -> Iterator[Found]:
        """Every difference, with its cause."""
        changed = self._changed()
        asked_otherwise = self._asked_otherwise() - changed
        yield from self._of_changed(changed)
        for difference in self._compared(asked_otherwise, self._sides.accounts):
            yield self._judged(difference, Cause.SETTINGS)
        if not self._touched.is_nobody:
            yield from self._of_touched(changed | asked_otherwise)

    def _of_changed(self, changed: BitMap) -> Iterator[Found]:
        for difference in self._compared(changed, self._sides.accounts):
            moved = difference.subjects & self._are_touched
            parts = [(Cause.ENTRIES, difference.subjects - moved)]
            if moved:
                parts += self._judge.causes(_only(difference, moved))
            for cause, part in parts:
                if part:
                    yield self._judged(_only(difference, part), cause)

    def _of_touched(self, elsewhere: BitMap) -> Iterator[Found]:
        present = self._sides.accounts.present
        both = present.old & present.new
        numbers = self._sides.numbers_of(self.chosen)
        for found in self._compared(bearing(self._sides, self._touched) - elsewhere, self.chosen):
            difference = found if numbers is None else _renumbered(found, numbers)
            stayed = difference.subjects & both
            for cause, part in (
                (Cause.MEMBERSHIPS, stayed),
                (Cause.ACCOUNT, difference.subjects - stayed),
            ):
                if part:
                    yield self._judged(_only(difference, part), cause)

    def _judged(self, difference: Difference, cause: Cause) -> Found:
        return Found(difference, cause, *self._judge.judge(difference))

    def _compared(self, objects: BitMap, subjects: Subjects) -> Iterator[Difference]:
        if not objects or not subjects.sids:
            return
        for servers, numbers in self._sides.by_server(objects):
            yield from self._at(servers, numbers, subjects)

    def _at(self, servers: Pair, numbers: BitMap, subjects: Subjects) -> Iterator[Difference]:
        before, after = self._surveys(servers, numbers, subjects)
        old, new = before.judged(), after.judged()
        both = union(old.values()) & union(new.values())
        everyone, present = subjects.everyone, subjects.present
        chains = self._sides.joined.new.chains
        for right in self._sides.rights:
            about = union(found for chain, found in new.items() if right.is_about(chains[chain]))
            if about & both:
                yield from differences(
                    right.name,
                    before.answers(right.name, everyone & present.old),
                    after.answers(right.name, everyone & present.new),
                    about & both,
                    everyone,
                    present,
                )

    def _surveys(self, servers: Pair, numbers: BitMap, subjects: Subjects) -> tuple[Survey, Survey]:
        sides, joined = self._sides, self._sides.joined
        new_numbers = BitMap(joined.new_of[number] for number in numbers)
        rows = rows_of(joined.old, numbers), rows_of(joined.new, new_numbers, sides.old_of)
        old = Survey(
            sides.old,
            sides.carriers(sides.old, servers.old, subjects),
            sides.rights,
            _descriptors(rows[0]),
            rows[0],
        )
        new = Survey(
            sides.new,
            sides.carriers(sides.new, servers.new, subjects),
            sides.rights,
            _descriptors(rows[1]),
            rows[1],
            joined.new_of,
        )
        undescribed = _undescribed(rows[0]) & _undescribed(rows[1])  # nobody asked for them
        for name, survey in (("old", old), ("new", new)):
            for reason, objects in survey.unjudged.items():
                if told := objects - undescribed:
                    known = self.unjudged.get((name, reason), NONE)
                    self.unjudged[name, reason] = known | told
        return old, new

    def _changed(self) -> BitMap:
        return union(BitMap(numbers) for numbers in self._sides.joined.described.values())

    def _asked_otherwise(self) -> BitMap:
        """Objects of which another question is asked now, or of which SELF is someone else."""
        sides, joined = self._sides, self._sides.joined
        chains = {number for number, chain in joined.new.chains.items() if self._differs(chain)}
        rows = joined.new.object_rows() if chains else iter(())
        numbers = array("I", (sides.old_of[row[0]] for row in rows if row[1] in chains and row[2]))
        found = BitMap(numbers) | BitMap(joined.retyped)
        found.discard(0)
        return found

    def _differs(self, chain: tuple[str, ...]) -> bool:
        sides = self._sides
        return any(
            question_of(right.permission, sides.old)(chain)
            != question_of(right.permission, sides.new)(chain)
            for right in sides.rights
        )

    @cached_property
    def _are_touched(self) -> BitMap:
        """Those of all accounts whose tokens may have changed."""
        accounts = self._touched.accounts
        everyone = self._sides.accounts
        if accounts is None:
            return everyone.everyone
        if not accounts:
            return NONE
        return BitMap(number for number, sid in enumerate(everyone.sids) if sid in accounts)

    def _touched_subjects(self) -> Subjects:
        """In the order of all; groups are found on the way, and log on nowhere."""
        accounts = self._touched.accounts
        if accounts is None:
            return self._sides.accounts
        return self._sides.subjects([sid for sid in self._sides.accounts.sids if sid in accounts])


def _descriptors(rows: Sequence[ObjectRow]) -> list[int]:
    return list(dict.fromkeys(row[2] for row in rows if row[2] is not None))


def _undescribed(rows: Iterable[ObjectRow]) -> BitMap:
    return BitMap(row[0] for row in rows if row[2] is None)


def _only(difference: Difference, subjects: BitMap) -> Difference:
    """The part of a difference that is about some of its subjects."""
    if not difference.is_on_own or difference.own is None:
        return replace(difference, subjects=subjects)
    objects = BitMap(difference.own[each] for each in subjects)
    return replace(difference, subjects=subjects, objects=objects)


def _renumbered(difference: Difference, numbers: Sequence[int]) -> Difference:
    """The same with other numbers for its subjects."""
    own = difference.own
    return replace(
        difference,
        subjects=BitMap(numbers[each] for each in difference.subjects),
        own=None if own is None else {numbers[each]: number for each, number in own.items()},
    )

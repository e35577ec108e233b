"""
The access check for a set of subjects at once, in stored order: first match by set algebra.

Each bit that is asked for has a pool of subjects for whom nothing has decided it yet. An entry
takes those to whom it applies out of the pool, and is what decides for them. Bits do not touch
each other, so bits that occur in the same entries share a pool.

Of nodes, only the one asked about is followed: whatever denies a node under it, denies it, so as
long as it is undecided nothing under it is denied, and it is granted with the last of its leaves.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from adaudit.access.applying import Reach
from adaudit.access.bitmap import NONE, BitMap, union
from adaudit.access.relevance import Rule, Scope
from adaudit.access.verdict import Decision, Reason
from adaudit.access.worlds import Standing
from adaudit.security.rights import AccessMask

_WRITE_OWNER = int(AccessMask.WRITE_OWNER)

Marks = list[tuple[int, BitMap]]
"""Sets of subjects, with the index of the entry that decided for them"""


@dataclass(frozen=True, slots=True)
class Effect:
    """A relevant entry: what it does, and to whom."""

    rule: Rule
    reach: Reach
    is_for_owner: bool = False
    """Whether it is an entry for OWNER RIGHTS, which applies to nobody but the owner"""


class Slice(NamedTuple):  # which takes a third of the time of a dataclass to make
    """A part of a pool for which one thing decides."""

    subjects: BitMap
    decision: Decision
    reason: Reason
    position: int | None = None
    """Of the deciding one among the effects; None where none decides"""


@dataclass(frozen=True, slots=True)
class _Tally:
    """What became of a group of bits in one of the possible worlds."""

    bits: int
    granted: Marks
    denied: Marks
    holders: BitMap
    """Who is granted these bits, by entries or implicitly"""


@dataclass(frozen=True, slots=True)
class _Run:
    """One of the possible worlds, for all of a pool."""

    standing: Standing
    is_favourable: bool
    tallies: Sequence[_Tally]

    def holders(self, scope: Scope, pool: BitMap) -> BitMap:
        """Who is granted what is asked for."""
        if scope.is_any_enough:
            return union(tally.holders for tally in self.tallies)
        sets = [tally.holders for tally in self.tallies if tally.bits & scope.required]
        return BitMap.intersection(pool, *sets)


def slices(
    effects: Sequence[Effect], pool: BitMap, standings: Sequence[Standing], scope: Scope
) -> Iterator[Slice]:
    """
    Decide for each subject of `pool`; `standings` are all that may be true of each of them.

    They come in the order of `worlds`: the one that is not the owner's is last.
    """
    runs = list(_runs(effects, pool, standings, scope))
    held = [run.holders(scope, pool) for run in runs]
    allowed, possible = BitMap.intersection(*held), union(held)
    yield from _allowed(runs[-1], allowed, scope)
    last_favourable = next(run for run in reversed(runs) if run.is_favourable)
    yield from _denied(last_favourable, pool - possible, scope)
    yield Slice(possible - allowed, Decision.UNDECIDED, Reason.DOUBT)


def _runs(
    effects: Sequence[Effect], pool: BitMap, standings: Sequence[Standing], scope: Scope
) -> Iterator[_Run]:
    for standing in standings:
        those = [(i, e) for i, e in enumerate(effects) if standing.is_owner or not e.is_for_owner]
        has_doubt = any(effect.reach.doubtful for _, effect in those)
        for is_favourable in (True, False) if has_doubt else (True,):
            groups = _groups(scope, (standing.implicit, *(effect.rule.mask for _, effect in those)))
            tallies = [
                _implicit(bits, pool)
                if bits & standing.implicit
                else _tally(those, pool, bits, scope.leaf_count, is_favourable=is_favourable)
                for bits in groups
            ]
            yield _Run(standing, is_favourable, tallies)


def _groups(scope: Scope, masks: Iterable[int]) -> list[int]:
    """The bits that the answer hangs on, in groups that no mask tells apart."""
    groups = [bits for bits in (scope.required, scope.bits & ~scope.required) if bits]
    if scope.is_any_enough:
        groups = [scope.asked, scope.bits & ~scope.asked]
    for mask in set(masks):
        groups = [part for bits in groups for part in (bits & mask, bits & ~mask) if part]
    return groups


def _implicit(bits: int, pool: BitMap) -> _Tally:
    return _Tally(bits, [], [], pool)


def _tally(
    effects: Sequence[tuple[int, Effect]],
    pool: BitMap,
    bits: int,
    leaf_count: int,
    *,
    is_favourable: bool,
) -> _Tally:
    """Apply the entries in stored order to a group of bits: step 5 of the check."""
    granted: Marks = []
    denied: Marks = []
    still_open = pool.copy()
    covered = [NONE] * leaf_count
    for index, effect in effects:
        rule = effect.rule
        if not rule.mask & bits:
            continue
        found = effect.reach.sure & still_open
        if effect.reach.doubtful and rule.allows is is_favourable:
            found |= effect.reach.doubtful & still_open
        if rule.leaves is not None:
            found = _completed(covered, rule.leaves, found)
        if found:
            (granted if rule.allows else denied).append((index, found))
            still_open -= found
            if not still_open:
                break
    return _Tally(bits, granted, denied, union(found for _, found in granted))


def _completed(covered: list[BitMap], leaves: tuple[int, ...], subjects: BitMap) -> BitMap:
    """Note that subjects are granted some leaves; those of them who are now granted all."""
    for leaf in leaves:
        covered[leaf] = covered[leaf] | subjects
    for granted in covered:
        subjects = subjects & granted
        if not subjects:
            break
    return subjects


def _allowed(run: _Run, subjects: BitMap, scope: Scope) -> Iterator[Slice]:
    """The last entry that was needed decides."""
    marks = [mark for tally in run.tallies if tally.bits & scope.asked for mark in tally.granted]
    marks.sort(key=lambda mark: -mark[0])
    yield from _by_entries(marks, subjects, Decision.ALLOWED, _reason_beside(run.standing, scope))


def _denied(run: _Run, subjects: BitMap, scope: Scope) -> Iterator[Slice]:
    """The first entry that denies something decides."""
    marks = [mark for tally in run.tallies if tally.bits & scope.asked for mark in tally.denied]
    marks.sort(key=lambda mark: mark[0])
    yield from _by_entries(marks, subjects, Decision.DENIED, Reason.NO_ENTRY)


def _by_entries(
    marks: Marks, subjects: BitMap, decision: Decision, otherwise: Reason
) -> Iterator[Slice]:
    rest = subjects.copy()
    for index, found in marks:
        decided = found & rest
        if decided:
            yield Slice(decided, decision, Reason.ENTRY, index)
            rest -= decided
    yield Slice(rest, decision, otherwise)


def _reason_beside(standing: Standing, scope: Scope) -> Reason:
    """Why something is allowed that no entry was needed for."""
    if scope.is_any_enough:
        return Reason.ENTRY
    is_implicit = scope.asked & standing.implicit & ~_WRITE_OWNER
    return Reason.OWNER if is_implicit else Reason.PRIVILEGE

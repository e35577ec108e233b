"""What changed between two lists of entries: added, removed, other flags, or another order."""

from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from adaudit.changes import EntryKind
from adaudit.security.ace import AceFlags, AnyAce

_NO_FLAGS = AceFlags(0)


@dataclass(frozen=True, slots=True)
class Delta:
    """One entry that is not what or where it was."""

    kind: EntryKind
    old: int | None
    """Its position before, None for what is new"""
    new: int | None
    """Its position now, None for what is gone"""


def deltas(old: Sequence[AnyAce], new: Sequence[AnyAce]) -> Iterator[Delta]:
    """
    Compare two lists; entries that are equal are one as often as both lists hold them.

    Of those that both hold, as many as possible stay where they are: what is moved is the least
    that explains the new order. Entries between which others came or went are not moved.
    """
    stayed, gone, came = _matched(old, new)
    yield from _moved(stayed)
    pairs = list(_alike_but_for_flags(gone, came, old, new))
    for before, after in pairs:
        yield Delta(EntryKind.FLAGS, before, after)
    paired_old, paired_new = ({pair[side] for pair in pairs} for side in (0, 1))
    yield from (Delta(EntryKind.REMOVED, each, None) for each in gone if each not in paired_old)
    yield from (Delta(EntryKind.ADDED, None, each) for each in came if each not in paired_new)


def _matched(
    old: Sequence[AnyAce], new: Sequence[AnyAce]
) -> tuple[list[tuple[int, int]], list[int], list[int]]:
    """The positions of what both lists hold, in the old order; of what one holds alone."""
    places: dict[AnyAce, deque[int]] = defaultdict(deque)
    for position, ace in enumerate(new):
        places[ace].append(position)
    common = Counter(old) & Counter(new)
    stayed, gone = [], []
    for position, ace in enumerate(old):
        if common[ace]:
            common[ace] -= 1
            stayed.append((position, places[ace].popleft()))
        else:
            gone.append(position)
    taken = {after for _, after in stayed}
    return stayed, gone, [position for position in range(len(new)) if position not in taken]


def _moved(stayed: Sequence[tuple[int, int]]) -> Iterator[Delta]:
    """Those that are in no longest run of ascending new positions."""
    kept = _longest_run([after for _, after in stayed])
    for index, (before, after) in enumerate(stayed):
        if index not in kept:
            yield Delta(EntryKind.MOVED, before, after)


def _longest_run(values: Sequence[int]) -> set[int]:
    """The indexes of a longest ascending subsequence; [Fredman 1975]."""
    ends: list[int] = []
    last: list[int] = []
    """By length of a run: the index at which the one with the least end stops"""
    before: list[int | None] = []
    for index, value in enumerate(values):
        length = bisect_left(ends, value)
        before.append(last[length - 1] if length else None)
        if length == len(ends):
            ends.append(value)
            last.append(index)
        else:
            ends[length], last[length] = value, index
    found: set[int] = set()
    current = last[-1] if last else None
    while current is not None:
        found.add(current)
        current = before[current]
    return found


def _alike_but_for_flags(
    gone: Sequence[int], came: Sequence[int], old: Sequence[AnyAce], new: Sequence[AnyAce]
) -> Iterator[tuple[int, int]]:
    waiting: dict[AnyAce, deque[int]] = defaultdict(deque)
    for position in came:
        waiting[replace(new[position], flags=_NO_FLAGS)].append(position)
    for position in gone:
        alike = waiting.get(replace(old[position], flags=_NO_FLAGS))
        if alike:
            yield position, alike.popleft()

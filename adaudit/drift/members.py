"""Who came into which group directly, and who left it."""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from adaudit.access.bitmap import NONE, BitMap
from adaudit.directory.population import Population
from adaudit.drift.joining import Joined

Lists = Mapping[int, "array[int]"]


@dataclass(frozen=True, slots=True)
class GroupChange:
    """What changed in who is directly in a group; numbers are those of the two populations."""

    old: int | None
    """Number of the group, None where it is new"""
    new: int | None
    """None where it is gone"""
    came: BitMap = NONE
    """New numbers"""
    left: BitMap = NONE
    """Old numbers"""


def group_changes(old: Population, new: Population, joined: Joined) -> Iterator[GroupChange]:
    """
    Compare the direct members of all groups, those that are in it by their primary group too.

    A group is the same by its object, a member by its SID: where an account is new or gone, its
    primary group is not told to have changed.
    """
    pairs = list(_pairs(old, new, joined))
    known = _old_numbers(old, new)
    for before, after in ((old.members, new.members), (old.primary_members, new.primary_members)):
        is_primary = before is old.primary_members
        for one, other in pairs:
            change = _change(one, other, _Sets(old, new, known, before, after))
            if is_primary:
                change = _of_both(change, old, new)
            if change.came or change.left:
                yield change


@dataclass(frozen=True, slots=True)
class _Sets:
    old: Population
    new: Population
    known: "array[int]"
    """By new number the old one, or one past all of them"""
    before: Lists
    after: Lists


def _change(one: int | None, other: int | None, sets: _Sets) -> GroupChange:
    was = sets.before.get(one) if one is not None else None
    now = sets.after.get(other) if other is not None else None
    before = BitMap(was or ())
    after = BitMap(array("I", map(sets.known.__getitem__, now)) if now else ())
    if before == after:
        return GroupChange(one, other)
    came = after - before
    numbers = BitMap(number for number in now or () if sets.known[number] in came)
    return GroupChange(one, other, numbers, before - after)


def _of_both(change: GroupChange, old: Population, new: Population) -> GroupChange:
    came = (number for number in change.came if new.sids[number] in old.numbers)
    left = (number for number in change.left if old.sids[number] in new.numbers)
    return GroupChange(change.old, change.new, BitMap(came), BitMap(left))


def _pairs(
    old: Population, new: Population, joined: Joined
) -> Iterator[tuple[int | None, int | None]]:
    """Whatever holds others in one of the snapshots, in both as far as it is there."""
    there = {new.objects[number]: number for number in _holding(new)}
    for number in _holding(old):
        yield number, there.pop(joined.new_of[old.objects[number]], None)
    before = {old.objects[number]: number for number in range(old.account_count)}
    old_of = joined.old_of if there else array("I")
    for known, number in there.items():  # which held nobody before, or was not there
        yield before.get(old_of[known]), number


def _holding(population: Population) -> Iterable[int]:
    return dict.fromkeys([*population.kinds, *population.members, *population.primary_members])


def _old_numbers(old: Population, new: Population) -> "array[int]":
    """By new number the old number of the same SID, or another one that no principal has."""
    beyond = len(old.objects)
    numbers = old.numbers
    return array("I", (numbers.get(sid, beyond + n) for n, sid in enumerate(new.sids)))

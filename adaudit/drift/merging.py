"""
Effects that are one to a reader: the same entry, set once, for the same accounts on many objects.

Sets stay exact: objects are united for the same accounts, rights for the same of both.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from adaudit.access.bitmap import union
from adaudit.access.verdict import Decision
from adaudit.drift.effects import Found
from adaudit.drift.rights import FULL_CONTROL

_Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """One or several rights that the same accounts gained or lost in the same way."""

    rights: tuple[str, ...]
    found: Found
    """All accounts and objects, with a sample of them"""


def merged(found: Iterable[Found]) -> list[Merged]:
    """Unite what belongs together, and leave out what full control says already."""
    by_objects: dict[_Key, list[Found]] = defaultdict(list)
    for each in found:
        by_objects[each.difference.right, *_key(each), *_subjects(each)].append(each)
    by_right: dict[_Key, list[Found]] = defaultdict(list)
    for alike in by_objects.values():
        one = _united(alike)
        by_right[*_key(one), *_subjects(one), *_objects(one)].append(one)
    return _without_implied(
        [
            Merged(tuple(each.difference.right for each in alike), alike[0])
            for alike in by_right.values()
        ]
    )


def _key(found: Found) -> _Key:
    difference = found.difference
    return (
        difference.before,
        difference.after,
        found.cause,
        difference.is_on_own,
        found.old.key,
        found.new.key,
    )


def _subjects(found: Found) -> _Key:
    """Who it is about; where each is meant on its own object, they are united too."""
    return () if found.difference.is_on_own else (found.difference.subjects.serialize(),)


def _objects(found: Found) -> _Key:
    difference = found.difference
    own = difference.own or {}
    apart = frozenset((each, own[each]) for each in difference.subjects if each in own)
    return (difference.subjects.serialize(), difference.objects.serialize(), apart)


def _united(alike: Sequence[Found]) -> Found:
    if len(alike) == 1:
        return alike[0]
    differences = [each.difference for each in alike]
    own: dict[int, int] = {}
    for each in differences:
        own |= each.own or {}
    whole = replace(
        differences[0],
        objects=union(each.objects for each in differences),
        subjects=union(each.subjects for each in differences),
        own=own or None,
    )
    return replace(alike[0], difference=whole)


def _without_implied(all_of_them: list[Merged]) -> list[Merged]:
    """
    Whoever gained full control holds all rights.

    Whoever lost it may still hold others, so of these each that was lost is told.
    """
    full = [each for each in all_of_them if _is_full(each)]
    return [
        replace(each, rights=(FULL_CONTROL,)) if _is_full(each) else each
        for each in all_of_them
        if _is_full(each) or not any(_implies(one, each) for one in full)
    ]


def _is_full(merged: Merged) -> bool:
    difference = merged.found.difference
    is_gain = (difference.before, difference.after) == (Decision.DENIED, Decision.ALLOWED)
    return is_gain and FULL_CONTROL in merged.rights


def _implies(full: Merged, other: Merged) -> bool:
    one, two = full.found.difference, other.found.difference
    return (
        (one.before, one.after, full.found.cause) == (two.before, two.after, other.found.cause)
        and one.is_on_own is two.is_on_own
        and (one.own is None or one.own == two.own)
        and two.subjects.issubset(one.subjects)
        and two.objects.issubset(one.objects)
    )

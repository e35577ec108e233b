"""Who is directly in which group, by number: a grown forest's nesting, with circles."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Self

LEVELS = 21
_GROUP_EDGES = 80_590 / 50_000
_USER_EDGES = 2_919_410 / 500_000
_CIRCLES = 150 / 50_000
_REGION = 2_500
"""Groups that are nested in each other: tokens do not grow with the forest"""
_NESTING_SKEW = 1.85
_MEMBER_SKEW = 1.6
"""A few groups hold much, most hold little: 1 would make all alike"""


@dataclass(frozen=True, slots=True)
class Graph:
    """Groups and users by number; a group of a level is in groups of the levels before it."""

    users: int
    groups: int
    below: list[list[int]]
    """For each group the groups directly in it"""
    members: list["array[int]"]
    """For each group the users directly in it, in ascending order"""

    @classmethod
    def of(cls, users: int, groups: int) -> Self:
        """
        Make the same graph for the same numbers.

        At 500,000 users and 50,000 groups it has 80,590 edges between groups, of which 150 lead
        back, and 2,919,410 from groups to users.
        """
        chance = Random(3)  # noqa: S311, the same data in every run is the point
        return cls(users, groups, _below(groups, chance), _members(users, groups, chance))

    def above(self) -> list[list[int]]:
        """For each group the groups that it is directly in."""
        found: list[list[int]] = [[] for _ in range(self.groups)]
        for group, lower in enumerate(self.below):
            for each in lower:
                found[each].append(group)
        return found

    def groups_of_users(self) -> list["array[int]"]:
        """For each user the groups that it is directly in."""
        found = [array("I") for _ in range(self.users)]
        for group, members in enumerate(self.members):
            for user in members:
                found[user].append(group)
        return found


def _below(groups: int, chance: Random) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in range(groups)]
    back = max(1, round(groups * _CIRCLES))
    wanted = round(groups * _GROUP_EDGES) - back
    for first in range(0, groups, _REGION):
        size = min(_REGION, groups - first)
        share = wanted * (first + size) // groups - wanted * first // groups
        for above, group in _nesting(size, share, chance):
            found[first + above].append(first + group)
    for _ in range(back):
        group = chance.randrange(1, groups)
        found[group].append(group - 1 - chance.randrange(min(group, _REGION)))
    return found


def _nesting(size: int, wanted: int, chance: Random) -> Iterable[tuple[int, int]]:
    """Edges of groups of one region, each with what is above it first: no circles."""
    width = max(1, size // LEVELS)
    edges: dict[tuple[int, int], None] = {}
    for group in range(width, size):  # each is in one of the level before it
        start = min(group // width, LEVELS - 1) * width - width
        edges[start + int(width * chance.random() ** _NESTING_SKEW), group] = None
    while len(edges) < wanted:
        group = chance.randrange(width, size)
        start = min(group // width, LEVELS - 1) * width
        edges[int(start * chance.random() ** _NESTING_SKEW), group] = None
    return edges


def _members(users: int, groups: int, chance: Random) -> list["array[int]"]:
    found = [array("I") for _ in range(groups)]
    edges = round(users * _USER_EDGES)
    random = chance.random
    for user in range(users):
        count = (edges * (user + 1)) // users - (edges * user) // users
        if user % 4:  # most users of a unit are in some groups of the unit
            chosen = {int(groups * random() ** _MEMBER_SKEW) for _ in range(count)}
        else:
            unit = Random(user // 4 % 2000)  # noqa: S311, see above
            chosen = {int(groups * unit.random() ** _MEMBER_SKEW) for _ in range(count)}
        while len(chosen) < count:
            chosen.add(int(groups * random() ** _MEMBER_SKEW))
        for group in chosen:
            found[group].append(user)
    return found

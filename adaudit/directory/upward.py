"""The way up: what each member is directly in, from the lists of what each group holds."""

from array import array
from collections.abc import Iterator, Mapping
from typing import Self

Lists = Mapping[int, "array[int]"]
"""By number of a group: the numbers of those in it"""
_END = 0xFFFFFFFF


class Upward:
    """
    Lists of members turned round.

    The arcs of a member are a chain through arrays, eight bytes an arc: a list for each of half a
    million members would take ten times that.
    """

    def __init__(self, size: int) -> None:
        self._first = array("I", (_END,)) * size
        """By member: the last arc that was added"""
        self._before = array("I")
        """By arc: the one of the same member that was added before it"""
        self._groups = array("I")
        """By arc: what the member is in"""
        self._primary = _END
        """The first arc to a primary group; those after it are such too"""

    @classmethod
    def of(cls, members: Lists, primary_members: Lists, size: int) -> Self:
        """Turn lists round whose members are numbers below `size`."""
        found = cls(size)
        found._add(members)
        found._primary = len(found._groups)
        found._add(primary_members)
        return found

    def _add(self, lists: Lists) -> None:
        first, groups, append = self._first, self._groups, self._before.append
        for group, members in lists.items():
            for arc, member in enumerate(members, len(groups)):
                append(first[member])
                first[member] = arc
            groups.extend(array("I", (group,)) * len(members))

    def above(self, member: int) -> Iterator[int]:
        """What a member is directly in; what two arcs lead to comes twice."""
        arc = self._first[member]
        while arc != _END:
            yield self._groups[arc]
            arc = self._before[arc]

    def arcs(self, member: int) -> Iterator[tuple[int, bool]]:
        """What a member is directly in, and whether as its primary group."""
        arc = self._first[member]
        while arc != _END:
            yield self._groups[arc], arc >= self._primary
            arc = self._before[arc]

    def __contains__(self, member: object) -> bool:
        """Whether a member is in anything."""
        return isinstance(member, int) and self._first[member] != _END

    def __iter__(self) -> Iterator[int]:
        """All members that are in anything."""
        return (member for member, arc in enumerate(self._first) if arc != _END)

    def __len__(self) -> int:
        return sum(arc != _END for arc in self._first)

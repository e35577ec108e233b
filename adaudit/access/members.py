"""
The members of all groups at once, however deep and whatever circles the groups form.

Groups that are in each other have the same members, so a circle (a strongly connected component
of the graph) is one. Without circles, what a group holds is united from what lies below it, the
lowest first: each group and each arc between groups is looked at once.
"""

from collections.abc import Iterator, Sequence

from adaudit.access.bitmap import BitMap, union


def member_sets(direct: Sequence[BitMap], below: Sequence[Sequence[int]]) -> list[BitMap]:
    """
    The members of each node: `direct` ones, and those of the nodes `below`, and so on down.

    Sets may be shared between nodes and with `direct`, and are not to be changed.
    """
    sets = list(direct)
    for component in components(below):
        parts = [sets[node] for node in component]
        parts += [sets[lower] for node in component for lower in below[node]]
        united = union(parts)
        for node in component:
            sets[node] = united
    return sets


def components(below: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """
    The strongly connected components of a graph, those that others lead to first.

    Tarjan, "Depth-first search and linear graph algorithms", 1972; without recursion, as a chain
    of groups may be longer than the stack.
    """
    walk = _Walk(below)
    for node in range(len(below)):
        if not walk.order[node]:
            yield from walk.run(node)


class _Walk:
    """A depth-first walk over nodes that no earlier one reached."""

    def __init__(self, below: Sequence[Sequence[int]]) -> None:
        self._below = below
        self._count = 0
        self.order = [0] * len(below)
        """When a node was reached, from 1; 0 if it was not"""
        self._low = [0] * len(below)
        """The earliest open node that a node leads to; past all others once it is closed"""
        self._open: list[int] = []

    def run(self, root: int) -> Iterator[list[int]]:
        path = [(root, self._enter(root))]
        while path:
            node, lower = path[-1]
            step = next(lower, None)
            if step is None:
                path.pop()
                if self._low[node] == self.order[node]:
                    yield self._close(node)
                if path:
                    self._lower(path[-1][0], node)
            elif not self.order[step]:
                path.append((step, self._enter(step)))
            else:
                self._lower(node, step)

    def _enter(self, node: int) -> Iterator[int]:
        self._count += 1
        self.order[node] = self._low[node] = self._count
        self._open.append(node)
        return iter(self._below[node])

    def _lower(self, node: int, step: int) -> None:
        self._low[node] = min(self._low[node], self._low[step])

    def _close(self, node: int) -> list[int]:
        start = len(self._open) - 1
        while self._open[start] != node:
            start -= 1
        component = self._open[start:]
        del self._open[start:]
        for each in component:
            self._low[each] = len(self._below) + 1
        return component

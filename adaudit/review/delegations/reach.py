"""How many objects below take an entry over, and take effect by it."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache

from adaudit.access.view import View
from adaudit.security.ace import AceFlags, AnyAce, OpaqueAce

_CONTAINER_INHERIT = int(AceFlags.CONTAINER_INHERIT)
_NO_PROPAGATE = int(AceFlags.NO_PROPAGATE_INHERIT)


class Reach:
    """
    Counts what is below objects, by class and without looking at one of them.

    What takes nothing from its parent, a protected object or the head of a partition, is left out
    with all that is below it.
    """

    def __init__(self, view: View, blocked: Mapping[str, str | None]) -> None:
        self._view = view
        self._blocked = blocked
        """What takes nothing from its parent, with its class; None for what was not read"""
        # with a comma at its end each path stands right before those below it
        self._ordered = sorted(f"{path}," for path in blocked)
        self._below = cache(self._count_below)

    def of(self, path: str, ace: AnyAce) -> int | None:
        """
        How many objects below a path have the entry in effect.

        None where the class that it is for is not known.
        """
        flags = int(ace.flags)
        if not flags & _CONTAINER_INHERIT:
            return 0
        counted = self._below(path, bool(flags & _NO_PROPAGATE))
        limit = None if isinstance(ace, OpaqueAce) else ace.inherited_object_type
        if limit is None:
            return counted.total()
        definition = self._view.schema.class_of(limit)
        return None if definition is None else counted[definition.name.lower()]

    def is_any_below(self, path: str) -> bool:
        """Whether there is any object below a path."""
        return next(self._view.snapshot.chains_below(path), None) is not None

    def _count_below(self, path: str, directly: bool) -> Counter[str]:  # noqa: FBT001 - a key
        """The objects that inherit from the one at a path, by class in lower case."""
        found = self._all_below(path, directly=directly)
        for blocked in self._topmost_blocked(path):
            name, is_child = self._blocked[blocked], "," not in blocked[len(path) + 1 :]
            if name is not None and (is_child or not directly):
                found[name] -= 1
            if not directly:
                found.subtract(self._all_below(blocked, directly=False))
        return found

    def _all_below(self, path: str, *, directly: bool) -> Counter[str]:
        snapshot = self._view.snapshot
        found: Counter[str] = Counter()
        for chain, count in snapshot.chains_below(path, directly=directly):
            names = snapshot.chains[chain]
            found[names[-1] if names else ""] += count
        return found

    def _topmost_blocked(self, path: str) -> Iterator[str]:
        """What blocks below a path, without what lies below another one of them."""
        start, last = f"{path},", "\0"
        for place in range(bisect_right(self._ordered, start), len(self._ordered)):
            blocked = self._ordered[place]
            if not blocked.startswith(start):
                return
            if not blocked.startswith(last):
                yield blocked[:-1]
                last = blocked

"""Who owns what, told at the topmost object: its owner mostly made what is below it as well."""

from collections import Counter
from collections.abc import Iterable
from functools import cache

from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.review.delegations.lots import Lots
from adaudit.review.delegations.sorting import Sorter
from adaudit.security.sid import Sid


class Ownership:
    """Objects that are owned by somebody who owns what is above them too."""

    def __init__(self, view: View, lots: Lots, sorter: Sorter) -> None:
        self._view = view
        self._lots = lots
        self._sorter = sorter
        self._owner = cache(self._find_owner)
        self._below: dict[Sid, Counter[str]] = {}

    def takes(self, owner: Sid, parent: Dn | None, count: int) -> bool:
        """Whether `count` objects under a parent are told with one above that has their owner."""
        top = None
        while parent is not None and parent.text and self._owner(parent) == owner:
            top, parent = parent, parent.parent
        if top is not None:
            self._below.setdefault(owner, Counter())[top.path] += count
        return top is not None

    def below(self, owner: Sid, numbers: Iterable[int]) -> int:
        """How many objects are told with some of those that an owner has."""
        counts = self._below.get(owner)
        if counts is None:
            return 0
        return sum(counts[self._view.snapshot.at(number).dn.path] for number in numbers)

    def _find_owner(self, dn: Dn) -> Sid | None:
        """The owner of an object, where it is none by default."""
        entry = self._view.snapshot.entry(dn)
        lot = self._lots.of(entry) if entry else None
        return self._sorter.left_of(lot, entry).owner if entry and lot else None

"""Which principal of a census has which number, and whom each SID means."""

from array import array
from collections import defaultdict
from collections.abc import Mapping
from typing import TypeVar

from adaudit.directory.census import Census

_V = TypeVar("_V")


class Order:
    """
    Numbers for good: accounts come first, then groups, then those whom no SID means.

    Positions are those of the census.
    """

    def __init__(self, census: Census) -> None:
        self._census = census
        groups = census.groups
        self.meant = self._objects_meant()
        """By SID: the position of the object that is meant by it"""
        meant = bytearray(len(census.sids))
        for position in self.meant.values():
            meant[position] = 1
        accounts = [p for p, is_meant in enumerate(meant) if is_meant and p not in groups]
        self.account_count = len(accounts)
        self.positions = [
            *accounts,
            *sorted(groups, key=meant.__getitem__, reverse=True),
            *(p for p, is_meant in enumerate(meant) if not is_meant and p not in groups),
        ]
        """By number"""
        self.places = array("I", bytes(4 * len(self.positions)))
        """By position: the number"""
        for number, position in enumerate(self.positions):
            self.places[position] = number
        self.stand_ins = {
            self.places[p]: self.places[self.meant[census.sids[p]]]
            for p, is_meant in enumerate(meant)
            if not is_meant
        }
        """By number of an object whose SID another one has: the number of that"""

    def numbered(self, found: Mapping[int, _V]) -> dict[int, _V]:
        """What is known by position, by number; of those alone who are meant by their SIDs."""
        numbers = ((self.places[position], each) for position, each in found.items())
        return {number: each for number, each in numbers if number not in self.stand_ins}

    def _objects_meant(self) -> dict[bytes, int]:
        sids = self._census.sids
        found = dict(zip(sids, range(len(sids)), strict=True))
        if len(found) < len(sids):
            shared: dict[bytes, list[int]] = defaultdict(list)
            for position, sid in enumerate(sids):
                if found[sid] != position:
                    shared[sid].append(position)
            for sid, positions in shared.items():
                found[sid] = self._chosen([*positions, found[sid]])
        return found

    def _chosen(self, positions: list[int]) -> int:
        """Of several objects with one SID an account or a group, not what stands for it."""
        census = self._census
        paths = {p: census.snapshot.at(census.objects[p]).dn.path for p in positions}
        positions.sort(key=paths.__getitem__)
        itself = [p for p in positions if p not in census.foreign]
        return itself[-1] if itself else positions[0]

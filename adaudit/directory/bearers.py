"""Who bears the names that members and groups are given."""

from array import array

from adaudit.directory.census import Census
from adaudit.directory.naming import Absent, absent, spelling
from adaudit.directory.ordering import Order

NOBODY = 0xFFFFFFFF
"""What stands for a name that no principal bears; no number is as high"""


class Bearers:
    """Who bears each name: numbers by the number of the name, `NOBODY` for none."""

    def __init__(self, census: Census, order: Order) -> None:
        self.of_names = array("I", (NOBODY,)) * len(census.names)
        self.as_members = self.of_names
        """The same, but with the one who is meant by their SID"""
        self.absent: dict[int, Absent] = {}
        """The names that nobody bears"""
        for name, number in zip(census.own_names, order.places, strict=True):
            self.of_names[name] = number
        self._find_others(census)
        if order.stand_ins:
            get = order.stand_ins.get
            self.as_members = array("I", (get(number, number) for number in self.of_names))

    def _find_others(self, census: Census) -> None:
        """Find out who bears the names that are not written as their bearers write them."""
        names, of_names = census.names, self.of_names
        if len(names) == len(census.sids):
            return
        for name, number in names.items():
            if of_names[number] == NOBODY:
                self.absent[number] = absent(name)
        for number, found in list(self.absent.items()):
            written = None if found.dn is None else spelling(found.dn, census.snapshot)
            other = number if written is None else names.get(written, number)
            if of_names[other] != NOBODY:
                of_names[number] = of_names[other]
                del self.absent[number]

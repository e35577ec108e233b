"""From a census to a population: numbers for good, and who bears the names of members."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from adaudit.directory.bearers import NOBODY, Bearers
from adaudit.directory.census import Census
from adaudit.directory.domains import Domains
from adaudit.directory.entry import Entry
from adaudit.directory.faults import Fault
from adaudit.directory.issuing import domain_of, issued
from adaudit.directory.naming import Absent
from adaudit.directory.ordering import Order
from adaudit.directory.population import Population
from adaudit.errors import AdauditError
from adaudit.security.sid import Sid


@dataclass(frozen=True, slots=True)
class Numbered:
    """A population, and what of the census found no place in it."""

    population: Population
    faults: tuple[Fault, ...]
    absent_members: Mapping[int, tuple[Absent, ...]]
    """By what should hold them: members whose names no principal bears"""
    absent_groups: Mapping[int, tuple[Absent, ...]]
    """By who should be in them: groups whose names no principal bears"""


def give_numbers(census: Census, domains: Domains) -> Numbered:
    """Give all principals their numbers, and tell who the members are that are named."""
    order = Order(census)
    lists = _Lists(census, order, Bearers(census, order))
    members = lists.members()
    primary_members = lists.primary_members()
    places = order.places
    population = Population(
        census.snapshot,
        domains,
        array("Q", (census.objects[position] for position in order.positions)),
        [census.sids[position] for position in order.positions],
        {sid: places[position] for sid, position in order.meant.items()},
        order.account_count,
        {places[position]: kind for position, kind in census.groups.items()},
        members,
        primary_members,
        order.numbered(census.history),
        order.numbered(census.controllers),
    )
    return Numbered(population, lists.faults(), lists.absent_members, lists.absent_groups)


class _Lists:
    """Who is in what, and what was named that is not there."""

    def __init__(self, census: Census, order: Order, bearers: Bearers) -> None:
        self._census = census
        self._order = order
        self._bearers = bearers
        self._faults: list[Fault] = []
        self.absent_members: dict[int, tuple[Absent, ...]] = {}
        self.absent_groups: dict[int, tuple[Absent, ...]] = {}

    def members(self) -> dict[int, "array[int]"]:
        """Who is in each by `member`, and beside them those who say so by `memberOf`."""
        found = dict(self._by_member())
        for group, tellers in self._by_member_of().items():
            known = found.setdefault(group, tellers)
            if known is not tellers:  # it mostly says the same
                known.extend(set(tellers).difference(known))
        return found

    def _by_member(self) -> Iterator[tuple[int, "array[int]"]]:
        as_members = self._bearers.as_members
        for position, names in self._census.members.items():
            numbers = array("I", map(as_members.__getitem__, names))
            group = self._order.places[position]
            if NOBODY in numbers:
                self.absent_members[group] = self._absent(position, "member", names)
                numbers = array("I", (number for number in numbers if number != NOBODY))
            yield group, numbers

    def _by_member_of(self) -> dict[int, "array[int]"]:
        """The members of each group by their own word."""
        found: dict[int, array[int]] = defaultdict(lambda: array("I"))
        census, places, stand_ins = self._census, self._order.places, self._order.stand_ins
        groups = array("I", map(self._bearers.of_names.__getitem__, census.told))
        start = 0
        for position, end in zip(census.tellers, census.told_ends, strict=True):
            number = places[position]
            teller = stand_ins.get(number, number)
            for group in groups[start:end]:
                found[group].append(teller)
            start = end
        if NOBODY in found:
            del found[NOBODY]
            self._find_absent_groups()
        return found

    def _find_absent_groups(self) -> None:
        census, start = self._census, 0
        for position, end in zip(census.tellers, census.told_ends, strict=True):
            if names := self._absent(position, "memberOf", census.told[start:end]):
                self.absent_groups[self._order.places[position]] = names
            start = end

    def _absent(self, position: int, attribute: str, names: Iterable[int]) -> tuple[Absent, ...]:
        """The names among those of an attribute that nobody bears."""
        known = self._bearers.absent
        found = tuple(known[name] for name in names if name in known)
        for each in found:
            if each.dn is None:
                self._note(self._entry(position), f"`{attribute}`: {each.fault}")
        return found

    def primary_members(self) -> dict[int, "array[int]"]:
        """Whose primary group each is; what is no sound RID is a fault."""
        census, order = self._census, self._order
        found: dict[int, array[int]] = defaultdict(lambda: array("I"))
        known: dict[tuple[bytes | None, str], int | None] = {}
        for position, rid in enumerate(census.primary_groups):
            if rid is None:
                continue
            key = domain_of(census.sids[position]), rid
            if key not in known:
                known[key] = self._primary_group(*key)
            group = known[key]
            if group is None:
                continue
            if group == NOBODY:
                self._note_primary_group(position)
                continue
            number = order.places[position]
            found[group].append(order.stand_ins.get(number, number))
        return dict(found)

    def _primary_group(self, domain: bytes | None, text: str) -> int | None:
        """The number of a group by its RID, `NOBODY` if that is none."""
        try:
            rid = int(text)
            if domain is None or not rid:
                return None
            sid = issued(domain, rid)
        except (ValueError, OverflowError):
            return NOBODY
        position = self._order.meant.get(sid)
        return None if position is None else self._order.places[position]

    def _note_primary_group(self, position: int) -> None:
        entry = self._entry(position)
        try:
            rid = entry.integer("primaryGroupID") or 0
            Sid.decode(self._census.sids[position]).relative(rid)
        except AdauditError as error:
            self._note(entry, error.message)

    def _entry(self, position: int) -> Entry:
        return self._census.snapshot.at(self._census.objects[position])

    def _note(self, entry: Entry, why: str) -> None:
        self._faults.append((entry.dn, why))

    def faults(self) -> tuple[Fault, ...]:
        """All of the census and of the names, each once and by object."""
        census = sorted(self._census.faults, key=_by_path)
        return tuple(dict.fromkeys([*census, *sorted(self._faults, key=_by_path)]))


def _by_path(fault: Fault) -> str:
    return fault[0].path

"""Which groups and accounts are tier 0: the well-known ones, and who is in them."""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from adaudit.access.bitmap import BitMap, union
from adaudit.access.carriers import Carriers
from adaudit.access.view import View
from adaudit.directory.population import Population
from adaudit.directory.principal import SERVER_TRUST_ACCOUNT
from adaudit.review.tier_zero.well_known import is_open_to_anyone
from adaudit.security.sid import Sid


@dataclass(frozen=True, slots=True)
class Standing:
    """Why a group is tier 0."""

    why: str
    """In words, empty for a group that is in another one"""
    above: int | None = None
    """The number of that one"""


class Principals:
    """
    The groups and accounts of tier 0, by number of the population.

    `seeds` are those that are tier 0 by themselves, read or not, and why.
    """

    def __init__(self, view: View, seeds: Mapping[Sid, str]) -> None:
        self.view = view
        self.seeds = seeds
        self.open_to: dict[Sid, Sid] = {}
        """What anyone holds and yet is in a tier-0 group, or was one: by that group"""
        self.groups = self._descend()
        """By number, the highest first"""
        self.sids = frozenset({*seeds, *map(self.population.sid, self.groups)})
        """Of the groups, and of the accounts among the seeds"""
        flags = self.population.controllers.items()
        self.controllers = BitMap(n for n, control in flags if control & SERVER_TRUST_ACCOUNT)
        self.read_only = BitMap(n for n, _ in flags) - self.controllers
        """Controllers that hold the keys of some accounts alone: who controls one can take others
        into these, but it is not trusted itself"""
        self.accounts = self._carriers() | self.controllers

    @property
    def population(self) -> Population:
        """All principals, by number."""
        return self.view.membership.population

    def _descend(self) -> Mapping[int, Standing]:
        """Go down from the seeds to all groups in them, breadth first: by the shortest ways."""
        found = dict(self._heirs_of_unread()) | dict(self._read_seeds())
        queue = deque(found)
        while queue:
            group = queue.popleft()
            for below, standing in self._below(group):
                if below not in found and not self._is_open(below, self.population.sid(group)):
                    found[below] = standing
                    queue.append(below)
        return {number: why for number, why in found.items() if number in self.population.kinds}

    def _read_seeds(self) -> Iterator[tuple[int, Standing]]:
        """Those that were read; of BUILTIN groups there is one in each domain."""
        population = self.population
        for sid, why in self.seeds.items():
            number = population.number(sid)
            if number is not None:
                yield number, Standing(why)
        encoded = {sid.encode(): why for sid, why in self.seeds.items()}
        for number in range(len(population.numbers), len(population.sids)):
            if number in population.kinds and population.sids[number] in encoded:
                yield number, Standing(encoded[population.sids[number]])

    def _heirs_of_unread(self) -> Iterator[tuple[int, Standing]]:
        """Groups that were one of the seeds of which there is no object."""
        for sid in self.seeds:
            if self.population.number(sid) is None:
                for heir in self._heirs.get(sid.encode(), ()):
                    if not self._is_open(heir, sid):
                        yield heir, Standing(f"its SID history holds {self.view.name(sid)}")

    def _below(self, group: int) -> Iterator[tuple[int, Standing]]:
        """The groups that hold the SID of a group, being in it or having been it."""
        for member in self._members(group):
            if member >= self.population.account_count:
                yield member, Standing("", group)
        for heir in self._heirs.get(self.population.sids[group], ()):
            yield heir, Standing(f"its SID history holds {self._name(group)}")

    def _members(self, group: int) -> BitMap:
        """Who gets into tokens by a group; a distribution group is in none."""
        population = self.population
        kind = population.kinds.get(group)
        if kind is None or not kind.is_security_enabled:
            return BitMap()
        lists = (population.members, population.primary_members)
        return union(BitMap(each[group]) for each in lists if group in each)

    @cached_property
    def _heirs(self) -> Mapping[bytes, list[int]]:
        """Who held a SID before."""
        found: dict[bytes, list[int]] = defaultdict(list)
        for number, olds in self.population.history.items():
            for old in olds:
                found[old].append(number)
        return found

    def _is_open(self, holder: int, held: Sid) -> bool:
        sid = self.population.sid(holder)
        is_open = is_open_to_anyone(sid) and sid not in self.seeds
        if is_open:
            self.open_to.setdefault(sid, held)
        return is_open

    def _closed(self, holders: BitMap, held: Sid) -> BitMap:
        """Those of the accounts that hold a SID that not anyone is."""
        accounts = holders & self._all_accounts
        return BitMap(number for number in accounts if not self._is_open(number, held))

    def _carriers(self) -> BitMap:
        """The accounts in whose tokens one of the groups is, at the controllers of some domain."""
        candidates = self._candidates().to_array()
        subjects = list(map(self.population.sid, candidates))
        found = BitMap()
        for domain in self.view.domains.all if subjects else ():
            if domain.sid is not None:
                server = self.view.controller_of(domain)
                carriers = Carriers(self.view.membership, server, subjects)
                found |= union(map(carriers.sure, self.seeds))
        return BitMap(candidates[number] for number in found)

    def _candidates(self) -> BitMap:
        """All accounts that may carry one: are, are in or were one of them."""
        population = self.population
        own = map(population.number, self.seeds)
        found = BitMap([number for number in own if number is not None])
        for group in self.groups:
            holders = self._members(group) | BitMap(self._heirs.get(population.sids[group], ()))
            found |= self._closed(holders, population.sid(group))
        for sid in self.seeds:  # of groups that were not read, and of accounts
            found |= self._closed(BitMap(self._heirs.get(sid.encode(), ())), sid)
        return found & self._all_accounts

    @cached_property
    def _all_accounts(self) -> BitMap:
        return BitMap(range(self.population.account_count))

    def why_group(self, number: int) -> str:
        """Why a group is tier 0, in words."""
        standing = self.groups[number]
        return standing.why if standing.above is None else self._chain(standing.above)

    def why_account(self, number: int) -> str:
        """Why an account is tier 0, in words."""
        sid = self.population.sid(number)
        if sid in self.seeds:
            return self.seeds[sid]
        above = [each for each in self.population.upward.above(number) if each in self.groups]
        if above:
            return self._chain(min(above, key=lambda group: len(self._up(group))))
        olds = map(Sid.decode, self.population.history.get(number, ()))
        old = next((old for old in olds if old in self.sids), None)
        return f"its SID history holds {self.view.name(old)}" if old else "in a tier-0 group"

    def _up(self, group: int) -> list[int]:
        """From a group up to the one that is tier 0 by itself."""
        found, above = [group], self.groups[group].above
        while above is not None:
            found.append(above)
            above = self.groups[above].above
        return found

    def _chain(self, group: int) -> str:
        *inner, top = map(self._name, self._up(group))
        through = f" through {' → '.join(inner)}" if inner else ""
        return f"in {top}{through}"

    def _name(self, number: int) -> str:
        return self.population.principal(number).name

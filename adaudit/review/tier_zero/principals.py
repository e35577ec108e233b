"""Which groups and accounts are tier 0: the well-known ones, and who is in them."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from adaudit.access.bitmap import BitMap, union
from adaudit.access.carriers import Carriers
from adaudit.access.view import View
from adaudit.directory.population import Population
from adaudit.directory.principal import SERVER_TRUST_ACCOUNT
from adaudit.review.tier_zero.well_known import (
    ACCOUNTS,
    builtin_groups,
    groups_of,
    is_open_to_anyone,
)
from adaudit.security.sid import Sid


@dataclass(frozen=True, slots=True)
class Standing:
    """Why a group or an account is tier 0."""

    why: str
    below: int | None = None
    """The number of the group by which it is, None if it is so itself"""


@dataclass
class Principals:
    """The groups and accounts of tier 0, by number of the population."""

    view: View
    named: frozenset[Sid] = frozenset()
    """Those that the target list names"""
    open_to: dict[Sid, Sid] = field(default_factory=dict)
    """What anyone holds and yet stands in a tier-0 group, by that group"""

    def __post_init__(self) -> None:
        self.seeds = dict(self._seeds())
        """By SID, whether they were read or not, and why"""
        self.groups = self._descend()
        """By number: those groups and all that are in them, the highest first"""
        self.sids = frozenset({*self.seeds, *map(self._population.sid, self.groups)})
        """Of the groups, and of the accounts that are tier 0 themselves"""
        self.controllers = BitMap(
            number
            for number, control in self._population.controllers.items()
            if control & SERVER_TRUST_ACCOUNT
        )
        self.accounts = self._carriers() | self.controllers

    @property
    def _population(self) -> Population:
        return self.view.membership.population

    def _seeds(self) -> Iterator[tuple[Sid, str]]:
        domains = self.view.domains
        yield from builtin_groups()
        for domain in domains.all:
            if domain.sid is not None:
                yield from groups_of(domain, is_root=domain == domains.root)
                yield from ((domain.sid.relative(rid), why) for rid, why in ACCOUNTS.items())
        for sid in sorted(self.named):
            yield sid, "named in the target list"

    def _descend(self) -> Mapping[int, Standing]:
        """Go down from the groups to all groups in them, breadth first: by the shortest ways."""
        population, found = self._population, dict(self._read_seeds())
        queue = deque(found)
        while queue:
            group = queue.popleft()
            for member in self._inner_groups(group):
                if member not in found and not self._is_open(member, group):
                    found[member] = Standing("", group)
                    queue.append(member)
        return {
            number: standing for number, standing in found.items() if number in population.kinds
        }

    def _read_seeds(self) -> Iterator[tuple[int, Standing]]:
        """Those that were read; of BUILTIN groups there is one in each domain."""
        population = self._population
        encoded = {sid.encode(): why for sid, why in self.seeds.items()}
        for sid, why in encoded.items():
            if sid in population.numbers:
                yield population.numbers[sid], Standing(why)
        for number in range(len(population.numbers), len(population.sids)):
            if number in population.kinds and population.sids[number] in encoded:
                yield number, Standing(encoded[population.sids[number]])

    def _inner_groups(self, group: int) -> Iterator[int]:
        members = self._members(group)
        yield from (number for number in members if number >= self._population.account_count)

    def _members(self, group: int) -> BitMap:
        """Who gets into tokens by a group; a distribution group is in none."""
        population = self._population
        kind = population.kinds.get(group)
        if kind is None or not kind.is_security_enabled:
            return BitMap()
        lists = (population.members, population.primary_members)
        return union(BitMap(each[group]) for each in lists if group in each)

    def _is_open(self, member: int, group: int) -> bool:
        sid = self._population.sid(member)
        is_open = is_open_to_anyone(sid) and sid not in self.seeds
        if is_open:
            self.open_to.setdefault(sid, self._population.sid(group))
        return is_open

    def _carriers(self) -> BitMap:
        """The accounts in whose tokens one of the groups is, at the controllers of some domain."""
        candidates = self._candidates().to_array()
        subjects = list(map(self._population.sid, candidates))
        found = BitMap()
        for domain in self.view.domains.all:
            if domain.sid is not None and subjects:
                server = self.view.controller_of(domain)
                carriers = Carriers(self.view.membership, server, subjects)
                sure = union(map(carriers.sure, self.sids))
                found |= BitMap(candidates[number] for number in sure)
        return found

    def _candidates(self) -> BitMap:
        """All accounts that may carry one: are, are in or were one of them."""
        population = self._population
        accounts = BitMap(range(population.account_count))
        found = union(self._members(group) for group in self.groups) & accounts
        encoded = {sid.encode() for sid in self.sids}
        found |= BitMap(number for number, old in population.history.items() if encoded & {*old})
        found |= BitMap(population.numbers[sid] for sid in encoded if sid in population.numbers)
        return BitMap(number for number in found & accounts if not self._opens(number))

    def _opens(self, account: int) -> bool:
        sid = self._population.sid(account)
        if not is_open_to_anyone(sid) or sid in self.seeds:
            return False
        for group in self._population.upward.above(account):
            if group in self.groups:
                self.open_to.setdefault(sid, self._population.sid(group))
        return True

    def why_group(self, number: int) -> str:
        """Why a group is tier 0, in words."""
        standing = self.groups[number]
        return standing.why if standing.below is None else self._chain(standing.below)

    def why_account(self, number: int) -> str:
        """Why an account is tier 0, in words."""
        sid = self._population.sid(number)
        if sid in self.seeds:
            return self.seeds[sid]
        above = [each for each in self._population.upward.above(number) if each in self.groups]
        if above:
            return self._chain(min(above, key=self._depth))
        olds = map(Sid.decode, self._population.history.get(number, ()))
        old = next((old for old in olds if old in self.sids), None)
        return f"its SID history holds {self.view.name(old)}" if old else "it has a tier-0 group"

    def _depth(self, group: int) -> int:
        return sum(1 for _ in self._up(group))

    def _up(self, group: int | None) -> Iterator[int]:
        while group is not None:
            yield group
            group = self.groups[group].below

    def _chain(self, group: int) -> str:
        *inner, top = (self._population.principal(each).name for each in self._up(group))
        through = f" through {' → '.join(inner)}" if inner else ""
        return f"in {top}{through}"

"""Principals who have something in common: sets, and what each is called when one asks."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from typing import Self

from adaudit.access.bitmap import NONE, BitMap
from adaudit.access.growth import Server
from adaudit.access.roster import UNREAD, WELL_KNOWN, Named, Roster
from adaudit.access.subjects import Subjects
from adaudit.directory.census import GroupKind
from adaudit.directory.membership import Membership
from adaudit.directory.principal import GroupScope, PrincipalKind
from adaudit.security.sid import Sid

ORDER = (*map(str, PrincipalKind), WELL_KNOWN, UNREAD)
"""All kinds, in the order in which they are told"""


@dataclass(frozen=True)
class Cast:
    """Who can be in a crowd: all accounts, and groups and strangers as subjects of their own."""

    membership: Membership
    roster: Roster
    others: Subjects
    """Groups, well-known SIDs, and trustees that no object was read of"""

    @cached_property
    def kinds(self) -> Mapping[str, BitMap]:
        """Which of the others is of which kind."""
        found: dict[str, list[int]] = defaultdict(list)
        for number, place in enumerate(self._places):
            found[self._kind(number, place)].append(number)
        return {kind: BitMap(numbers) for kind, numbers in found.items()}

    def named(self, numbers: BitMap) -> Iterator[Named]:
        """What some of the others are called, in the order of their numbers."""
        read = BitMap([place for number in numbers if (place := self._places[number]) is not None])
        known = dict(self.roster.named(read))
        for number in numbers:
            place = self._places[number]
            yield known[place] if place is not None else self._stranger(number)

    @cached_property
    def _places(self) -> list[int | None]:
        """The number that each of the others has in the population."""
        return [self.membership.population.numbers.get(sid) for sid in self.others.sids]

    def _kind(self, number: int, place: int | None) -> str:
        if place is None:
            return WELL_KNOWN if self.others[number].domain is None else UNREAD
        if place in self.roster.well_known:
            return WELL_KNOWN
        return next(kind for kind, numbers in self.roster.kinds.items() if place in numbers)

    def _stranger(self, number: int) -> Named:
        sid = self.others[number]
        return Named(self.membership.name(sid), self._kind(number, None), str(sid))

    @classmethod
    def of(cls, membership: Membership, server: Server, strangers: Iterable[Sid]) -> Self:
        """
        All groups that tokens of `server` can hold, and strangers as far as they are no accounts.

        Distribution groups, and local groups of other places, are in none of its tokens.
        """
        population = membership.population
        groups = (n for n, kind in population.kinds.items() if _is_held(kind, server))
        roster = Roster(population)
        known = map(population.sid, chain(groups, roster.well_known))
        accounts = range(population.account_count)
        others = (sid for sid in strangers if population.number(sid) not in accounts)
        return cls(membership, roster, Subjects.of(chain(known, others)))


def _is_held(kind: GroupKind, server: Server) -> bool:
    is_local = kind.scope in (GroupScope.DOMAIN_LOCAL, GroupScope.BUILTIN)
    is_here = server.domain is None or kind.domain == server.domain
    is_of_directory = kind.scope is not GroupScope.BUILTIN or server.is_domain_controller
    return kind.is_security_enabled and (is_here or not is_local) and is_of_directory


@dataclass(frozen=True)
class Crowd:
    """Some of a cast."""

    cast: Cast
    accounts: BitMap = NONE
    """Numbers of the population"""
    others: BitMap = NONE
    """Numbers of `Cast.others`"""

    def __len__(self) -> int:
        return len(self.accounts) + len(self.others)

    def __iter__(self) -> Iterator[Named]:
        """Everybody, by kind."""
        for kind in ORDER:
            part = self.of_kind(kind)
            yield from (named for _, named in self.cast.roster.named(part.accounts))
            yield from self.cast.named(part.others)

    def of_kind(self, kind: str) -> "Crowd":
        """Those of one kind."""
        accounts = self.cast.roster.by_kind.get(kind, NONE)
        others = self.cast.kinds.get(kind, NONE)
        return Crowd(self.cast, self.accounts & accounts, self.others & others)

    def first(self, count: int) -> tuple[Named, ...]:
        """The first ones."""
        few = BitMap(list(islice(self.accounts, count)))
        others = BitMap(list(islice(self.others, count)))
        return tuple(islice(Crowd(self.cast, few, others), count))

    @property
    def counts(self) -> dict[str, int]:
        """How many there are of each kind that there are any of."""
        counted = {kind: len(self.of_kind(kind)) for kind in ORDER}
        return {kind: count for kind, count in counted.items() if count}

    @property
    def disabled(self) -> int:
        """How many of the accounts cannot log on at present."""
        return self.accounts.intersection_cardinality(self.cast.roster.disabled)

    @property
    def example(self) -> Sid | None:
        """One of them, an account if there is one; None of an empty crowd."""
        return next(self.sids(), None)

    def sids(self) -> Iterator[Sid]:
        """The SIDs of everybody, accounts first."""
        accounts = map(self.cast.membership.population.sid, self.accounts)
        return chain(accounts, (self.cast.others[number] for number in self.others))

    def holds(self, sid: Sid) -> bool:
        """Whether one of the others, by its SID, is among them."""
        number = self.cast.others.number(sid.encode())
        return number is not None and number in self.others

    def __or__(self, other: "Crowd") -> "Crowd":
        return Crowd(self.cast, self.accounts | other.accounts, self.others | other.others)

    def __and__(self, other: "Crowd") -> "Crowd":
        return Crowd(self.cast, self.accounts & other.accounts, self.others & other.others)

    def __sub__(self, other: "Crowd") -> "Crowd":
        return Crowd(self.cast, self.accounts - other.accounts, self.others - other.others)

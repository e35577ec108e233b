"""
Whose tokens may have changed, and by which SIDs: never too few, and mostly not far too many.

What a token holds follows from the arcs above its subject, so whoever is at or below the lower
end of an arc that came or went may hold more or less, and what that may be is at or above its
upper end.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from adaudit.access.growth import READ_ONLY_CONTROLLERS_RID, is_builtin
from adaudit.access.view import View
from adaudit.directory.issuing import domain_of, issuing
from adaudit.directory.membership import Membership
from adaudit.directory.population import Population
from adaudit.drift.joining import MEMBERSHIPS, Joined
from adaudit.drift.members import GroupChange
from adaudit.security.sid import Sid


@dataclass(slots=True)
class Touched:
    """Accounts whose tokens may differ, and the SIDs by which they may."""

    accounts: set[bytes] | None = field(default_factory=set)
    """None for all"""
    sids: set[bytes] | None = field(default_factory=set)
    """None for any"""

    @property
    def is_nobody(self) -> bool:
        """Whether all tokens are surely what they were."""
        return self.accounts is not None and not self.accounts

    def add_all(self) -> None:
        """Take every account for touched, by whatever SID."""
        self.accounts = self.sids = None

    def add_accounts(self, accounts: Iterable[bytes] | None) -> None:
        """Take accounts for touched, None for all."""
        if accounts is None:
            self.accounts = None
        elif self.accounts is not None:
            self.accounts.update(accounts)

    def add_sids(self, sids: Iterable[bytes] | None) -> None:
        """Take SIDs for those that may make a difference, None for any."""
        if sids is None:
            self.sids = None
        elif self.sids is not None:
            self.sids.update(sids)


def touched(old: View, new: View, joined: Joined, changes: Iterable[GroupChange]) -> Touched:
    """Find whose tokens may differ between two snapshots of one forest."""
    found = Touched()
    if joined.are_principals_same:
        return found
    if not _are_doubts_alike(old.membership, new.membership):
        found.add_all()
        return found
    sides = _Graph(old.membership.population), _Graph(new.membership.population)
    for change in changes:
        _touch_by_arcs(change, sides, found)
    _touch_by_accounts(sides, found)
    _touch_by_groups(sides, found)
    _touch_by_attributes(joined, sides, found)
    return found


def _are_doubts_alike(old: Membership, new: Membership) -> bool:
    """Whether what is not known of tokens hangs on nothing but who is there, on both sides."""
    if any(each.lost or each.incomplete or each.in_unread_groups for each in (old, new)):
        return False
    domains = [{(d.dn.path, d.sid) for d in each.domains.all} for each in (old, new)]
    builtin = [{d.dn.path for d in each.with_builtin} for each in (old, new)]
    return domains[0] == domains[1] and builtin[0] == builtin[1]


class _Graph:
    """What is above and below each principal of one snapshot, by whatever arc."""

    def __init__(self, population: Population) -> None:
        self.population = population
        self._bearers: dict[bytes, list[int]] = defaultdict(list)
        for number, olds in population.history.items():
            for sid in olds:
                self._bearers[sid].append(number)
        self._alike: dict[bytes, list[int]] = defaultdict(list)
        for number in population.kinds:  # BUILTIN groups are there once in each domain
            self._alike[population.sids[number]].append(number)

    def _numbers(self, sid: bytes) -> set[int]:
        """All objects with a SID."""
        number = self.population.numbers.get(sid)
        return {*self._alike.get(sid, ()), *(() if number is None else (number,))}

    def accounts_below(self, sid: bytes) -> Iterator[bytes] | None:
        """Who may carry a SID; None for anybody."""
        known = Sid.decode(sid)
        domain = domain_of(sid)
        if domain is None and not is_builtin(known):
            return None
        if known.rid == READ_ONLY_CONTROLLERS_RID:
            return None  # which controllers are given without being members
        population = self.population
        starts = [*self._numbers(sid), *self._bearers.get(sid, ())]
        if domain is not None and domain not in self._domains:
            starts += population.issued_by({domain})  # one may be in groups by another
        return (population.sids[number] for number in self._below(starts))

    def sids_above(self, sid: bytes) -> Iterator[bytes]:
        """A SID and all that whoever carries it may carry by it."""
        seen = {sid}
        queue = [sid]
        while queue:
            for number in self._numbers(queue.pop()):
                new = set(self._directly_above(number)) - seen
                seen |= new
                queue += new
        return iter(seen)

    def _directly_above(self, number: int) -> Iterator[bytes]:
        population = self.population
        if number < len(population.numbers):  # others are members by who is meant by their SID
            yield from (population.sids[group] for group in population.upward.above(number))
        yield from population.history.get(number, ())

    @cached_property
    def _domains(self) -> frozenset[bytes]:
        return frozenset(map(issuing, self.population.domains.by_sid))

    def _below(self, starts: list[int]) -> Iterator[int]:
        population = self.population
        seen = set(starts)
        queue = list(seen)
        while queue:
            number = queue.pop()
            yield number
            sid = population.sids[number]
            bearers = self._bearers.get(sid, ())
            below = {*population.members_of(number), *bearers, *self._numbers(sid)}
            queue += below - seen
            seen |= below


_Sides = tuple[_Graph, _Graph]


def _touch(sid: bytes, sides: _Sides, found: Touched) -> None:
    """Whoever may carry a SID may carry others than before, of those above it."""
    for side in sides:
        found.add_accounts(side.accounts_below(sid))
        found.add_sids(side.sids_above(sid))


def _touch_by_arcs(change: GroupChange, sides: _Sides, found: Touched) -> None:
    """Memberships that came or went."""
    groups = (change.old, change.new)
    for side, group in zip(sides, groups, strict=True):
        if group is not None:
            found.add_sids(side.sids_above(side.population.sids[group]))
    for side, members in zip(sides, (change.left, change.came), strict=True):
        for member in members:
            for each in sides:
                found.add_accounts(each.accounts_below(side.population.sids[member]))


def _touch_by_accounts(sides: _Sides, found: Touched) -> None:
    """Accounts that came or went carry whatever they carry on one side alone."""
    old, new = (set(_accounts(side.population)) for side in sides)
    if old != new:
        found.add_accounts(old ^ new)
        found.add_sids(None)


def _accounts(population: Population) -> Iterable[bytes]:
    return population.sids[: population.account_count]


def _touch_by_groups(sides: _Sides, found: Touched) -> None:
    """Groups that came or went, or that tokens take up in another way."""
    old, new = (_kinds(side.population) for side in sides)
    for sid, _ in old ^ new:
        _touch(sid, sides, found)


def _kinds(population: Population) -> set[tuple[bytes, tuple[object, ...]]]:
    texts: dict[int, tuple[object, ...]] = {}
    for kind in set(population.kinds.values()):
        domain = kind.domain.dn.path if kind.domain else None
        texts[id(kind)] = (kind.scope, kind.is_security_enabled, domain)
    return {(population.sids[n], texts[id(kind)]) for n, kind in population.kinds.items()}


def _touch_by_attributes(joined: Joined, sides: _Sides, found: Touched) -> None:
    """Principals of whom anything else is another: SID history, classes, account control."""
    for met in joined.met:
        if met.attributes - MEMBERSHIPS or met.old_path != met.new_path:
            for snapshot, number in ((joined.old, met.old), (joined.new, met.new)):
                for sid in snapshot.at(number).values("objectSid")[:1]:
                    if any(sid in side.population.numbers for side in sides):
                        _touch(sid, sides, found)
    old, new = (side.population for side in sides)
    if _by_sid(old) != _by_sid(new):
        found.add_sids(None)


def _by_sid(population: Population) -> dict[bytes, int]:
    """The domain controllers, to whom the KDC gives more."""
    return {population.sids[number]: bits for number, bits in population.controllers.items()}

"""
Whose tokens may have changed, and by which SIDs: never too few, and mostly not far too many.

What a token holds follows from the arcs above its subject, so whoever is at or below the lower
end of an arc that came or went may hold more or less, and what that may be is at or above its
upper end.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from adaudit.access.view import View
from adaudit.directory.membership import Membership
from adaudit.directory.population import Population
from adaudit.drift.graph import Graph
from adaudit.drift.joining import Joined
from adaudit.drift.members import GroupChange

_COUNTING = frozenset({"objectsid", "sidhistory", "grouptype", "objectclass"})
"""Beside memberships all of a principal that tokens hang on, but for what controllers hold"""


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
    sides = Graph(old.membership.population), Graph(new.membership.population)
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


_Sides = tuple[Graph, Graph]


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
    """Principals that hold other SIDs, or count in another way; controllers hold more."""
    for met in joined.met:
        if met.attributes & _COUNTING:
            for snapshot, number in ((joined.old, met.old), (joined.new, met.new)):
                for sid in snapshot.at(number).values("objectSid")[:1]:
                    if any(sid in side.population.numbers for side in sides):
                        _touch(sid, sides, found)
    old, new = (_by_sid(side.population) for side in sides)
    if old != new:
        found.add_accounts(sid for sid in old | new if old.get(sid) != new.get(sid))
        found.add_sids(None)


def _by_sid(population: Population) -> dict[bytes, int]:
    """The domain controllers, to whom the KDC gives more."""
    return {population.sids[number]: bits for number, bits in population.controllers.items()}

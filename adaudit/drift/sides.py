"""The two snapshots with all that is derived from them: subjects, servers, carriers."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from adaudit.access.bitmap import BitMap
from adaudit.access.carriers import Carriers
from adaudit.access.growth import Server
from adaudit.access.question import Question
from adaudit.access.view import View
from adaudit.directory.domains import Domain
from adaudit.directory.entry import Entry
from adaudit.directory.issuing import domain_of
from adaudit.drift.differences import Present
from adaudit.drift.joining import Joined
from adaudit.drift.rights import Compared, compared_rights
from adaudit.errors import DescriptorError
from adaudit.security.sid import ANONYMOUS, Sid

_ANONYMOUS = ANONYMOUS.encode()
_NOWHERE = 0xFFFF


@dataclass(frozen=True, slots=True)
class Subjects:
    """Accounts of both snapshots under common numbers."""

    sids: Sequence[bytes]
    present: Present
    are_all_of_both: bool = False
    """Whether they are all accounts, and the same in both, in one order"""

    @property
    def everyone(self) -> BitMap:
        """All their numbers."""
        return BitMap(range(len(self.sids)))

    def sid(self, number: int) -> Sid:
        """The SID of a subject."""
        return Sid.decode(self.sids[number])


@dataclass(frozen=True, slots=True)
class Pair:
    """A domain's controllers as each of the snapshots knows them: where access is checked."""

    old: Server
    new: Server


class Sides:
    """Both snapshots, their views, and what they have in common."""

    def __init__(self, joined: Joined) -> None:
        self.joined = joined
        self.new = View(joined.new)
        same = self.new.membership if joined.are_principals_same else None
        self.old = View(joined.old, same)
        self.rights: tuple[Compared, ...] = compared_rights(self.new, self.old)
        self.old_of = joined.old_of
        """By new number the old one; 0 for what is new"""
        self._carriers: dict[tuple[int, bool, Server], Carriers] = {}

    def right(self, name: str) -> Compared:
        """The compared right of that name."""
        return next(each for each in self.rights if each.name == name)

    def old_entry(self, number: int) -> Entry:
        """An object of both snapshots as it was, by its old number."""
        return self.joined.old.at(number)

    def new_entry(self, number: int) -> Entry:
        """The same as it is now."""
        return self.joined.new.at(self.joined.new_of[number])

    def question(self, view: View, right: str, entry: Entry) -> Question:
        """A right asked on an object; SELF stands for nobody where its SID is damaged."""
        try:
            facts = view.facts(entry)
        except DescriptorError:
            classes = {"objectclass": entry.values("objectClass")}
            facts = view.facts(Entry(entry.dn, classes))
        return self.right(right).permission.question(facts)

    @cached_property
    def accounts(self) -> Subjects:
        """All accounts of both snapshots."""
        before, after = (list(_accounts(view)) for view in (self.old, self.new))
        if before == after:
            there = BitMap(number for number, sid in enumerate(before) if _logs_on(sid))
            return Subjects(before, Present(there, there), are_all_of_both=True)
        return self.subjects([*before, *after])

    def subjects(self, sids: Sequence[bytes]) -> Subjects:
        """Some of them, each once; what stands for others, as Everyone does, is on neither side."""
        each = list(dict.fromkeys(sids))
        before, after = (set(filter(_logs_on, _accounts(view))) for view in (self.old, self.new))
        present = Present(
            BitMap(number for number, sid in enumerate(each) if sid in before),
            BitMap(number for number, sid in enumerate(each) if sid in after),
        )
        return Subjects(each, present)

    def numbers_of(self, subjects: Subjects) -> "array[int] | None":
        """What number each of some subjects has among all accounts; None where it is its own."""
        if subjects is self.accounts:
            return None
        wanted = set(subjects.sids)
        known = {sid: number for number, sid in enumerate(self.accounts.sids) if sid in wanted}
        return array("I", map(known.__getitem__, subjects.sids))

    def carriers(self, view: View, server: Server, subjects: Subjects) -> Carriers:
        """Who of some subjects carries what at a server."""
        is_shared = self.old.membership is self.new.membership
        key = (id(subjects), view is self.new or is_shared, server)
        known = self._carriers.get(key)
        if known is None:
            given = None if subjects.are_all_of_both else map(Sid.decode, subjects.sids)
            known = self._carriers[key] = Carriers(view.membership, server, given)
        return known

    @cached_property
    def servers(self) -> tuple[Pair, ...]:
        """The controllers of each domain of the new snapshot, and last those of none."""
        found = [
            Pair(self._before(domain), self.new.controller_of(domain)) for domain in self._domains
        ]
        return (*found, Pair(self.old.controller_of(None), self.new.controller_of(None)))

    def by_server(self, objects: BitMap) -> list[tuple[Pair, BitMap]]:
        """Objects by whose controllers check access to them; old numbers."""
        if self._places is None:
            return [(self.servers[0], objects)]
        found: dict[int, array[int]] = {}
        for number in objects:
            found.setdefault(self._places[number], array("I")).append(number)
        return [(self._server(place), BitMap(numbers)) for place, numbers in found.items()]

    def server_of(self, number: int) -> Pair:
        """Who checks access to one object."""
        return self.servers[0] if self._places is None else self._server(self._places[number])

    def _server(self, place: int) -> Pair:
        return self.servers[-1 if place == _NOWHERE else place]

    @cached_property
    def _domains(self) -> tuple[Domain, ...]:
        """The innermost first."""
        return tuple(sorted(self.new.domains.all, key=lambda domain: -len(domain.dn.path)))

    def _before(self, domain: Domain) -> Server:
        known = (each for each in self.old.domains.all if each.dn == domain.dn)
        return self.old.controller_of(next(known, None))

    @cached_property
    def _places(self) -> "array[int] | None":
        """By old number the domain that an object lies in; None where there is but one."""
        heads = [(f"{domain.dn.path},", place) for place, domain in enumerate(self._domains)]
        if len(heads) == 1:
            return None
        found = array("H", [_NOWHERE]) * (self.joined.old.last_number + 1)
        for number, path, *_ in self.joined.new.placed_rows():
            within = (place for head, place in heads if f"{path},".startswith(head))
            found[self.old_of[number]] = next(within, _NOWHERE)
        return found


def _accounts(view: View) -> Sequence[bytes]:
    population = view.membership.population
    return population.sids[: population.account_count]


def _logs_on(sid: bytes) -> bool:
    """Whether it is the SID of an account: one that a domain issued, or the anonymous one."""
    return domain_of(sid) is not None or sid == _ANONYMOUS

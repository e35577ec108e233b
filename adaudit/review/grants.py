"""
What lets those outside tier 0 do something to an object: all of them at once, as sets.

Only accounts count, not groups without members: what an empty group might do, nobody can do now.
What is granted to tier 0 itself counts for nobody, even where one of its groups is open to anyone:
that is a fault of the group, and not of every entry for it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adaudit.access.bitmap import NONE, BitMap
from adaudit.access.carriers import Carriers
from adaudit.access.holding import Holding, Part, holding
from adaudit.access.permission import Permission
from adaudit.access.question import Question
from adaudit.access.repair import without_entry
from adaudit.access.token import Server, Token
from adaudit.access.verdict import Decision, Reason
from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.directory.domains import Domain
from adaudit.directory.entry import Entry
from adaudit.directory.snapshot import Unreadable, descriptor_of
from adaudit.review.tier_zero import TierZero
from adaudit.security.sid import Sid


@dataclass(frozen=True, slots=True)
class Grant:
    """Outsiders who hold a permission on an object by one and the same thing."""

    permission: Permission
    entry: Entry
    part: Part
    """They, and what decides: an entry, or that they own the object"""
    place: Server
    """The controller that grants it"""
    question: Question

    @property
    def trustee(self) -> Sid | None:
        """Whom the deciding entry is for; the owner of the object where none decides."""
        return self.part.deciding.ace.trustee if self.part.deciding else owner_of(self.entry)


@dataclass(frozen=True, slots=True)
class Undecided:
    """Outsiders of whom it is not known whether they hold a permission on an object."""

    permission: Permission
    entry: Entry
    count: int


class Outsiders:
    """All accounts that are not of tier 0, and what they hold."""

    def __init__(self, view: View, tier_zero: TierZero) -> None:
        self.view = view
        self.tier_zero = tier_zero
        self._carriers: dict[Domain | None, Carriers] = {}
        self._holdings: dict[
            tuple[bytes | None, Question, Domain | None], Holding | Unreadable
        ] = {}
        self._left: dict[tuple[bytes | None, Question, Domain | None, int], BitMap] = {}
        self._heads = view.heads
        population = view.membership.population
        sids = enumerate(population.sids[: population.account_count])
        # well-known SIDs stand among the accounts where a group holds them: they are nobody
        common = BitMap([number for number, sid in sids if Sid.decode(sid).domain is None])
        everyone = BitMap(range(population.account_count))
        self.everyone = everyone - common
        """All accounts, those of tier 0 too"""
        self.accounts = self.everyone - tier_zero.accounts
        """Numbers of `Carriers`"""

    def grants(
        self, entry: Entry, permission: Permission, spared: BitMap = NONE, doubtful: BitMap = NONE
    ) -> Iterator[Grant | Undecided]:
        """
        Who of them, `spared` and the object itself apart, holds a permission on it, and by what.

        Of those who are `doubtful` it is not known whether it is anything to them.

        Access to objects of the whole forest is checked on the controllers of every domain, each
        with its own local groups. Nothing comes of an object that cannot be judged.
        """
        told = undecided = NONE
        counted = self.accounts - spared - self._itself(entry)
        for place in self.places(entry):
            question = permission.question(self.view.facts(entry))
            found = self.holding(entry, question, place)
            if isinstance(found, Unreadable):
                return
            for part in found.parts:
                subjects = (part.subjects & counted) - told
                if part.decision is Decision.UNDECIDED:
                    undecided = undecided | subjects
                if not self._is_grant(part, entry):
                    continue
                undecided = undecided | (subjects & doubtful)
                subjects = subjects - doubtful
                if not subjects:
                    continue
                told = told | subjects
                known = Part(subjects, part.decision, part.reason, part.deciding)
                yield Grant(permission, entry, known, place, question)
        if unknown := undecided - told:
            yield Undecided(permission, entry, len(unknown))

    def holders(self, entry: Entry, permission: Permission) -> BitMap:
        """Who of them surely holds a permission on an object."""
        found = NONE
        for place in self.places(entry):
            known = self.holding(entry, permission.question(self.view.facts(entry)), place)
            if isinstance(known, Holding):
                found = found | (known.allowed & self.accounts)
        return found

    def possible(self, entry: Entry, permission: Permission) -> BitMap:
        """Who of them holds a permission on an object, or may hold it for all that is known."""
        found = NONE
        for place in self.places(entry):
            known = self.holding(entry, permission.question(self.view.facts(entry)), place)
            denied = known.denied if isinstance(known, Holding) else NONE
            found = found | (self.accounts - denied)
        return found

    def places(self, entry: Entry) -> Sequence[Server]:
        """The controllers, one a domain, at which access to an object is checked."""
        head: Dn | None = entry.dn
        while head is not None and head not in self._heads:
            head = head.parent
        domains = [domain for domain in self.view.domains.all if domain.sid is not None]
        own = [domain for domain in domains if domain.dn == head]
        return [self.view.controller_of(domain) for domain in own or domains]

    def left_without(self, grant: Grant) -> BitMap:
        """Who of a grant would still hold the permission if its entry were not there."""
        descriptor, deciding = descriptor_of(grant.entry), grant.part.deciding
        if isinstance(descriptor, Unreadable) or deciding is None:
            return grant.part.subjects
        key = (grant.entry.descriptor, grant.question, grant.place.domain, deciding.position)
        if key not in self._left:
            rest = without_entry(descriptor, deciding.position)
            found = holding(rest, grant.question, self.carriers(grant.place))
            self._left[key] = found.allowed
        return self._left[key] & grant.part.subjects

    def token(self, account: int, place: Server) -> Token:
        """The token of an account."""
        return self.view.token(self.carriers(place).subjects[account], place)

    def names(self, accounts: BitMap, most: int) -> list[str]:
        """The names of the first of some accounts."""
        population = self.view.membership.population
        return [population.principal(number).name for number in accounts[:most]]

    def carriers(self, place: Server) -> Carriers:
        """Who of all accounts carries which SIDs at a place."""
        if place.domain not in self._carriers:
            self._carriers[place.domain] = Carriers(self.view.membership, place)
        return self._carriers[place.domain]

    def holding(self, entry: Entry, question: Question, place: Server) -> Holding | Unreadable:
        """The answers for all accounts on one object, one for objects that are alike."""
        key = (entry.descriptor, question, place.domain)
        known = self._holdings.get(key)
        if known is None:
            descriptor = descriptor_of(entry)
            known = self._holdings[key] = (
                descriptor
                if isinstance(descriptor, Unreadable)
                else holding(descriptor, question, self.carriers(place))
            )
        return known

    def _itself(self, entry: Entry) -> BitMap:
        """The account that an object is: what it may do to itself gives it nothing."""
        number = self.view.membership.population.number(entry.sid) if entry.sid else None
        return NONE if number is None else BitMap((number,))

    def _is_grant(self, part: Part, entry: Entry) -> bool:
        """Whether something grants; that there is no DACL is told of the object by itself."""
        if part.decision is not Decision.ALLOWED or part.reason is Reason.NO_DACL:
            return False
        trustee = part.deciding.ace.trustee if part.deciding else owner_of(entry)
        return trustee is None or not self.tier_zero.is_trusted(trustee)


def owner_of(entry: Entry) -> Sid | None:
    """Who owns an object, None where that is not known."""
    descriptor = descriptor_of(entry)
    return None if isinstance(descriptor, Unreadable) else descriptor.owner

"""The principals of a snapshot by number, and who is directly in what."""

from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from adaudit.directory.census import GroupKind
from adaudit.directory.domains import Domains
from adaudit.directory.entry import Entry
from adaudit.directory.issuing import domain_of
from adaudit.directory.principal import Principal, principal_of
from adaudit.directory.snapshot import PrincipalRow, Snapshot
from adaudit.directory.upward import Upward
from adaudit.errors import DirectoryError
from adaudit.security.sid import Sid


@dataclass(frozen=True)
class Population:
    """
    Half a million principals without an object for each: what is asked for is made from its row.

    First come those that are no groups, in the order of reading, then the groups, then objects
    whose SID another object has. A SID that several objects have is that of one of them: of an
    account, not of what stands for it elsewhere. As a member it has one number, whichever object
    is named.
    """

    snapshot: Snapshot
    domains: Domains
    objects: Sequence[int]
    """The numbers that the snapshot has for them, by number"""
    sids: Sequence[bytes]
    """By number"""
    numbers: Mapping[bytes, int]
    """By SID: the number of the object that is meant by it"""
    account_count: int
    """How many are no groups: numbers below are theirs"""
    kinds: Mapping[int, GroupKind]
    """Of the groups"""
    members: Mapping[int, "array[int]"]
    """Who is in each by `member` and `memberOf`; most of what holds others is a group"""
    primary_members: Mapping[int, "array[int]"]
    """Whose primary group it is"""
    history: Mapping[int, tuple[bytes, ...]]
    """The sIDHistory of those that have any"""
    controllers: Mapping[int, int]
    """The userAccountControl of domain controllers, as far as it makes them that"""

    def number(self, sid: Sid) -> int | None:
        """The number of the object that is meant by a SID, None if none was read."""
        return self.numbers.get(sid.encode())

    def of_row(self, row: PrincipalRow) -> int | None:
        """The number of the object in a row, None if it is no principal or another one is meant."""
        number = self.numbers.get(row[3])
        return number if number is not None and self.objects[number] == row[0] else None

    def sid(self, number: int) -> Sid:
        """The SID of a principal."""
        return Sid.decode(self.sids[number])

    def principal(self, number: int) -> Principal:
        """The principal of a number, which is kept."""
        known = self._made.get(number)
        if known is None:
            known = principal_of(self.snapshot.at(self.objects[number]), self.domains)
            if known is None:
                raise DirectoryError("the snapshot has changed while it was read")
            self._made[number] = known
        return known

    @cached_property
    def _made(self) -> dict[int, Principal]:
        return {}

    def of_entry(self, entry: Entry) -> Principal | None:
        """The principal that an object is, if it is the one that is meant by its SID."""
        values = entry.values("objectSid")
        number = self.numbers.get(values[0]) if values else None
        found = None if number is None else self.principal(number)
        return found if found is not None and found.dn == entry.dn else None

    @cached_property
    def upward(self) -> Upward:
        """What each principal is directly in."""
        return Upward.of(self.members, self.primary_members, len(self.numbers))

    @cached_property
    def joined(self) -> Collection[int]:
        """Those who are in anything."""
        return _Joined(self)

    def members_of(self, group: int) -> Iterator[int]:
        """Who is directly in a group, by whatever arc; some may come twice."""
        yield from self.members.get(group, ())
        yield from self.primary_members.get(group, ())

    def issued_by(self, domains: set[bytes]) -> Iterator[int]:
        """The numbers of those whose SIDs some domains issued."""
        for number in range(len(self.numbers)):
            if domain_of(self.sids[number]) in domains:
                yield number


@dataclass(frozen=True, slots=True)
class _Joined(Collection[int]):
    """Those who are in anything: known when the lists are turned round, and not before."""

    population: Population

    def __contains__(self, number: object) -> bool:
        return number in self.population.upward

    def __iter__(self) -> Iterator[int]:
        return iter(self.population.upward)

    def __len__(self) -> int:
        return len(self.population.upward)

"""Who is a member of what, directly: the arcs that tokens are built from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Self

from adaudit.directory.by_sid import BySid
from adaudit.directory.census import Census
from adaudit.directory.dn import Dn
from adaudit.directory.domains import Domain, Domains
from adaudit.directory.entry import Entry
from adaudit.directory.faults import Fault
from adaudit.directory.issuing import issuing
from adaudit.directory.known_names import numbers_named, spellings
from adaudit.directory.numbering import give_numbers
from adaudit.directory.partly import without_members
from adaudit.directory.population import Population
from adaudit.directory.principal import GroupScope, Principal, fallback_name
from adaudit.directory.snapshot import Snapshot
from adaudit.directory.unread import (
    Unread,
    cut_short,
    hidden_groups,
    in_unread_groups,
    lost,
    with_unread_members,
)
from adaudit.security.sid import Sid


class Via(StrEnum):
    """What kind of arc leads from one SID of a token to the next."""

    MEMBER = "member"
    PRIMARY_GROUP = "primary group"
    SID_HISTORY = "SID history"
    LOGON = "logon"


@dataclass(frozen=True, slots=True)
class Arc:
    """One step up: whoever holds the SID below is in `group`."""

    group: Principal
    via: Via


@dataclass(frozen=True)
class Membership:
    """
    The principals of a snapshot and the direct memberships between them.

    They are kept by number; a principal or an arc is made when it is looked at.
    """

    population: Population
    """All of it, for what looks at everybody"""
    principals: BySid[Principal]
    """By SID; of BUILTIN groups, which every domain has, that of the last domain by name"""
    arcs: BySid[tuple[Arc, ...]]
    """From a member's SID to what it is directly in, whatever its type and domain, by name"""
    incomplete: BySid[str]
    """Groups that may have members which are not known, and why"""
    in_unread_groups: BySid[str]
    """Principals that say to be in a group which was not read, and which"""
    lost: str | None
    """Why objects may be missing of which nothing is known, None if all were read"""
    with_builtin: frozenset[Domain]
    """The domains whose BUILTIN groups were read"""
    faults: tuple[Fault, ...]
    """Objects that could not be understood, and why"""

    @classmethod
    def of(cls, snapshot: Snapshot) -> Self:
        """Read principals, `member`, `memberOf` and primary groups off a snapshot."""
        domains = Domains.of(snapshot)
        numbered = give_numbers(Census.of(snapshot, domains), domains)
        population = numbered.population
        faults = (*domains.faults, *numbered.faults)
        why_lost = lost(snapshot) or _first_fault(faults)
        hidden = hidden_groups(numbered)
        told = {**without_members(snapshot, population), **cut_short(snapshot, population)}
        unread = with_unread_members(numbered, hidden, anywhere=why_lost is not None)
        return cls(
            population,
            BySid(population, range(len(population.numbers)), population.principal),
            BySid(population, population.joined, partial(_arcs, population)),
            _in_words(population, unread, told),
            _in_words(population, in_unread_groups(numbered, hidden), {}),
            why_lost,
            _with_builtin(population),
            faults,
        )

    @property
    def domains(self) -> Domains:
        """The domains of the forest."""
        return self.population.domains

    def bearing(self, dn: Dn) -> Principal | None:
        """The principal of that DN, None if there is none or another one is meant by its SID."""
        entry = self.population.snapshot.entry(dn)
        return None if entry is None else self.of_entry(entry)

    def of_entry(self, entry: Entry) -> Principal | None:
        """The principal that an object is, None if it is none or another is meant by its SID."""
        return self.population.of_entry(entry)

    def named(self, *names: str) -> Iterator[Principal]:
        r"""All principals with one of these names, `CONTOSO\EX01$` or `EX01$`, in whatever case."""
        wanted = {name.lower() for name in names}
        for number in numbers_named(wanted, self.population):
            principal = self.population.principal(number)
            if not wanted.isdisjoint(spellings(principal.name)):
                yield principal

    def members_of(self, group: Sid) -> Iterator[Sid]:
        """Who is directly in the group that is meant by a SID, some perhaps twice."""
        number = self.population.number(group)
        if number is not None:
            yield from map(self.population.sid, self.population.members_of(number))

    def members_of_domain(self, domain: Sid) -> Iterator[Sid]:
        """Those whose SIDs a domain issued and who are in anything."""
        population = self.population
        for number in population.issued_by({issuing(domain)}):
            if number in population.joined:
                yield population.sid(number)

    def name(self, sid: Sid) -> str:
        r"""The name that a reader knows: `CONTOSO\EX01$`, `Everyone`, or the SID."""
        known = self.principals.get(sid)
        return known.name if known else fallback_name(sid, self.domains)


def _arcs(population: Population, number: int) -> tuple[Arc, ...]:
    found = {
        Arc(population.principal(group), Via.PRIMARY_GROUP if is_primary else Via.MEMBER): None
        for group, is_primary in population.upward.arcs(number)
    }
    return tuple(sorted(found, key=lambda arc: (arc.group.dn.path, arc.via)))


def _in_words(
    population: Population, unread: Mapping[int, Unread], told: Mapping[int, str]
) -> BySid[str]:
    def text(number: int) -> str:
        return told.get(number) or unread[number].text(population)

    return BySid(population, unread.keys() | told.keys() if told else unread, text)


def _first_fault(faults: tuple[Fault, ...]) -> str | None:
    """The first object that could not be understood, in words."""
    return next((f"{dn} is damaged: {why}" for dn, why in faults), None)


def _with_builtin(population: Population) -> frozenset[Domain]:
    builtin = (k for k in population.kinds.values() if k.scope is GroupScope.BUILTIN)
    return frozenset(kind.domain for kind in set(builtin) if kind.domain)

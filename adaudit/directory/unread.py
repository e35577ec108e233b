"""What was named as a member or a group and was not read, and what was lost altogether."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from adaudit.directory.dn import Dn
from adaudit.directory.domains import Domains
from adaudit.directory.entry import Entry
from adaudit.directory.naming import Absent
from adaudit.directory.numbering import Numbered
from adaudit.directory.population import Population
from adaudit.directory.principal import Principal, principal_of
from adaudit.directory.snapshot import Snapshot
from adaudit.errors import AdauditError, DirectoryError

_WITHOUT_PRINCIPALS = ("domain ", "partition ", "group policies of ")
"""
How the gaps begin of what holds no principal, or is known as a domain that was not read: no account
and no group can be in a partition of applications. [MS-ADTS] 5.1.1.5
"""


@dataclass(frozen=True, slots=True)
class Unread:
    """An object that another one names, and that was not read."""

    dn: Dn
    role: str
    """What it is to the other one: `a member`, `a group`"""
    other: int
    """The number of the other one"""

    def text(self, population: Population) -> str:
        """That it was not read, in words."""
        name = population.principal(self.other).name
        return f"{self.dn}, {self.role} of {name}, was not read"


def hidden_groups(numbered: Numbered) -> frozenset[Dn]:
    """Groups of domains that were read, known by nothing but `memberOf`."""
    named = {each for names in numbered.absent_groups.values() for each in names}
    domains = numbered.population.domains
    return frozenset(
        each.dn for each in named if each.dn is not None and not _is_below_unread(each, domains)
    )


def in_unread_groups(numbered: Numbered, hidden: frozenset[Dn]) -> dict[int, Unread]:
    """By number: who is in a group that the reader was not shown, by the member's own word."""
    return {
        who: Unread(each.dn, "a group", number)
        for number, who, names in _named(numbered.absent_groups, numbered.population)
        for each in names
        if each.dn is not None and each.dn in hidden
    }


def with_unread_members(
    numbered: Numbered, hidden: frozenset[Dn], *, anywhere: bool
) -> dict[int, Unread]:
    """
    By number: groups with members that were not read, in domains that were not, or `anywhere`.

    Where everything was read, such a member is no security principal: a contact, say.
    """
    domains = numbered.population.domains
    return {
        who: Unread(each.dn, "a member", number)
        for number, who, names in _named(numbered.absent_members, numbered.population)
        for each in names
        if each.dn is not None
        and (anywhere or each.dn in hidden or _is_below_unread(each, domains))
    }


def cut_short(snapshot: Snapshot, population: Population) -> dict[int, str]:
    """By number: the groups that a gap is about, as only member lists can be cut short."""
    found = {}
    for gap in snapshot.gaps:
        entry = _object(gap.subject, snapshot)
        group = _group(entry, population.domains) if entry else None
        number = population.number(group.sid) if group else None
        if group and number is not None and str(group.dn) == gap.subject:
            found[number] = f"the members of {group.name} could not be read to the end"
    return found


def lost(snapshot: Snapshot) -> str | None:
    """The first gap that is about no object and no domain: a search or a file that was cut off."""
    for gap in snapshot.gaps:
        is_whole = gap.subject in ("schema", "audit entries")
        if is_whole or gap.subject.startswith(_WITHOUT_PRINCIPALS):
            continue
        if _object(gap.subject, snapshot) is None:
            return f"not all was read: {gap.subject}: {gap.reason}"
    return None


def _named(
    absent: Mapping[int, tuple[Absent, ...]], population: Population
) -> Iterator[tuple[int, int, tuple[Absent, ...]]]:
    """Who names what, by its own number and by that of who is meant by its SID; these come last."""
    for number in sorted(absent, reverse=True):
        yield number, population.numbers[population.sids[number]], absent[number]


def _is_below_unread(each: Absent, domains: Domains) -> bool:
    return each.dn is not None and any(each.dn.is_below(domain.dn) for domain in domains.unread)


def _object(subject: str, snapshot: Snapshot) -> Entry | None:
    try:
        return snapshot.entry(Dn(subject))
    except DirectoryError:
        return None


def _group(entry: Entry, domains: Domains) -> Principal | None:
    try:
        found = principal_of(entry, domains)
    except AdauditError:  # is among the faults
        return None
    return found if found and found.scope else None

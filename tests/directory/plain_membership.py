"""
Memberships the plain way: an object for each principal and arc, each name compared with care.

This is what `adaudit.directory.membership` says of a snapshot, at the size of a test.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

from adaudit.directory.dn import Dn
from adaudit.directory.domains import Domain, Domains
from adaudit.directory.entry import Entry
from adaudit.directory.faults import Fault
from adaudit.directory.membership import Arc, Via
from adaudit.directory.principal import GroupScope, Principal, principal_of
from adaudit.directory.snapshot import Snapshot
from adaudit.errors import AdauditError, DirectoryError
from adaudit.security.sid import Sid


@dataclass(frozen=True)
class PlainMembership:
    """The principals of a snapshot and the direct memberships between them."""

    domains: Domains
    principals: Mapping[Sid, Principal]
    """By SID; of BUILTIN groups, which every domain has, the one that was read first"""
    arcs: Mapping[Sid, tuple[Arc, ...]]
    """From a member's SID to the groups that it is directly in, whatever their type and domain"""
    incomplete: Mapping[Sid, str]
    """Groups that may have members which are not known, and why"""
    in_unread_groups: Mapping[Sid, str] = field(default_factory=dict)
    """Principals that say to be in a group which was not read, and which"""
    lost: str | None = None
    """Why objects may be missing of which nothing is known, None if all were read"""
    with_builtin: frozenset[Domain] = frozenset()
    """The domains whose BUILTIN groups were read"""
    faults: tuple[Fault, ...] = ()
    """Objects that could not be understood, and why"""

    @classmethod
    def of(cls, snapshot: Snapshot) -> Self:
        """Read principals, `member`, `memberOf` and primary groups off a snapshot."""
        read = _Reading(Domains.of(snapshot))
        for entry in snapshot.with_sid():
            read.add(entry)
        arcs = read.arcs()
        lost = _lost(snapshot) or read.first_fault
        return cls(
            read.domains,
            read.principals,
            arcs,
            {
                **read.groups_with_unread_members(anywhere=lost is not None),
                **_cut_short(read.by_dn, snapshot),
            },
            read.in_unread_groups(),
            lost,
            frozenset(
                principal.domain
                for principal in read.by_dn.values()
                if principal.scope is GroupScope.BUILTIN and principal.domain
            ),
            tuple(read.faults),
        )


def _lost(snapshot: Snapshot) -> str | None:
    """The first gap that is about no object and no domain: a search or a file that was cut off."""
    harmless = r"schema|audit entries|(domain|partition|group policies of) .*"
    for gap in snapshot.gaps:
        if re.fullmatch(harmless, gap.subject):
            continue  # holds no principal, or is known as a domain that was not read
        if not _is_object(gap.subject, snapshot):
            return f"not all was read: {gap.subject}: {gap.reason}"
    return None


def _is_object(subject: str, snapshot: Snapshot) -> bool:
    try:
        return snapshot.entry(Dn(subject)) is not None
    except DirectoryError:
        return False


def _cut_short(by_dn: Mapping[Dn, Principal], snapshot: Snapshot) -> dict[Sid, str]:
    """The groups that a gap is about: nothing but their member lists can be cut short."""
    reasons = {gap.subject: gap.reason for gap in snapshot.gaps}
    return {
        group.sid: f"the members of {group.name} could not be read to the end"
        for group in by_dn.values()
        if group.scope and str(group.dn) in reasons
    }


class _Reading:
    """Objects read so far; members are DNs, so arcs are made when all are known."""

    def __init__(self, domains: Domains) -> None:
        self.domains = domains
        self.by_dn: dict[Dn, Principal] = {}
        self.principals: dict[Sid, Principal] = {}
        self.faults: list[Fault] = list(domains.faults)
        self._entries: list[tuple[Principal, Entry]] = []

    def add(self, entry: Entry) -> None:
        try:
            principal = principal_of(entry, self.domains)
        except AdauditError as error:
            self.faults.append((entry.dn, error.message))
            return
        if principal is None:
            return
        self.by_dn[entry.dn] = principal
        known = self.principals.get(principal.sid)
        if known is None or "foreignsecurityprincipal" not in entry.classes:
            self.principals[principal.sid] = principal
        self._entries.append((principal, entry))

    @property
    def first_fault(self) -> str | None:
        """The first object that could not be understood, in words."""
        return next((f"{dn} is damaged: {why}" for dn, why in self.faults), None)

    def arcs(self) -> dict[Sid, tuple[Arc, ...]]:
        found: dict[Sid, dict[Arc, None]] = defaultdict(dict)
        for principal, entry in self._entries:
            for member in self._resolve(entry, "member"):
                found[member.sid][Arc(principal, Via.MEMBER)] = None
            for group in self._resolve(entry, "memberOf"):
                found[principal.sid][Arc(group, Via.MEMBER)] = None
            primary = self._primary_group(principal, entry)
            if primary is not None:
                found[principal.sid][Arc(primary, Via.PRIMARY_GROUP)] = None
        return {sid: tuple(arcs) for sid, arcs in found.items()}

    def groups_with_unread_members(self, *, anywhere: bool) -> dict[Sid, str]:
        """
        Groups with members that were not read: in domains that were not, or `anywhere`.

        Where everything was read, such a member is no security principal: a contact, say.
        """
        hidden = self._hidden_groups
        found = {}
        for principal, entry in self._entries:
            for dn in self._names(entry, "member"):
                if dn not in self.by_dn and (anywhere or dn in hidden or self._is_unread(dn)):
                    found[principal.sid] = f"{dn}, a member of {principal.name}, was not read"
        return found

    def in_unread_groups(self) -> dict[Sid, str]:
        """Who is in a group that the reader was not shown, by the member's own word."""
        return {
            principal.sid: f"{dn}, a group of {principal.name}, was not read"
            for dn, principals in self._hidden_groups.items()
            for principal in principals
        }

    @cached_property
    def _hidden_groups(self) -> Mapping[Dn, list[Principal]]:
        """Groups of domains that were read, known by nothing but `memberOf`."""
        found: dict[Dn, list[Principal]] = defaultdict(list)
        for principal, entry in self._entries:
            for dn in self._names(entry, "memberOf"):
                if dn not in self.by_dn and not self._is_unread(dn):
                    found[dn].append(principal)
        return dict(found)

    def _is_unread(self, dn: Dn) -> bool:
        return any(dn.is_below(domain.dn) for domain in self.domains.unread)

    def _resolve(self, entry: Entry, attribute: str) -> Iterator[Principal]:
        for dn in self._names(entry, attribute):
            known = self.by_dn.get(dn)
            if known is not None:
                yield known

    def _names(self, entry: Entry, attribute: str) -> Iterator[Dn]:
        for name in entry.texts(attribute):
            try:
                yield Dn(name)
            except DirectoryError as error:
                self._note(entry.dn, f"`{attribute}`: {error.message}")

    def _primary_group(self, principal: Principal, entry: Entry) -> Principal | None:
        try:
            rid = entry.integer("primaryGroupID")
            sid = principal.sid.domain.relative(rid) if principal.sid.domain and rid else None
        except AdauditError as error:
            self._note(entry.dn, error.message)
            return None
        return self.principals.get(sid) if sid else None

    def _note(self, dn: Dn, why: str) -> None:
        if (dn, why) not in self.faults:
            self.faults.append((dn, why))

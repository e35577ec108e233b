"""Who is a member of what, directly: the arcs that tokens are built from."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from adaudit.directory.dn import Dn
from adaudit.directory.domains import Domains
from adaudit.directory.entry import Entry
from adaudit.directory.principal import Principal, fallback_name, principal_of
from adaudit.directory.snapshot import Snapshot
from adaudit.errors import AdauditError
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
    """The principals of a snapshot and the direct memberships between them."""

    domains: Domains
    principals: Mapping[Sid, Principal]
    """By SID; of BUILTIN groups, which every domain has, the one that was read first"""
    arcs: Mapping[Sid, tuple[Arc, ...]]
    """From a member's SID to the groups that it is directly in, whatever their type and domain"""
    incomplete: frozenset[Sid]
    """Groups whose members could not be read whole"""
    faults: tuple[tuple[Dn, str], ...] = ()
    """Objects that could not be understood, and why"""

    @classmethod
    def of(cls, snapshot: Snapshot) -> Self:
        """Read principals, `member`, `memberOf` and primary groups off a snapshot."""
        domains = Domains.of(snapshot)
        read = _Reading(domains)
        for entry in snapshot.with_sid():
            read.add(entry)
        troubled = {gap.subject for gap in snapshot.gaps}
        return cls(
            domains,
            read.principals,
            read.arcs(),
            frozenset(p.sid for p in read.by_dn.values() if p.scope and str(p.dn) in troubled),
            tuple(read.faults),
        )

    def name(self, sid: Sid) -> str:
        r"""The name that a reader knows: `CONTOSO\EX01$`, `Everyone`, or the SID."""
        known = self.principals.get(sid)
        return known.name if known else fallback_name(sid, self.domains)


class _Reading:
    """Objects read so far; members are DNs, so arcs are made when all are known."""

    def __init__(self, domains: Domains) -> None:
        self._domains = domains
        self.by_dn: dict[Dn, Principal] = {}
        self.principals: dict[Sid, Principal] = {}
        self.faults: list[tuple[Dn, str]] = []
        self._entries: list[tuple[Principal, Entry]] = []

    def add(self, entry: Entry) -> None:
        try:
            principal = principal_of(entry, self._domains)
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

    def arcs(self) -> dict[Sid, tuple[Arc, ...]]:
        found: dict[Sid, dict[Arc, None]] = defaultdict(dict)
        for principal, entry in self._entries:
            for member in self._resolve(entry.texts("member")):
                found[member.sid][Arc(principal, Via.MEMBER)] = None
            for group in self._resolve(entry.texts("memberOf")):
                found[principal.sid][Arc(group, Via.MEMBER)] = None
            primary = self._primary_group(principal, entry)
            if primary is not None:
                found[principal.sid][Arc(primary, Via.PRIMARY_GROUP)] = None
        return {sid: tuple(arcs) for sid, arcs in found.items()}

    def _resolve(self, names: Iterable[str]) -> Iterable[Principal]:
        for name in names:
            known = self.by_dn.get(Dn(name))
            if known is not None:
                yield known

    def _primary_group(self, principal: Principal, entry: Entry) -> Principal | None:
        rid = entry.integer("primaryGroupID")
        if rid is None or principal.sid.domain is None:
            return None
        return self.principals.get(principal.sid.domain.relative(rid))

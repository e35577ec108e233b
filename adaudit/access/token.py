"""Tokens: all SIDs that an account carries where access is checked."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from adaudit.directory.domains import Domain
from adaudit.directory.membership import Membership, Via
from adaudit.directory.principal import (
    PARTIAL_SECRETS_ACCOUNT,
    SERVER_TRUST_ACCOUNT,
    GroupScope,
    Principal,
)
from adaudit.security import sid as sids
from adaudit.security.sid import Sid

_GUEST_RID = 501
_READ_ONLY_CONTROLLERS_RID = 498
_BY_LOGON = dict.fromkeys(
    (
        sids.NTLM_AUTHENTICATION,
        sids.SCHANNEL_AUTHENTICATION,
        sids.DIGEST_AUTHENTICATION,
        sids.AUTHENTICATION_AUTHORITY_ASSERTED,
        sids.SERVICE_ASSERTED,
    ),
    "it depends on how the account logs on",
)


@dataclass(frozen=True, slots=True)
class Server:
    """
    The server that checks access, for domain-local and BUILTIN groups are those of its place.

    [MS-KILE] 3.3.5.7.3, [MS-DTYP] 2.5.2.1.1
    """

    name: str
    domain: Domain | None
    is_domain_controller: bool


@dataclass(frozen=True, slots=True)
class Link:
    """How a SID came into a token: through the SID below it, None for the subject itself."""

    below: Sid | None
    via: Via | None


@dataclass(frozen=True)
class Token:
    """
    The SIDs of a subject, and how each of them came in.

    Besides SIDs that are in it and SIDs that are not, there are those of which what was read
    does not tell; `doubt` says why.
    """

    subject: Sid
    sids: frozenset[Sid]
    server: Server | None = None
    """Where it is made, None for a token that was not built from a directory"""
    deny_only: frozenset[Sid] = frozenset()
    """SIDs that match only entries that deny"""
    privileges: frozenset[str] = frozenset()
    links: Mapping[Sid, tuple[Link, ...]] = field(default_factory=dict)
    """For each SID all direct ways into it from within the token, a shortest one first"""
    doubtful: Mapping[Sid, str] = field(default_factory=dict)
    """SIDs that may be in it, and why that is not known"""
    local_groups_unknown: str | None = None
    """Why nothing is known of BUILTIN groups, None where they are known"""
    read_domains: frozenset[Sid] | None = None
    """If a domain of the forest was not read: those that were"""
    known_principals: Mapping[Sid, object] | None = None
    """If objects may have been lost in reading: those principals that were not"""
    knows_claims: bool = False
    """Whether the claims of the subject are known, namely that there are none"""

    def doubt(self, sid: Sid) -> str | None:
        """Why it is not known whether `sid` is in the token; None where it is known."""
        if sid in self.sids:
            return None
        if self.local_groups_unknown and _is_builtin(sid):
            return self.local_groups_unknown
        if self.read_domains is not None and sid.domain and sid.domain not in self.read_domains:
            return "its domain was not read"
        if self.known_principals is not None and sid.domain and sid not in self.known_principals:
            return "it was not read, as not all was"
        return self.doubtful.get(sid)

    def path(self, sid: Sid) -> tuple[Link, ...]:
        """
        A shortest way from the subject to `sid`, as links from the last up to the first.

        Empty for the subject and for a SID that is not in the token.
        """
        found: list[Link] = []
        current: Sid | None = sid
        while current is not None and current != self.subject:
            link = next(iter(self.links.get(current, ())), None)
            if link is None:
                return ()
            found.append(link)
            current = link.below
        return tuple(found)

    def path_sids(self, sid: Sid) -> tuple[Sid, ...]:
        """A shortest way from the subject to `sid`, both included."""
        below = [link.below for link in reversed(self.path(sid)) if link.below is not None]
        return (*below, sid) if below else (sid,)


def token_of(subject: Sid, server: Server, membership: Membership) -> Token:
    """
    Build the token that `server` makes for `subject` after a network logon.

    Account part, SID history, then domain-local groups of the server's domain, then what the
    server adds: [MS-DRSR] 4.1.8, [MS-KILE] 3.3.5.6.4 and 3.3.5.7.3, [MS-DTYP] 2.5.2.1.1.
    Distribution groups are in no token and pass nothing on.
    """
    growth = _Growth(subject, server, membership)
    growth.grow()
    reached = growth.links
    unread = membership.domains.unread
    return Token(
        subject=subject,
        sids=frozenset(reached),
        server=server,
        links=MappingProxyType({sid: tuple(links) for sid, links in reached.items()}),
        doubtful={
            **_BY_LOGON,
            **dict(_behind_incomplete_groups(growth)),
            **dict(_of_unknown_domain(growth)),
        },
        local_groups_unknown=None if server.is_domain_controller else _local_groups(server),
        read_domains=frozenset(membership.domains.by_sid) if unread else None,
        known_principals=membership.principals if membership.lost else None,
    )


def _local_groups(server: Server) -> str:
    return f"the local groups of {server.name} are not in the directory"


def _is_builtin(sid: Sid) -> bool:
    return sid.authority == sids.BUILTIN.authority and sid.subauthorities[:1] == (32,)


class _Growth:
    """A breadth-first walk up the arcs that count at `server`."""

    def __init__(self, subject: Sid, server: Server, membership: Membership) -> None:
        self.subject = subject
        self.server = server
        self.membership = membership
        self.links: dict[Sid, list[Link]] = {}
        self._stages: dict[Sid, int] = {}
        self._queue: deque[Sid] = deque()

    def grow(self) -> None:
        self._take(self.subject, Link(None, None), stage=0)
        for sid in self._logon_sids():
            # They come in at the server, where only its own local groups are looked through.
            stage = GroupScope.UNIVERSAL if self.server.is_domain_controller else GroupScope.BUILTIN
            self._take(sid, Link(self.subject, Via.LOGON), stage)
        while self._queue:
            self._climb(self._queue.popleft())

    def _climb(self, sid: Sid) -> None:
        stage = self._stages[sid]
        for arc in self.membership.arcs.get(sid, ()):
            if self._counts(arc.group, stage):
                self._take(arc.group.sid, Link(sid, arc.via), arc.group.scope or 0)
        principal = self.membership.principals.get(sid)
        if principal and stage <= GroupScope.UNIVERSAL:
            for old in principal.sid_history:
                self._take(old, Link(sid, Via.SID_HISTORY), GroupScope.UNIVERSAL)

    def _counts(self, group: Principal, stage: int) -> bool:
        if not group.is_security_enabled or group.scope is None or group.scope < stage:
            return False
        match group.scope:
            case GroupScope.GLOBAL:
                return group.sid.domain == self.subject.domain
            case GroupScope.UNIVERSAL:
                return True
            case GroupScope.DOMAIN_LOCAL:
                return group.domain == self.server.domain
            case GroupScope.BUILTIN:
                # BUILTIN groups are taken up in one pass: none brings another. A member server
                # has its own, which the directory does not hold.
                here = self.server.is_domain_controller and group.domain == self.server.domain
                return here and stage < GroupScope.BUILTIN

    def _take(self, sid: Sid, link: Link, stage: int) -> None:
        known = self.links.setdefault(sid, [])
        if not known:
            self._stages[sid] = stage
            self._queue.append(sid)
        if link not in known:
            known.append(link)

    def _logon_sids(self) -> Iterator[Sid]:
        if self.subject == sids.ANONYMOUS:
            return
        yield sids.EVERYONE
        if self.subject.rid != _GUEST_RID or self.subject.domain is None:
            yield sids.AUTHENTICATED_USERS
        yield sids.NETWORK
        yield sids.THIS_ORGANIZATION
        principal = self.membership.principals.get(self.subject)
        control = principal.account_control if principal else 0
        if control & SERVER_TRUST_ACCOUNT:
            yield sids.ENTERPRISE_DOMAIN_CONTROLLERS
        if control & PARTIAL_SECRETS_ACCOUNT and self.subject.domain:
            yield self.subject.domain.relative(_READ_ONLY_CONTROLLERS_RID)


def _behind_incomplete_groups(growth: _Growth) -> Iterator[tuple[Sid, str]]:
    """All that a group leads to whose member list was not read to its end."""
    membership = growth.membership
    for group, why in membership.incomplete.items():
        if group in growth.links:
            continue
        above = _Growth(group, growth.server, membership)
        above.grow()
        for sid in above.links.keys() - growth.links.keys():
            yield sid, why


def _of_unknown_domain(growth: _Growth) -> Iterator[tuple[Sid, str]]:
    """The domain-local groups that count if the server is in the one domain or the other."""
    server = growth.server
    if server.domain is not None:
        return
    for domain in growth.membership.domains.all:
        there = _Growth(growth.subject, replace(server, domain=domain), growth.membership)
        there.grow()
        for sid in there.links.keys() - growth.links.keys():
            yield sid, f"the domain of {server.name} is not known"

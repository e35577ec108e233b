"""How a token grows: from the subject up the memberships that count where it is made."""

from collections import deque
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

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

GUEST_RID = 501
READ_ONLY_CONTROLLERS_RID = 498
GLOBAL_RIDS = frozenset({500, 501, 502, 512, 513, 514, 515, 516, 520, 521, 522, 525, 526})
"""Accounts and global groups that have the same RID in every domain. [MS-DTYP] 2.4.2.4"""
BY_LOGON = (
    sids.NTLM_AUTHENTICATION,
    sids.SCHANNEL_AUTHENTICATION,
    sids.DIGEST_AUTHENTICATION,
    sids.AUTHENTICATION_AUTHORITY_ASSERTED,
    sids.SERVICE_ASSERTED,
)
"""SIDs that a token holds or not by the way in which the account logs on"""
_START = 0
_AFTER_ACCOUNT = GroupScope.DOMAIN_LOCAL
"""The stage of SIDs that come in when the groups of the account are already found"""
_END = len(GroupScope) + 1


@dataclass(frozen=True, slots=True)
class Server:
    """
    The server that checks access, for domain-local and BUILTIN groups are those of its place.

    [MS-KILE] 3.3.5.7.3, [MS-DTYP] 2.5.2.1.1
    """

    name: str
    domain: Domain | None
    is_domain_controller: bool


def is_builtin(sid: Sid) -> bool:
    """Whether a SID is that of a BUILTIN group, which every domain and every server has."""
    return sid.authority == sids.BUILTIN.authority and sid.subauthorities[:1] == (32,)


@dataclass(frozen=True, slots=True)
class Link:
    """How a SID came into a token: through the SID below it, None for the subject itself."""

    below: Sid | None
    via: Via | None


class Growth:
    """
    A breadth-first walk up the arcs that count for `subject` at `server`.

    Groups are taken up in the order of their scopes, so each SID stands at a stage, and only
    groups of that scope or a later one can follow on it.
    """

    def __init__(self, subject: Sid, server: Server, membership: Membership) -> None:
        self.subject = subject
        self.server = server
        self.membership = membership
        self.links: dict[Sid, list[Link]] = {}
        """For each SID that was reached all direct ways into it, a shortest one first"""
        self._stages: dict[Sid, int] = {}
        self._queue: deque[Sid] = deque()

    def log_on(self) -> None:
        """Reach all SIDs of the token."""
        self._take(self.subject, Link(None, None), _START)
        for sid in self._sids_of_controller():
            self._take(sid, Link(self.subject, Via.LOGON), _AFTER_ACCOUNT)
        # What the server adds comes in where only its own local groups are looked through.
        stage = _AFTER_ACCOUNT if self.server.is_domain_controller else _END
        for sid in self._sids_of_server():
            self._take(sid, Link(self.subject, Via.LOGON), stage)
        self._climb()

    def above(self, group: Principal) -> AbstractSet[Sid]:
        """All that would be reached if the subject were in `group`, itself included."""
        if not self._counts(group, _START):
            return frozenset()
        return self._reached_from(group.sid, group.scope or _START)

    def above_foreign(self, sid: Sid) -> AbstractSet[Sid]:
        """All that would be reached if the subject were in the group of another forest."""
        return self._reached_from(sid, _AFTER_ACCOUNT)

    def _reached_from(self, sid: Sid, stage: int) -> AbstractSet[Sid]:
        walk = Growth(self.subject, self.server, self.membership)
        walk._take(sid, Link(None, None), stage)
        walk._climb()
        return walk.links.keys()

    def _climb(self) -> None:
        while self._queue:
            sid = self._queue.popleft()
            stage = self._stages[sid]
            for arc in self.membership.arcs.get(sid, ()):
                if self._counts(arc.group, stage):
                    self._take(arc.group.sid, Link(sid, arc.via), arc.group.scope or _START)
            principal = self.membership.principals.get(sid)
            if principal and stage <= GroupScope.UNIVERSAL:
                for old in principal.sid_history:
                    self._take(old, Link(sid, Via.SID_HISTORY), _AFTER_ACCOUNT)

    def _counts(self, group: Principal, stage: int) -> bool:
        if not group.is_security_enabled or group.scope is None or group.scope < stage:
            return False
        match group.scope:
            case GroupScope.GLOBAL:
                return group.sid.domain == self.subject.domain
            case GroupScope.UNIVERSAL:
                return True
            case GroupScope.DOMAIN_LOCAL:
                return self._is_here(group)
            case GroupScope.BUILTIN:
                # BUILTIN groups are taken up in one pass: none brings another. A member server
                # has its own, which the directory does not hold.
                is_after_none = stage < GroupScope.BUILTIN
                return self.server.is_domain_controller and is_after_none and self._is_here(group)

    def _is_here(self, group: Principal) -> bool:
        return group.domain is not None and group.domain == self.server.domain

    def _take(self, sid: Sid, link: Link, stage: int) -> None:
        known = self.links.setdefault(sid, [])
        if stage < self._stages.get(sid, _END + 1):
            # A SID of the history may be that of a group that the subject is really in as well.
            self._stages[sid] = stage
            self._queue.append(sid)
        if link not in known:
            known.append(link)

    def _sids_of_server(self) -> Iterator[Sid]:
        """What the server adds to whoever logs on over the network. [MS-DTYP] 2.5.2.1.1"""
        if self.subject == sids.ANONYMOUS:
            return
        yield sids.EVERYONE
        if self.subject.rid != GUEST_RID or self.subject.domain is None:
            yield sids.AUTHENTICATED_USERS
        yield sids.NETWORK
        yield sids.THIS_ORGANIZATION

    def _sids_of_controller(self) -> Iterator[Sid]:
        """What the KDC adds to a domain controller. [MS-PAC] 4.1.2.1"""
        principal = self.membership.principals.get(self.subject)
        control = principal.account_control if principal else 0
        root = self.membership.domains.root
        if control & SERVER_TRUST_ACCOUNT:
            yield sids.ENTERPRISE_DOMAIN_CONTROLLERS
        if control & PARTIAL_SECRETS_ACCOUNT and root and root.sid:
            yield root.sid.relative(READ_ONLY_CONTROLLERS_RID)

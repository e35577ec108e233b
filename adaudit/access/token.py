"""Tokens: all SIDs that an account carries where access is checked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from adaudit.access.growth import BY_LOGON, GLOBAL_RIDS, Growth, Link, Server, is_builtin
from adaudit.directory.membership import Membership
from adaudit.security import sid as sids
from adaudit.security.sid import Sid

__all__ = ["Link", "Server", "Token", "token_of"]


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
        if sid in self.sids or sid in self.deny_only:
            return None
        if self.local_groups_unknown and is_builtin(sid):
            return self.local_groups_unknown
        return self._loss(sid) or self.doubtful.get(sid)

    def _loss(self, sid: Sid) -> str | None:
        """Why the group or account `sid` of a domain may be missing from what was read."""
        if self.read_domains is None and self.known_principals is None:
            return None
        if sid.domain is None or self._is_of_another_domain_only(sid):
            return None
        if self.read_domains is not None and sid.domain not in self.read_domains:
            return "its domain was not read"
        if self.known_principals is not None and sid not in self.known_principals:
            return "it was not read, as not all was"
        return None

    def _is_of_another_domain_only(self, sid: Sid) -> bool:
        """Whether `sid` is an account or a global group by its RID, and of another domain."""
        return sid.rid in GLOBAL_RIDS and sid.domain not in (None, self.subject.domain)

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
    growth = Growth(subject, server, membership)
    growth.log_on()
    domains = membership.domains
    is_any_hidden = not membership.in_unread_groups.keys().isdisjoint(growth.links)
    is_all_read = not domains.unread and (subject.domain in domains.by_sid or not subject.domain)
    return Token(
        subject=subject,
        sids=frozenset(growth.links),
        server=server,
        links=MappingProxyType({sid: tuple(links) for sid, links in growth.links.items()}),
        doubtful={sid: why for sid, why in _doubts(growth) if sid not in growth.links},
        local_groups_unknown=_local_groups_unknown(server, membership),
        read_domains=None if is_all_read else frozenset(domains.by_sid),
        known_principals=membership.principals if membership.lost or is_any_hidden else None,
    )


def _local_groups_unknown(server: Server, membership: Membership) -> str | None:
    if not server.is_domain_controller:
        return f"the local groups of {server.name} are not in the directory"
    if server.domain not in membership.with_builtin:
        return f"the BUILTIN groups of {server.name} were not read"
    return None


def _doubts(growth: Growth) -> Iterator[tuple[Sid, str]]:
    """SIDs that may be in the token beside those that are, and why."""
    for sid in BY_LOGON:
        yield sid, "it depends on how the account logs on"
    if growth.subject == sids.ANONYMOUS:
        yield sids.EVERYONE, "whether it includes anonymous users is a setting of the server"
    server = growth.server
    if server.domain is not None:
        yield from _doubts_at(growth)
        return
    for domain in growth.membership.domains.all:  # the server may be in the one or the other
        there = Growth(growth.subject, replace(server, domain=domain), growth.membership)
        there.log_on()
        for sid in there.links:
            yield sid, f"the domain of {server.name} is not known"
        yield from _doubts_at(there)


def _doubts_at(growth: Growth) -> Iterator[tuple[Sid, str]]:
    """All that groups lead to of which it is not known whether the subject is in them."""
    membership, subject = growth.membership, growth.subject
    for sid, why in membership.incomplete.items():
        if is_builtin(sid):
            yield sid, why  # of whatever domain the group is that was read first
        elif sid in membership.principals:
            for above in growth.above(membership.principals[sid]):
                yield above, why
    if subject.domain is None or subject.domain in membership.domains.by_sid:
        return
    for sid in membership.members_of_domain(subject.domain):
        for above in growth.above_foreign(sid):
            yield above, f"the groups of the domain of {membership.name(subject)} were not read"

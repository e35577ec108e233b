"""
Which group of a domain is its *Exchange Domain Servers*: by evidence, not by name.

Names can be changed and translated. What such a group is shows in what it holds and what it may
do. No verdict hangs on it: the group is named to explain, never to decide. Where a domain has
servers of Exchange 2007 and later beside older ones, it is the group of the older ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from adaudit.access.view import View
from adaudit.directory.domains import Domain
from adaudit.directory.entry import Entry
from adaudit.directory.principal import GroupScope, Principal, PrincipalKind
from adaudit.directory.snapshot import descriptor_of
from adaudit.exchange.pairs import MailFlow, account_sids
from adaudit.exchange.well_known_groups import EXCHANGE_SERVERS, named_for
from adaudit.security.ace import Ace
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.rights import FULL_CONTROL, map_generic
from adaudit.security.sid import Sid

_NAMES = frozenset({"exchange domain servers", "exchange servers"})
_EXCHANGE_CONTAINER = "msExchConfigurationContainer"
_SYSTEM_OBJECTS = "msExchSystemObjectsContainer"
_ENOUGH = 6.0
_LEAD = 2.0
_FIRST_OWN_RID = 1000  # below are the groups of every domain, Domain Computers among them


@dataclass(frozen=True, slots=True)
class Clue:
    """One piece of evidence for a group, and its weight."""

    weight: float
    why: str


@dataclass(frozen=True, slots=True)
class ServersGroup:
    """A group that may be the one of the Exchange servers of its domain."""

    group: Principal
    clues: tuple[Clue, ...]

    @property
    def score(self) -> float:
        """The sum of the evidence."""
        return sum(clue.weight for clue in self.clues)


def servers_groups(flow: MailFlow) -> dict[Domain, ServersGroup | None]:
    """For each domain with Exchange servers: their group, None if nothing tells it surely."""
    servers = _Servers.of(flow)
    found: dict[Domain, ServersGroup | None] = {}
    for domain in flow.view.domains.all:
        if servers.sought_in(domain):
            found[domain] = _best(_candidates(flow.view, domain, servers))
    return found


def _best(candidates: Iterator[ServersGroup]) -> ServersGroup | None:
    ranked = sorted(candidates, key=lambda candidate: -candidate.score)
    if not ranked or ranked[0].score < _ENOUGH:
        return None
    if len(ranked) > 1 and ranked[0].score - ranked[1].score < _LEAD:
        return None
    return ranked[0]


@dataclass(frozen=True, slots=True)
class _Servers:
    """Which accounts are Exchange servers, and of what kind."""

    older: frozenset[Sid]
    """Accounts of servers that let others in by Send-As"""
    later: frozenset[Sid]
    """Accounts of Exchange 2007 and later, which have a group of their own"""

    @classmethod
    def of(cls, flow: MailFlow) -> "_Servers":
        older = [server.label for server in flow.servers if server.decides_by_send_as]
        sids = {label: account_sids(mapping) for label, mapping in flow.accounts.items()}
        return cls(
            frozenset().union(*(found for label, found in sids.items() if label in older)),
            frozenset().union(*(found for label, found in sids.items() if label not in older)),
        )

    def has_older_in(self, domain: Domain) -> bool:
        """Whether a domain has servers whose group is *Exchange Domain Servers*."""
        return any(sid.domain == domain.sid for sid in self.older)

    def sought_in(self, domain: Domain) -> frozenset[Sid]:
        """The servers whose group is sought: the older ones, where there are any."""
        sought = self.older if self.has_older_in(domain) else self.later
        return frozenset(sid for sid in sought if sid.domain == domain.sid)


def _candidates(view: View, domain: Domain, servers: _Servers) -> Iterator[ServersGroup]:
    trustees = _Trustees.of(view, domain)
    sought = servers.sought_in(domain)
    for group in _with_signs(view, sought, trustees):
        is_of_later = servers.has_older_in(domain) and group.sid in trustees.well_known
        if _may_be_made_by_setup(group) and group.domain == domain and not is_of_later:
            clues = tuple(_clues(view, group, sought, trustees))
            if clues:
                yield ServersGroup(group, clues)


def _with_signs(view: View, servers: frozenset[Sid], trustees: "_Trustees") -> list[Principal]:
    """All that a clue may point to, by name."""
    membership = view.membership
    holding = (arc.group for server in servers for arc in membership.arcs.get(server, ()))
    named = trustees.full_control | trustees.organisation | trustees.well_known
    trusted = (membership.principals[sid] for sid in named if sid in membership.principals)
    found = {*holding, *trusted, *membership.named(*_NAMES)}
    return sorted(found, key=lambda group: group.dn.path)


def _may_be_made_by_setup(group: Principal) -> bool:
    return (
        group.is_security_enabled
        and group.scope not in (None, GroupScope.BUILTIN)
        and (group.sid.rid or 0) >= _FIRST_OWN_RID
    )


def _clues(
    view: View, group: Principal, servers: frozenset[Sid], trustees: "_Trustees"
) -> Iterator[Clue]:
    inside = frozenset(view.membership.members_of(group.sid))
    share = len(inside & servers) / len(servers)
    if share:
        yield Clue(3 * share, f"holds {len(inside & servers)} of {len(servers)} Exchange servers")
        if group.scope in (GroupScope.GLOBAL, GroupScope.UNIVERSAL):
            yield Clue(2, f"is a {group.scope.name.lower()} security group")
        principals = (view.membership.principals[sid] for sid in inside)
        if all(principal.kind is PrincipalKind.COMPUTER for principal in principals):
            yield Clue(1, "holds nothing but computers")
    if group.sid in trustees.full_control and _is_in_local_group(view, group):
        yield Clue(3, "has full control of Microsoft Exchange System Objects")
    if group.sid in trustees.organisation:
        yield Clue(2, "has entries on the Exchange configuration")
    if group.sid in trustees.well_known:
        yield Clue(_ENOUGH, "is named by otherWellKnownObjects")
    if group.name.rpartition("\\")[2].lower() in _NAMES:
        yield Clue(1, "bears the usual name")


def _is_in_local_group(view: View, group: Principal) -> bool:
    arcs = view.membership.arcs.get(group.sid, ())
    return any(arc.group.scope is GroupScope.DOMAIN_LOCAL for arc in arcs)


@dataclass(frozen=True, slots=True)
class _Trustees:
    """Who has entries where Exchange setup puts them."""

    full_control: frozenset[Sid]
    organisation: frozenset[Sid]
    well_known: frozenset[Sid]

    @classmethod
    def of(cls, view: View, domain: Domain) -> "_Trustees":
        snapshot = view.snapshot
        system = [e for e in snapshot.of_class(_SYSTEM_OBJECTS) if e.dn.is_below(domain.dn)]
        tree = list(snapshot.of_class(_EXCHANGE_CONTAINER, "msExchOrganizationContainer"))
        full = (
            ace.trustee
            for ace in _allowing(system)
            if map_generic(int(ace.mask)) & FULL_CONTROL == FULL_CONTROL
        )
        return cls(
            frozenset(full),
            frozenset(ace.trustee for ace in _allowing(tree)),
            frozenset(group.sid for group in named_for(EXCHANGE_SERVERS, tree, view)),
        )


def _allowing(entries: list[Entry]) -> Iterator[Ace]:
    for entry in entries:
        descriptor = descriptor_of(entry)
        if isinstance(descriptor, SecurityDescriptor) and isinstance(descriptor.dacl, Acl):
            for ace in descriptor.dacl.entries:
                if isinstance(ace, Ace) and ace.allows:
                    yield ace

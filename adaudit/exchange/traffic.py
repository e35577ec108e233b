"""The SMTP sessions and probes of the evidence, by the servers that took part in them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from itertools import product
from typing import Self, TypeVar

from adaudit.directory.evidence import EvidenceBase, Observed
from adaudit.directory.observations import SmtpProbe, SmtpSession
from adaudit.exchange.peers import Peer, Peers, Route
from adaudit.exchange.smtp import AUTHENTICATION_VERBS, client_name, greeting_name

_T = TypeVar("_T")


@dataclass(frozen=True)
class Traffic:
    """Who spoke with whom, as logs, captures and probes show it."""

    peers: Peers
    by_pair: Mapping[tuple[str, str], tuple[Observed[SmtpSession], ...]]
    """Sessions by who the client is and who the server is, as `identities` names them"""
    by_host: Mapping[str, tuple[Observed[SmtpProbe], ...]]
    logging_authentication: frozenset[str] = frozenset()
    """Names of the sources in which any client authenticates, or tries to"""

    @classmethod
    def of(cls, peers: Peers, evidence: EvidenceBase) -> Self:
        """Sort what was observed by who took part."""
        side = cache(partial(_side, peers))
        by_pair: dict[tuple[str, str], list[Observed[SmtpSession]]] = defaultdict(list)
        for session in evidence.sessions:
            record = session.record
            clients = side(record.client, client_name(record.exchanges))
            servers = side(record.server, greeting_name(record.exchanges))
            for pair in product(clients, servers):
                by_pair[pair].append(session)
        by_host: dict[str, list[Observed[SmtpProbe]]] = defaultdict(list)
        for probe in evidence.probes:
            for host in _host(probe.record, peers):
                by_host[host].append(probe)
        return cls(
            peers,
            {pair: tuple(found) for pair, found in by_pair.items()},
            {host: tuple(found) for host, found in by_host.items()},
            frozenset(
                session.source.name
                for session in evidence.sessions
                if any(e.command in AUTHENTICATION_VERBS for e in session.record.exchanges)
            ),
        )

    def sessions(self, route: Route) -> tuple[Observed[SmtpSession], ...]:
        """The sessions in which the sender of a route was the client of its receiver."""
        clients, servers = (identities(peer, self.peers) for peer in (route.sender, route.receiver))
        found = [
            session
            for client in sorted(clients)
            for server in sorted(servers)
            for session in self.by_pair.get((client, server), ())
        ]
        return _each_once(found)

    def probes(self, receiver: Peer) -> tuple[Observed[SmtpProbe], ...]:
        """The probes of a receiver, from wherever they were made."""
        hosts = sorted(identities(receiver, self.peers))
        return _each_once([probe for host in hosts for probe in self.by_host.get(host, ())])

    def is_seen_from(self, sender: Peer, probe: SmtpProbe) -> bool:
        """Whether a probe was made on the sender itself."""
        seen_from = self.peers.find(probe.seen_from)
        return not identities(seen_from, self.peers).isdisjoint(identities(sender, self.peers))


def identities(peer: Peer, peers: Peers) -> frozenset[str]:
    """The label of a member; of any other its name, and the names that its address has."""
    if peer.server is not None:
        return frozenset({peer.server.label})
    plain = peer.name.strip().strip("[]").rstrip(".").lower()
    names = {name.lower().rstrip(".") for name, _ in peers.addresses.get(plain, ())}
    return frozenset({plain, *names}) - {""}


def _host(probe: SmtpProbe, peers: Peers) -> frozenset[str]:
    if peers.find(probe.host).server is None and probe.address is not None:
        by_address = peers.find(probe.address)
        if by_address.server is not None:
            return identities(by_address, peers)
    return _side(peers, probe.host, greeting_name(probe.exchanges))


def _side(peers: Peers, name: str, said: str | None) -> frozenset[str]:
    return identities(peers.find_side(name, said), peers)


def _each_once(found: Iterable[_T]) -> tuple[_T, ...]:
    by_id = {id(item): item for item in found}
    return tuple(by_id.values())

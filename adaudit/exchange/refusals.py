"""Refused XEXCH50 commands, the symptom of KB 843106, from all evidence that shows them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from adaudit.directory.evidence import EvidenceBase, Observed
from adaudit.directory.observations import LogEvent, SmtpSession
from adaudit.exchange.peers import Peer, Peers, Route
from adaudit.exchange.smtp import client_name, exch50_commands, greeting_name
from adaudit.exchange.transport_events import ProtocolError, decode


@dataclass(frozen=True, slots=True)
class Refusal:
    """One XEXCH50 that was answered 504 or 505."""

    route: Route
    reply: str
    """As it was logged: `504 Need to authenticate first`"""
    at: datetime | None
    event_id: int | None
    """7002, 7004 or 7010; None where a session shows it"""
    where: str
    """What shows it: `event 7004, record 12 of ex01.evt`"""


def refusals(evidence: EvidenceBase, peers: Peers) -> tuple[Refusal, ...]:
    """All refusals, those of event logs first."""
    return (
        *(found for seen in evidence.events for found in _of_event(seen, peers)),
        *(found for seen in evidence.sessions for found in _of_session(seen, peers)),
    )


def _of_event(seen: Observed[LogEvent], peers: Peers) -> Iterator[Refusal]:
    error = decode(seen.record)
    if not isinstance(error, ProtocolError) or not error.is_exch50_refusal:
        return
    logger = _logger(seen, peers)
    peer = peers.find(error.peer)
    route = Route(logger, peer) if error.is_logged_by_sender else Route(peer, logger)
    where = f"event {seen.record.event_id}, record {seen.record.number} of {seen.source.name}"
    yield Refusal(route, error.response, seen.record.at, seen.record.event_id, where)


def _of_session(seen: Observed[SmtpSession], peers: Peers) -> Iterator[Refusal]:
    session = seen.record
    commands = exch50_commands(session.exchanges)
    if not commands:
        return
    route = Route(
        peers.find_side(session.client, client_name(session.exchanges)),
        peers.find_side(session.server, greeting_name(session.exchanges)),
    )
    where = f"session in {seen.source.name}"
    for command in commands:
        if command.is_refused:
            reply = command.exchange.replies[-1].strip()
            yield Refusal(route, reply, command.exchange.at or session.started, None, where)


def _logger(seen: Observed[LogEvent], peers: Peers) -> Peer:
    """The server whose log it is: as the event says, or else the source."""
    return peers.find(seen.record.computer or seen.source.computer or "")

"""What checks that judge a pair by its SMTP sessions and probes share."""

from collections.abc import Iterable, Iterator

from adaudit.checks._context import Context
from adaudit.directory.evidence import Observed
from adaudit.directory.observations import SmtpExchange, SmtpProbe, SmtpSession, SourceKind
from adaudit.exchange.organisation import ExchangeServer, Version
from adaudit.exchange.peers import Route
from adaudit.wording import counted, moment

DIALOGUES = (SourceKind.SMTP_LOG, SourceKind.CAPTURE)
_NAMED = 3


def routes_between(context: Context, pairs: Iterable[tuple[str, str]]) -> Iterator[Route]:
    """
    The mail between servers of the organisation, as far as it is judged, by sender and receiver.

    `pairs` are labels, or names of whom is no server: a thousand servers are a million pairs, so
    only those are looked at of which something is known.
    """
    flow = context.flow
    numbers = {
        (flow.numbers[sender], flow.numbers[receiver])
        for sender, receiver in pairs
        if sender != receiver and sender in flow.numbers and receiver in flow.numbers
    }
    for sides in sorted(numbers):
        sender, receiver = (context.peers.member(flow.servers[number]) for number in sides)
        route = Route(sender, receiver)
        if both_servers(route):
            yield route


def both_servers(route: Route) -> tuple[ExchangeServer, ExchangeServer] | None:
    """Sender and receiver, where both are of the organisation and later than Exchange 5.5."""
    sender, receiver = route.sender.server, route.receiver.server
    if sender is None or receiver is None or is_old(sender) or is_old(receiver):
        return None
    return sender, receiver


def is_old(server: ExchangeServer) -> bool:
    """Whether a server is of a version that does not authenticate for XEXCH50."""
    return server.version is Version.EXCHANGE_55


def outside(route: Route) -> str:
    """Why a route is none between servers of the organisation that speak XEXCH50."""
    sides = ((peer, peer.server) for peer in (route.sender, route.receiver))
    return "; ".join(
        f"{peer.label}: {server.version if server else peer.standing}"
        for peer, server in sides
        if server is None or is_old(server)
    )


def identity(server: ExchangeServer) -> str:
    """What tells a server from all others, for the id of a finding."""
    return str(server.entry.guid or server.dn.path)


def of_session(seen: Observed[SmtpSession]) -> str:
    """Where a session stands: `ex01.log: session of 192.0.2.2 with EX01, 2004-11-24 …`."""
    session = seen.record
    sides = f"session of {session.client} with {session.server}"
    return f"{seen.source.name}: {sides}, {moment(session.started)}"


def of_probe(seen: Observed[SmtpProbe]) -> str:
    """Where a probe stands: `ex01.json: probe of ex01.contoso.example from EX02, 2004-11-24 …`."""
    probe = seen.record
    sides = f"probe of {probe.host} from {probe.seen_from}"
    return f"{seen.source.name}: {sides}, {moment(probe.at)}"


def reply(exchange: SmtpExchange) -> str:
    """The answer to a command as evidence quotes it, its last line."""
    return f"`{exchange.replies[-1].rstrip()}`" if exchange.replies else "nothing"


def first_of(lines: Iterable[str], what: str) -> tuple[str, ...]:
    """The first lines, and how many more there are of `what`."""
    found = tuple(dict.fromkeys(lines))
    more = len(found) - _NAMED
    return (*found[:_NAMED], f"{counted(more, f'more {what}')} alike") if more > 0 else found

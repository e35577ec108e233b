"""
A firewall, proxy or anti-virus program keeps the SMTP verbs of Exchange from a server.

What it reports: each server whose greeting is masked, whose EHLO is answered 500, or that gets
`XXXX` in place of commands; each that offers AUTH but none of X-EXPS, X-LINK2STATE and XEXCH50; and
connections that were dropped.

Why it matters: a firewall that inspects SMTP (PIX `fixup protocol smtp`, ASA ESMTP inspection)
lets no XEXCH50 and no X-EXPS through, so that servers cannot authenticate, and `504 need to
authenticate first` follows. Verbs that are missing altogether mean that the protocol event sinks of
Exchange are not loaded, or that something else answers in its place (KB 843106, KB 320027, KB
257569).

How to mend it: take SMTP inspection off the way between servers of the organisation; have
anti-virus programs leave the verbs alone; repair the event sinks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from adaudit.checks._context import Context
from adaudit.checks.exchange._filtering import Shows, Sight, sights
from adaudit.checks.exchange._step import failed, not_applicable, passed, told, unknown, warned
from adaudit.checks.exchange._traffic import (
    DIALOGUES,
    both_servers,
    first_of,
    identity,
    outside,
    routes_between,
)
from adaudit.directory.entry import Gap
from adaudit.directory.observations import SourceKind
from adaudit.exchange.organisation import ExchangeServer
from adaudit.exchange.peers import Route
from adaudit.exchange.traffic import Traffic
from adaudit.findings import Finding, NotApplicable, Party, Severity, fingerprint
from adaudit.rulings import Ruling

SEVERITY = Severity.HIGH
STEP = 9
_MASK = "***"  # what a PIX makes of letters in a greeting, KB 320027
_FIREWALL = (
    "turn off SMTP inspection between the servers (PIX: `no fixup protocol smtp 25`)",
    "have the firewall, proxy or anti-virus program pass EHLO, X-EXPS, X-LINK2STATE and XEXCH50",
)
_SINKS = (
    "repair the protocol event sinks of Exchange (peexch50.dll and others) and restart SMTPSVC",
    "take the SMTP proxy or anti-virus program out of the way, or have it pass the X- verbs",
)
_DROPS = ("turn the firewall between the servers off for a test, as KB 843106 says",)


@dataclass(frozen=True, slots=True)
class _Fault:
    """What stands on the way to a server, in words."""

    message: str
    """With `{}` for the server"""
    severity: Severity
    remedy: tuple[str, ...]


_FAULTS = {
    Shows.MASK: _Fault(
        "something writes over the SMTP dialogue with {}, as PIX `fixup protocol smtp` and ASA"
        " ESMTP inspection do: X-EXPS and XEXCH50 do not get through",
        Severity.HIGH,
        _FIREWALL,
    ),
    Shows.NO_X_VERBS: _Fault(
        "{} offers AUTH but none of X-EXPS, X-LINK2STATE and XEXCH50: the event sinks of Exchange"
        " are not loaded, or an SMTP proxy or anti-virus program answers in its place",
        Severity.HIGH,
        _SINKS,
    ),
    Shows.FEW_VERBS: _Fault(
        "the answer of {} to EHLO lacks XEXCH50: something may take away SMTP extensions",
        Severity.MEDIUM,
        _SINKS,
    ),
}


def judge(context: Context, route: Route) -> Ruling:
    """Rule on what stands between a sender and a receiver."""
    if route.receiver.server is None and _MASK in route.receiver.name:
        return failed(_masked_name(route))
    servers = both_servers(route)
    if servers is None:
        return not_applicable(outside(route))
    return _ruling(context.traffic, route, servers[1])


def run(context: Context) -> Iterator[Finding | Gap | NotApplicable]:
    """Rule on every pair of which there is a session, or a probe of the receiver."""
    if not context.evidence.of_kind(*DIALOGUES, SourceKind.PROBE):
        yield NotApplicable("no SMTP probe, SMTP log or packet capture among the evidence")
    masked = (route for route in context.routes if _MASK in route.receiver.name)
    yield from told((route.label, judge(context, route)) for route in masked)
    yield from told(_rulings(context))


def _rulings(context: Context) -> Iterator[tuple[str, Ruling]]:
    """What is seen of each pair, named by the receiver where only probes tell."""
    traffic = context.traffic
    probed = [label for label in context.flow.labels if label in traffic.by_host]
    pairs = (*traffic.by_pair, *product(context.flow.labels, probed))
    for route in routes_between(context, pairs):
        servers, sessions = both_servers(route), traffic.sessions(route)
        if servers and (sessions or traffic.probes(route.receiver)):
            subject = route.label if sessions else route.receiver.label
            yield subject, _ruling(traffic, route, servers[1])


def _ruling(traffic: Traffic, route: Route, receiver: ExchangeServer) -> Ruling:
    seen = list(sights(traffic, route, has_sinks=receiver.decides_by_send_as))
    near = [sight for sight in seen if sight.is_near]
    is_clean_there = any(sight.shows is Shows.CLEAN for sight in near)
    judged = near if is_clean_there else seen
    for shows in (Shows.MASK, Shows.NO_X_VERBS):
        if lines := _lines(judged, shows):
            return failed(_finding(shows, receiver, route), *lines)
    clean = (*_lines(seen, Shows.CLEAN), *_elsewhere(seen, judged))
    if few := _lines(judged, Shows.FEW_VERBS):
        return warned(_finding(Shows.FEW_VERBS, receiver, route), *few, *clean)
    if dropped := [sight.break_off for sight in judged if sight.break_off]:
        finding = _dropped(len(dropped), len(judged), receiver, route)
        return warned(finding, *first_of(dropped, "line"), *clean)
    return passed(*clean) if clean else unknown(*_lines(seen, Shows.NOTHING), _wanted(receiver))


def _lines(seen: list[Sight], shows: Shows) -> tuple[str, ...]:
    return first_of((sight.line for sight in seen if sight.shows is shows), "line")


def _elsewhere(seen: list[Sight], judged: list[Sight]) -> tuple[str, ...]:
    """What is wrong, but not on the way of the sender's mail."""
    others = [sight for sight in seen if sight not in judged]
    return (*_lines(others, Shows.MASK), *_lines(others, Shows.NO_X_VERBS))


def _wanted(receiver: ExchangeServer) -> str:
    host = next(iter(sorted(receiver.dns_names)), receiver.label)
    return f"`adaudit probe smtp {host}`, made on the sender, would show what stands between"


def _finding(shows: Shows, receiver: ExchangeServer, route: Route) -> Finding:
    fault = _FAULTS[shows]
    return Finding(
        id=fingerprint("smtp-filtering", shows.name, identity(receiver)),
        check="smtp-filtering",
        severity=fault.severity,
        subject=Party(receiver.label, str(receiver.dn)),
        message=fault.message.format(receiver.label),
        affects=(route.label,),
        remedy=fault.remedy,
    )


def _dropped(number: int, total: int, receiver: ExchangeServer, route: Route) -> Finding:
    return Finding(
        id=fingerprint("smtp-filtering", "dropped", route.sender.label, identity(receiver)),
        check="smtp-filtering",
        severity=Severity.MEDIUM,
        subject=Party(receiver.label, str(receiver.dn)),
        message=(
            f"{number} of {total} connections with {receiver.label} were dropped or had to send"
            " again: a firewall or anti-virus program may stand between"
        ),
        affects=(route.label,),
        remedy=_DROPS,
    )


def _masked_name(route: Route) -> Finding:
    return Finding(
        id=fingerprint("smtp-filtering", "name", route.receiver.name),
        check="smtp-filtering",
        severity=SEVERITY,
        subject=Party(route.receiver.label),
        message=(
            f"the events of {route.sender.label} name the other side `{route.receiver.name}`: a"
            " firewall writes over its greeting, as PIX `fixup protocol smtp` does"
        ),
        affects=(route.label,),
        remedy=_FIREWALL,
    )

"""
XEXCH50 is refused: `504 need to authenticate first` in events 7004 and 7010.

What it reports: each pair of Exchange servers between which XEXCH50 was answered 504 or 505,
by event 7004 or 7002 (logged on the sender) and 7010 (logged on the receiver), SMTP protocol logs
and packet captures.

Why it matters: it is the symptom that the other steps of KB 843106 find the cause of. Messages
pass without their Exchange properties: public folder replication, journaling, distribution groups
and filtering suffer.

How to mend it: by what the other checks name. The events are only logged when diagnostics logging
of MSExchangeTransport, category SMTP Protocol, is Medium or higher, so their absence alone shows
nothing.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from adaudit.checks._context import Context
from adaudit.checks.exchange._step import failed, passed, told, unknown
from adaudit.directory.entry import Gap
from adaudit.directory.observations import SourceKind
from adaudit.exchange.logging_level import MEDIUM, logging_level
from adaudit.exchange.organisation import ExchangeServer, Version
from adaudit.exchange.peers import Route
from adaudit.exchange.refusals import Refusal
from adaudit.findings import Finding, NotApplicable, Party, Severity, fingerprint
from adaudit.rulings import Ruling
from adaudit.wording import counted, moment

SEVERITY = Severity.HIGH
STEP = 0
_NEEDS_MEDIUM = (
    "they are only logged when diagnostics logging of MSExchangeTransport is Medium or higher"
)
_SHOWN = 3
_NEVER = datetime.min.replace(tzinfo=UTC)
_KINDS = (SourceKind.EVENT_LOG, SourceKind.SMTP_LOG, SourceKind.CAPTURE)


def judge(context: Context, route: Route) -> Ruling:
    """Rule on whether XEXCH50 was refused on the way from one server to another."""
    seen = context.refusals_by_pair.get(route.label, ())
    if seen:
        return failed(_finding(route, seen, context), *_lines(route, seen, context), is_cause=False)
    silent = [_silence(server, context) for server in _members(route)]
    known = [line for line in silent if line]
    return passed(*known) if known else unknown(*_missing(route, context))


def run(context: Context) -> Iterator[Finding | Gap | NotApplicable]:
    """Report the pairs of the organisation whose XEXCH50 was refused."""
    sources = context.evidence.of_kind(*_KINDS)
    if not sources:
        yield NotApplicable("no event log, SMTP log or packet capture among the evidence")
        return
    inside = [route for route in context.routes if _is_fault(route)]
    yield from told((route.label, judge(context, route)) for route in inside)
    if not context.refusals:
        yield from _unproved(context)


def _is_fault(route: Route) -> bool:
    """Whether a refusal is not what the peer-scope check tells to be expected."""
    sides = _members(route)
    return len(sides) == 2 and all(s.version is not Version.EXCHANGE_55 for s in sides)


def _unproved(context: Context) -> Iterator[Gap]:
    """The event logs that show nothing because little may have been logged."""
    logs = context.evidence.of_kind(SourceKind.EVENT_LOG)
    servers = [context.peers.find(log.computer).server for log in logs if log.computer]
    if logs and not any(server and _silence(server, context) for server in servers):
        names = ", ".join(log.name for log in logs)
        yield Gap(names, f"no event 7004 or 7010, but {_NEEDS_MEDIUM}")


def _members(route: Route) -> tuple[ExchangeServer, ...]:
    sides = (route.sender.server, route.receiver.server)
    return tuple(server for server in sides if server is not None)


def _finding(route: Route, seen: Sequence[Refusal], context: Context) -> Finding:
    events = sorted({refusal.event_id for refusal in seen if refusal.event_id})
    by = f"by event {' and '.join(map(str, events))}" if events else "in SMTP sessions"
    times = counted(len(seen), "time")
    names = (route.sender.label, route.receiver.label)
    return Finding(
        id=fingerprint("refused-exch50", *names),
        check="refused-exch50",
        severity=SEVERITY if _is_fault(route) else Severity.INFO,
        subject=Party(route.receiver.label),
        message=(
            f"{route.receiver.label} answered XEXCH50 of {route.sender.label} with"
            f" `{seen[-1].reply}`, {times} {by}"
        ),
        affects=(route.label,),
        look=context.diagnosis(*names),
    )


def _lines(route: Route, seen: Sequence[Refusal], context: Context) -> Iterator[str]:
    """The refusals, the newest first, and whether the other way fails too."""
    newest = sorted(seen, key=lambda refusal: refusal.at or _NEVER, reverse=True)
    for refusal in newest[:_SHOWN]:
        yield f"{refusal.where}, {moment(refusal.at)}: XEXCH50 answered `{refusal.reply}`"
    if len(newest) > _SHOWN:
        yield f"and {counted(len(newest) - _SHOWN, 'earlier refusal')}"
    back = f"{route.receiver.label} → {route.sender.label}"
    if back in context.refusals_by_pair:
        yield f"{back} fails too: look at both"


def _silence(server: ExchangeServer, context: Context) -> str | None:
    """What makes it sure that a server would have logged a refusal; None if nothing does."""
    level = logging_level(server, context.evidence, context.peers)
    if level is None or level.level < MEDIUM:
        return None
    for log in context.evidence.of_kind(SourceKind.EVENT_LOG):
        is_of_server = (
            bool(log.computer) and context.peers.find(log.computer or "").server is server
        )
        if is_of_server and log.first and log.last:
            span = f"from {moment(log.first)} to {moment(log.last)}"
            return f"{log.name} of {server.label} holds no such event {span}; {level}"
    return None


def _missing(route: Route, context: Context) -> Iterator[str]:
    logs = context.evidence.of_kind(SourceKind.EVENT_LOG)
    servers = _members(route)
    of_pair = [
        log.name
        for log in logs
        if log.computer and context.peers.find(log.computer).server in servers
    ]
    if not of_pair:
        names = " or ".join(server.label for server in servers)
        yield f"no event log of {names} among the evidence"
        return
    yield f"no event 7004 or 7010 for this pair in {', '.join(of_pair)}, but {_NEEDS_MEDIUM}"
    for server in servers:
        level = logging_level(server, context.evidence, context.peers)
        yield (
            f"{server.label}: {level}" if level else f"{server.label}: no registry tells the level"
        )

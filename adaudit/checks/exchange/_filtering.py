"""What a session or probe shows of a firewall, proxy or anti-virus program in its way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from adaudit.checks.exchange._traffic import of_probe, of_session, reply
from adaudit.directory.evidence import Observed
from adaudit.directory.observations import SessionEnd, SmtpExchange, SmtpProbe, SmtpSession
from adaudit.exchange.peers import Route
from adaudit.exchange.smtp import (
    X_VERBS,
    extensions,
    has_x_verbs,
    is_masked_banner,
    masked_commands,
    masked_extensions,
    refused_ehlo,
    verbs,
)
from adaudit.exchange.traffic import Traffic

_NOT_KNOWN = frozenset({500, 502})  # as though it were no command, [RFC5321] 4.2.2
_OPENED = frozenset({"MAIL", "RCPT", "XEXCH50", "DATA", "BDAT"})
_BROKEN = frozenset({SessionEnd.CLOSED, SessionEnd.RESET})


class Shows(Enum):
    """What a session or probe says of the way between two servers, the worst first."""

    MASK = "a command, the greeting or an extension is written over, or taken for no command"
    NO_X_VERBS = "AUTH is offered, and no X- verb"
    FEW_VERBS = "XEXCH50 is not offered, though some other of its kind is, or AUTH is not either"
    CLEAN = "X- verbs get through"
    NOTHING = "it did not come so far"


@dataclass(frozen=True, slots=True)
class Sight:
    """One session or probe, and what it shows."""

    shows: Shows
    line: str
    is_near: bool
    """Whether it went the way of the sender's mail"""
    break_off: str | None = None
    """How it was dropped, None where it was not"""


def sights(traffic: Traffic, route: Route, *, has_sinks: bool) -> Iterator[Sight]:
    """
    Read all sessions of a route and all probes of its receiver.

    `has_sinks` says whether the receiver is Exchange 2000 or 2003, which offer all X- verbs.
    """
    for session in traffic.sessions(route):
        yield _of_session(session, has_sinks=has_sinks)
    for probe in traffic.probes(route.receiver):
        is_near = traffic.is_seen_from(route.sender, probe.record)
        sight = _of_probe(probe, is_near=is_near, has_sinks=has_sinks)
        where = f"`{probe.record.seen_from}`, which is not known to be {route.sender.label}"
        remark = "" if is_near else f" (seen from {where})"
        yield Sight(sight.shows, f"{sight.line}{remark}", is_near, sight.break_off)


def _of_session(seen: Observed[SmtpSession], *, has_sinks: bool) -> Sight:
    session, where = seen.record, of_session(seen)
    shows, what = _read(session.exchanges, has_sinks=has_sinks)
    cut = f"{where}: {session.end}{_after(session.exchanges)}" if _is_cut(session) else None
    if session.retransmissions:
        again = f"TCP segments that were sent again: {session.retransmissions}"
        cut = f"{cut or where}; {again}" if cut else f"{where}: {again}"
    return Sight(shows, f"{where}: {what}", is_near=True, break_off=cut)


def _of_probe(seen: Observed[SmtpProbe], *, is_near: bool, has_sinks: bool) -> Sight:
    probe, where = seen.record, of_probe(seen)
    shows, what = _read(probe.exchanges, has_sinks=has_sinks)
    if probe.fault is None:
        return Sight(shows, f"{where}: {what}", is_near)
    if shows is Shows.NOTHING and not probe.exchanges:
        return Sight(shows, f"{where}: not reached: {probe.fault}", is_near)
    said = what if shows is not Shows.NOTHING else probe.fault
    return Sight(shows, f"{where}: {said}", is_near, f"{where}: {probe.fault}")


def _read(exchanges: Sequence[SmtpExchange], *, has_sinks: bool) -> tuple[Shows, str]:
    if masks := "; ".join(_masks(exchanges)):
        return Shows.MASK, masks
    lines = extensions(exchanges)
    if lines is not None and has_sinks and "XEXCH50" not in verbs(lines):
        return _of_missing(lines)
    arrived = [e.command for e in exchanges if e.command in X_VERBS]
    if arrived:
        return Shows.CLEAN, f"{', '.join(dict.fromkeys(arrived))} got through"
    if lines is not None and (has_x_verbs(lines) or not has_sinks):
        return Shows.CLEAN, "EHLO answered, nothing written over"
    return Shows.NOTHING, "nothing tells whether X- verbs get through"


def _of_missing(lines: Sequence[str]) -> tuple[Shows, str]:
    offered = verbs(lines)
    missing = f"EHLO offers no {', '.join(sorted(X_VERBS - offered))}"
    if has_x_verbs(lines):
        return Shows.FEW_VERBS, missing
    if "AUTH" in offered:
        return Shows.NO_X_VERBS, f"{missing}, though AUTH"
    return Shows.FEW_VERBS, f"{missing}, and no AUTH"


def _masks(exchanges: Sequence[SmtpExchange]) -> Iterator[str]:
    if is_masked_banner(exchanges):
        yield f"masked greeting {reply(exchanges[0])}"
    if (refused := refused_ehlo(exchanges)) is not None:
        yield f"EHLO answered {reply(refused)}"
    for command in dict.fromkeys(e.command for e in masked_commands(exchanges)):
        yield f"command `{command}`"
    for line in masked_extensions(extensions(exchanges) or ()):
        yield f"EHLO extension `{line}`"
    for exchange in exchanges:
        if exchange.command in X_VERBS and exchange.code in _NOT_KNOWN:
            yield f"{exchange.command} answered {reply(exchange)}"


def _is_cut(session: SmtpSession) -> bool:
    """Whether a session ended in the midst; who was refused may well hang up."""
    if session.end is SessionEnd.SILENT or not session.exchanges:
        return session.end is not SessionEnd.UNKNOWN
    last = session.exchanges[-1]
    if session.end not in _BROKEN or last.command == "QUIT":
        return False
    if last.code is None or last.code // 100 == 3:
        return True
    is_open = last.command in _OPENED - {"DATA", "BDAT"}
    return last.code // 100 == 2 and (is_open or session.end is SessionEnd.RESET)


def _after(exchanges: Sequence[SmtpExchange]) -> str:
    return f" after {exchanges[-1].command or 'the greeting'}" if exchanges else ""

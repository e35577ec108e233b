"""
A server sends XEXCH50 inside TLS without authenticating there.

What it reports: each pair of servers of which a log or capture shows a session with STARTTLS in
which XEXCH50 came without AUTH or X-EXPS between, and so was refused.

Why it matters: STARTTLS makes the receiver forget who the sender is. Where TLS is in use between
servers of the organisation, the AUTH command has to follow it; without, XEXCH50 fails later in the
session with `504 need to authenticate first` (KB 843106, step 3 of the article).

How to mend it: have the sender authenticate inside TLS, by Integrated Windows Authentication in
the outbound security of the virtual server or connector; or give up TLS between the two.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from adaudit.checks._context import Context
from adaudit.checks.exchange._step import failed, not_applicable, passed, told, unknown
from adaudit.checks.exchange._traffic import (
    DIALOGUES,
    both_servers,
    first_of,
    identity,
    of_probe,
    of_session,
    outside,
    reply,
    routes_between,
)
from adaudit.directory.entry import Entry, Gap
from adaudit.directory.evidence import Observed
from adaudit.directory.observations import SmtpProbe, SmtpSession, SourceKind, TlsState
from adaudit.exchange.organisation import ExchangeServer
from adaudit.exchange.peers import Route
from adaudit.exchange.smtp import (
    Authentication,
    Exch50,
    exch50_commands,
    extensions,
    masked_extensions,
    uses_tls,
)
from adaudit.exchange.traffic import Traffic
from adaudit.findings import Finding, NotApplicable, Party, Severity, fingerprint
from adaudit.rulings import Ruling

SEVERITY = Severity.HIGH
STEP = 5
_SSL_FLAGS = "msExchAccessSSLFlags"
_SSL_REQUIRED = 8  # AccessSSL of the IIS metabase, from which the attribute seems to be taken
_REMEDY = (
    "set outbound security of the sender to Integrated Windows Authentication beside TLS",
    "clear TLS encryption in the outbound security of the sender, if the receiver lets it",
)


class _Says(Enum):
    """What a session means for this step."""

    FAULT = "fault"
    SOUND = "sound"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class _Sight:
    """A session, and what it says."""

    says: _Says
    line: str


def judge(context: Context, route: Route) -> Ruling:
    """Rule on the order of STARTTLS, AUTH and XEXCH50 in the sessions of a pair."""
    servers = both_servers(route)
    if servers is None:
        return not_applicable(outside(route))
    traffic = context.traffic
    sessions = traffic.sessions(route)
    seen = [_sight(session) for session in sessions]
    by_meaning = {says: [s.line for s in seen if s.says is says] for says in _Says}
    if faults := by_meaning[_Says.FAULT]:
        lines = first_of(faults, "session")
        return failed(_finding(*servers), *lines, *_remarks(sessions, traffic))
    if sound := by_meaning[_Says.SOUND]:
        return passed(*first_of(sound, "session"))
    said = first_of(by_meaning[_Says.NOTHING], "session")
    return _without_session(servers[1], traffic.probes(route.receiver), said)


def run(context: Context) -> Iterator[Finding | Gap | NotApplicable]:
    """Rule on each pair of servers that a log or capture shows to use TLS."""
    if not context.evidence.of_kind(*DIALOGUES):
        yield NotApplicable("no SMTP log or packet capture among the evidence")
    traffic = context.traffic
    routes = routes_between(context, traffic.by_pair)
    inside = (
        route
        for route in routes
        if any(uses_tls(session.record.exchanges) for session in traffic.sessions(route))
    )
    yield from told((route.label, judge(context, route)) for route in inside)


def _remarks(sessions: Iterable[Observed[SmtpSession]], traffic: Traffic) -> tuple[str, ...]:
    """Which logs may only seem to lack authentication, as they show that of nobody."""
    logs = {s.source.name for s in sessions if s.source.kind is SourceKind.SMTP_LOG}
    silent = sorted(logs - traffic.logging_authentication)
    return tuple(
        f"{name} shows no AUTH or X-EXPS of anyone: make sure that it would" for name in silent
    )


def _sight(seen: Observed[SmtpSession]) -> _Sight:
    """Read one session; what is not whole proves no want of authentication."""
    session, where = seen.record, of_session(seen)
    if commands := exch50_commands(session.exchanges):
        sights = [_of_command(command, where, is_whole=session.is_whole) for command in commands]
        return next((sight for sight in sights if sight.says is _Says.FAULT), sights[0])
    if uses_tls(session.exchanges):
        return _Sight(_Says.NOTHING, f"{where}: STARTTLS, and no XEXCH50 was seen after it")
    if session.is_whole and any(e.command == "MAIL" for e in session.exchanges):
        return _Sight(_Says.SOUND, f"{where}: no STARTTLS")
    return _Sight(_Says.NOTHING, f"{where}: broke off before any mail")


def _of_command(command: Exch50, where: str, *, is_whole: bool) -> _Sight:
    if doubt := _doubt(command, is_whole=is_whole):
        return _Sight(_Says.NOTHING, f"{where}: XEXCH50, {doubt}")
    if fault := _fault(command):
        answer = f"XEXCH50 answered {reply(command.exchange)}"
        return _Sight(_Says.FAULT, f"{where}: STARTTLS, then {answer}, {fault}")
    return _Sight(_Says.SOUND, f"{where}: {_excuse(command)}")


def _doubt(command: Exch50, *, is_whole: bool) -> str | None:
    """Why a command proves nothing, None where it does."""
    if command.authentication is Authentication.UNANSWERED:
        return f"and no answer to {_tried(command)} was seen"
    if command.is_unauthenticated and not is_whole:
        return "but not all that came before it was seen"
    return None


def _fault(command: Exch50) -> str | None:
    """How authentication is wanting inside TLS, None where it is not."""
    if not command.is_inside_tls or command.is_accepted:
        return None
    if command.authentication is Authentication.FORGOTTEN:
        return f"{_tried(command)} only before STARTTLS, which ends it"
    if command.authentication is Authentication.NOT_TRIED:
        return "without AUTH or X-EXPS between"
    return None


def _excuse(command: Exch50) -> str:
    if command.authentication is Authentication.HELD:
        return f"{_tried(command)} succeeded before XEXCH50"
    if not command.is_inside_tls:
        return "no STARTTLS before XEXCH50"
    if command.authentication is Authentication.REFUSED:
        return f"{_tried(command)} came after STARTTLS and was refused, see step 6"
    return f"XEXCH50 was answered {reply(command.exchange)} without AUTH"


def _tried(command: Exch50) -> str:
    return command.attempt.command if command.attempt else "AUTH"


def _without_session(
    receiver: ExchangeServer, probes: tuple[Observed[SmtpProbe], ...], said: tuple[str, ...]
) -> Ruling:
    """Whether the receiver offers TLS at all, where no session tells what the sender does."""
    flags = tuple(_flags(entry, receiver) for entry in receiver.virtual_servers)
    shown = (line for probe in probes for line in _of_probe(probe))
    evidence = (*said, *first_of(shown, "probe"), *flags)
    offers_none = [probe for probe in probes if _offers_no_tls(probe.record)]
    if offers_none and len(offers_none) == len(probes):
        if not any(map(_requires_tls, receiver.virtual_servers)):
            return passed(f"TLS is not in use: {receiver.label} offers no STARTTLS", *evidence)
        contradiction = "no STARTTLS is offered, though it seems to be required"
        return unknown(*evidence, contradiction)
    wanted = f"the SMTP protocol log of {receiver.label} would show the order of its commands"
    return unknown(*evidence, f"no session tells whether AUTH follows STARTTLS: {wanted}")


def _of_probe(seen: Observed[SmtpProbe]) -> Iterator[str]:
    probe = seen.record
    if probe.fault is not None:
        yield f"{of_probe(seen)}: {probe.fault}"
    elif probe.tls is TlsState.NOT_OFFERED and not _offers_no_tls(probe):
        yield f"{of_probe(seen)}: the answer to EHLO does not tell whether STARTTLS is offered"
    else:
        detail = f" ({probe.tls_detail})" if probe.tls_detail else ""
        yield f"{of_probe(seen)}: STARTTLS {probe.tls}{detail}"


def _offers_no_tls(probe: SmtpProbe) -> bool:
    """Whether the server surely offers no STARTTLS; a mask could hide it."""
    lines = extensions(probe.exchanges)
    is_told = lines is not None and not masked_extensions(lines)
    return probe.tls is TlsState.NOT_OFFERED and is_told


def _flags(entry: Entry, receiver: ExchangeServer) -> str:
    flags = entry.text(_SSL_FLAGS)
    value = "absent" if flags is None else f"`{flags}`"
    meaning = ": a secure channel seems to be required (8)" if _requires_tls(entry) else ""
    return f"{_SSL_FLAGS} of virtual server {entry.dn.name} of {receiver.label} is {value}{meaning}"


def _requires_tls(entry: Entry) -> bool:
    flags = entry.text(_SSL_FLAGS) or ""
    is_number = flags.isascii() and flags.isdecimal() and len(flags) <= 10
    return is_number and bool(int(flags) & _SSL_REQUIRED)


def _finding(sender: ExchangeServer, receiver: ExchangeServer) -> Finding:
    return Finding(
        id=fingerprint("tls-without-authentication", identity(sender), identity(receiver)),
        check="tls-without-authentication",
        severity=SEVERITY,
        subject=Party(sender.label, str(sender.dn)),
        message=(
            f"{sender.label} uses STARTTLS with {receiver.label} and sends XEXCH50 without AUTH or"
            " X-EXPS inside TLS: it is refused with `504 need to authenticate first`"
        ),
        affects=(f"{sender.label} → {receiver.label}",),
        remedy=_REMEDY,
    )

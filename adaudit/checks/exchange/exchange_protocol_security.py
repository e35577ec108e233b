"""
Authentication between two Exchange servers (EXPS) fails.

What it reports: each pair of servers of which events 1704, 1706 or 7006 within 15 minutes of a
7004, or a session with AUTH or X-EXPS answered 535, show that the sender could not authenticate;
and each sender whose computer account is disabled.

Why it matters: XEXCH50 is taken only from who authenticated by the Exchange Protocol Security
command X-EXPS. What fails there ends as `504 need to authenticate first` (KB 843106, step 4 of the
article). Event 1706 is logged only with diagnostics logging of SMTP Protocol at Maximum (5).

How to mend it: by the error code. 0x8009030C SEC_E_LOGON_DENIED is a wrong password of the computer
account, or a broken secure channel: check with NLTEST, reset with NETDOM. 0x80090303 and 0x80090322
are a matter of service principal names, 0x80090324 of the clock, 0x80090311 of domain controllers.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from adaudit.access.bitmap import BitMap
from adaudit.checks._context import Context
from adaudit.checks.exchange._account_state import account_lines, disabled_account
from adaudit.checks.exchange._exps_finding import exps_alone, exps_failure, sender_disabled
from adaudit.checks.exchange._step import failed, not_applicable, passed, told, unknown, warned
from adaudit.checks.exchange._traffic import (
    DIALOGUES,
    both_servers,
    first_of,
    is_old,
    of_session,
    outside,
    reply,
    routes_between,
)
from adaudit.directory.entry import Gap
from adaudit.directory.evidence import Observed
from adaudit.directory.observations import SmtpSession, SourceKind
from adaudit.exchange.exps import ExpsEvents, ExpsLog, Logged
from adaudit.exchange.logging_level import MAXIMUM, logging_level
from adaudit.exchange.organisation import ExchangeServer
from adaudit.exchange.peers import Route
from adaudit.exchange.security_status import status_text
from adaudit.exchange.smtp import AUTHENTICATION_VERBS
from adaudit.exchange.traffic import Traffic
from adaudit.exchange.transport_events import SecurityFailure
from adaudit.findings import Block, Finding, NotApplicable, Outcome, Pairs, Severity
from adaudit.rulings import Ruling
from adaudit.wording import moment

SEVERITY = Severity.HIGH
STEP = 6
_LATEST = datetime.min.replace(tzinfo=UTC)


def judge(context: Context, route: Route) -> Ruling:
    """Rule on whether the sender authenticates to the receiver."""
    servers = both_servers(route)
    if servers is None:
        return not_applicable(outside(route))
    log = context.exps
    return _ruling(context, log, context.traffic, *servers)


def run(context: Context) -> Iterator[Finding | Gap | NotApplicable]:
    """Report what fails between any two servers; what is not logged is no gap of an audit."""
    if not context.evidence.of_kind(SourceKind.EVENT_LOG, *DIALOGUES):
        yield NotApplicable("no event log, SMTP log or packet capture among the evidence")
    log, traffic = context.exps, context.traffic
    pairs = {*traffic.by_pair, *log.failures, *log.refusals, *log.denials}
    rulings = (
        (route.label, _ruling(context, log, traffic, *servers))
        for route in routes_between(context, pairs)
        if (servers := both_servers(route)) and not disabled_account(servers[0], context)
    )
    yield from _disabled(context)
    yield from told(each for each in rulings if each[1].outcome is not Outcome.UNKNOWN)


def _disabled(context: Context) -> Iterator[Finding]:
    """The senders that cannot authenticate to anybody."""
    flow = context.flow
    able = [number for number, server in enumerate(flow.servers) if not is_old(server)]
    for number in able:
        sender = flow.servers[number]
        affects = Pairs(flow.labels, (Block(BitMap((number,)), BitMap(able)),))
        if affects and (account := disabled_account(sender, context)):
            yield sender_disabled(sender, account, affects)


def _ruling(
    context: Context,
    log: ExpsLog,
    traffic: Traffic,
    sender: ExchangeServer,
    receiver: ExchangeServer,
) -> Ruling:
    pair = f"{sender.label} → {receiver.label}"
    if disabled := disabled_account(sender, context):
        finding = sender_disabled(sender, disabled, (pair,))
        return failed(finding, *account_lines(sender, context))
    events = log.between(sender, receiver)
    route = Route(context.peers.member(sender), context.peers.member(receiver))
    refused, held = _sessions(traffic.sessions(route))
    if seen := (*(_line(event) for event in events.with_refusal), *refused):
        finding = exps_failure(sender, receiver, _code(events.with_refusal))
        return failed(finding, *first_of(seen, "line"), *account_lines(sender, context))
    if events.alone:
        lines = first_of((_line(event) for event in events.alone), "event")
        hint = f"{_ids(events.alone)} without 7004 within 15 minutes: see step 9"
        return warned(exps_alone(sender, receiver, _code(events.alone)), *lines, hint)
    only = _only_refusals(events)
    if held:
        return passed(*first_of(held, "session"), *only)
    silence = tuple(_silence(sender, context))
    if silence:
        return passed(*silence, *only)
    return unknown(*only, *_missing(sender, receiver, context))


def _sessions(sessions: tuple[Observed[SmtpSession], ...]) -> tuple[list[str], list[str]]:
    """The sessions in which authentication was refused to the last, and in which it held."""
    refused, held = [], []
    for seen in sessions:
        tried = [e for e in seen.record.exchanges if e.command in AUTHENTICATION_VERBS]
        good = [exchange for exchange in tried if exchange.code and exchange.code // 100 == 2]
        bad = [exchange for exchange in tried if exchange.code == 535]
        if good:
            held.append(f"{of_session(seen)}: {good[0].command} answered {reply(good[0])}")
        elif bad:
            refused.append(f"{of_session(seen)}: {bad[0].command} answered {reply(bad[0])}")
    return refused, held


def _line(event: Logged) -> str:
    record, meaning = event.seen.record, event.meaning
    where = f"{event.seen.source.name} record {record.number}, {moment(record.at)}"
    if isinstance(meaning, SecurityFailure):
        host = f" for `{meaning.host}`" if meaning.host else ", which names no host"
        return f"{where}: event {record.event_id}{host}: {status_text(meaning.error_code)}"
    said = f"{meaning.verb} with `{meaning.peer}` answered `{meaning.response}`"
    return f"{where}: event {record.event_id}: {said}"


def _code(events: tuple[Logged, ...]) -> int | None:
    """The error code of the newest event that has one."""
    with_code = [event for event in events if event.code is not None]
    return max(with_code, key=lambda event: event.at or _LATEST).code if with_code else None


def _ids(events: tuple[Logged, ...]) -> str:
    ids = sorted({event.seen.record.event_id for event in events})
    return f"event {' and '.join(map(str, ids))}"


def _only_refusals(events: ExpsEvents) -> tuple[str, ...]:
    """What the article says of 7004 without 7006."""
    if not events.refusals:
        return ()
    return (f"{_ids(events.refusals)} without 7006, 1704 or 1706 within 15 minutes: see step 9",)


def _silence(sender: ExchangeServer, context: Context) -> Iterator[str]:
    """The log in which a failure would stand, if there had been one."""
    level = logging_level(sender, context.evidence, context.peers)
    if level is None or level.level < MAXIMUM:
        return
    for source in context.evidence.of_kind(SourceKind.EVENT_LOG):
        is_of_sender = context.peers.find(source.computer or "").server is sender
        if is_of_sender and source.first and source.last and source.first < source.last:
            span = f"{moment(source.first)} to {moment(source.last)}"
            yield f"{source.name}, {span}: no event 1704, 1706 or 7006; {level}"


def _missing(sender: ExchangeServer, receiver: ExchangeServer, context: Context) -> Iterator[str]:
    level = logging_level(sender, context.evidence, context.peers)
    yield f"no session of {sender.label} with {receiver.label} shows X-EXPS and its answer"
    yield (
        f"no log of {sender.label} in which event 1706 would stand:"
        f" {level or 'its diagnostics level of SMTP Protocol is not known'}, and has to be Maximum"
        " (5) before the application log is collected"
    )

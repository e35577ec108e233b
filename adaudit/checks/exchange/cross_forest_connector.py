"""
The account by which an SMTP connector logs on to a server lacks Send-As there.

What it reports: each SMTP connector with an account of its own (outbound security) that leads to a
server in the directory on whose SMTP virtual server the account does not hold Send-As.

Why it matters: servers of two forests take XEXCH50 from each other only if authenticated SMTP
connectors join them, and the account used has Send-As on the virtual server of the other side. To
a peer without such a connector, 504 is expected (KB 843106, KB 828770).

How to mend it: grant the account Send-As on the SMTP virtual server of the receiver, or take it out
of the group whose entry denies it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from adaudit.access.evaluator import evaluate
from adaudit.access.token import Token
from adaudit.access.verdict import Verdict
from adaudit.checks._context import Context
from adaudit.checks.exchange._step import failed, not_applicable, passed, told, unknown
from adaudit.checks.exchange._traffic import identity, routes_between
from adaudit.directory.entry import Entry, Gap
from adaudit.directory.snapshot import Unreadable, descriptor_of
from adaudit.errors import DescriptorError, QuestionError
from adaudit.exchange.connectors import SmtpConnector, smtp_connectors
from adaudit.exchange.organisation import ExchangeServer
from adaudit.exchange.peers import Peer, Route, Standing
from adaudit.exchange.traffic import identities
from adaudit.findings import Finding, NotApplicable, Outcome, PairState, Severity, fingerprint
from adaudit.rulings import Ruling
from adaudit.security.rights import SEND_AS
from adaudit.security.sid import Sid
from adaudit.wording import evidence, party, reason, state

SEVERITY = Severity.HIGH
STEP = 11
_EXPECTED = "504 is expected: no SMTP connector with authentication leads to"


@dataclass(frozen=True, slots=True)
class _Answer:
    """Whether an account may send as the receiver on one of its objects."""

    entry: Entry
    token: Token
    verdict: Verdict | Unreadable


def judge(context: Context, route: Route) -> Ruling:
    """Rule on the connectors between a sender and a receiver."""
    if route.sender.server is None:
        return _from_outside(context, route)
    leading = _leading(context, route.sender.server, route.receiver)
    lines = tuple(map(str, leading))
    with_account = [connector for connector in leading if connector.account]
    receiver = route.receiver.server
    if receiver is not None:
        if not with_account:
            inside = f"{route.label} is inside the directory, and no connector with an account"
            return not_applicable(f"{inside} leads there", *lines)
        return _of_accounts(context, with_account, receiver, route)
    if route.receiver.standing is not Standing.STRANGER and not leading:
        return not_applicable(f"{route.receiver.label}: {route.receiver.standing}")
    if all(connector.is_silent for connector in leading):
        return not_applicable(f"{_EXPECTED} {route.receiver.label}", *lines)
    return unknown(*lines, *(_wanted(connector, route.receiver) for connector in leading))


def run(context: Context) -> Iterator[Finding | Gap | NotApplicable]:
    """Rule on each connector with an account that leads to a server in the directory."""
    accounts = [connector for connector in smtp_connectors(context.snapshot) if connector.account]
    labels = context.flow.labels
    led_to = [
        server.label
        for server in (context.flow.servers if accounts else ())
        if any(_leads_to(each, context.peers.member(server), context) for each in accounts)
    ]
    routes = routes_between(context, product(labels, led_to))
    rulings = [(route.label, judge(context, route)) for route in routes]
    judged = [each for each in rulings if each[1].outcome is not Outcome.NOT_APPLICABLE]
    if not judged:
        yield NotApplicable("no SMTP connector with an account leads to a server in the directory")
    yield from told(judged)


def _from_outside(context: Context, route: Route) -> Ruling:
    """Mail from outside: the account stands in the directory of the sender."""
    back = [
        connector
        for connector in smtp_connectors(context.snapshot)
        if _leads_to(connector, route.sender, context)
    ]
    lines = tuple(map(str, back))
    if route.sender.standing is not Standing.STRANGER and not back:
        return not_applicable(f"{route.sender.label}: {route.sender.standing}")
    if route.receiver.server is None or all(connector.is_silent for connector in back):
        return not_applicable(f"{_EXPECTED} {route.sender.label}", *lines)
    return unknown(
        *lines,
        f"the account by which {route.sender.label} logs on is named by a connector of its own"
        f" organisation: it needs Send-As on the virtual servers of {route.receiver.label}",
    )


def _leading(context: Context, sender: ExchangeServer, receiver: Peer) -> tuple[SmtpConnector, ...]:
    return tuple(
        connector
        for connector in smtp_connectors(context.snapshot)
        if connector.starts_at(sender) and _leads_to(connector, receiver, context)
    )


def _leads_to(connector: SmtpConnector, peer: Peer, context: Context) -> bool:
    """By its smart host; where it has none, by its address spaces to whom is outside."""
    if connector.smart_hosts:
        hosts = (context.peers.find(host) for host in connector.smart_hosts)
        wanted = identities(peer, context.peers)
        return any(not wanted.isdisjoint(identities(host, context.peers)) for host in hosts)
    return peer.server is None and connector.covers(peer.name)


def _wanted(connector: SmtpConnector, receiver: Peer) -> str:
    if connector.account is None:
        return f"whether {connector.name} authenticates is not known from its flag"
    return (
        f"`{connector.account}` needs Send-As on the SMTP virtual server of {receiver.label}, whose"
        " directory was not read: `adaudit explain` tells it there"
    )


def _of_accounts(
    context: Context, connectors: list[SmtpConnector], receiver: ExchangeServer, route: Route
) -> Ruling:
    rulings = [_of_account(context, connector, receiver, route) for connector in connectors]
    for outcome in (Outcome.FAIL, Outcome.UNKNOWN):
        for ruling in rulings:
            if ruling.outcome is outcome:
                return ruling
    return rulings[0]


def _of_account(
    context: Context, connector: SmtpConnector, receiver: ExchangeServer, route: Route
) -> Ruling:
    """Judge Send-As of the account on the virtual servers of the receiver."""
    if not receiver.decides_by_send_as:
        return not_applicable(f"{receiver.label} lets in by its receive connectors, see step 13")
    try:
        account = context.view.principal_named(connector.account or "")
    except (QuestionError, DescriptorError) as error:
        return unknown(str(connector), f"{error.message}, so its Send-As cannot be judged")
    name = context.view.name(account)
    answers = list(_answers(context, account, receiver))
    lines = (str(connector), *(_line(answer, name, context) for answer in answers))
    states = [state(answer.verdict) for answer in answers]
    for answer, found in zip(answers, states, strict=True):
        if found in (PairState.DENIED, PairState.NOT_GRANTED):
            return failed(_finding(connector, receiver, answer, context, route), *lines)
    return unknown(*lines) if PairState.UNKNOWN in states else passed(*lines)


def _answers(context: Context, account: Sid, receiver: ExchangeServer) -> Iterator[_Answer]:
    token = context.view.token(account, context.flow.place(receiver))
    for entry in receiver.virtual_servers or (receiver.entry,):
        descriptor = descriptor_of(entry)
        if isinstance(descriptor, Unreadable):
            yield _Answer(entry, token, descriptor)
        else:
            question = context.view.question(SEND_AS, entry)
            yield _Answer(entry, token, evaluate(descriptor, token, question))


def _line(answer: _Answer, account: str, context: Context) -> str:
    found = f"{state(answer.verdict)}: {reason(answer.verdict, context.view)}"
    return f"{SEND_AS.name} of {account} on {answer.entry.dn}: {found}"


def _finding(
    connector: SmtpConnector,
    receiver: ExchangeServer,
    answer: _Answer,
    context: Context,
    route: Route,
) -> Finding:
    account = party(answer.token.subject, context.view)
    verdict = answer.verdict
    shown = (
        (evidence(answer.entry, verdict.deciding, verdict, answer.token, context.view),)
        if isinstance(verdict, Verdict) and verdict.deciding
        else ()
    )
    guid = str(connector.entry.guid or connector.entry.dn.path)
    return Finding(
        id=fingerprint("cross-forest-connector", guid, identity(receiver)),
        check="cross-forest-connector",
        severity=SEVERITY,
        subject=account,
        message=(
            f"{account}, by which SMTP connector {connector.name} logs on to {receiver.label}, does"
            f" not hold {SEND_AS.name} there: {state(verdict)}"
        ),
        evidence=tuple(each.with_affects((route.label,)) for each in shown),
        affects=(route.label,),
        remedy=(
            f"grant {SEND_AS.name} to {account} on the SMTP virtual server of {receiver.label}",
            f"have connector {connector.name} log on as an account that holds it",
        ),
        look=context.look(account.name, answer.entry.dn, SEND_AS.name),
    )

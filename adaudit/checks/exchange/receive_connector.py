"""
No receive connector of a server takes XEXCH50 from a server that sends to it.

What it reports: each server of Exchange 2007 or later none of whose receive connectors grants the
accounts of other servers ms-Exch-SMTP-Accept-Exch50 and ms-Exch-SMTP-Submit; and, as something to
look at, each where only some connectors do.

Why it matters: later versions of Exchange do not look at Send-As. There these two rights on the
receive connector decide whether XEXCH50 is taken, and the same error follows where one is wanting.

How to mend it: put the sending server into the group that the connector grants the rights to:
*Exchange Servers*, or *ExchangeLegacyInterop* for Exchange 2000 and 2003; or let the connector
grant them to the group, by its permission groups ExchangeServers and ExchangeLegacyServers.
"""

from collections import defaultdict
from collections.abc import Iterator

from adaudit.access.verdict import Verdict
from adaudit.checks._context import Context
from adaudit.checks.exchange._entrance import Answer, Entrance, Lets, entrance
from adaudit.checks.exchange._step import not_applicable, passed, unknown
from adaudit.checks.exchange._traffic import both_servers, identity, outside
from adaudit.directory.entry import Gap
from adaudit.exchange.accounts import MappingState
from adaudit.exchange.organisation import ExchangeServer, Version
from adaudit.exchange.peers import Route
from adaudit.exchange.receive_connectors import ReceiveConnector, receive_connectors, takes_mail
from adaudit.exchange.well_known_groups import EXCHANGE_SERVERS, LEGACY_INTEROP
from adaudit.findings import Evidence, Finding, NotApplicable, Outcome, Party, Severity, fingerprint
from adaudit.rulings import Ruling
from adaudit.wording import evidence, party

SEVERITY = Severity.HIGH
STEP = 13
_NAMED = 3


def judge(context: Context, route: Route) -> Ruling:
    """Rule on the receive connectors of the receiver for the account of the sender."""
    servers = both_servers(route)
    if servers is None:
        return not_applicable(outside(route))
    sender, receiver = servers
    if receiver.version is not Version.LATER:
        return not_applicable(f"{receiver.label} is {receiver.version}: see step 3")
    shown = tuple(map(str, receive_connectors(receiver, context.snapshot)))
    usable = _usable(context, receiver)
    if not usable:
        return _without_connector(receiver, shown)
    return _ruling(context, entrance(context, sender, receiver, usable), shown)


def run(context: Context) -> Iterator[Finding | Gap | NotApplicable]:
    """Rule on every server of Exchange 2007 or later, and all that send to it."""
    receivers = [server for server in context.flow.servers if server.version is Version.LATER]
    if not receivers:
        yield NotApplicable("no server is Exchange 2007 or later")
    for receiver in receivers:
        usable = _usable(context, receiver)
        if usable:
            yield from _of_receiver(context, receiver, usable)
        elif takes_mail(receiver):
            yield Gap(receiver.label, _none_read(receiver))
        else:
            yield NotApplicable(_none_read(receiver))


def _usable(context: Context, receiver: ExchangeServer) -> list[ReceiveConnector]:
    connectors = receive_connectors(receiver, context.snapshot)
    return [connector for connector in connectors if connector.is_for_servers]


def _without_connector(receiver: ExchangeServer, shown: tuple[str, ...]) -> Ruling:
    if takes_mail(receiver) is False:
        return not_applicable(f"{receiver.label} is no transport server by its roles", *shown)
    return unknown(_none_read(receiver), *shown)


def _none_read(receiver: ExchangeServer) -> str:
    return f"no receive connector of {receiver.label} that takes mail of servers was read"


def _ruling(context: Context, found: Entrance, shown: tuple[str, ...]) -> Ruling:
    mapping = context.flow.accounts[found.sender.label]
    is_mapped = mapping.state is MappingState.MAPPED
    account = () if is_mapped else (f"account of {found.sender.label}: {mapping.why}",)
    lines = (*shown, *account, *(answer.line(context) for answer in found.answers))
    if found.lets is Lets.ALL:
        return passed(*lines)
    if found.lets is Lets.UNKNOWN:
        return unknown(*lines)
    finding = _finding(context, [found])
    if found.lets is Lets.SOME:
        return Ruling(Outcome.WARNING, lines, (finding,))
    return Ruling(Outcome.FAIL, lines, (finding,), finding.message)


def _of_receiver(
    context: Context, receiver: ExchangeServer, usable: list[ReceiveConnector]
) -> Iterator[Finding | Gap]:
    """One finding for all senders alike; a sender without an account is told elsewhere."""
    found = [
        entrance(context, sender, receiver, usable)
        for sender in context.flow.servers
        if sender is not receiver and sender.version is not Version.EXCHANGE_55
    ]
    for lets in (Lets.NONE, Lets.SOME):
        alike = [each for each in found if each.lets is lets]
        if alike:
            yield _finding(context, alike)
    for each in found:
        if each.lets is Lets.UNKNOWN and each.doubts:
            yield Gap(each.label, each.doubts[0].line(context))


def _finding(context: Context, alike: list[Entrance]) -> Finding:
    """One finding for all senders to which the connectors of a receiver say the same."""
    receiver, lets = alike[0].receiver, alike[0].lets
    refusals = [answer for each in alike for answer in each.refusals]
    return Finding(
        id=fingerprint("receive-connector", identity(receiver), lets.value),
        check="receive-connector",
        severity=SEVERITY if lets is Lets.NONE else Severity.LOW,
        subject=Party(receiver.label, str(receiver.dn)),
        message=_message(receiver, lets, refusals),
        evidence=tuple(
            shown.with_affects((each.label,))
            for each in alike
            for answer in each.refusals
            for shown in _evidence(context, answer)
        ),
        affects=tuple(each.label for each in alike),
        remedy=tuple(dict.fromkeys(_remedies(context, refusals))),
        look=_look(context, refusals[0]),
    )


def _message(receiver: ExchangeServer, lets: Lets, refusals: list[Answer]) -> str:
    rights = " and ".join(dict.fromkeys(answer.right.name for answer in refusals))
    accounts = _first(answer.found.account.name for answer in refusals)
    if lets is Lets.NONE:
        return f"no receive connector of {receiver.label} grants {rights} to {accounts}"
    names = _first(answer.connector.name for answer in refusals)
    return f"not every receive connector of {receiver.label} grants {rights} to {accounts}: {names}"


def _first(names: Iterator[str]) -> str:
    """The first names, and how many more there are."""
    found = tuple(dict.fromkeys(names))
    more = len(found) - _NAMED
    return ", ".join(found[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _evidence(context: Context, answer: Answer) -> Iterator[Evidence]:
    """The entry that denies, where one does."""
    found = answer.found
    if isinstance(found.verdict, Verdict) and (deciding := found.verdict.deciding):
        yield evidence(found.object, deciding, found.verdict, found.token, context.view)


def _remedies(context: Context, refusals: list[Answer]) -> Iterator[str]:
    """What to do for the accounts, the group first that Exchange setup grants the rights."""
    absent: dict[str, list[str]] = defaultdict(list)
    others: list[str] = []
    for answer in refusals:
        account, verdict = answer.found.account.name, answer.found.verdict
        if isinstance(verdict, Verdict) and verdict.deciding:
            trustee = party(verdict.deciding.ace.trustee, context.view)
            others.append(f"take {account} out of {trustee}, or that denying entry away")
            continue
        is_later = answer.sender.version is Version.LATER
        guid = EXCHANGE_SERVERS if is_later else LEGACY_INTEROP
        group = context.well_known_groups.get(guid)
        usual = "Exchange Servers" if is_later else "ExchangeLegacyInterop"
        if group is None or group.sid not in answer.found.token.sids:
            absent[group.name if group else usual].append(account)
        kind = "ExchangeServers" if is_later else "ExchangeLegacyServers"
        connector = answer.connector.name
        others.append(f"add {kind} to the permission groups of receive connector {connector}")
    for group_name, accounts in absent.items():
        yield f"put {', '.join(dict.fromkeys(accounts))} into {group_name}"
    yield from others


def _look(context: Context, answer: Answer) -> str | None:
    """None where the directory did not give the right its name: no command could ask for it."""
    if context.view.schema.right(answer.right.name) is None:
        return None
    found = answer.found
    return context.look(found.account.name, found.object.dn, answer.right.name)

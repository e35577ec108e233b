"""What the two checks of Send-As, the second step of KB 843106, rule on one pair."""

from collections.abc import Iterable, Iterator

from adaudit.checks._context import Context
from adaudit.checks.exchange._step import not_applicable, passed, unknown
from adaudit.exchange.accounts import MappingState
from adaudit.exchange.answers import ObjectVerdict
from adaudit.exchange.pairs import PairVerdict
from adaudit.exchange.peers import Route
from adaudit.findings import Finding, Outcome, PairState
from adaudit.rulings import Ruling
from adaudit.security.rights import SEND_AS
from adaudit.wording import reason, state


def rule(context: Context, route: Route, findings: Iterable[Finding], failing: PairState) -> Ruling:
    """Rule on the pair of a route by the findings that affect it and the verdicts behind them."""
    if not route.is_internal:
        return not_applicable("one of the two is no server of the organisation: see step 1")
    found = tuple(finding for finding in findings if route.label in finding.affects)
    pair = context.flow.pair_named(route.sender.label, route.receiver.label)
    if pair is None:
        server = route.receiver.label
        return not_applicable(f"{server} lets others in by receive connectors: see step 13")
    lines = tuple(_lines(pair, context))
    if found:
        return Ruling(Outcome.FAIL, lines, found, found[0].message)
    if not pair.answers or any(state(a.verdict) is PairState.UNKNOWN for a in pair.answers):
        return unknown(*lines)
    if all(state(answer.verdict) is PairState.ALLOWED for answer in pair.answers):
        return passed(*lines)
    other = "an entry denies" if failing is PairState.NOT_GRANTED else "no entry grants"
    return passed(f"not so: {other} {SEND_AS.name}, see the other check of this step", *lines)


def _lines(pair: PairVerdict, context: Context) -> Iterator[str]:
    mapping = context.flow.accounts[pair.sender.label]
    if mapping.state is not MappingState.MAPPED:
        yield f"account of {pair.sender.label}: {mapping.why}"
    for answer in pair.answers:
        said = state(answer.verdict)
        why = reason(answer.verdict, context.view)
        place = _place(answer, pair)
        yield f"{SEND_AS.name} of {answer.account.name} on {place}: {said}: {why}"


def _place(answer: ObjectVerdict, pair: PairVerdict) -> str:
    """The object in short: findings have its whole name."""
    label = pair.receiver.label
    if answer.object.dn == pair.receiver.dn:
        return f"the server object {label}"
    return f"virtual server {answer.object.dn.name} of {label}"

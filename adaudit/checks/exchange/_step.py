"""What checks that are a step of KB 843106 share: how they rule, and what `run` reports of it."""

from collections.abc import Callable, Iterable, Iterator

from adaudit.access.bitmap import BitMap
from adaudit.checks._context import Context
from adaudit.directory.entry import Gap
from adaudit.exchange.organisation import ExchangeServer
from adaudit.exchange.peers import Route
from adaudit.findings import Block, Finding, Outcome, Pairs, united
from adaudit.rulings import Ruling


def passed(*evidence: str) -> Ruling:
    """Nothing is wrong, as the evidence shows."""
    return Ruling(Outcome.PASS, evidence)


def failed(finding: Finding, *evidence: str, is_cause: bool = True) -> Ruling:
    """Something stops the mail; a fault that only explains another is no cause of its own."""
    cause = finding.message if is_cause else None
    return Ruling(Outcome.FAIL, evidence or (finding.message,), (finding,), cause)


def warned(finding: Finding, *evidence: str) -> Ruling:
    """Something is to be looked at that stops no mail by itself."""
    return Ruling(Outcome.WARNING, evidence or (finding.message,), (finding,))


def unknown(*missing: str) -> Ruling:
    """It cannot be decided, for want of what is said."""
    return Ruling(Outcome.UNKNOWN, missing)


def not_applicable(*reasons: str) -> Ruling:
    """There is nothing to judge."""
    return Ruling(Outcome.NOT_APPLICABLE, reasons)


def of_receiver(
    rule: Callable[[Context, ExchangeServer], Ruling], context: Context, route: Route
) -> Ruling:
    """Rule on the receiving server, where it is one of the organisation."""
    if route.receiver.server is None:
        return not_applicable(f"{route.receiver.label}: {route.receiver.standing}")
    return rule(context, route.receiver.server)


def of_sender(
    rule: Callable[[Context, ExchangeServer], Ruling], context: Context, route: Route
) -> Ruling:
    """Rule on the sending server, where it is one of the organisation."""
    if route.sender.server is None:
        return not_applicable(f"{route.sender.label}: {route.sender.standing}")
    return rule(context, route.sender.server)


def told(rulings: Iterable[tuple[str, Ruling]]) -> Iterator[Finding | Gap]:
    """
    What a check reports of many rulings, each with the name of what it is about.

    A finding that several rulings have is reported once, with all that it affects.
    """
    findings: list[Finding] = []
    for subject, ruling in rulings:
        if ruling.outcome is Outcome.UNKNOWN:
            yield Gap(subject, "; ".join(ruling.evidence))
        findings.extend(ruling.findings)
    yield from united(findings)


def pairs_to(receiver: ExchangeServer, context: Context) -> Pairs:
    """All pairs in which a server receives, as findings name them."""
    everyone = BitMap(range(len(context.flow.servers)))
    number = BitMap((context.flow.numbers[receiver.label],))
    return Pairs(context.flow.labels, (Block(everyone, number),))

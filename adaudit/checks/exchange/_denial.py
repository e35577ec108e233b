"""Senders that an entry stops on one object of a receiver."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from adaudit.access.bitmap import NONE, BitMap
from adaudit.access.holding import Holding, Part
from adaudit.access.verdict import Deciding, Decision
from adaudit.checks._context import Context
from adaudit.exchange.answers import Asked
from adaudit.findings import Pairs


@dataclass(frozen=True, slots=True)
class Denial:
    """The accounts that one entry stops on one object."""

    receiver: int
    """Its number in `MailFlow.servers`"""
    asked: Asked
    part: Part
    """As it was found, the receiver's own account among the others"""
    deciding: Deciding
    accounts: BitMap
    """Numbers in `SendAs.accounts`, without those that only the receiver has"""
    senders: BitMap
    """The servers that have them, without the receiver"""
    with_itself: BitMap
    """The same with the receiver, if the entry denies it too: equal for many receivers"""


def denials(
    context: Context, receivers: Iterable[int] | None = None, sender: int | None = None
) -> Iterator[Denial]:
    """
    All denials by an entry, by receiver and object.

    With the number of a sender only those of its accounts.
    """
    flow = context.flow
    for number in range(len(flow.servers)) if receivers is None else receivers:
        server = flow.servers[number]
        for asked in flow.asked(server) if server.decides_by_send_as else ():
            yield from _on(context, number, asked, sender)


def pairs_of(denied: Iterable[Denial], context: Context) -> Pairs:
    """All pairs that are denied."""
    found: dict[int, BitMap] = {}
    for denial in denied:
        found[denial.receiver] = found.get(denial.receiver, NONE) | denial.with_itself
    return Pairs.of(context.flow.labels, found)


def first_of(denied: Sequence[Denial]) -> Denial:
    """The first denial of the first sender that has one."""
    return min(denied, key=lambda denial: denial.senders[0])


def _on(context: Context, receiver: int, asked: Asked, sender: int | None) -> Iterator[Denial]:
    send_as = context.flow.send_as
    found = send_as.holding(asked.object, asked.place, asked.question)
    for part in found.parts if isinstance(found, Holding) else ():
        if part.decision is Decision.DENIED and part.deciding:
            accounts = send_as.of_others(part.subjects, receiver)
            with_itself = send_as.senders(part.subjects)
            if sender is not None:
                accounts, with_itself = accounts & send_as.of(sender), BitMap((sender,))
            senders = with_itself - BitMap((receiver,))
            if accounts and senders:
                yield Denial(receiver, asked, part, part.deciding, accounts, senders, with_itself)

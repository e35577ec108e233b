"""The pairs of which it is not known whether the sender holds Send-As."""

from collections.abc import Iterator
from dataclasses import dataclass

from adaudit.access.bitmap import NONE, BitMap
from adaudit.access.holding import Holding
from adaudit.checks._context import Context
from adaudit.directory.entry import Gap
from adaudit.directory.snapshot import Unreadable
from adaudit.exchange.answers import Asked, ObjectVerdict
from adaudit.findings import Pairs, PairState
from adaudit.security.rights import SEND_AS
from adaudit.wording import counted, reason, state

_MANY = 1000
"""With more pairs than these, what is not known is told by object and not by pair"""


@dataclass(frozen=True, slots=True)
class _Doubt:
    """The accounts of other senders of which one object does not tell."""

    receiver: int
    asked: Asked
    accounts: BitMap
    senders: BitMap


def undecided(context: Context) -> Iterator[Gap]:
    """The pairs that could not be judged, except for want of an account, which is said once."""
    doubts = list(_doubts(context))
    flow, found = context.flow, dict[int, BitMap]()
    for doubt in doubts:
        found[doubt.receiver] = found.get(doubt.receiver, NONE) | doubt.senders
    pairs = Pairs.of(flow.labels, found)
    if len(pairs) > _MANY:
        yield from (_of_object(doubt, context) for doubt in doubts)
        return
    for sender, receivers in pairs.rows():
        for receiver in receivers:
            pair = flow.pair(flow.servers[sender], flow.servers[receiver])
            for answer in pair.answers:
                if state(answer.verdict) is PairState.UNKNOWN:
                    yield Gap(pair.label, _why(answer, context))


def _doubts(context: Context) -> Iterator[_Doubt]:
    flow = context.flow
    for label in flow.receivers:
        number = flow.numbers[label]
        for asked in flow.asked(flow.servers[number]):
            found = flow.send_as.holding(asked.object, asked.place, asked.question)
            unknown = found.undecided if isinstance(found, Holding) else flow.send_as.everyone
            accounts = flow.send_as.of_others(unknown, number)
            senders = flow.send_as.senders(accounts) - BitMap((number,))
            if senders:
                yield _Doubt(number, asked, accounts, senders)


def _of_object(doubt: _Doubt, context: Context) -> Gap:
    flow = context.flow
    answer = flow.answer(flow.principals[doubt.accounts[0]], doubt.asked)
    who = counted(len(doubt.senders), "server")
    why = f"whether {who} may do so by {SEND_AS.name}, {answer.account.name} first: "
    return Gap(flow.labels[doubt.receiver], why + _why(answer, context))


def _why(answer: ObjectVerdict, context: Context) -> str:
    where = "" if isinstance(answer.verdict, Unreadable) else f"on {answer.object.dn}: "
    return where + reason(answer.verdict, context.view)

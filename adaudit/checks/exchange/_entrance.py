"""Whether the receive connectors of a server let another server in, by the account of that."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from adaudit.checks._context import Context
from adaudit.exchange.answers import ObjectVerdict
from adaudit.exchange.organisation import ExchangeServer
from adaudit.exchange.receive_connectors import ACCEPT_EXCH50, SUBMIT, ReceiveConnector
from adaudit.findings import PairState
from adaudit.security.rights import Right
from adaudit.wording import reason, state

_REFUSED = frozenset({PairState.DENIED, PairState.NOT_GRANTED})


class Lets(Enum):
    """Which receive connectors let a sender in."""

    ALL = "all"
    SOME = "some"
    NONE = "none"
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether an account of a sender holds one of the two rights on one connector."""

    sender: ExchangeServer
    connector: ReceiveConnector
    right: Right
    found: ObjectVerdict

    @property
    def state(self) -> PairState:
        """The answer in one word."""
        return state(self.found.verdict)

    def line(self, context: Context) -> str:
        """The answer as evidence names it, with what decided."""
        where = f"receive connector {self.connector.name}"
        why = reason(self.found.verdict, context.view)
        return f"{self.right.name} of {self.found.account.name} on {where}: {self.state}: {why}"


@dataclass(frozen=True, slots=True)
class Entrance:
    """What all connectors of a receiver say to one sender."""

    receiver: ExchangeServer
    sender: ExchangeServer
    answers: tuple[Answer, ...]
    """Empty when the sender has no account that is known"""

    @property
    def label(self) -> str:
        """The pair: `EX01 → EX07`."""
        return f"{self.sender.label} → {self.receiver.label}"

    @property
    def refusals(self) -> tuple[Answer, ...]:
        """The answers that stop the sender."""
        return tuple(answer for answer in self.answers if answer.state in _REFUSED)

    @property
    def doubts(self) -> tuple[Answer, ...]:
        """The answers that are not known."""
        return tuple(answer for answer in self.answers if answer.state is PairState.UNKNOWN)

    @property
    def lets(self) -> Lets:
        """Whether the sender gets in, by whichever connector takes its session."""
        every, closed, doubtful = map(_connectors, (self.answers, self.refusals, self.doubts))
        if not every or doubtful - closed:
            return Lets.UNKNOWN
        if not closed:
            return Lets.ALL
        return Lets.NONE if closed == every else Lets.SOME


def entrance(
    context: Context,
    sender: ExchangeServer,
    receiver: ExchangeServer,
    connectors: Iterable[ReceiveConnector],
) -> Entrance:
    """Judge both rights of each account of the sender on each connector of the receiver."""
    answers = (
        Answer(sender, connector, right, found)
        for connector in connectors
        for right in (ACCEPT_EXCH50, SUBMIT)
        for found in context.flow.verdicts(sender, receiver, right, [connector.entry])
    )
    return Entrance(receiver, sender, tuple(answers))


def _connectors(answers: Iterable[Answer]) -> frozenset[str]:
    return frozenset(answer.connector.entry.dn.path for answer in answers)

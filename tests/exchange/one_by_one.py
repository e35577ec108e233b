"""Send-As of each server on each other, one pair, account and object after the other: naive."""

from collections.abc import Iterator
from dataclasses import dataclass

from adaudit.access.evaluator import evaluate
from adaudit.access.token import Token, token_of
from adaudit.access.verdict import Verdict
from adaudit.directory.entry import Entry
from adaudit.directory.principal import Principal
from adaudit.directory.snapshot import Unreadable, descriptor_of
from adaudit.exchange.organisation import ExchangeServer
from adaudit.exchange.pairs import MailFlow
from adaudit.security.rights import SEND_AS


@dataclass(frozen=True)
class One:
    """The answer for one account on one object."""

    account: Principal
    object: Entry
    verdict: Verdict | Unreadable
    token: Token


def one_by_one(flow: MailFlow) -> Iterator[tuple[ExchangeServer, ExchangeServer, list[One]]]:
    """Every pair with all its answers."""
    for sender in flow.servers:
        for receiver in flow.servers:
            if sender is not receiver and receiver.decides_by_send_as:
                yield sender, receiver, list(_answers(flow, sender, receiver))


def _answers(flow: MailFlow, sender: ExchangeServer, receiver: ExchangeServer) -> Iterator[One]:
    for candidate in flow.accounts[sender.label].candidates:
        account = candidate.principal
        token = token_of(account.sid, flow.place(receiver), flow.view.membership)
        for entry in receiver.smtp_objects:
            descriptor = descriptor_of(entry)
            if isinstance(descriptor, Unreadable):
                yield One(account, entry, descriptor, token)
            else:
                question = flow.view.question(SEND_AS, entry)
                yield One(account, entry, evaluate(descriptor, token, question), token)

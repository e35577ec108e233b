"""Verdicts for accounts on objects, made once where account, descriptor and place are alike."""

from collections.abc import Iterable
from dataclasses import dataclass

from adaudit.access.evaluator import evaluate
from adaudit.access.question import Question
from adaudit.access.token import Server, Token
from adaudit.access.verdict import Decision, Verdict
from adaudit.access.view import View
from adaudit.directory.domains import Domain
from adaudit.directory.entry import Entry
from adaudit.directory.principal import Principal
from adaudit.directory.snapshot import Unreadable, descriptor_of
from adaudit.security.rights import Right
from adaudit.security.sid import Sid


@dataclass(frozen=True, slots=True)
class Asked:
    """One question about one object, asked where access to it is checked."""

    object: Entry
    question: Question
    place: Server
    kind: int
    """The same number for objects with equal descriptors at places with the same groups"""


@dataclass(frozen=True, slots=True)
class ObjectVerdict:
    """The answer for one account of a sender on one object of a receiver."""

    account: Principal
    asked: Asked
    verdict: Verdict | Unreadable
    token: Token

    @property
    def object(self) -> Entry:
        """The object that was asked about."""
        return self.asked.object


_Kind = tuple[bytes | None, Question, Domain | None, bool]


class Answers:
    """
    The verdicts that were asked for so far.

    A thousand servers hand down the same entries to each other's objects, so of a million answers
    a few thousand are different.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._kinds: dict[_Kind, int] = {}
        self._known: dict[tuple[Sid, int], tuple[Verdict | Unreadable, Token]] = {}

    def asked(self, entries: Iterable[Entry], place: Server, right: Right) -> tuple[Asked, ...]:
        """The question for a right on each of some objects."""
        found = []
        for entry in entries:
            question = self._view.question(right, entry)
            kind = (entry.descriptor, question, place.domain, place.is_domain_controller)
            number = self._kinds.setdefault(kind, len(self._kinds))
            found.append(Asked(entry, question, place, number))
        return tuple(found)

    def on(self, account: Principal, asked: Asked) -> ObjectVerdict:
        """The answer for an account."""
        key = (account.sid, asked.kind)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._judge(account, asked)
        verdict, token = known
        if _names_its_server(verdict) and token.server != asked.place:
            verdict, token = self._judge(account, asked)
        return ObjectVerdict(account, asked, verdict, token)

    def _judge(self, account: Principal, asked: Asked) -> tuple[Verdict | Unreadable, Token]:
        token = self._view.token(account.sid, asked.place)
        descriptor = descriptor_of(asked.object)
        if isinstance(descriptor, Unreadable):
            return descriptor, token
        return evaluate(descriptor, token, asked.question), token


def _names_its_server(verdict: Verdict | Unreadable) -> bool:
    """Whether the words of a verdict may name the server that checks: doubts do."""
    return isinstance(verdict, Verdict) and verdict.decision is Decision.UNDECIDED

"""Who can carry out an operation on an object: one subject, or all of them as sets."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import TypeVar

from adaudit.access.bitmap import NONE, BitMap
from adaudit.access.carriers import Carriers
from adaudit.access.evaluator import evaluate
from adaudit.access.holding import Holding, holding
from adaudit.access.operation import AllOf, AnyOf, IsHead, Need, On, Operation
from adaudit.access.place import Asked, Place
from adaudit.access.token import Token
from adaudit.access.verdict import Decision, Verdict
from adaudit.directory.snapshot import Unreadable

__all__ = ["Answer", "Asked", "Doers", "Outcome", "Place", "decide", "decision_of", "doers"]

_T = TypeVar("_T", bool, BitMap)
_Sure = tuple[_T, _T]
"""Of whom something is surely true, and of whom it may be: the second holds the first"""


Answer = tuple[Asked, Verdict | Unreadable]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether one subject can carry an operation out, with the verdict of every check."""

    decision: Decision
    answers: tuple[Answer, ...]

    @property
    def telling(self) -> tuple[Answer, ...]:
        """The checks that came out as the whole does: what it hangs on."""
        return tuple(each for each in self.answers if decision_of(each[1]) is self.decision)


@dataclass(frozen=True, slots=True)
class Doers:
    """Who can carry an operation out: all subjects of `Carriers`, by number."""

    allowed: BitMap
    undecided: BitMap
    answers: tuple[tuple[Asked, Holding | Unreadable], ...]
    """Each check, with who passes it"""


def decide(operation: Operation, place: Place, token: Token) -> Outcome:
    """
    Decide whether a token can carry an operation out.

    Raises `QuestionError` where it takes a new parent and none is given.
    """
    answers: list[Answer] = []

    def judge(asked: Asked) -> _Sure[bool]:
        descriptor = asked.descriptor
        if isinstance(descriptor, Unreadable):
            answers.append((asked, descriptor))
            return False, True
        verdict = evaluate(descriptor, token, asked.question)
        answers.append((asked, verdict))
        return verdict.decision is Decision.ALLOWED, verdict.decision is not Decision.DENIED

    sure, possible = _weighed(operation.need, place, judge, (True, True), (False, False))
    undecided = Decision.UNDECIDED if possible else Decision.DENIED
    return Outcome(Decision.ALLOWED if sure else undecided, tuple(answers))


def doers(operation: Operation, place: Place, carriers: Carriers) -> Doers:
    """
    Decide for all subjects who of them can carry an operation out.

    Raises `QuestionError` where it takes a new parent and none is given.
    """
    answers: list[tuple[Asked, Holding | Unreadable]] = []

    def judge(asked: Asked) -> _Sure[BitMap]:
        descriptor = asked.descriptor
        if isinstance(descriptor, Unreadable):
            answers.append((asked, descriptor))
            return NONE, carriers.everyone
        found = holding(descriptor, asked.question, carriers)
        answers.append((asked, found))
        return found.allowed, carriers.everyone - found.denied

    everyone = (carriers.everyone, carriers.everyone)
    sure, possible = _weighed(operation.need, place, judge, everyone, (NONE, NONE))
    return Doers(sure, possible - sure, tuple(answers))


def decision_of(verdict: Verdict | Unreadable) -> Decision:
    """What cannot be judged is undecided."""
    return verdict.decision if isinstance(verdict, Verdict) else Decision.UNDECIDED


def _weighed(
    need: Need,
    place: Place,
    judge: Callable[[Asked], _Sure[_T]],
    everyone: _Sure[_T],
    nobody: _Sure[_T],
) -> _Sure[_T]:
    """The logic of three answers: what is sure, and what is possible, each by itself."""
    if isinstance(need, IsHead):
        return everyone if place.is_head else nobody
    if isinstance(need, AllOf | AnyOf):
        found = [_weighed(each, place, judge, everyone, nobody) for each in need.needs]
        unite = and_ if isinstance(need, AllOf) else or_
        return reduce(unite, [sure for sure, _ in found]), reduce(unite, [may for _, may in found])
    if need.on is On.PARENT and place.is_head:
        return nobody  # what is above it is in another naming context, or nowhere
    return judge(place.asked(need))

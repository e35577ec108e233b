"""Which denials a way to mend ends, tried for one account and object after the other: naive."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from adaudit.access.evaluator import evaluate
from adaudit.access.repair import without_entry, without_group
from adaudit.access.verdict import Decision, Reason, Verdict
from adaudit.checks import Context
from adaudit.directory.snapshot import Unreadable, descriptor_of
from adaudit.security.descriptor import SecurityDescriptor
from adaudit.security.rights import SEND_AS
from adaudit.security.sid import Sid
from tests.exchange.one_by_one import One


@dataclass(frozen=True)
class BrokenPair:
    """A pair with all its answers, and those of them that one entry denies."""

    name: str
    answers: list[One]
    denied: list[One]


def left_without_entry(pairs: Iterable[BrokenPair], context: Context) -> list[str]:
    """The pairs that are still broken when the denying entry is gone."""

    def mended(pair: BrokenPair, answer: One) -> bool:
        descriptor = descriptor_of(answer.object)
        is_denied = answer in pair.denied and isinstance(answer.verdict, Verdict)
        if not is_denied or not isinstance(descriptor, SecurityDescriptor):
            return _is_allowed(answer.verdict)
        assert isinstance(answer.verdict, Verdict)
        assert answer.verdict.deciding
        rest = without_entry(descriptor, answer.verdict.deciding.position)
        question = context.view.question(SEND_AS, answer.object)
        return _is_allowed(evaluate(rest, answer.token, question))

    return _left(pairs, mended)


def left_outside(pairs: Iterable[BrokenPair], group: Sid, context: Context) -> list[str] | None:
    """The pairs that are still broken outside the group, None if that only loses the grant."""
    given = list(pairs)
    after = [_outside(answer, group, context) for pair in given for answer in pair.denied]
    loses = any(isinstance(v, Verdict) and v.reason is Reason.NO_ENTRY for v in after)
    if loses and not any(map(_is_allowed, after)):
        return None
    return _left(given, lambda _, answer: _is_allowed(_outside(answer, group, context)))


def _left(pairs: Iterable[BrokenPair], mended: Callable[[BrokenPair, One], bool]) -> list[str]:
    return [p.name for p in pairs if not all(mended(p, answer) for answer in p.answers)]


def _outside(answer: One, group: Sid, context: Context) -> Verdict | Unreadable:
    descriptor = descriptor_of(answer.object)
    if isinstance(descriptor, Unreadable):
        return descriptor
    question = context.view.question(SEND_AS, answer.object)
    return evaluate(descriptor, without_group(answer.token, group), question)


def _is_allowed(verdict: Verdict | Unreadable) -> bool:
    return isinstance(verdict, Verdict) and verdict.decision is Decision.ALLOWED

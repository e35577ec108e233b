"""A pair of servers that an entry stops."""

from collections.abc import Iterator
from dataclasses import dataclass

from adaudit.access.verdict import Deciding, Decision, Verdict
from adaudit.exchange.answers import ObjectVerdict
from adaudit.exchange.pairs import PairVerdict


@dataclass(frozen=True, slots=True)
class Denial:
    """One account that an entry stops on one object."""

    pair: PairVerdict
    answer: ObjectVerdict
    verdict: Verdict
    deciding: Deciding

    @property
    def label(self) -> str:
        """The pair: `EX02 → EX01`."""
        return self.pair.label


def denials_in(pair: PairVerdict) -> Iterator[Denial]:
    """All denials of a pair that an entry decided."""
    for answer in pair.answers:
        verdict = answer.verdict
        if (
            isinstance(verdict, Verdict)
            and verdict.decision is Decision.DENIED
            and verdict.deciding
        ):
            yield Denial(pair, answer, verdict, verdict.deciding)

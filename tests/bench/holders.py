"""Rights of all users on all objects, against an access check for each pair."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from statistics import median

from adaudit.access.answering import of_object
from adaudit.access.carriers import Carriers
from adaudit.access.evaluator import evaluate
from adaudit.access.holders import Answer, Holders, Slice
from adaudit.access.token import Token, token_of
from adaudit.access.verdict import Decision
from adaudit.access.view import View
from adaudit.directory.snapshot import Snapshot
from adaudit.security.wire import decode
from tests.bench.clock import memory_mb, timed
from tests.bench.result import Options, Result, run_part, spread
from tests.bench.rights import rights
from tests.bench.snapshot import written

_OBJECTS, _SUBJECTS = 150, 20
"""Of the sample that is checked pair by pair"""
_NOTES = """
- For each right sets of accounts by set of objects, with the decision, the reason and the position
  of the deciding entry for each.
- On all {checked:,} pairs of a sample decision, reason and deciding entry are what the access check
  gives for the pair. Pair by pair, with descriptors decoded and tokens made, {least:,.0f} to
  {most:,.0f} pairs are checked a second.
- The first round adds {added:,.0f} MB to the process.
"""


def everyone(view: View) -> Carriers:
    """All accounts, at a controller of the one domain."""
    return Carriers(view.membership, view.controller_of(view.domains.all[0]))


def pairs(answers: Sequence[Answer]) -> int:
    """Of how many pairs of subject and object the right is known to be held."""
    return sum(answer.pairs(Decision.ALLOWED) for answer in answers)


@dataclass(frozen=True)
class Sample:
    """Pairs to be checked one by one, with the tokens of the subjects."""

    snapshot: Snapshot
    carriers: Carriers
    objects: list[int]
    tokens: list[Token]

    @property
    def size(self) -> int:
        """How many pairs."""
        return len(self.objects) * len(self.tokens)

    def check(self, view: View, holders: Holders, right: str) -> float:
        """How many pairs a second are evaluated one by one, if both ways agree on all of them."""
        of = rights(view)[right]
        answers = list(holders.answers(right))
        spent = 0.0
        for number in self.objects:
            entry = self.snapshot.at(number)
            descriptor = decode(entry.descriptor or b"")
            question = of_object(of(tuple(map(str.lower, entry.texts("objectClass")))), entry.sid)
            answer = next(each for each in answers if number in each.objects)
            with timed(clean=False) as watch:
                verdicts = [evaluate(descriptor, token, question) for token in self.tokens]
            spent += watch.seconds
            for token, verdict in zip(self.tokens, verdicts, strict=True):
                found = _slice_of(answer, self.carriers.numbers[token.subject], number)
                deciding = verdict.deciding.position if verdict.deciding else None
                position = found.position
                if position is not None:
                    position = holders.position(right, number, position)
                said = (found.decision, found.reason, position)
                if said != (verdict.decision, verdict.reason, deciding):
                    raise AssertionError(f"{right} on {entry.dn}: {said} and {verdict}")
        return self.size / spent


def _slice_of(answer: Answer, subject: int, number: int) -> Slice:
    for one in answer.own:
        if subject in one.subjects and answer.own_object(subject) == number:
            return one
    return next(one for one in answer.slices if subject in one.subjects)


def _sample(options: Options, snapshot: Snapshot, carriers: Carriers) -> Sample:
    chance = Random(6)  # noqa: S311, the same data in every run is the point
    subjects = [
        carriers.subjects[chance.randrange(len(carriers.subjects))] for _ in range(_SUBJECTS)
    ]
    tokens = [token_of(each, carriers.server, carriers.membership) for each in subjects]
    known = [
        number for number, _, descriptor, _ in snapshot.object_rows() if descriptor is not None
    ]
    objects = chance.sample(known, min(_OBJECTS, options.objects))
    return Sample(snapshot, carriers, objects, tokens)


@dataclass
class Times:
    """The seconds of each round."""

    reading: list[float]
    answering: dict[str, list[float]]
    added: float = 0.0
    """MB that the process grew by"""


def _timed(snapshot: Snapshot, carriers: Carriers, view: View, rounds: int) -> Times:
    asked = rights(view)
    found = Times([], {name: [] for name in asked})
    before = memory_mb()
    for _ in range(rounds):
        with timed() as watch:
            holders = Holders(snapshot, carriers, asked)
        found.reading.append(watch.seconds)
        for name in asked:
            with timed() as watch:
                answers = list(holders.answers(name))
            found.answering[name].append(watch.seconds)
            del answers
        found.added = found.added or memory_mb() - before
    return found


def measure(options: Options) -> Result:
    """Read once, then each right in each round."""
    with Snapshot.open(written(options)) as snapshot:
        view = View(snapshot)
        with timed() as watch:
            carriers = everyone(view)
        found = _timed(snapshot, carriers, view, options.rounds)
        holders = Holders(snapshot, carriers, rights(view))
        sample = _sample(options, snapshot, carriers)
        rows, rates = [], []
        for name, spent in found.answering.items():
            rates.append(sample.check(view, holders, name))
            held = pairs(list(holders.answers(name)))
            days = len(carriers.subjects) * options.objects / rates[-1] / 86_400
            rows.append((name, spread(spent, 3), f"{held:,}", f"{days:,.1f} days"))
        distinct = sum(1 for _ in snapshot.descriptors())
    rows += [
        ("before: who carries each SID", f"{watch.seconds:,.2f}", "", ""),
        ("before: descriptors and objects read for all four", spread(found.reading, 2), "", ""),
    ]
    return Result(
        "One right, all users, all objects",
        f"{len(carriers.subjects):,} accounts, {options.objects:,} objects, "
        f"{distinct:,} different descriptors.",
        ("right", "seconds", "pairs that hold it", "pair by pair (extrapolated)"),
        rows,
        _NOTES.format(
            checked=sample.size * len(rates), least=min(rates), most=max(rates), added=found.added
        ),
        {
            "one right": max(map(median, found.answering.values())),
            "holders read": median(found.reading),
            "carriers": watch.seconds,
        },
    )


if __name__ == "__main__":
    run_part(measure)

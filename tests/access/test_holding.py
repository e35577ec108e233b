"""Who holds a right on one object: what `evaluate` says of every subject, turned round."""

from collections import Counter

from hypothesis import given, settings

from adaudit.access import Token, evaluate, token_of
from adaudit.access.holding import Holding, holding
from tests.access.holding_strategies import Ask, asks, hard_asks

Answer = tuple[object, ...]
FEWER = settings(max_examples=10)


def tokens(asked: list[Ask]) -> list[Token]:
    """The tokens of all subjects of a forest."""
    carriers = asked[0].carriers
    return [token_of(sid, carriers.server, carriers.membership) for sid in carriers.subjects]


def answer(ask: Ask, token: Token) -> Answer:
    """Decision, reason and deciding entry for one subject."""
    verdict = evaluate(ask.descriptor, token, ask.question)
    return (verdict.decision, verdict.reason, verdict.deciding)


def held(ask: Ask) -> Holding:
    return holding(ask.descriptor, ask.question, ask.carriers)


def answers(found: Holding) -> dict[int, Answer]:
    """The same for every subject, out of the parts of a holding."""
    return {
        number: (part.decision, part.reason, part.deciding)
        for part in found.parts
        for number in part.subjects
    }


@settings(max_examples=50)
@given(asks() | hard_asks())
def test_for_every_subject_the_answer_is_that_of_the_access_check(asked: list[Ask]) -> None:
    known = tokens(asked)
    for ask in asked:
        expected = {number: answer(ask, token) for number, token in enumerate(known)}
        assert answers(held(ask)) == expected


@FEWER
@given(asks())
def test_every_subject_is_in_one_part_and_no_two_parts_say_the_same(asked: list[Ask]) -> None:
    for ask in asked:
        parts = held(ask).parts
        counted = Counter(number for part in parts for number in part.subjects)
        assert counted == Counter(dict.fromkeys(ask.carriers.everyone, 1))
        reasons = [(part.decision, part.reason, part.deciding) for part in parts]
        assert all(reasons.count(reason) == 1 for reason in reasons)


@FEWER
@given(asks())
def test_the_three_answers_share_out_all_subjects(asked: list[Ask]) -> None:
    for ask in asked:
        found = held(ask)
        sizes = len(found.allowed), len(found.denied), len(found.undecided)
        assert found.allowed | found.denied | found.undecided == ask.carriers.everyone
        assert sum(sizes) == len(ask.carriers.everyone)

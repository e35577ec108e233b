"""Who holds rights on all objects: what the access check says of every pair."""

from collections.abc import Iterator

from hypothesis import given, settings

from adaudit.access import evaluate, token_of
from adaudit.access.holders import Answer, Holders
from adaudit.access.pools import Slice
from adaudit.access.verdict import Decision, Verdict
from adaudit.directory.snapshot import descriptor_of
from adaudit.security.descriptor import SecurityDescriptor
from tests.access.holding_strategies import Survey, of_object, surveys

Said = tuple[object, ...]
FEWER = settings(max_examples=10)


def verdicts(survey: Survey, right: str) -> dict[tuple[int, int], Verdict]:
    """What the access check says of each subject on each object that has a descriptor."""
    carriers = survey.carriers
    tokens = [token_of(sid, carriers.server, carriers.membership) for sid in carriers.subjects]
    found = {}
    for number, *_ in survey.snapshot.object_rows():
        entry = survey.snapshot.at(number)
        descriptor = descriptor_of(entry)
        if isinstance(descriptor, SecurityDescriptor):
            chain = tuple(name.lower() for name in entry.texts("objectclass"))
            question = of_object(survey.rights[right](chain), entry.sid)
            for subject, token in enumerate(tokens):
                found[number, subject] = evaluate(descriptor, token, question)
    return found


def said(verdict: Verdict) -> Said:
    """Decision, reason and position of the deciding entry."""
    position = verdict.deciding.position if verdict.deciding else None
    return (verdict.decision, verdict.reason, position)


def expand(answer: Answer) -> Iterator[tuple[int, int, Slice]]:
    """The pairs of object and subject that an answer is about."""
    own = {answer.own_object(subject): subject for one in answer.own for subject in one.subjects}
    for number in answer.objects:
        for one in answer.slices:
            for subject in one.subjects:
                if own.get(number) != subject:
                    yield number, subject, one
    for one in answer.own:
        for subject in one.subjects:
            yield answer.own_object(subject), subject, one


@settings(max_examples=40)
@given(surveys())
def test_of_every_pair_the_answer_is_that_of_the_access_check(survey: Survey) -> None:
    holders = Holders(survey.snapshot, survey.carriers, survey.rights)
    for right in survey.rights:
        found = {}
        for answer in holders.answers(right):
            for number, subject, one in expand(answer):
                place = one.position
                where = None if place is None else holders.position(right, number, place)
                assert (number, subject) not in found
                found[number, subject] = (one.decision, one.reason, where)
        assert found == {pair: said(known) for pair, known in verdicts(survey, right).items()}


@FEWER
@given(surveys())
def test_every_object_is_in_one_answer_or_set_aside_with_a_reason(survey: Survey) -> None:
    holders = Holders(survey.snapshot, survey.carriers, survey.rights)
    for right in survey.rights:
        sets = [answer.objects for answer in holders.answers(right)]
        numbers = sorted(number for each in (*sets, *holders.unjudged.values()) for number in each)
        assert numbers == sorted(number for number, *_ in survey.snapshot.object_rows())


@FEWER
@given(surveys())
def test_the_objects_of_a_subject_are_those_on_which_the_access_check_grants(
    survey: Survey,
) -> None:
    holders = Holders(survey.snapshot, survey.carriers, survey.rights)
    expected = verdicts(survey, "first")
    for subject, sid in enumerate(survey.carriers.subjects):
        found = holders.objects_of("first", sid)
        for decision, objects in zip(
            Decision, (found.allowed, found.denied, found.undecided), strict=True
        ):
            assert set(objects) == {
                number
                for (number, other), verdict in expected.items()
                if other == subject and verdict.decision is decision
            }


@FEWER
@given(surveys())
def test_one_object_and_one_pair_are_answered_as_all_of_them_are(survey: Survey) -> None:
    holders = Holders(survey.snapshot, survey.carriers, survey.rights)
    subjects = survey.carriers.subjects
    for (number, subject), expected in verdicts(survey, "second").items():
        part = holders.on("second", number).part(subject)
        assert part is not None
        assert (part.decision, part.reason, part.deciding) == (
            expected.decision,
            expected.reason,
            expected.deciding,
        )
        assert holders.verdict("second", number, subjects[subject]) == expected


@FEWER
@given(surveys())
def test_pairs_are_counted_as_they_would_be_one_by_one(survey: Survey) -> None:
    holders = Holders(survey.snapshot, survey.carriers, survey.rights)
    known = [verdict.decision for verdict in verdicts(survey, "first").values()]
    for decision in Decision:
        counted = sum(answer.pairs(decision) for answer in holders.answers("first"))
        assert counted == known.count(decision)

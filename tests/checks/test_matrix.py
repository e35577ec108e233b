"""What is told of pairs by sets is what evaluating them one by one tells."""

from hypothesis import given, settings

from adaudit.checks import Context, catalogue, matrix_of
from adaudit.directory.snapshot import Snapshot
from adaudit.findings import Finding, PairState
from adaudit.wording import path_names, reason, state
from tests.exchange.one_by_one import One, one_by_one
from tests.exchange.organisation_strategies import organisations

_RUNS = settings(max_examples=150, deadline=None)
_WORST = (PairState.DENIED, PairState.NOT_GRANTED, PairState.UNKNOWN, PairState.ALLOWED)


def _findings(context: Context, check: str) -> list[Finding]:
    (found,) = (each for each in catalogue() if each.id == check)
    return list(found.result(context).findings)


@_RUNS
@given(organisations())
def test_every_pair_of_the_matrix_is_that_of_one_by_one(snapshot: Snapshot) -> None:
    with snapshot:
        context = Context(snapshot, ())
        matrix = matrix_of(context)
        assert matrix is not None
        expected = [
            (
                sender.label,
                receiver.label,
                [
                    (a.account.name, str(a.object.dn), state(a.verdict), _why(a, context))
                    for a in answers
                ],
            )
            for sender, receiver, answers in one_by_one(context.flow)
        ]
        found = [
            (
                pair.sender,
                pair.receiver,
                [(j.account, j.object, j.state, j.reason) for j in pair.judgements],
            )
            for pair in matrix.pairs
        ]
    assert found == expected


def _why(answer: One, context: Context) -> str:
    return reason(answer.verdict, context.view)


@_RUNS
@given(organisations())
def test_states_and_differences_are_those_of_the_pairs(snapshot: Snapshot) -> None:
    with snapshot:
        context = Context(snapshot, ())
        matrix = matrix_of(context)
        assert matrix is not None
        states: dict[PairState, list[str]] = {known: [] for known in PairState}
        differing = []
        for sender, receiver, answers in one_by_one(context.flow):
            told = {state(answer.verdict) for answer in answers} or {PairState.UNKNOWN}
            name = f"{sender.label} → {receiver.label}"
            states[next(known for known in _WORST if known in told)].append(name)
            differing += [name] if len(told) > 1 else []
    assert {known: list(pairs) for known, pairs in matrix.states().items()} == states
    assert list(matrix.differing()) == differing
    assert [str(matrix.pair(*(matrix.find(name) or ("", "")))) for name in differing] == differing


@_RUNS
@given(organisations())
def test_each_denial_is_told_once_with_its_own_entry_and_way(snapshot: Snapshot) -> None:
    with snapshot:
        context = Context(snapshot, ())
        view = context.view
        expected = [
            (
                f"{sender.label} → {receiver.label}",
                str(answer.object.dn),
                answer.verdict.deciding.position,
                len(answer.verdict.overruled),
                path_names(answer.verdict.deciding.sid, answer.token, view),
            )
            for sender, receiver, answers in one_by_one(context.flow)
            for answer in answers
            if state(answer.verdict) is PairState.DENIED and answer.verdict.deciding
        ]
        findings = _findings(context, "send-as-denied")
    told = [
        (name, each.object, each.position, len(each.overrules), (first, *each.path[1:]))
        for finding in findings
        for each in finding.evidence
        for name, first in zip(each.affects, each.subjects or each.path[:1], strict=True)
    ]
    assert sorted(told) == sorted(expected)
    assert {name for f in findings for name in f.affects} == {name for name, *_ in expected}


@_RUNS
@given(organisations())
def test_what_nothing_grants_is_told_of_each_pair(snapshot: Snapshot) -> None:
    with snapshot:
        context = Context(snapshot, ())
        expected = {
            f"{sender.label} → {receiver.label}"
            for sender, receiver, answers in one_by_one(context.flow)
            if any(state(answer.verdict) is PairState.NOT_GRANTED for answer in answers)
        }
        found = _findings(context, "send-as-not-granted")
    assert {name for finding in found for name in finding.affects} == expected

"""Small worlds as data, judged by the whole pipeline behind the directory."""

from collections import defaultdict

import pytest

from adaudit.access.verdict import Decision, Verdict
from adaudit.audit import choose, report_on
from adaudit.checks import Context, catalogue, exchange, steps
from adaudit.cli.options import exit_status
from adaudit.diagnosis import diagnose_route
from adaudit.directory.snapshot import Snapshot
from adaudit.exchange.peers import Route
from adaudit.explanation import explain
from adaudit.findings import Finding, Outcome, PairState, Report, TargetReport
from adaudit.rulings import Diagnosis
from tests.scenarios.agreement import assert_reference_agrees
from tests.scenarios.model import Denial, Expectation, Scenario, load, names
from tests.scenarios.reading import snapshot_of
from tests.scenarios.world import Forest, build

WORDS = {
    PairState.ALLOWED: "ok",
    PairState.DENIED: "DENY",
    PairState.NOT_GRANTED: "--",
    PairState.UNKNOWN: "?",
}
DENIED = "send-as-denied"


def report_of(forest: Forest, *, backwards: bool = False) -> TargetReport:
    def read() -> Snapshot:
        return snapshot_of(forest, backwards=backwards)

    return report_on(forest.scenario.title, read, ("a.snapshot",), choose())


def matrix_text(report: TargetReport) -> list[list[str]]:
    matrix = report.matrix
    assert matrix is not None
    states = {(pair.sender, pair.receiver): WORDS[pair.state] for pair in matrix.pairs}
    rows = ([states.get((sender, to), ".") for to in matrix.receivers] for sender in matrix.servers)
    return [
        ["→", *matrix.receivers],
        *([sender, *row] for sender, row in zip(matrix.servers, rows, strict=True)),
    ]


def denials(report: TargetReport, forest: Forest) -> dict[str, list[Denial]]:
    """The denying findings in the words of a scenario."""
    places = {str(made.dn): name for name, made in forest.objects.items()}
    found = defaultdict(list)
    for finding in report.findings:
        if finding.check == DENIED:
            found[plain(finding.subject.name, forest)].append(_denial(finding, places, forest))
    return dict(found)


def _denial(finding: Finding, places: dict[str, str], forest: Forest) -> Denial:
    (set_on,) = {places.get(each.set_on, each.set_on) for each in finding.evidence}
    paths = {plain(" → ".join(each.path), forest) for each in finding.evidence}
    return Denial(
        set_on=set_on,
        paths=tuple(sorted(paths)),
        breaks=tuple(sorted(finding.affects)),
        overrules=max(len(each.overrules) for each in finding.evidence),
        note=" ".join(sorted({each.origin_note or "" for each in finding.evidence})),
    )


def plain(text: str, forest: Forest) -> str:
    """Names without the first domain, in which all is unless it is said."""
    return text.replace(f"{next(iter(forest.scenario.domains))}\\", "")


@pytest.fixture(params=names())
def scenario(request: pytest.FixtureRequest) -> Scenario:
    return load(request.param)


@pytest.fixture
def forest(scenario: Scenario) -> Forest:
    return build(scenario)


def test_a_scenario_comes_out_as_it_says(scenario: Scenario, forest: Forest) -> None:
    expected, report = scenario.expect, report_of(forest)

    assert report.error is None
    if expected.matrix:
        assert matrix_text(report) == [line.split() for line in expected.matrix.splitlines()]
    assert_denied_as_expected(expected, denials(report, forest))
    assert other_findings(report, forest) == {
        check: sorted(subjects) for check, subjects in expected.findings.items()
    }
    assert_said(expected, report)
    assert exit_status(Report((report,)), "high") == expected.status


def assert_denied_as_expected(expected: Expectation, found: dict[str, list[Denial]]) -> None:
    wanted = {
        trustee: [
            each.model_copy(
                update={"paths": tuple(sorted(each.paths)), "breaks": tuple(sorted(each.breaks))}
            )
            for each in all_of_it
        ]
        for trustee, all_of_it in expected.denied.items()
    }
    assert found.keys() == wanted.keys()
    for trustee, all_of_it in wanted.items():
        for one, other in zip(found[trustee], all_of_it, strict=True):
            assert other.note in one.note
            assert bool(other.note) == bool(one.note), one.note
            assert one.model_copy(update={"note": other.note}) == other


def other_findings(report: TargetReport, forest: Forest) -> dict[str, list[str]]:
    found = defaultdict(list)
    for finding in report.findings:
        if finding.check != DENIED:
            found[finding.check].append(plain(finding.subject.name, forest))
    return {check: sorted(subjects) for check, subjects in found.items()}


def assert_said(expected: Expectation, report: TargetReport) -> None:
    """Texts of findings and facts, and everything that was not judged or not read."""
    texts = [text for f in report.findings for text in (f.message, *f.remedy)]
    for part in expected.says:
        assert any(part in text for text in texts), f"`{part}` is not said: {texts}"
    for part in expected.facts:
        assert any(part in fact for fact in report.facts), f"`{part}` is no fact: {report.facts}"
    reasons = defaultdict(list)
    for gap in report.unknown:
        reasons[gap.subject].append(gap.reason)
    assert reasons.keys() == expected.unknown.keys()
    for subject, part in expected.unknown.items():
        assert any(part in reason for reason in reasons[subject]), reasons[subject]
    assert sorted(gap.subject for gap in report.gaps) == sorted(expected.gaps)


def test_each_step_of_the_article_comes_out_as_the_scenario_says(
    scenario: Scenario, forest: Forest
) -> None:
    with snapshot_of(forest) as snapshot:
        context = Context(snapshot, ("a.snapshot",))
        for pair, expected in scenario.expect.steps.items():
            found = diagnosed(pair, context)
            outcomes = {step.check: step.ruling.outcome for step in found.steps}
            assert expected == {check: outcomes[check] for check in expected}, found
        for pair, parts in scenario.expect.causes.items():
            causes = diagnosed(pair, context).causes
            assert len(causes) == len(parts), causes
            for cause, part in zip(causes, parts, strict=True):
                assert part in cause


def diagnosed(pair: str, context: Context) -> Diagnosis:
    sender, receiver = map(context.peers.find, pair.split(" → "))
    return diagnose_route(context, Route(sender, receiver))


def test_every_ruling_says_what_it_stands_on(forest: Forest) -> None:
    with snapshot_of(forest) as snapshot:
        context = Context(snapshot, ("a.snapshot",))
        servers = context.flow.servers[:3]
        for sender in servers:
            for receiver in servers:
                if sender is not receiver:
                    route = Route(*map(context.peers.member, (sender, receiver)))
                    for step in diagnose_route(context, route).steps:
                        assert all(step.ruling.evidence), step
                        assert step.ruling.evidence, step
                        assert bool(step.ruling.findings) == (
                            step.ruling.outcome in {Outcome.FAIL, Outcome.WARNING}
                        ), step


def test_no_judgement_hangs_on_the_order_of_the_objects(forest: Forest) -> None:
    one, other = report_of(forest), report_of(forest, backwards=True)

    assert {f.id: f for f in one.findings} == {f.id: f for f in other.findings}
    assert one.matrix == other.matrix
    assert set(one.unknown) == set(other.unknown)


def test_every_verdict_is_that_of_the_reference(forest: Forest) -> None:
    with snapshot_of(forest) as snapshot:
        flow = Context(snapshot, ()).flow
        for pair in flow.pairs:
            for answer in pair.answers:
                if isinstance(answer.verdict, Verdict):
                    place = flow.place(pair.receiver)
                    assert_reference_agrees(answer, answer.verdict, place, forest)


def test_every_broken_pair_is_explained_and_no_other(forest: Forest) -> None:
    report = report_of(forest)
    assert report.matrix is not None
    blamed = {check: _affected(report, check) for check in (DENIED, "send-as-not-granted")}
    unknown = {gap.subject for gap in report.unknown}

    for pair in report.matrix.pairs:
        states = {judgement.state for judgement in pair.judgements} or {PairState.UNKNOWN}
        assert (PairState.DENIED in states) == (str(pair) in blamed[DENIED])
        assert (PairState.NOT_GRANTED in states) == (str(pair) in blamed["send-as-not-granted"])
        if PairState.UNKNOWN in states:
            assert unknown & {str(pair), pair.sender}


def _affected(report: TargetReport, check: str) -> set[str]:
    return {pair for f in report.findings if f.check == check for pair in f.affects}


def test_each_denial_is_in_one_finding(forest: Forest) -> None:
    report = report_of(forest)
    assert report.matrix is not None
    denied = [
        (str(pair), judgement.object)
        for pair in report.matrix.pairs
        for judgement in pair.judgements
        if judgement.state is PairState.DENIED
    ]
    shown = [
        (pair, each.object)
        for finding in report.findings
        if finding.check == DENIED
        for each in finding.evidence
        for pair in each.affects
    ]

    assert sorted(shown) == sorted(denied)


def test_explain_names_the_entry_that_the_verdict_names(forest: Forest) -> None:
    with snapshot_of(forest) as snapshot:
        for pair in Context(snapshot, ()).flow.pairs:
            for answer in pair.answers:
                if isinstance(answer.verdict, Verdict):
                    sid, dn = str(answer.account.sid), str(answer.object.dn)
                    told = explain(snapshot, sid, dn, "Send-As")
                    deciding = answer.verdict.deciding
                    assert told.decision == answer.verdict.decision
                    assert (told.evidence is None) == (deciding is None)
                    if told.evidence and deciding:
                        assert told.evidence.position == deciding.position
                    assert (told.decision == Decision.UNDECIDED) == bool(answer.verdict.doubts)


@pytest.fixture(scope="module")
def outcomes() -> dict[str, set[bool]]:
    """Whether each check says anything, over all worlds."""
    found: dict[str, set[bool]] = defaultdict(set)
    for name in names():
        for result in report_of(build(load(name))).results:
            found[result.check].add(bool(result.findings or result.unknown))
    return found


@pytest.fixture(scope="module")
def expected_steps() -> dict[str, set[Outcome]]:
    """What each step of the article is expected to come to, over all worlds."""
    found: dict[str, set[Outcome]] = defaultdict(set)
    for name in names():
        for expected in load(name).expect.steps.values():
            for check, outcome in expected.items():
                found[check].add(outcome)
    return found


@pytest.mark.parametrize("check", [check.id for check in steps()])
def test_a_step_has_worlds_in_which_it_passes_fails_and_is_unknown(
    check: str, expected_steps: dict[str, set[Outcome]]
) -> None:
    found = expected_steps[check]
    assert found & {Outcome.FAIL, Outcome.WARNING}
    assert found >= {Outcome.PASS, Outcome.UNKNOWN}


OF_MAIL = [check.id for check in catalogue() if check.run.__module__.startswith(exchange.__name__)]
"""Those of a domain have worlds of their own, in tests/reviews"""


@pytest.mark.parametrize("check", OF_MAIL)
def test_a_check_has_a_world_that_fires_and_one_that_does_not(
    check: str, outcomes: dict[str, set[bool]]
) -> None:
    assert outcomes[check] == {True, False}

"""A diagnosis: the pairs that are chosen, and what is said when there is none."""

from functools import partial
from pathlib import Path

import pytest

from adaudit.diagnosis import diagnose
from adaudit.directory.snapshot import Snapshot
from adaudit.errors import DirectoryError, QuestionError
from adaudit.rulings import DiagnosisReport
from tests.scenarios.model import load
from tests.scenarios.reading import snapshot_of
from tests.scenarios.world import build


def diagnosed(
    scenario: str, sender: str | None = None, receiver: str | None = None
) -> DiagnosisReport:
    source = partial(snapshot_of, build(load(scenario)))
    return diagnose("contoso", source, ("a.snapshot",), sender, receiver)


def pairs(report: DiagnosisReport) -> list[str]:
    return [str(diagnosis) for diagnosis in report.diagnoses]


def test_without_names_the_pairs_are_those_that_the_evidence_names() -> None:
    assert pairs(diagnosed("refused-both-ways")) == ["EX01 → EX02", "EX02 → EX01"]


@pytest.mark.parametrize(
    ("sender", "receiver", "expected"),
    [
        ("EX02", None, ["EX02 → EX01"]),
        (None, "ex02.contoso.example", ["EX01 → EX02"]),
        ("ex02", "EX01", ["EX02 → EX01"]),
    ],
)
def test_names_choose_among_the_pairs(
    sender: str | None, receiver: str | None, expected: list[str]
) -> None:
    assert pairs(diagnosed("refused-both-ways", sender, receiver)) == expected


def test_a_pair_that_is_named_needs_no_evidence() -> None:
    report = diagnosed("account-denied", "EX01", "EX02")

    assert pairs(report) == ["EX01 → EX02"]
    assert report.has_causes
    assert report.consequences is not None


def test_where_nothing_stops_the_mail_no_consequences_are_told() -> None:
    report = diagnosed("account-denied", "EX02", "EX01")

    assert (report.has_causes, report.consequences) == (False, None)


def test_the_steps_come_in_the_order_of_the_article() -> None:
    (diagnosis,) = diagnosed("sound", "EX01", "EX02").diagnoses
    numbers = [step.number for step in diagnosis.steps]

    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(14))


@pytest.mark.parametrize(
    ("sender", "receiver", "message"),
    [
        ("EX09", "EX01", "`EX09`: nothing says which server this is"),
        ("EX01", "ex01", "are one server"),
        ("a.example", "b.example", "neither `a.example` nor `b.example` is an Exchange server"),
    ],
)
def test_servers_that_make_no_pair_are_refused(sender: str, receiver: str, message: str) -> None:
    with pytest.raises(QuestionError, match=message):
        diagnosed("sound", sender, receiver)


def test_one_side_may_be_a_stranger() -> None:
    report = diagnosed("sound", "EX01", "mail.partner.example")

    assert pairs(report) == ["EX01 → mail.partner.example"]


def test_without_evidence_and_names_the_report_is_incomplete_and_says_what_to_give() -> None:
    report = diagnosed("sound")

    assert (report.diagnoses, report.is_complete) == ((), False)
    assert "--from and --to" in report.gaps[0].reason


def test_a_log_that_would_hold_a_refusal_and_holds_none_is_a_complete_answer() -> None:
    report = diagnosed("no-refusal-in-a-log-that-would-hold-it")

    assert (report.diagnoses, report.is_complete) == ((), True)


def test_a_log_that_would_not_hold_a_refusal_answers_nothing() -> None:
    report = diagnosed("no-refusal-in-a-log-that-would-not-hold-it")

    assert not report.is_complete
    assert "Medium or higher" in report.gaps[0].reason


def test_the_sources_of_evidence_are_listed_with_what_they_cover() -> None:
    lines = diagnosed("no-refusal-in-a-log-that-would-hold-it").evidence

    assert lines[0] == (
        "event log ex01.evt of EX01: 4096 records, 2004-11-01 00:00 to 2004-11-24 12:00 UTC"
    )


def test_what_cannot_be_read_at_all_is_a_report_too(tmp_path: Path) -> None:
    source = partial(Snapshot.open, tmp_path / "none.snapshot")
    report = diagnose("contoso", source, ("none.snapshot",))

    assert report.error is not None
    assert not report.is_complete
    with pytest.raises(DirectoryError):
        source()

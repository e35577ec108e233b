"""KB 843106 from the command line: 1 a cause, 3 none and incomplete, 0 none and complete."""

import json
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from adaudit.directory.snapshot import Snapshot
from adaudit.findings import Outcome
from adaudit.rulings import Diagnosis, DiagnosisReport, Ruling, Step
from tests.cli.command import Command

Make = Callable[[str], Path]
Write = Callable[..., Path]
PAIR = ("--from", "EX01", "--to", "EX02")
FOREIGN = "external-peer-in-the-event-log"
UNIDENTIFIED = "unidentified-client-in-the-event-log"


def ruled(outcome: Outcome, cause: str | None = None) -> DiagnosisReport:
    """A report of one pair with one step."""
    step = Step(3, "send-as-denied", "A title", Ruling(outcome, ("seen",), (), cause))
    return DiagnosisReport("one", "a scenario", diagnoses=(Diagnosis("EX01", "EX02", (step,)),))


@pytest.mark.parametrize(
    ("report", "status"),
    [
        pytest.param(ruled(Outcome.PASS), 0, id="a-pass"),
        pytest.param(ruled(Outcome.WARNING), 0, id="a-warning-stops-no-mail"),
        pytest.param(ruled(Outcome.FAIL), 0, id="a-failure-that-is-no-cause"),
        pytest.param(ruled(Outcome.NOT_APPLICABLE), 0, id="nothing-to-judge"),
        pytest.param(ruled(Outcome.FAIL, "denied"), 1, id="a-cause"),
        pytest.param(ruled(Outcome.UNKNOWN), 3, id="an-unknown-step"),
        pytest.param(DiagnosisReport("one", "x", error="no such file"), 3, id="nothing-read"),
    ],
)
def test_what_was_found_makes_the_status(
    adaudit: Command,
    monkeypatch: pytest.MonkeyPatch,
    report: DiagnosisReport,
    status: int,
) -> None:
    def fake(*_: object) -> DiagnosisReport:
        return report

    monkeypatch.setattr("adaudit.cli.diagnose.diagnose_target", fake)

    assert adaudit("diagnose", "one.snapshot").status == status


def test_a_cause_weighs_more_than_what_is_unknown_elsewhere(
    adaudit: Command, snapshot: Make, targets: Write
) -> None:
    ran = adaudit("diagnose", targets(open=snapshot(UNIDENTIFIED), foreign=snapshot(FOREIGN)))

    assert ran.status == 1
    assert "Result   INCOMPLETE   2 targets" in ran.out


def test_a_named_pair_is_diagnosed_without_any_evidence(adaudit: Command, snapshot: Make) -> None:
    ran = adaudit("diagnose", snapshot("account-denied"), *PAIR)

    assert ran.status == 1
    assert r"EX01 → EX02   cause: CONTOSO\EX01$ is denied Send-As" in ran.out
    assert ran.err == ""


def test_the_other_direction_of_a_denied_pair_has_no_such_cause(
    adaudit: Command, snapshot: Make
) -> None:
    ran = adaudit("diagnose", snapshot("account-denied"), "--from", "EX02", "--to", "EX01")

    assert ran.status == 3
    assert "cause:" not in ran.out


def test_every_pair_that_the_evidence_names_is_diagnosed(adaudit: Command, snapshot: Make) -> None:
    ran = adaudit("diagnose", snapshot(UNIDENTIFIED), "--format", "json")
    pairs = json.loads(ran.out)["targets"][0]["diagnoses"]

    assert ran.status == 3
    assert [(pair["sender"], pair["receiver"]) for pair in pairs] == [
        ("192.0.2.7", "EX01"),
        ("EX02", "EX01"),
    ]


def test_one_server_alone_chooses_among_the_pairs_of_the_evidence(
    adaudit: Command, snapshot: Make
) -> None:
    ran = adaudit("diagnose", snapshot(UNIDENTIFIED), "--from", "EX02", "--format", "json")
    pairs = json.loads(ran.out)["targets"][0]["diagnoses"]

    assert [(pair["sender"], pair["receiver"]) for pair in pairs] == [("EX02", "EX01")]


def test_no_pair_to_diagnose_is_no_clean_result(adaudit: Command, snapshot: Make) -> None:
    ran = adaudit("diagnose", snapshot("sound"))

    assert ran.status == 3
    assert "--from" in ran.out


def test_an_export_is_diagnosed_too(adaudit: Command, ldif: Make) -> None:
    assert adaudit("diagnose", ldif("account-denied"), *PAIR).status == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--from", "EX01", "--to", "EX99"), "`EX99`"),
        (("--from", "EX01", "--to", "EX01"), "are one server"),
        (("--target", "one"), "chooses from a target list"),
        (("--format", "table"), "table"),
        (("-o", "csv=x"), "text, json"),
        (("-o", "json="), "text, json"),
    ],
)
def test_to_ask_for_what_is_not_there_is_wrong_use(
    adaudit: Command, snapshot: Make, arguments: tuple[str, ...], message: str
) -> None:
    ran = adaudit("diagnose", snapshot("sound"), *arguments)

    assert ran.status == 2
    assert ran.out == ""
    assert message in ran.err


def test_a_named_server_is_looked_for_in_one_target_only(
    adaudit: Command, snapshot: Make, targets: Write
) -> None:
    file = targets(one=snapshot("account-denied"), two=snapshot("sound"))
    ran = adaudit("diagnose", file, *PAIR)

    assert ran.status == 2
    assert "choose by --target: one, two" in ran.err
    assert adaudit("diagnose", file, *PAIR, "--target", "one").status == 1
    assert adaudit("diagnose", file, *PAIR, "--target", "two").status == 3


def test_an_unknown_target_is_wrong_use(adaudit: Command, snapshot: Make, targets: Write) -> None:
    ran = adaudit("diagnose", targets(one=snapshot("sound")), "--target", "two")

    assert ran.status == 2
    assert "no target `two`" in ran.err


def test_a_target_that_cannot_be_read_stops_no_other(
    adaudit: Command, snapshot: Make, targets: Write, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.ldif"
    cut.write_text("this is no LDIF\n")
    ran = adaudit("diagnose", targets(bad=cut, foreign=snapshot(FOREIGN)))

    assert ran.status == 1
    assert "FAILED   nothing could be read" in ran.out
    assert "EX01 → mail.partner.example" in ran.out


def test_the_command_that_a_finding_suggests_explains_it(
    adaudit: Command, snapshot: Make, targets: Write
) -> None:
    file = targets(one=snapshot("account-denied"), two=snapshot("sound"))
    ran = adaudit("diagnose", file, *PAIR, "--target", "one", "--format", "json")
    (finding,) = json.loads(ran.out)["targets"][0]["findings"]
    program, *words = shlex.split(finding["look"])
    explained = adaudit(*words)

    assert program == "adaudit"
    assert explained.status == 0
    assert "denied" in explained.out.lower()


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_file_holds_what_standard_output_would_show(
    adaudit: Command, snapshot: Make, tmp_path: Path, form: str
) -> None:
    written = tmp_path / "diagnosis"
    ran = adaudit("diagnose", snapshot(FOREIGN), "--format", form, "-o", f"{form}={written}")

    assert written.read_bytes().decode() == ran.out


def test_a_file_that_cannot_be_written_keeps_nothing_else_back(
    adaudit: Command, snapshot: Make, tmp_path: Path
) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "no-such-folder" / "bad.txt"
    ran = adaudit("diagnose", snapshot(FOREIGN), "-o", f"text={bad}", "-o", f"json={good}")

    assert ran.status == 2
    assert f"cannot write `{bad}`" in ran.err
    assert json.loads(good.read_text(encoding="utf-8"))["format"] == "adaudit-diagnosis"
    assert "EX01 → mail.partner.example" in ran.out


def test_what_the_command_is_given_reaches_the_diagnosis(
    adaudit: Command, monkeypatch: pytest.MonkeyPatch, snapshot: Make
) -> None:
    asked: list[tuple[object, ...]] = []

    def fake(name: str, source: Callable[[], Snapshot], *rest: object) -> DiagnosisReport:
        with source() as opened:
            asked.append((name, opened.source, *rest))
        return ruled(Outcome.PASS)

    monkeypatch.setattr("adaudit.cli.diagnose.diagnose_target", fake)
    file = snapshot("sound")
    adaudit("diagnose", file, "--to", "EX02")

    assert asked == [("sound.snapshot", "a scenario", (str(file),), None, "EX02")]

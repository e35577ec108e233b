"""Where reports go, and in which forms."""

import csv
import io
import json
import shlex
from collections.abc import Callable
from pathlib import Path

from tests.cli.command import Command

Make = Callable[[str], Path]
Write = Callable[..., Path]


def test_a_report_goes_to_every_file_and_to_standard_output(
    adaudit: Command, snapshot: Make, tmp_path: Path
) -> None:
    one, other = tmp_path / "one.json", tmp_path / "other.csv"
    ran = adaudit("check", snapshot("account-denied"), "-o", f"json={one}", "-o", f"csv={other}")

    assert "Offending groups" in ran.out
    assert json.loads(one.read_text(encoding="utf-8"))
    assert list(csv.reader(io.StringIO(other.read_text(encoding="utf-8-sig"))))


def test_a_file_holds_what_standard_output_would_show(
    adaudit: Command, snapshot: Make, tmp_path: Path
) -> None:
    file, written = snapshot("account-denied"), tmp_path / "report"

    for form in ("table", "csv", "json"):
        shown = adaudit("check", file, "--format", form, "-o", f"{form}={written}").out
        encoding = "utf-8-sig" if form == "csv" else "utf-8"
        assert written.read_bytes().decode(encoding) == shown


def test_commands_that_answer_a_question_write_files_too(
    adaudit: Command, snapshot: Make, tmp_path: Path
) -> None:
    written = tmp_path / "explained.json"
    asked = ("--who", "EX01$", "--on", "EX02", "--right", "Send-As")
    ran = adaudit("explain", snapshot("account-denied"), *asked, "-o", f"json={written}")

    assert ran.out.startswith("Send-As: ")
    assert json.loads(written.read_text(encoding="utf-8"))["format"] == "adaudit-explanation"


def test_a_file_that_cannot_be_written_keeps_nothing_else_back(
    adaudit: Command, snapshot: Make, tmp_path: Path
) -> None:
    good = tmp_path / "good.json"
    bad = tmp_path / "no-such-folder" / "report.json"
    ran = adaudit("check", snapshot("sound"), "-o", f"json={bad}", "-o", f"json={good}")

    assert ran.status == 2
    assert f"cannot write `{bad}`" in ran.err
    assert good.exists()
    assert "EX01" in ran.out


def test_what_cannot_be_replaced_is_left_as_it_was(
    adaudit: Command, snapshot: Make, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    ran = adaudit("check", snapshot("sound"), "-o", f"json={folder}")

    assert ran.status == 2
    assert list(folder.iterdir()) == []


def test_json_keeps_its_form_when_a_target_fails(
    adaudit: Command, snapshot: Make, tmp_path: Path
) -> None:
    ran = adaudit("check", snapshot("sound"), tmp_path / "missing.snapshot", "--format", "json")
    report = json.loads(ran.out)

    assert [target["name"] for target in report["targets"]] == [
        "sound.snapshot",
        "missing.snapshot",
    ]


def test_a_target_that_fails_stops_no_other(
    adaudit: Command, snapshot: Make, targets: Write, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.ldif"
    cut.write_text("this is no LDIF\n")
    ran = adaudit(
        "audit", targets(good=snapshot("sound"), broken=cut, bad=snapshot("account-denied"))
    )

    assert ran.status == 1
    assert r"CONTOSO\EX01$" in ran.out
    assert "broken" in ran.out
    assert "cut.ldif" in ran.out


def test_only_a_target_that_failed_makes_the_run_incomplete(
    adaudit: Command, snapshot: Make, targets: Write, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.ldif"
    cut.write_text("this is no LDIF\n")

    assert adaudit("audit", targets(good=snapshot("sound"), broken=cut)).status == 3


def test_the_command_that_a_finding_suggests_explains_it(
    adaudit: Command, snapshot: Make, targets: Write
) -> None:
    for arguments in (
        ("check", snapshot("account-denied")),
        ("audit", targets(good=snapshot("sound"), bad=snapshot("account-denied"))),
    ):
        report = json.loads(adaudit(*arguments, "--format", "json").out)
        found = [f for target in report["targets"] for f in target["findings"]]
        program, *words = shlex.split(found[0]["look"])
        explained = adaudit(*words)

        assert program == "adaudit"
        assert explained.status == 0
        assert "denied" in explained.out.lower()

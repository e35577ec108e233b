"""0 complete and clean, 1 findings, 2 wrong use, 3 incomplete."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.command import Command

Make = Callable[[str], Path]
Write = Callable[..., Path]
EX02 = "CN=EX02,CN=Servers,CN=Head Office,CN=Administrative Groups,CN=Contoso"
ASKED = ("--who", "EX01$", "--on", "EX02", "--right", "Send-As")


@pytest.mark.parametrize(
    ("scenario", "status"),
    [
        pytest.param("sound", 0, id="complete-and-clean"),
        pytest.param("account-denied", 1, id="a-finding"),
        pytest.param("unread-domain", 3, id="something-was-not-read"),
        pytest.param("unmapped-server", 3, id="something-was-not-decided"),
        pytest.param("incomplete-member-list", 1, id="a-finding-weighs-more-than-a-gap"),
        pytest.param("order-without-consequence", 0, id="a-finding-below-what-fails"),
    ],
)
def test_what_was_found_makes_the_status(
    adaudit: Command, snapshot: Make, targets: Write, scenario: str, status: int
) -> None:
    file = snapshot(scenario)

    assert adaudit("audit", targets(one=file)).status == status
    assert adaudit("check", file).status == status


@pytest.mark.parametrize(
    ("scenario", "fail_on", "status"),
    [
        ("order-without-consequence", "info", 1),
        ("order-without-consequence", "low", 1),
        ("order-without-consequence", "medium", 0),
        ("account-denied", "none", 0),
        ("unread-domain", "none", 3),
        ("incomplete-member-list", "none", 3),
    ],
)
def test_what_fails_the_run_can_be_said(
    adaudit: Command, snapshot: Make, targets: Write, scenario: str, fail_on: str, status: int
) -> None:
    file = snapshot(scenario)
    said_in_list = targets(f"checks: {{fail_on: {fail_on}}}", one=file)

    assert adaudit("check", file, "--fail-on", fail_on).status == status
    assert adaudit("audit", said_in_list).status == status


def test_the_option_has_the_last_word(adaudit: Command, snapshot: Make, targets: Write) -> None:
    said_in_list = targets("checks: {fail_on: none}", one=snapshot("account-denied"))

    assert adaudit("audit", said_in_list).status == 0
    assert adaudit("audit", said_in_list, "--fail-on", "high").status == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["audit"],
        ["audit", "missing.yaml"],
        ["audit", "--fail-on", "severe", "x.yaml"],
        ["audit", "-o", "pdf=x", "x.yaml"],
        ["audit", "-o", "json=", "x.yaml"],
        ["check"],
        ["check", "x.yaml"],
        ["check", "--skip", "nothing", "x.snapshot"],
        ["checks", "nothing"],
        ["collect", "missing.yaml", "-o", "x"],
        ["unheard-of"],
        ["--unheard-of"],
    ],
    ids=" ".join,
)
def test_wrong_use_ends_with_2_and_one_message(adaudit: Command, arguments: list[str]) -> None:
    ran = adaudit(*arguments)

    assert ran.status == 2
    assert ran.out == ""
    assert "rror: " in ran.err
    assert "Traceback" not in ran.err


def test_a_list_that_skips_a_check_that_is_none_is_wrong_use(
    adaudit: Command, snapshot: Make, targets: Write
) -> None:
    ran = adaudit("audit", targets("checks: {skip: [nothing-at-all]}", one=snapshot("sound")))

    assert ran.status == 2
    assert "no check `nothing-at-all`" in ran.err
    assert "send-as-denied" in ran.err


def test_a_check_that_is_skipped_finds_nothing(
    adaudit: Command, snapshot: Make, targets: Write
) -> None:
    file = snapshot("account-denied")

    assert adaudit("check", file, "--skip", "send-as-denied").status == 0
    assert adaudit("audit", targets("checks: {skip: [send-as-denied]}", one=file)).status == 0


def test_nothing_read_is_incomplete(adaudit: Command, tmp_path: Path) -> None:
    ran = adaudit("check", tmp_path / "missing.snapshot")

    assert ran.status == 3
    assert "no snapshot at" in ran.out
    assert ran.err == ""


def test_a_file_that_is_no_snapshot_is_told_from_a_damaged_one(
    adaudit: Command, snapshot: Make, tmp_path: Path
) -> None:
    other, cut = tmp_path / "other.snapshot", snapshot("sound")
    other.write_text("no database at all, but long enough to have been one" * 20)
    cut.write_bytes(cut.read_bytes()[:6000])

    for path in (other, cut):
        ran = adaudit("check", path)
        assert ran.status == 3
        assert path.name in ran.out
        assert "Traceback" not in ran.out + ran.err


def test_a_snapshot_of_another_version_says_what_to_do(adaudit: Command, snapshot: Make) -> None:
    path = snapshot("sound")
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    ran = adaudit("check", path)

    assert ran.status == 3
    assert "format 99" in ran.out
    assert "collect it again" in ran.out


@pytest.mark.parametrize(
    ("scenario", "status"), [("sound", 0), ("account-denied", 0), ("unread-domain", 3)]
)
def test_to_explain_a_denial_is_success_and_an_open_question_is_not(
    adaudit: Command, snapshot: Make, scenario: str, status: int
) -> None:
    assert adaudit("explain", snapshot(scenario), *ASKED).status == status


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--who", "nobody", "no principal `nobody`"),
        ("--on", "EX99", "no object `EX99`"),
        ("--on", "CN=nowhere,DC=contoso,DC=example", "no object"),
        ("--on", "CN=a,,=", "is not a"),
        ("--right", "Fly-As", "no right `Fly-As`"),
        ("--in", "fabrikam", "no domain `fabrikam`"),
        ("--who", "S-1-x", "S-1-x"),
        ("--target", "one", "chooses from a target list"),
    ],
)
def test_to_ask_for_what_is_not_there_is_wrong_use(
    adaudit: Command, snapshot: Make, option: str, value: str, message: str
) -> None:
    ran = adaudit("explain", snapshot("sound"), *ASKED, option, value)

    assert ran.status == 2
    assert message in ran.err


def test_an_object_whose_descriptor_is_damaged_cannot_be_explained(
    adaudit: Command, snapshot: Make
) -> None:
    asked = ("--who", "EX01$", "--on", "EX03", "--right", "Send-As")
    ran = adaudit("explain", snapshot("damaged-descriptor"), *asked)

    assert ran.status == 3
    assert "the security descriptor is damaged" in ran.err


def test_an_export_given_for_a_target_list_is_said_to_be_for_another_command(
    adaudit: Command, tmp_path: Path
) -> None:
    export = tmp_path / "contoso.ldif"
    export.write_text("dn: DC=contoso,DC=example\nwhat: a: b\n")
    ran = adaudit("audit", export)

    assert ran.status == 2
    assert f"`adaudit check {export}`" in ran.err

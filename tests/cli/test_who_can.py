"""`adaudit who-can` as users run it."""

import json
from pathlib import Path

import pytest

from tests.cli.command import Command
from tests.explanation.asking import OBJECT, small_world


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A snapshot in which Helpers may delete the tree, and those who log on by NTLM may write."""
    path = tmp_path / "small.snapshot"
    world, _ = small_world("(A;;DT;;;H)(A;;WP;;;S-1-5-64-10)")
    world.snapshot(path).__exit__()
    return path


def test_who_holds_a_right_is_no_failure(adaudit: Command, file: Path) -> None:
    ran = adaudit("who-can", file, "--right", "DeleteTree", "--on", OBJECT)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("DeleteTree: 2 users (1 disabled), 1 group\n")


def test_what_is_not_known_of_somebody_ends_with_3(adaudit: Command, file: Path) -> None:
    ran = adaudit("who-can", file, "--right", "write:member", "--on", OBJECT)
    assert ran.status == 3
    assert "May hold it" in ran.out


def test_an_object_that_cannot_be_judged_ends_with_3(adaudit: Command, file: Path) -> None:
    ran = adaudit("who-can", file, "--right", "DeleteTree", "--on", "ann")
    assert (ran.status, ran.out) == (3, "")
    assert "cannot be judged: the directory gave no security descriptor" in ran.err
    assert "help: only what the checks of Exchange need was kept: --scope all" in ran.err


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--right", "DeletTree", "help: closest: `DeleteTree`"),
        ("--on", "contoso.exmaple", "help: closest: `contoso.example`"),
        ("--on", "CN=nowhere,DC=contoso,DC=example", "no object"),
        ("--in", "fabrikam", "no domain `fabrikam`"),
        ("--right", "Move", "help: name it by --to"),
        ("--to", "CN=nowhere", "no object `CN=nowhere`"),
        ("--format", "xml", "Invalid value for '--format'"),
    ],
)
def test_what_is_not_there_is_wrong_use(
    adaudit: Command, file: Path, option: str, value: str, message: str
) -> None:
    ran = adaudit("who-can", file, "--right", "DeleteTree", "--on", OBJECT, option, value)
    assert (ran.status, ran.out) == (2, "")
    assert message in ran.err


def test_an_object_can_be_named_by_its_account(adaudit: Command, file: Path) -> None:
    ran = adaudit("who-can", file, "--right", "Delete", "--on", "Helpers")
    assert "CN=Helpers,CN=Users,DC=contoso,DC=example" in ran.out


def test_all_forms_can_be_written_at_once(adaudit: Command, file: Path, tmp_path: Path) -> None:
    rows, whole = tmp_path / "rows.csv", tmp_path / "whole.json"
    asked = ("who-can", file, "--right", "DeleteTree", "--on", OBJECT, "--paths")
    ran = adaudit(*asked, "-o", f"csv={rows}", "-o", f"json={whole}")
    assert "→ CONTOSO\\Helpers" in ran.out
    found = json.loads(whole.read_text("utf-8"))
    ways = [each["paths"] for each in found["lots"][0]["principals"]]
    assert ways[0] == [["CONTOSO\\ann", "CONTOSO\\Helpers"]]
    assert "CONTOSO\\ann → CONTOSO\\Helpers" in rows.read_text("utf-8-sig")


def test_explain_shows_each_check_of_an_operation(adaudit: Command, file: Path) -> None:
    asked = ("explain", file, "--who", "ann", "--on", OBJECT, "--right", "Delete")
    ran = adaudit(*asked)
    assert ran.status == 0
    assert "takes       Delete on the object or delete:group on its parent" in ran.out
    assert "1  Delete on the object: DENIED" in ran.out
    assert "2  delete:group on its parent: DENIED" in ran.out
    found = json.loads(adaudit(*asked, "--format", "json").out)
    assert [check["asked_of"] for check in found["checks"]] == ["the object", "its parent"]
    assert [check["decision"] for check in found["checks"]] == ["denied", "denied"]

"""`adaudit rights-of` as users run it."""

import json
from pathlib import Path

import pytest

from tests.cli.command import Command
from tests.explanation.asking import OBJECT, PARENT, small_world


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A snapshot in which Helpers may delete the tree of an object; users have no descriptors."""
    path = tmp_path / "small.snapshot"
    small_world("(A;;DT;;;H)")[0].snapshot(path).__exit__()
    return path


def test_all_that_one_holds_on_an_object_is_told(adaudit: Command, file: Path) -> None:
    ran = adaudit("rights-of", file, "--who", "ann", "--on", OBJECT)
    assert (ran.status, ran.err) == (0, "")
    assert "holds       DeleteTree" in ran.out


def test_under_an_object_it_is_told_of_all(adaudit: Command, file: Path) -> None:
    ran = adaudit("rights-of", file, "--who", "ann", "--under", PARENT)
    assert ran.status == 0
    assert ran.out.startswith("CONTOSO\\ann: something on 1 object, nothing more on 1\n")


def test_objects_that_cannot_be_judged_end_with_3(adaudit: Command, file: Path) -> None:
    ran = adaudit("rights-of", file, "--who", "ann")
    assert ran.status == 3
    assert "?  Not judged" in ran.out


def test_all_forms_can_be_written_at_once(adaudit: Command, file: Path, tmp_path: Path) -> None:
    rows, whole = tmp_path / "rows.csv", tmp_path / "whole.json"
    asked = ("rights-of", file, "--who", "ann", "--under", PARENT, "--all")
    adaudit(*asked, "-o", f"csv={rows}", "-o", f"json={whole}")
    assert json.loads(whole.read_text("utf-8"))["spreads"][0]["objects"] == [OBJECT]
    assert "DeleteTree" in rows.read_text("utf-8-sig")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--who", "nobody"), "no principal `nobody`"),
        (("--who", "ann", "--on", OBJECT, "--under", PARENT), "exclude each other"),
        (("--who", "ann", "--on", "CN=nowhere"), "no object `CN=nowhere`"),
        (("--who", "ann", "--in", "fabrikam"), "no domain `fabrikam`"),
        ((), "Missing option '--who'"),
    ],
)
def test_what_is_not_there_is_wrong_use(
    adaudit: Command, file: Path, options: tuple[str, ...], message: str
) -> None:
    ran = adaudit("rights-of", file, *options)
    assert (ran.status, ran.out) == (2, "")
    assert message in ran.err

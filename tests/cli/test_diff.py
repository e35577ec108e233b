"""`adaudit diff`: forms, exit status, and what it refuses."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.builders import World
from tests.cli.command import Command
from tests.drift.times import FULL, HELPDESK, STAFF, Change, Town
from tests.scenarios.reading import ldif_file

SAMPLES = Path(__file__).parents[2] / "samples"


def files(folder: Path, change: Change, before: Change = lambda _: None) -> tuple[Path, Path]:
    """The forest of `tests.drift.times` in two files, the second one changed."""
    old, new = Town(), Town()
    for town in (old, new):
        before(town)
    change(new)
    paths = folder / "old.snapshot", folder / "new.snapshot"
    for town, path in zip((old, new), paths, strict=True):
        town.snapshot(path).__exit__()
    return paths


def nothing(_: Town) -> None:
    pass


def grant(town: Town) -> None:
    town.describe_staff(f"(A;CI;{FULL};;;{HELPDESK})")


def test_nothing_changed(adaudit: Command, tmp_path: Path) -> None:
    ran = adaudit("diff", *files(tmp_path, nothing))
    assert ran.status == 0
    assert "Result   complete   nothing changed" in ran.out


def test_a_change_is_told_with_status_1(adaudit: Command, tmp_path: Path) -> None:
    ran = adaudit("diff", *files(tmp_path, grant))
    assert ran.status == 1
    assert "2 accounts gained full control on 5 objects" in ran.out
    assert f"set on {STAFF}" in ran.out
    assert "reached     4 objects by inheritance" in ran.out


def test_gaps_alone_end_with_status_3(adaudit: Command, tmp_path: Path) -> None:
    def lose(town: Town) -> None:
        town.gap("search of DC=x", "cut off")

    ran = adaudit("diff", *files(tmp_path, nothing, lose))
    assert ran.status == 3
    assert "INCOMPLETE   nothing changed in what could be read" in ran.out
    assert "search of DC=x: cut off" in " ".join(ran.out.split())


def test_json_holds_whole_sets(adaudit: Command, tmp_path: Path) -> None:
    told = json.loads(adaudit("diff", *files(tmp_path, grant), "--format", "json").out)
    assert (told["format"], told["version"], told["changed"]) == ("adaudit-drift", 1, True)
    (effect,) = told["effects"]
    assert told["sets"][effect["accounts"]] == [r"CONTOSO\user1", r"CONTOSO\user2"]
    assert len(told["sets"][effect["objects"]]) == effect["objects_total"] == 5
    assert effect["after"]["sddl"] == f"(A;CI;{FULL};;;{HELPDESK})"


def test_csv_has_a_row_for_each_change(adaudit: Command, tmp_path: Path) -> None:
    told = adaudit("diff", *files(tmp_path, grant), "--format", "csv").out
    rows = list(csv.DictReader(io.StringIO(told)))
    assert [row["part"] for row in rows] == ["old", "new", "effect", "entry"]
    assert rows[2]["accounts"] == "2"
    assert rows[3]["reached"] == "4"


@pytest.mark.parametrize("form", ["text", "csv", "json"])
def test_hostile_names_are_inert(adaudit: Command, tmp_path: Path, form: str) -> None:
    def hire(town: Town) -> None:
        town.helpdesk.put(member=town.hire("evil\x1b[2J\u202ename"))

    told = adaudit("diff", *files(tmp_path, hire, grant), "--format", form).out
    assert "evil" in told
    assert "\x1b" not in told
    assert "\u202e" not in told


def test_an_export_is_compared_with_a_snapshot(adaudit: Command, tmp_path: Path) -> None:
    export = ldif_file("sound", tmp_path)
    snapshot = tmp_path / "sound.snapshot"
    listed = tmp_path / "targets.yaml"
    listed.write_text(f"version: 1\ntargets: [{{name: a, ldif: '{export}'}}]\n", "utf-8")
    assert adaudit("collect", listed, "-o", snapshot).status == 0
    for ran in (
        adaudit("diff", snapshot, export),
        adaudit("diff", listed, snapshot, "--target", "a"),
    ):
        assert "nothing changed" in ran.out


def test_two_exports_are_compared_whole(adaudit: Command) -> None:
    old, new = (SAMPLES / f"tailspin{which}.ldif.gz" for which in ("-untouched", ""))
    told = adaudit("diff", old, new)

    assert told.status == 1
    assert "gained write:gPLink on" in told.out  # units are in no search of the mail
    assert adaudit("diff", old, old).status == 0


def test_different_forests_are_wrong_use(adaudit: Command, tmp_path: Path) -> None:
    other = World()
    other.domain("FABRIKAM", "DC=fabrikam,DC=example", "S-1-5-21-9-9-9")
    other.snapshot(tmp_path / "other.snapshot").__exit__()
    old, _ = files(tmp_path, nothing)
    ran = adaudit("diff", old, tmp_path / "other.snapshot")
    assert ran.status == 2
    assert "the snapshots are of different forests" in ran.err


def test_a_target_of_no_list_is_wrong_use(adaudit: Command, tmp_path: Path) -> None:
    assert adaudit("diff", *files(tmp_path, nothing), "--target", "a").status == 2

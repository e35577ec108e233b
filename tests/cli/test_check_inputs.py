"""What `adaudit check` takes: files of all kinds by any name, apart or put together."""

import json
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from adaudit.collect.ldif_files import LdifSource
from adaudit.directory.entry import Entry
from tests.builders import World
from tests.cli.command import Command
from tests.collect.explorer_builder import explorer_file

Make = Callable[[str], Path]


def explorer_snapshot(export: Path) -> Path:
    """What AD Explorer would have saved of an exported directory."""
    source = LdifSource([export], everything=True)
    path = export.with_suffix(".dat")
    path.write_bytes(explorer_file(i for i in source.read() if isinstance(i, Entry)))
    return path


def half(folder: Path, name: str, guid: int = 1) -> Path:
    """A snapshot of one of two domains."""
    world = World()
    world.domain("CONTOSO", "DC=contoso,DC=example", is_read=name == "contoso")
    world.domain("EMEA", "DC=emea,DC=contoso,DC=example", is_read=name == "emea")
    world.add(world.configuration, "configuration", objectGUID=UUID(int=guid))
    world.snapshot(folder / f"{name}.snapshot")
    return folder / f"{name}.snapshot"


def test_a_snapshot_of_ad_explorer_is_checked_as_an_export(adaudit: Command, ldif: Make) -> None:
    export = ldif("account-denied")
    by_ldif = adaudit("check", export, "--format", "json")
    by_explorer = adaudit("check", explorer_snapshot(export), "--format", "json")
    (one,), (other,) = (json.loads(ran.out)["targets"] for ran in (by_ldif, by_explorer))
    assert other["source"] == f"AD Explorer {export.stem}.dat"
    assert other["matrix"] == one["matrix"]
    assert [each["id"] for each in other["findings"]] == [each["id"] for each in one["findings"]]


def test_an_export_is_taken_by_any_name(adaudit: Command, ldif: Make, tmp_path: Path) -> None:
    export = ldif("sound").rename(tmp_path / "ldapsearch.out")
    (target,) = json.loads(adaudit("check", export, "--format", "json").out)["targets"]
    assert target["source"] == "LDIF ldapsearch.out"


def test_files_are_targets_of_their_own(adaudit: Command, tmp_path: Path) -> None:
    files = half(tmp_path, "contoso"), half(tmp_path, "emea")
    targets = json.loads(adaudit("check", *files, "--format", "json").out)["targets"]
    assert [target["name"] for target in targets] == ["contoso.snapshot", "emea.snapshot"]


def test_merged_they_are_one_target(adaudit: Command, tmp_path: Path) -> None:
    files = half(tmp_path, "contoso"), half(tmp_path, "emea")
    targets = json.loads(adaudit("check", "--merge", *files, "--format", "json").out)["targets"]
    assert [target["name"] for target in targets] == ["contoso.snapshot + emea.snapshot"]


def test_a_target_list_puts_them_together_too(adaudit: Command, tmp_path: Path) -> None:
    half(tmp_path, "contoso"), half(tmp_path, "emea")
    file = tmp_path / "targets.yaml"
    text = "{name: contoso, snapshot: [contoso.snapshot, emea.snapshot]}"
    file.write_text(f"version: 1\ntargets: [{text}]\n", encoding="utf-8")
    (target,) = json.loads(adaudit("audit", file, "--format", "json").out)["targets"]
    assert not target.get("error")


def test_files_of_different_forests_are_refused(adaudit: Command, tmp_path: Path) -> None:
    files = half(tmp_path, "contoso"), half(tmp_path, "emea", guid=2)
    ran = adaudit("check", "--merge", *files)
    assert ran.status == 3
    assert "is of another forest than" in " ".join(ran.out.split())


def test_files_of_different_kinds_are_refused(adaudit: Command, ldif: Make, tmp_path: Path) -> None:
    ran = adaudit("check", "--merge", half(tmp_path, "contoso"), ldif("sound"))
    assert ran.status == 2
    assert "takes files of one kind" in ran.err


def test_a_file_that_is_given_twice_is_refused(adaudit: Command, tmp_path: Path) -> None:
    file = half(tmp_path, "contoso")
    ran = adaudit("check", "--merge", file, file)
    assert ran.status == 2
    assert "is there twice" in ran.err


def test_all_of_an_export_is_reviewed_where_that_is_asked_for(adaudit: Command) -> None:
    sample = Path(__file__).parents[2] / "samples" / "tailspin.ldif.gz"
    found = {}
    for scope in ("exchange", "all"):
        told = adaudit("check", sample, "--scope", scope, "--format", "json")
        (target,) = json.loads(told.out)["targets"]
        found[scope] = {each["check"] for each in target["findings"]}
    assert "directory-replication" in found["all"] - found["exchange"]

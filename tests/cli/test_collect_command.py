"""`adaudit collect`: into a file, or a folder for several targets."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from adaudit.directory.entry import Entry, Gap
from adaudit.directory.marks import Mark
from adaudit.directory.snapshot import Snapshot
from adaudit.directory.writer import SnapshotWriter
from adaudit.errors import CollectError
from tests.cli.command import Command
from tests.collect.fake_controller import CONFIGURATION, FakeController, contoso
from tests.scenarios.model import load
from tests.scenarios.reading import Given
from tests.scenarios.world import build

Make = Callable[[str], Path]
Write = Callable[..., Path]


def test_a_snapshot_is_judged_like_the_export_that_it_came_from(
    adaudit: Command, ldif: Make, tmp_path: Path
) -> None:
    export, file = ldif("account-denied"), tmp_path / "account-denied.ldif.snapshot"
    targets = tmp_path / "list.yaml"
    targets.write_text(f"version: 1\ntargets: [{{name: one, ldif: '{export}'}}]\n")
    collected = adaudit("collect", targets, "-o", file)
    from_export = adaudit("check", export, "--format", "csv")
    from_snapshot = adaudit("check", file, "--format", "csv")

    assert collected.status == 0
    assert from_export.status == 1
    assert from_snapshot.out.replace(file.name, export.name) == from_export.out


def test_it_says_what_it_read_and_where_it_is(
    adaudit: Command, ldif: Make, targets: Write, tmp_path: Path
) -> None:
    file = tmp_path / "one.snapshot"
    ran = adaudit("collect", targets(one=ldif("sound")), "-o", file)
    with Snapshot.open(file) as snapshot:
        count = len(snapshot)

    assert ran.out == f"one: {count} objects in {file}\n"
    assert ran.err == ""


def test_what_could_not_be_read_is_kept_in_the_snapshot_and_told(
    adaudit: Command, ldif: Make, targets: Write, tmp_path: Path
) -> None:
    file = tmp_path / "one.snapshot"
    ran = adaudit("collect", targets(one=ldif("unreadable-descriptor")), "-o", file)
    with Snapshot.open(file) as snapshot:
        (gap,) = snapshot.gaps

    assert ran.status == 3
    assert gap.subject.startswith("CN=EX02,")
    assert f"one: gap: {gap.subject}" in ran.err


def test_several_targets_go_into_a_folder(
    adaudit: Command, ldif: Make, targets: Write, tmp_path: Path
) -> None:
    folder = tmp_path / "snapshots"
    folder.mkdir()
    ran = adaudit("collect", targets(one=ldif("sound"), two=ldif("account-denied")), "-o", folder)

    assert ran.status == 0
    assert sorted(path.name for path in folder.iterdir()) == ["one.snapshot", "two.snapshot"]


def test_several_targets_do_not_fit_into_a_file(
    adaudit: Command, ldif: Make, targets: Write, tmp_path: Path
) -> None:
    several = targets(one=ldif("sound"), two=ldif("account-denied"))
    ran = adaudit("collect", several, "-o", tmp_path / "all.snapshot")

    assert ran.status == 2
    assert "2 targets need one" in ran.err


def test_one_of_several_can_be_chosen(
    adaudit: Command, ldif: Make, targets: Write, tmp_path: Path
) -> None:
    several = targets(one=ldif("sound"), two=ldif("account-denied"))
    ran = adaudit("collect", several, "-o", tmp_path / "two.snapshot", "--target", "two")
    missing = adaudit("collect", several, "-o", tmp_path / "x.snapshot", "--target", "three")

    assert ran.out.startswith("two: ")
    assert missing.status == 2
    assert "targets: one, two" in missing.err


def test_one_that_fails_stops_no_other(
    adaudit: Command, ldif: Make, targets: Write, tmp_path: Path
) -> None:
    folder, broken = tmp_path / "snapshots", tmp_path / "broken.ldif"
    folder.mkdir()
    broken.write_text("this is no LDIF\n")
    ran = adaudit("collect", targets(broken=broken, one=ldif("sound")), "-o", folder)

    assert ran.status == 3
    assert "broken: error: " in ran.err
    assert [path.name for path in folder.iterdir()] == ["one.snapshot"]


def test_a_list_of_snapshots_leaves_nothing_to_collect(
    adaudit: Command, snapshot: Make, targets: Write, tmp_path: Path
) -> None:
    ran = adaudit("collect", targets(one=snapshot("sound")), "-o", tmp_path / "x.snapshot")

    assert ran.status == 2
    assert "nothing to collect" in ran.err


def test_a_folder_that_does_not_exist_is_an_error(
    adaudit: Command, ldif: Make, targets: Write, tmp_path: Path
) -> None:
    path = tmp_path / "nowhere" / "one.snapshot"
    ran = adaudit("collect", targets(one=ldif("sound")), "-o", path)

    assert ran.status == 3
    assert "cannot write a snapshot" in ran.err


class BreaksOff(Given):
    """A source that gives the half of what it has."""

    def __init__(self, reason: BaseException) -> None:
        super().__init__(list(build(load("sound")).items()))
        self.reason = reason

    def read(self, _: Mapping[str, Mark]) -> Iterator[Entry | Gap]:
        """Give the first half."""
        yield from self.items[: len(self.items) // 2]
        raise self.reason


@pytest.fixture
def collected(adaudit: Command, ldif: Make, targets: Write, tmp_path: Path) -> tuple[Path, Path]:
    """A target list, and the snapshot that a collection made of it."""
    file, chosen = tmp_path / "one.snapshot", targets(one=ldif("sound"))
    assert adaudit("collect", chosen, "-o", file).status == 0
    return chosen, file


def test_an_interrupted_collection_leaves_the_old_snapshot(
    adaudit: Command, collected: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen, file = collected
    before = file.read_bytes()
    monkeypatch.setattr("adaudit.audit.open_source", lambda *_: BreaksOff(KeyboardInterrupt()))

    assert adaudit("collect", chosen, "-o", file).status == 130
    assert file.read_bytes() == before
    assert not list(file.parent.glob(".*partial*"))


def test_a_collection_that_fails_halfway_leaves_the_old_snapshot(
    adaudit: Command, collected: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen, file = collected
    before = file.read_bytes()
    reason = CollectError("the server has gone", "look at it")
    monkeypatch.setattr("adaudit.audit.open_source", lambda *_: BreaksOff(reason))
    ran = adaudit("collect", chosen, "-o", file)

    assert ran.status == 3
    assert ran.err == "one: error: the server has gone (look at it)\n"
    assert file.read_bytes() == before
    assert not list(file.parent.glob(".*partial*"))


SPEED = "timeout: 5, page_size: 1, auth: {method: anonymous}"


@pytest.fixture
def server() -> Iterator[FakeController]:
    with contoso(Ops=["CN=a"], Staff=["CN=b"], Sales=["CN=c"]).running() as server:
        yield server


@pytest.fixture
def live(server: FakeController, tmp_path: Path) -> Path:
    """A target list with that server."""
    path = tmp_path / "live.yaml"
    path.write_text(f"version: 1\ntargets:\n- {{name: one, ldap: '{server.url}', {SPEED}}}\n")
    return path


def test_an_interrupted_collection_says_how_to_go_on_and_goes_on(
    adaudit: Command,
    live: Path,
    server: FakeController,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file, whole = tmp_path / "one.snapshot", tmp_path / "whole.snapshot"
    assert adaudit("collect", live, "-o", whole).status == 0
    with monkeypatch.context() as patch:
        patch.setattr(SnapshotWriter, "checkpoint", _breaks_off(SnapshotWriter.checkpoint))
        stopped = adaudit("collect", live, "-o", file)
    asked = len(server.asked)
    ran = adaudit("collect", live, "-o", file, "--resume")

    assert stopped.status == 130
    assert stopped.err.splitlines()[0] == "one: interrupted: --resume goes on with it"
    assert ran.status == 0
    assert CONFIGURATION not in {a.base for a in server.asked[asked:]}
    with Snapshot.open(file) as resumed, Snapshot.open(whole) as expected:
        assert list(resumed.entries()) == list(expected.entries())
        assert resumed.gaps == ()


def test_without_resuming_it_says_that_it_replaces_what_was_left(
    adaudit: Command, live: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "one.snapshot"
    with monkeypatch.context() as patch:
        patch.setattr(SnapshotWriter, "checkpoint", _breaks_off(SnapshotWriter.checkpoint))
        adaudit("collect", live, "-o", file)
    ran = adaudit("collect", live, "-o", file)

    assert ran.status == 0
    assert ran.err.startswith("one: what an interrupted run left is replaced")
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_a_complete_snapshot_is_not_collected_again_when_resuming(
    adaudit: Command, live: Path, server: FakeController, tmp_path: Path
) -> None:
    file = tmp_path / "one.snapshot"
    first = adaudit("collect", live, "-o", file)
    asked = len(server.asked)
    second = adaudit("collect", live, "-o", file, "--resume")

    assert (first.status, second.status) == (0, 0)
    assert first.out == second.out
    assert len(server.asked) == asked


def test_what_was_read_by_another_plan_is_not_gone_on_with(
    adaudit: Command, live: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "one.snapshot"
    with monkeypatch.context() as patch:
        patch.setattr(SnapshotWriter, "checkpoint", _breaks_off(SnapshotWriter.checkpoint))
        adaudit("collect", live, "-o", file)
    live.write_text(live.read_text().replace(SPEED, f"{SPEED}, scope: all"))
    ran = adaudit("collect", live, "-o", file, "--resume")

    assert ran.status == 3
    assert "was begun with other settings" in ran.err


def _breaks_off(checkpoint: Callable[[SnapshotWriter, Mark], None]) -> Callable[..., None]:
    """Make the mark, and when it is the first of the groups break off."""

    def breaking(writer: SnapshotWriter, mark: Mark) -> None:
        checkpoint(writer, mark)
        if mark.step.startswith("groups") and mark.cookie is not None:
            raise KeyboardInterrupt

    return breaking

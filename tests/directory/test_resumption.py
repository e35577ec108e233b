"""Going on with a snapshot after an interruption, of whatever kind."""

import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adaudit.directory import Dn, Gap, Snapshot
from adaudit.directory.marks import Mark
from adaudit.directory.observations import EvidenceSource, SourceKind
from adaudit.directory.writer import SnapshotWriter
from adaudit.errors import DirectoryError
from tests.builders import TAKEN_AT
from tests.directory import long_reading
from tests.directory.entries import BODY, entry

HALF = Mark("groups", b"page 2")
HERE = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "contoso.snapshot"


def partial(path: Path) -> Path:
    return path.with_name(f".{path.name}.partial")


def killed(path: Path, before: int) -> None:
    """Read in another process until that is killed by force."""
    process = subprocess.run(
        [sys.executable, "-m", "tests.directory.long_reading", str(path), str(before)],
        cwd=HERE,
        check=False,
    )
    assert process.returncode == -signal.SIGKILL
    assert not path.exists()


def interrupted(path: Path, *marks: Mark, key: str = "") -> None:
    """Read one object, make sure of it, lose another one."""
    with SnapshotWriter("test", path, TAKEN_AT, key=key) as writer:
        writer.add(entry("CN=sure", BODY))
        for mark in marks:
            writer.checkpoint(mark)
        writer.add(entry("CN=lost"))


def incomplete(path: Path) -> None:
    """Write a snapshot that misses something."""
    with SnapshotWriter("test", path, TAKEN_AT) as writer:
        writer.add(entry("CN=sure", BODY, objectclass=b"user"))
        writer.checkpoint(HALF)
        writer.add_gap(Gap("groups", "the connection was lost"), "groups")
        writer.finish().__exit__()


def names(snapshot: Snapshot) -> list[str]:
    return [str(found.dn) for found in snapshot.entries()]


posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")


@posix
@pytest.mark.parametrize(
    "kills",
    [
        pytest.param([100], id="before anything was made sure of"),
        pytest.param([2_500], id="at the end of a page"),
        pytest.param([4_999], id="in the middle of a page that is in the file in part"),
        pytest.param([3_000, 3_001, 9_000, 11_999], id="again and again"),
    ],
)
def test_a_reading_killed_by_force_goes_on_without_loss_or_double(
    path: Path, kills: list[int]
) -> None:
    for before in kills:
        killed(path, before)
    with long_reading.read(path) as found:
        rows = [(row[0], found.at(row[0])) for row in found.object_rows()]
        assert rows == list(enumerate(long_reading.objects(), 1))
        assert len(list(found.descriptors())) == 500
        assert len(found.gaps) == 12
    assert list(path.parent.iterdir()) == [path]


def test_marks_of_the_earlier_run_come_back(path: Path) -> None:
    interrupted(path, HALF, Mark("schema", None))
    with SnapshotWriter("test", path, resume=True) as writer:
        assert writer.marks == {"groups": HALF, "schema": Mark("schema", None)}
        assert writer.count == 1


def test_a_later_mark_takes_the_place_of_the_earlier_one_of_its_step(path: Path) -> None:
    interrupted(path, HALF, Mark("groups", b"page 3"))
    with SnapshotWriter("test", path, resume=True) as writer:
        assert writer.marks == {"groups": Mark("groups", b"page 3")}


def test_a_new_writer_has_no_marks(path: Path) -> None:
    for resume in (False, True):
        with SnapshotWriter("test", path, resume=resume) as writer:
            assert writer.marks == {}


def test_an_exception_after_a_checkpoint_leaves_what_was_made_sure_of(path: Path) -> None:
    interrupted(path, HALF)
    with SnapshotWriter("test", path, resume=True) as writer, writer.finish() as found:
        assert names(found) == ["CN=sure"]


def test_an_exception_before_any_checkpoint_leaves_nothing(path: Path) -> None:
    interrupted(path)
    assert list(path.parent.iterdir()) == []


def test_what_was_left_is_replaced_when_nobody_wants_to_go_on(path: Path) -> None:
    interrupted(path, HALF)
    with SnapshotWriter("test", path) as writer:
        assert writer.marks == {}
        with writer.finish() as found:
            assert names(found) == []
    assert list(path.parent.iterdir()) == [path]


def test_a_page_that_is_read_again_is_not_doubled(path: Path) -> None:
    interrupted(path, HALF)
    with SnapshotWriter("test", path, resume=True) as writer:
        writer.add(entry("CN=sure", BODY))
        writer.add(entry("CN=new", BODY))
        with writer.finish() as found:
            assert names(found) == ["CN=new", "CN=sure"]
            assert [body for _, body in found.descriptors()] == [BODY]


def test_several_runs_are_told_with_their_times(path: Path) -> None:
    interrupted(path, HALF)
    before = datetime.now(UTC).replace(microsecond=0)
    with SnapshotWriter("test", path, resume=True) as writer, writer.finish() as found:
        assert found.taken_at == TAKEN_AT
        (warning,) = found.warnings
    begun, gone_on = warning.removeprefix("read in several runs, begun ").split(
        " and gone on with "
    )
    assert datetime.fromisoformat(begun) == TAKEN_AT
    assert datetime.fromisoformat(gone_on.partition(": ")[0]) >= before
    assert warning.endswith(": what changed in between may be missed")


def test_one_run_has_nothing_to_tell(path: Path) -> None:
    with SnapshotWriter("test", path, resume=True) as writer, writer.finish() as found:
        assert found.warnings == ()


def test_an_incomplete_snapshot_is_gone_on_with_and_stays_until_the_end(path: Path) -> None:
    incomplete(path)
    before = path.read_bytes()
    with SnapshotWriter("test", path, resume=True) as writer:
        assert writer.marks == {"groups": HALF}
        writer.add(entry("CN=new", objectclass=b"user"))
        writer.checkpoint(Mark("groups", None))
        assert path.read_bytes() == before
        writer.finish().__exit__()
    with Snapshot.open(path) as found:
        assert [str(each.dn) for each in found.of_class("user")] == ["CN=new", "CN=sure"]
        assert found.gaps == ()
    assert list(path.parent.iterdir()) == [path]


def test_a_snapshot_that_keeps_no_marks_is_read_from_the_beginning(path: Path) -> None:
    with SnapshotWriter("test", path) as writer:
        writer.add(entry("CN=old"))
        writer.add_gap(Gap("contoso.ldif", "cut off"))
        writer.finish().__exit__()
    with SnapshotWriter("test", path, resume=True) as writer, writer.finish() as found:
        assert (names(found), found.gaps) == ([], ())


def test_a_complete_snapshot_is_not_gone_on_with(path: Path) -> None:
    with SnapshotWriter("test", path) as writer:
        writer.checkpoint(Mark("groups", None))
        writer.finish().__exit__()
    with pytest.raises(DirectoryError, match="is complete: there is nothing to go on with"):
        SnapshotWriter("test", path, resume=True)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("source", "key", "reason"),
    [("other", "a", "is of another source: test"), ("test", "b", "was begun with other settings")],
)
def test_what_was_read_of_something_else_is_not_gone_on_with(
    path: Path, source: str, key: str, reason: str
) -> None:
    interrupted(path, HALF, key="a")
    with pytest.raises(DirectoryError, match=reason) as caught:
        SnapshotWriter(source, path, resume=True, key=key)
    assert caught.value.hint == "collect it anew, without resuming"
    with SnapshotWriter("test", path, resume=True, key="a") as writer:
        assert writer.marks == {"groups": HALF}


def test_another_incomplete_snapshot_stays_as_it_is(path: Path) -> None:
    incomplete(path)
    before = path.read_bytes()
    with pytest.raises(DirectoryError, match="is of another source"):
        SnapshotWriter("other", path, resume=True)
    assert (list(path.parent.iterdir()), path.read_bytes()) == ([path], before)


def test_what_another_version_left_is_not_gone_on_with(path: Path) -> None:
    interrupted(path, HALF)
    connection = sqlite3.connect(partial(path))
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(DirectoryError, match="is a snapshot of format 99"):
        SnapshotWriter("test", path, resume=True)


@pytest.mark.parametrize("resume", [False, True])
def test_two_writers_of_one_file_are_refused(path: Path, *, resume: bool) -> None:
    with SnapshotWriter("test", path) as first:
        first.add(entry("CN=a"))
        with pytest.raises(DirectoryError, match="another process is writing"):
            SnapshotWriter("test", path, resume=resume)
        first.checkpoint(HALF)
        with pytest.raises(DirectoryError, match="another process is writing"):
            SnapshotWriter("test", path, resume=resume)
        with first.finish() as found:
            assert names(found) == ["CN=a"]


def resumed_gaps(path: Path) -> tuple[Gap, ...]:
    with SnapshotWriter("test", path, resume=True) as writer, writer.finish() as found:
        return found.gaps


def test_a_gap_behind_the_mark_of_its_step_stays(path: Path) -> None:
    with SnapshotWriter("test", path) as writer:
        writer.add_gap(Gap("CN=a", "not read"), "groups")
        writer.checkpoint(HALF)
    assert resumed_gaps(path) == (Gap("CN=a", "not read"),)


def test_a_gap_beyond_the_mark_of_its_step_is_taken_away(path: Path) -> None:
    with SnapshotWriter("test", path) as writer:
        writer.checkpoint(HALF)
        writer.add_gap(Gap("groups", "the connection was lost"), "groups")
        writer.add_gap(Gap("users", "not begun"), "users")
        writer.checkpoint(Mark("schema", None))
    assert resumed_gaps(path) == ()


def test_a_gap_of_a_step_that_was_read_to_its_end_stays(path: Path) -> None:
    with SnapshotWriter("test", path) as writer:
        writer.checkpoint(Mark("groups", None))
        writer.add_gap(Gap("CN=a", "not read"), "groups")
        writer.checkpoint(Mark("users", b"page 1"))
    assert resumed_gaps(path) == (Gap("CN=a", "not read"),)


def test_a_gap_of_no_step_stays(path: Path) -> None:
    with SnapshotWriter("test", path) as writer:
        writer.add_gap(Gap("domain b.example", "not read"))
        writer.checkpoint(HALF)
    assert resumed_gaps(path) == (Gap("domain b.example", "not read"),)


def test_evidence_is_gathered_again(path: Path) -> None:
    with SnapshotWriter("test", path) as writer:
        writer.checkpoint(HALF)
        writer.add_evidence(EvidenceSource(SourceKind.EVENT_LOG, "ex01.evt", TAKEN_AT), [])
        writer.add_evidence_gap(Gap("ex02.evt", "not read"))
        writer.finish().__exit__()
    with SnapshotWriter("test", path, resume=True) as writer, writer.finish() as found:
        assert (found.evidence.sources, found.evidence.gaps) == ((), ())


def test_numbers_go_on_where_they_ended(path: Path) -> None:
    interrupted(path, HALF)
    with SnapshotWriter("test", path, resume=True) as writer:
        writer.add(entry("CN=new"))
        with writer.finish() as found:
            assert [found.at(number).dn for number in (1, 2)] == [Dn("CN=sure"), Dn("CN=new")]

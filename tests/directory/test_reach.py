"""How much of a directory a snapshot holds: told by the writer, kept in the file."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from adaudit.directory.entry import Gap
from adaudit.directory.marks import Mark
from adaudit.directory.reach import Reach
from adaudit.directory.snapshot import Snapshot
from adaudit.directory.writer import SnapshotWriter
from tests.builders import World
from tests.directory.entries import BODY, entry

ALL = Reach("all", has_sacls=True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "contoso.snapshot"


@pytest.mark.parametrize("reach", [Reach(), Reach("all"), ALL])
def test_what_was_told_comes_back(path: Path, reach: Reach) -> None:
    with SnapshotWriter("test", path) as writer:
        writer.tell(reach)
        writer.finish()
    with Snapshot.open(path) as snapshot:
        assert (snapshot.scope, snapshot.has_sacls) == (reach.scope, reach.has_sacls)


def test_a_file_that_says_nothing_holds_what_the_checks_of_exchange_need(path: Path) -> None:
    # as files are that were written before it could be told
    with SnapshotWriter("test", path) as writer:
        writer.finish()
    with closing(sqlite3.connect(path)) as file:
        names = {name for (name,) in file.execute("SELECT name FROM meta")}
    assert not names & {"scope", "sacls"}
    with Snapshot.open(path) as snapshot:
        assert (snapshot.scope, snapshot.has_sacls) == ("exchange", False)


def test_what_is_told_later_counts() -> None:
    writer = SnapshotWriter("test")
    writer.tell(ALL)
    writer.tell(Reach("all"))
    assert writer.reach == Reach("all")
    assert not writer.finish().has_sacls


def test_a_copy_with_more_in_it_has_the_same_reach() -> None:
    world = World("all", has_sacls=True)
    world.domain("CONTOSO", "DC=contoso")
    copy = SnapshotWriter.onto(world.snapshot())
    assert copy.reach == ALL
    assert copy.finish().scope == "all"


def test_a_run_that_goes_on_knows_what_the_one_before_it_was_told(path: Path) -> None:
    with SnapshotWriter("test", path) as writer:
        writer.tell(ALL)
        writer.add(entry("DC=contoso", BODY))
        writer.add_gap(Gap("x", "y"))
        writer.checkpoint(Mark("step", b"cookie"))
    with SnapshotWriter("test", path, resume=True) as writer:
        assert writer.reach == ALL

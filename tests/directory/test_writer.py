"""Writing snapshots: what is united, what stays, and what takes whose place."""

from pathlib import Path

import pytest

from adaudit.directory import Dn, Gap, Snapshot
from adaudit.directory.writer import SnapshotWriter
from adaudit.errors import DirectoryError
from tests.builders import World
from tests.directory.entries import BODY, OTHER_BODY, entry, in_memory

GUID, OTHER_GUID = bytes(range(16)), bytes(range(16, 32))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with a snapshot of nothing."""
    found = tmp_path / "contoso.snapshot"
    with SnapshotWriter("first", found) as writer, writer.finish():
        return found


def test_what_is_read_twice_is_united() -> None:
    first = entry("CN=g,DC=x", member=(b"CN=1,DC=x", b"CN=2,DC=x"), objectclass=(b"top", b"group"))
    second = entry("cn=G,dc=X", BODY, member=(b"CN=2,DC=x", b"CN=3,DC=x"), cn=b"g")
    united = in_memory(first, second)
    found = united.entry(Dn("CN=g,DC=x"))
    assert found is not None
    assert (len(united), str(found.dn), found.descriptor) == (1, "CN=g,DC=x", BODY)
    assert found.texts("member") == ("CN=1,DC=x", "CN=2,DC=x", "CN=3,DC=x")
    assert found.object_class == "group"
    assert found.text("cn") == "g"
    assert united.gaps == ()


def test_two_different_descriptors_of_one_object_are_a_gap() -> None:
    united = in_memory(entry("CN=g,DC=x", BODY), entry("CN=g,DC=x", OTHER_BODY))
    assert united.gaps == (Gap("CN=g,DC=x", "read twice with different security descriptors"),)


def test_a_writer_that_fails_leaves_the_old_file_and_nothing_else(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(KeyboardInterrupt):
        write_until_stopped(path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def write_until_stopped(path: Path) -> None:
    with SnapshotWriter("again", path) as writer:
        writer.add(entry("CN=new,DC=x"))
        raise KeyboardInterrupt


def test_a_finished_writer_takes_the_place_of_the_old_file(path: Path) -> None:
    with SnapshotWriter("again", path) as writer, writer.finish() as written:
        assert (written.source, len(written)) == ("again", 0)
    with Snapshot.open(path) as opened:
        assert opened.source == "again"
    assert list(path.parent.iterdir()) == [path]


def test_what_a_dead_process_left_is_no_hindrance(path: Path) -> None:
    writer = SnapshotWriter("dead", path)
    assert writer._partial is not None
    assert writer._partial.exists()
    writer._connection.close()
    with SnapshotWriter("again", path) as another, another.finish() as written:
        assert written.source == "again"


def test_a_folder_that_is_not_there_is_a_directory_error(tmp_path: Path) -> None:
    with pytest.raises(DirectoryError, match=r"cannot write a snapshot at `.*nowhere"):
        SnapshotWriter("test", tmp_path / "nowhere" / "a.snapshot")


def test_a_folder_in_the_place_of_the_file_is_a_directory_error(tmp_path: Path) -> None:
    with SnapshotWriter("test", tmp_path / "a") as writer:
        (tmp_path / "a").mkdir()
        with pytest.raises(DirectoryError, match="cannot write a snapshot at"):
            writer.finish()
    assert [found.name for found in tmp_path.iterdir()] == ["a"]


def test_a_group_of_many_members_that_is_read_twice_is_united_in_time() -> None:
    world = World()
    contoso = world.domain("CONTOSO", "DC=contoso")
    members = [f"CN=u{number},DC=contoso" for number in range(20_000)]
    group = contoso.group("Everybody", 1201, members=members).entry()
    united = in_memory(group, group).entry(group.dn)
    assert united is not None
    assert len(united.values("member")) == 20_000


def test_parts_of_an_object_far_from_each_other_are_united() -> None:
    others = [entry(f"CN={number},DC=x") for number in range(2_500)]
    parts = [entry("CN=g,DC=x", member=b"CN=%d,DC=x" % number) for number in range(3)]
    found = in_memory(parts[0], *others, parts[1], *others, parts[2])
    united = found.entry(Dn("CN=g,DC=x"))
    assert united is not None
    assert united.texts("member") == ("CN=0,DC=x", "CN=1,DC=x", "CN=2,DC=x")
    assert len(found) == 2_501


def test_an_object_keeps_the_number_of_its_first_part() -> None:
    found = in_memory(entry("CN=a"), entry("CN=b"), entry("CN=a", BODY), entry("CN=c"))
    assert [(row[0], str(found.at(row[0]).dn)) for row in found.object_rows()] == [
        (1, "CN=a"),
        (2, "CN=b"),
        (4, "CN=c"),
    ]


def test_an_object_that_was_made_anew_between_two_readings_is_a_gap() -> None:
    found = in_memory(entry("CN=a", objectguid=GUID), entry("CN=a", objectguid=OTHER_GUID))
    assert [gap.subject for gap in found.gaps] == ["CN=a"]
    assert "made anew" in found.gaps[0].reason


def test_an_object_that_was_renamed_between_two_readings_has_the_later_name() -> None:
    found = in_memory(
        entry("CN=old,DC=x", BODY, objectguid=GUID, cn=b"old", objectsid=b"sid"),
        entry("CN=other,DC=x", objectguid=OTHER_GUID),
        entry("CN=new,DC=x", OTHER_BODY, objectguid=GUID, cn=b"new"),
    )
    renamed = entry("CN=new,DC=x", OTHER_BODY, objectguid=GUID, cn=b"new", objectsid=b"sid")
    assert found.entry(Dn("CN=new,DC=x")) == renamed
    assert found.entry(Dn("CN=old,DC=x")) is None
    assert len(found) == 2


def test_that_an_object_was_renamed_is_a_gap_under_the_name_that_others_may_know() -> None:
    found = in_memory(entry("CN=old", objectguid=GUID), entry("CN=new", objectguid=GUID))
    assert [gap.subject for gap in found.gaps] == ["CN=old"]
    assert found.gaps[0].reason.startswith("renamed to `CN=new` while it was read")


def test_a_renamed_object_in_parts_is_one_object() -> None:
    found = in_memory(
        entry("CN=old", objectguid=GUID, member=b"1"),
        entry("CN=old", member=b"2"),
        entry("CN=new", objectguid=GUID, member=b"1"),
        entry("CN=new", member=b"3"),
    )
    assert list(found.entries()) == [entry("CN=new", objectguid=GUID, member=(b"1", b"3"))]


def test_damaged_guids_are_not_taken_for_one_object() -> None:
    found = in_memory(entry("CN=a", objectguid=b"damaged"), entry("CN=b", objectguid=b"damaged"))
    assert (len(found), found.gaps) == (2, ())


def test_what_is_read_from_a_writer_is_what_it_has_so_far() -> None:
    writer = SnapshotWriter("test")
    writer.add(entry("CN=g", objectclass=b"group", member=b"1"))
    writer.add(entry("CN=g", objectclass=b"group", member=b"2"))
    assert [found.values("member") for found in writer.of_class("group")] == [(b"1", b"2")]
    writer.add(entry("cn=G", member=b"3"))
    writer.add(entry("CN=h", objectclass=b"group"))
    assert [str(found.dn) for found in writer.of_class("group")] == ["CN=g", "CN=h"]
    found = writer.entry(Dn("CN=g"))
    assert found is not None
    assert found.values("member") == (b"1", b"2", b"3")
    assert len(writer.finish()) == 2


def test_a_writer_counts_what_was_added() -> None:
    writer = SnapshotWriter("test")
    for name in ("CN=a", "CN=b"):
        writer.add(entry(name))
    assert writer.count == 2


def test_what_is_said_twice_is_a_gap_and_a_warning_once() -> None:
    writer = SnapshotWriter("test")
    for _ in range(2):
        writer.add_gap(Gap("CN=a", "not read"))
        writer.add_warning("TLS is not verified")
    found = writer.finish()
    assert (found.gaps, found.warnings) == ((Gap("CN=a", "not read"),), ("TLS is not verified",))


def test_all_of_a_snapshot_can_be_written_on() -> None:
    first = in_memory(entry("CN=a", BODY, objectclass=b"user"), entry("CN=b", OTHER_BODY))
    writer = SnapshotWriter.onto(first)
    writer.add(entry("CN=c", BODY, objectclass=b"user"))
    found = writer.finish()
    assert [row[:3] for row in found.object_rows()] == [(1, 1, 1), (2, 2, 2), (3, 1, 1)]


@pytest.mark.parametrize("left", [b"", b"no database" * 1000, b"SQLite format 3\0" + bytes(5000)])
def test_what_is_no_database_is_written_over(path: Path, left: bytes) -> None:
    (path.parent / f".{path.name}.partial").write_bytes(left)
    with SnapshotWriter("again", path) as writer, writer.finish() as written:
        assert written.source == "again"

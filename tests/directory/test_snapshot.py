"""Snapshots: what was observed, in one file."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaudit.directory import Dn, Entry, Gap, Snapshot
from adaudit.directory.snapshot import Unreadable, descriptor_of
from adaudit.directory.writer import SnapshotWriter
from adaudit.errors import DirectoryError
from adaudit.security import wire
from tests.builders import TAKEN_AT
from tests.directory.entries import BODY, entry, in_memory

attributes = st.dictionaries(
    st.sampled_from(["cn", "member", "objectsid", "objectclass", "description"]),
    st.lists(st.binary(max_size=8) | st.text(max_size=4).map(str.encode), min_size=1).map(tuple),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with a small snapshot."""
    found = tmp_path / "contoso #1?.snapshot"
    with SnapshotWriter("LDIF contoso.ldif", found, TAKEN_AT) as writer:
        writer.add(entry("DC=contoso", BODY, objectclass=b"domainDNS"))
        writer.add(entry("CN=EX01,DC=contoso", BODY, objectclass=b"computer", cn=b"EX\xff01"))
        writer.add_gap(Gap("CN=EX02,DC=contoso", "no right to read it"))
        writer.add_warning("TLS is not verified")
        writer.finish()
    return found


@pytest.fixture
def snapshot(path: Path) -> Iterator[Snapshot]:
    with Snapshot.open(path) as opened:
        yield opened


@given(attributes, st.none() | st.binary(max_size=8))
def test_an_object_comes_back_byte_for_byte(
    values: dict[str, tuple[bytes, ...]], descriptor: bytes | None
) -> None:
    written = Entry(Dn("CN=a,DC=b"), values, descriptor)
    assert in_memory(written).entry(Dn("cn=A,dc=B")) == written


def test_source_time_gaps_and_warnings_come_back(snapshot: Snapshot) -> None:
    assert snapshot.source == "LDIF contoso.ldif"
    assert snapshot.taken_at == datetime(2004, 11, 24, 9, 30, tzinfo=UTC)
    assert snapshot.gaps == (Gap("CN=EX02,DC=contoso", "no right to read it"),)
    assert snapshot.warnings == ("TLS is not verified",)


def test_each_descriptor_is_stored_once(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM descriptor").fetchone() == (1,)
    connection.close()


def test_an_object_that_was_not_read_is_none(snapshot: Snapshot) -> None:
    assert snapshot.entry(Dn("CN=EX03,DC=contoso")) is None


def test_objects_come_with_parents_before_children() -> None:
    names = ["CN=b,CN=a,DC=x", "CN=a b,DC=x", "CN=a,DC=x", "DC=x", "CN=a!,DC=x"]
    found = [str(e.dn) for e in in_memory(*(entry(name) for name in names)).entries()]
    assert sorted(found) == sorted(names)
    assert found.index("DC=x") == 0
    assert found.index("CN=a,DC=x") < found.index("CN=b,CN=a,DC=x")


def test_below_an_object_are_all_levels_and_no_names_that_look_alike() -> None:
    names = ["OU=b,DC=x", "CN=1,OU=b,DC=x", "CN=2,CN=1,OU=b,DC=x", "OU=bb,DC=x", "OU=b\\,c,DC=x"]
    names += ["CN=\U0010ffff,OU=b,DC=x"]
    world = in_memory(*(entry(name) for name in names))
    below = {str(e.dn) for e in world.below(Dn("ou=B,dc=X"))}
    assert below == {"CN=1,OU=b,DC=x", "CN=2,CN=1,OU=b,DC=x", "CN=\U0010ffff,OU=b,DC=x"}
    assert len(list(world.below(Dn("")))) == len(names)


def test_classes_are_found_in_any_case_and_only_as_the_most_specific_one() -> None:
    world = in_memory(
        entry("CN=u,DC=x", objectclass=(b"top", b"user")),
        entry("CN=c,DC=x", objectclass=(b"top", b"user", b"Computer")),
    )
    assert [str(e.dn) for e in world.of_class("computer")] == ["CN=c,DC=x"]
    assert [str(e.dn) for e in world.of_class("COMPUTER", "User")] == ["CN=c,DC=x", "CN=u,DC=x"]


def test_objects_are_found_by_having_an_attribute_and_not_by_a_value_that_names_it() -> None:
    having = Entry(Dn("CN=1,DC=example"), {"objectclass": (b"user",), "admincount": (b"1",)})
    naming = Entry(Dn("CN=2,DC=example"), {"objectclass": (b"user",), "info": (b"admincount",)})
    with in_memory(naming, having) as snapshot:
        assert [found.dn for found in snapshot.having("adminCount")] == [having.dn]


def test_an_object_with_a_damaged_sid_is_kept_among_those_with_one() -> None:
    world = in_memory(entry("CN=a,DC=x", objectsid=b"damaged"), entry("CN=b,DC=x"))
    assert [str(e.dn) for e in world.with_sid()] == ["CN=a,DC=x"]


def test_a_class_that_is_no_text_can_be_stored() -> None:
    assert len(in_memory(entry("CN=g,DC=x", objectclass=b"\xff"))) == 1


@pytest.mark.parametrize("statement", ["DELETE FROM object", "INSERT INTO warning VALUES ('a')"])
def test_an_open_snapshot_cannot_be_changed(snapshot: Snapshot, statement: str) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        snapshot._connection.execute(statement)


def test_a_snapshot_in_memory_cannot_be_changed_either() -> None:
    snapshot = in_memory()
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        snapshot._connection.execute("DELETE FROM object")


def test_reading_leaves_the_file_and_its_folder_as_they_were(path: Path) -> None:
    before = path.read_bytes()
    with Snapshot.open(path) as opened:
        assert len(list(opened.entries())) == 2
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_no_file_is_a_directory_error_with_help(tmp_path: Path) -> None:
    with pytest.raises(DirectoryError, match="no snapshot at") as caught:
        Snapshot.open(tmp_path / "none")
    assert caught.value.hint == "make one with `adaudit collect`"


@pytest.mark.parametrize("content", [b"", b"dn: DC=contoso\n", b"SQLite format 3\0" + bytes(100)])
def test_another_kind_of_file_is_a_directory_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(DirectoryError, match=r"is not a snapshot|is no readable snapshot"):
        Snapshot.open(tmp_path / "a")


def test_a_database_of_another_program_is_a_directory_error(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "a")
    connection.execute("CREATE TABLE meta (name, value)")
    connection.commit()
    connection.close()
    with pytest.raises(DirectoryError, match="is not a snapshot of adaudit"):
        Snapshot.open(tmp_path / "a")


def test_another_version_is_a_directory_error_with_help(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(DirectoryError, match="is a snapshot of format 99") as caught:
        Snapshot.open(path)
    assert caught.value.hint is not None
    assert "collect it again" in caught.value.hint


@pytest.mark.parametrize(
    "attributes",
    [
        "text",
        5,
        b"",
        b"\x90",  # a list
        b"\x80\x80",  # something after the end
        b"\x81\xa2cn\x91\x05",  # a number in the place of a value
        b"\x81\xa2cn\xdd\xff\xff\xff\xff",  # four billion values, none of which is there
        b"\x81\xa2\xff\xff\x90",  # a name that is no text
        b"\x81\xa1x" + b"\x91" * 100_000,  # depth
    ],
)
def test_damaged_attributes_are_a_directory_error(
    path: Path, attributes: str | int | bytes
) -> None:
    connection = sqlite3.connect(path)
    connection.execute("UPDATE object SET attributes = ?", (attributes,))
    connection.commit()
    connection.close()
    with Snapshot.open(path) as opened, pytest.raises(DirectoryError, match="snapshot is damaged"):
        list(opened.entries())


def test_a_file_cut_off_anywhere_is_a_directory_error(path: Path) -> None:
    whole = path.read_bytes()
    for size in (*range(0, len(whole), 1000), len(whole) - 1):
        path.write_bytes(whole[:size])
        with pytest.raises(DirectoryError):
            read_all(path)


def test_a_file_with_damaged_bytes_gives_a_directory_error_at_most(path: Path) -> None:
    whole, random = path.read_bytes(), Random(843106)  # noqa: S311, a test must be repeatable
    refused = 0
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(random.randrange(1, 8)):
            damaged[random.randrange(len(damaged))] = random.randrange(256)
        path.write_bytes(damaged)
        try:
            read_all(path)
        except DirectoryError:
            refused += 1
    assert refused > 0


def read_all(path: Path) -> dict[str, Entry]:
    with Snapshot.open(path) as opened:
        return {str(e.dn): e for e in opened.entries()}


def test_a_descriptor_is_decoded() -> None:
    assert descriptor_of(entry("CN=a", BODY)) == wire.decode(BODY)


def test_no_descriptor_and_a_damaged_one_are_told_apart() -> None:
    none, damaged = descriptor_of(entry("CN=a")), descriptor_of(entry("CN=a", BODY[:-1]))
    assert isinstance(none, Unreadable)
    assert isinstance(damaged, Unreadable)
    assert (none.is_damaged, damaged.is_damaged) == (False, True)
    assert damaged.reason.startswith("the security descriptor is damaged: ")

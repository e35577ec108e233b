"""What a snapshot gives in bulk, undecoded, for hundreds of thousands of objects."""

import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from adaudit.directory import Dn, Entry, Snapshot
from adaudit.directory.layout import load_attributes
from adaudit.directory.writer import SnapshotWriter
from adaudit.errors import DirectoryError
from tests.directory.entries import BODY, OTHER_BODY, entry, in_memory

USER = entry(
    "CN=u,DC=x",
    BODY,
    objectclass=(b"top", b"User"),
    objectsid=(b"sid", b"second"),
    useraccountcontrol=b"512",
    primarygroupid=b"no number",
    member=(b"1", b"2"),
)
GROUP = entry(
    "CN=g,DC=x", OTHER_BODY, objectclass=(b"top", b"group"), objectsid=b"", grouptype=b"-2"
)
OTHER = entry("CN=o,DC=x", BODY, objectclass=(b"top", b"User"))
BARE = entry("CN=bare,DC=x")
ALL = (USER, OTHER, GROUP, BARE)


def test_principals_come_in_the_order_of_reading_with_their_first_values() -> None:
    rows = [row[:-1] for row in in_memory(*ALL).principal_rows()]
    assert rows == [
        (1, "CN=u,DC=x", 1, b"sid", None, "512", "no number"),
        (3, "CN=g,DC=x", 2, b"", "-2", None, None),
    ]


def test_principals_come_with_all_their_attributes() -> None:
    found = [load_attributes(row[-1]) for row in in_memory(*ALL).principal_rows()]
    assert found == [USER.attributes, GROUP.attributes]


def test_each_chain_of_classes_is_there_once_in_lower_case() -> None:
    assert in_memory(*ALL).chains == {1: ("top", "user"), 2: ("top", "group"), 3: ()}


def test_all_objects_come_with_class_descriptor_and_sid() -> None:
    assert sorted(in_memory(*ALL).object_rows()) == [
        (1, 1, 1, b"sid"),
        (2, 1, 1, None),
        (3, 2, 2, b""),
        (4, 3, None, None),
    ]


def test_each_descriptor_comes_once() -> None:
    assert dict(in_memory(*ALL).descriptors()) == {1: BODY, 2: OTHER_BODY}


def test_the_objects_of_a_descriptor_are_known() -> None:
    found = in_memory(*ALL)
    assert [found.numbers_with(number) for number in (1, 2, 3)] == [[1, 2], [3], []]


def test_an_object_is_found_by_its_number() -> None:
    found = in_memory(*ALL)
    assert [found.at(number) for number in (1, 2, 3, 4)] == list(ALL)


def test_a_number_of_no_object_is_a_directory_error() -> None:
    with pytest.raises(DirectoryError, match="the snapshot has no object 5"):
        in_memory(*ALL).at(5)


def test_text_that_is_no_utf_8_is_no_number_either() -> None:
    damaged = entry("CN=a", objectsid=b"sid", grouptype=b"\xff2", useraccountcontrol=b"5\x00")
    ((*_, group_type, control, _, _),) = in_memory(damaged).principal_rows()
    assert (group_type, control) == ("\ufffd2", "5\0")


READS: dict[str, Callable[[Snapshot], Iterable[object]]] = {
    "principal_rows": Snapshot.principal_rows,
    "object_rows": Snapshot.object_rows,
    "descriptors": Snapshot.descriptors,
    "chains": lambda snapshot: snapshot.chains,
    "numbers_with": lambda snapshot: snapshot.numbers_with(1),
}


def damage(path: Path, *statements: str) -> None:
    with SnapshotWriter("test", path) as writer:
        writer.add(Entry(Dn("CN=a"), {"objectsid": (b"sid",)}, BODY))
        writer.finish().__exit__()
    connection = sqlite3.connect(path)
    connection.executescript("PRAGMA writable_schema = ON; " + "; ".join(statements))
    connection.close()


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_a_table_that_is_not_there_is_a_directory_error(
    tmp_path: Path, read: Callable[[Snapshot], Iterable[object]]
) -> None:
    path = tmp_path / "a.snapshot"
    damage(path, *(f"DROP TABLE {table}" for table in ("object", "class", "descriptor")))
    with Snapshot.open(path) as found, pytest.raises(DirectoryError, match="snapshot is damaged"):
        list(read(found))


def test_values_of_other_types_come_in_those_that_are_promised(tmp_path: Path) -> None:
    path = tmp_path / "a.snapshot"
    columns = ("dn", "class", "sid", "descriptor", "group_type", "attributes")
    damage(path, *map("UPDATE object SET {} = 5.5".format, columns))
    with Snapshot.open(path) as found:
        assert list(found.principal_rows()) == [(1, "5.5", 5, b"5.5", "5.5", None, None, b"5.5")]
        assert list(found.object_rows()) == [(1, 5, 5, b"5.5")]
        with pytest.raises(DirectoryError, match="damaged: it has no chain of classes 5"):
            _ = found.chains[5]


def test_text_that_is_damaged_is_a_directory_error(tmp_path: Path) -> None:
    path = tmp_path / "a.snapshot"
    damage(path, "UPDATE object SET dn = CAST(x'ff' AS TEXT)")
    with Snapshot.open(path) as found, pytest.raises(DirectoryError, match="snapshot is damaged"):
        list(found.principal_rows())

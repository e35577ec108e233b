"""
The snapshot: all that was observed, in one SQLite file.

Everything behind it is pure and offline. Each distinct security descriptor is stored once; what
could not be read stands beside what could, as gaps. Files are opened read-only and written
under a temporary name that takes the place of the old file at the end, or not at all.
"""

import contextlib
import sqlite3
import weakref
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import product
from pathlib import Path
from types import NoneType
from typing import Any, Self

from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry, Gap
from adaudit.directory.evidence import EvidenceBase
from adaudit.directory.layout import check_format, load_values
from adaudit.directory.objects import Objects
from adaudit.errors import DescriptorError, DirectoryError
from adaudit.security.descriptor import SecurityDescriptor
from adaudit.security.wire import decode


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why the security descriptor of an object cannot be judged."""

    reason: str
    is_damaged: bool = False
    """Whether there is one and it breaks [MS-DTYP], rather than none was given"""


PrincipalRow = tuple[int, str, int, bytes, str | None, str | None, str | None, bytes]
ObjectRow = tuple[int, int, int | None, bytes | None]

_PRINCIPAL_ROWS = (
    "SELECT id, dn, class, sid, group_type, account_control, primary_group, attributes"
    " FROM object WHERE sid IS NOT NULL ORDER BY id"
)
_TEXT_IF_ANY: tuple[type, ...] = (str, NoneType)
_BYTES_IF_ANY: tuple[type, ...] = (bytes, NoneType)
_NUMBER_IF_ANY: tuple[type, ...] = (int, NoneType)
_PRINCIPAL_TYPES: set[tuple[type, ...]] = {
    (int, str, int, bytes, *texts, bytes) for texts in product(_TEXT_IF_ANY, repeat=3)
}
_OBJECT_ROWS = "SELECT id, class, descriptor, sid FROM object"
_OBJECT_TYPES: set[tuple[type, ...]] = {
    (int, int, *types) for types in product(_NUMBER_IF_ANY, _BYTES_IF_ANY)
}


class Snapshot(Objects):
    """A snapshot to read from: `with Snapshot.open(path) as snapshot`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        weakref.finalize(self, connection.close)  # of a snapshot that nobody closed
        meta = dict(connection.execute("SELECT name, value FROM meta"))
        self.source: str = meta["source"]
        self.taken_at = datetime.fromisoformat(meta["taken_at"])
        self.gaps = tuple(
            Gap(*row) for row in connection.execute("SELECT subject, reason FROM gap")
        )
        self.warnings = tuple(row[0] for row in connection.execute("SELECT text FROM warning"))
        self.evidence = EvidenceBase.read(connection)

    @classmethod
    def open(cls, path: Path | str) -> Self:
        """
        Open a snapshot file for reading.

        Raises `DirectoryError` when there is none, or it is something else, damaged, or of
        another version.
        """
        path = Path(path)
        if not path.is_file():
            raise DirectoryError(f"no snapshot at `{path}`", "make one with `adaudit collect`")
        with contextlib.ExitStack() as unless_open:
            try:
                connection = sqlite3.connect(
                    f"{path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False
                )
                unless_open.callback(connection.close)
                check_format(connection, path)
                snapshot = cls(connection)
            except (sqlite3.Error, KeyError, TypeError, ValueError) as error:
                raise DirectoryError(f"`{path}` is no readable snapshot: {error}") from error
            unless_open.pop_all()
        return snapshot

    def with_sid(self) -> Iterator[Entry]:
        """All objects that carry an objectSid, parents before children."""
        return self._select("WHERE sid IS NOT NULL ORDER BY path")

    def below(self, dn: Dn) -> Iterator[Entry]:
        """All objects under `dn`, parents before children."""
        if not dn.path:
            return self._select("WHERE path > '' ORDER BY path")
        first, end = f"{dn.path},", f"{dn.path}-"  # `-` comes next after `,`
        return self._select("WHERE path > ? AND path < ? ORDER BY path", first, end)

    def entries(self) -> Iterator[Entry]:
        """All objects, parents before children."""
        return self._select("ORDER BY path")

    def at(self, number: int) -> Entry:
        """The object of that number; `DirectoryError` where there is none."""
        found = next(self._select("WHERE object.id = ?", number), None)
        if found is None:
            raise DirectoryError(f"the snapshot has no object {number}")
        return found

    @cached_property
    def chains(self) -> Mapping[int, tuple[str, ...]]:
        """The objectClass values in lower case, by the number that rows have for them."""
        rows = _checked(self._connection, {(int, bytes)}, "SELECT id, chain FROM class")
        return {
            number: tuple(
                text.decode("utf-8", "surrogateescape").lower() for text in load_values(chain)
            )
            for number, chain in rows
        }

    def principal_rows(self) -> Iterator[PrincipalRow]:
        """
        All objects that carry an objectSid, in the order of reading, with nothing decoded.

        Number, DN, number of the chain of classes, objectSid, groupType, userAccountControl,
        primaryGroupID (as they came), and the attributes for `values_in`.
        """
        return _checked(self._connection, _PRINCIPAL_TYPES, _PRINCIPAL_ROWS)

    def object_rows(self) -> Iterator[ObjectRow]:
        """Number, chain of classes, descriptor and objectSid of all objects, in no order."""
        return _checked(self._connection, _OBJECT_TYPES, _OBJECT_ROWS)

    def descriptors(self) -> Iterator[tuple[int, bytes]]:
        """Each distinct security descriptor, by the number that rows have for it."""
        statement = "SELECT id, body FROM descriptor"
        return _checked(self._connection, {(int, bytes)}, statement)

    def numbers_with(self, descriptor: int) -> list[int]:
        """The numbers of all objects that have that security descriptor."""
        statement = "SELECT id FROM object WHERE descriptor = ? ORDER BY id"
        rows = _checked(self._connection, {(int,)}, statement, descriptor)
        return [number for (number,) in rows]

    def copy_to(self, connection: sqlite3.Connection) -> None:
        """Write everything into another database."""
        self._connection.backup(connection)

    def __len__(self) -> int:
        count: int = self._connection.execute("SELECT count(*) FROM object").fetchone()[0]
        return count

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def _checked(
    connection: sqlite3.Connection,
    types: Container[tuple[type, ...]],
    statement: str,
    *values: int,
) -> Iterator[Any]:
    """Rows of the expected types; a damaged file may hold anything."""
    try:
        for row in connection.execute(statement, values):
            if tuple(map(type, row)) not in types:
                raise DirectoryError("the snapshot is damaged: a value of another type")
            yield row
    except sqlite3.Error as error:
        raise DirectoryError(f"the snapshot is damaged: {error}") from error


def descriptor_of(entry: Entry) -> SecurityDescriptor | Unreadable:
    """The decoded security descriptor of an object, or why there is none."""
    if entry.descriptor is None:
        return Unreadable("the directory gave no security descriptor")
    try:
        return decode(entry.descriptor)
    except DescriptorError as error:
        return Unreadable(f"the security descriptor is damaged: {error.message}", is_damaged=True)

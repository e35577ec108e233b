"""
The snapshot: all that was observed, in one SQLite file.

Everything behind it is pure and offline. Each distinct security descriptor is stored once; what
could not be read stands beside what could, as gaps. Files are opened read-only and written
under a temporary name that takes the place of the old file at the end, or not at all.
"""

import contextlib
import sqlite3
import weakref
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry, Gap
from adaudit.directory.evidence import EvidenceBase
from adaudit.directory.layout import check_format, load_values
from adaudit.directory.objects import Objects
from adaudit.directory.reach import Reach
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
PlacedRow = tuple[int, str, int, int | None]
WholeRow = tuple[int, str, int, int | None, bytes | None, bytes]

# a damaged file may hold values of any type, or none
_PRINCIPAL_ROWS = """
SELECT
    id,
    ifnull(CAST(dn AS TEXT), ''),
    ifnull(CAST(class AS INTEGER), 0),
    CAST(sid AS BLOB),
    CAST(group_type AS TEXT),
    CAST(account_control AS TEXT),
    CAST(primary_group AS TEXT),
    ifnull(CAST(attributes AS BLOB), x'')
FROM object WHERE sid IS NOT NULL ORDER BY id
"""
_OBJECT_ROWS = """
SELECT
    id, ifnull(CAST(class AS INTEGER), 0), CAST(descriptor AS INTEGER), CAST(sid AS BLOB)
FROM object
"""
_PLACED_ROWS = """
SELECT id, ifnull(CAST(path AS TEXT), ''), ifnull(CAST(class AS INTEGER), 0),
    CAST(descriptor AS INTEGER)
FROM object
"""
_WHOLE_ROWS = """
SELECT id, ifnull(CAST(path AS TEXT), ''), ifnull(CAST(class AS INTEGER), 0),
    CAST(descriptor AS INTEGER), CAST(guid AS BLOB), ifnull(CAST(attributes AS BLOB), x'')
FROM object ORDER BY id
"""
_CHAINS_BELOW = "SELECT class, count(*) FROM object WHERE path > ? AND path < ? GROUP BY class"
_CHAINS_UNDER = """
SELECT class, count(*) FROM object
WHERE path > ? AND path < ? AND instr(substr(path, ?), ',') = 0 GROUP BY class
"""
_ROW = f"{_OBJECT_ROWS}WHERE id = ?"
_BODY = "SELECT ifnull(CAST(body AS BLOB), x'') FROM descriptor WHERE id = ?"
_DESCRIPTORS = "SELECT id, ifnull(CAST(body AS BLOB), x'') FROM descriptor"
_CHAINS = "SELECT id, ifnull(CAST(chain AS BLOB), x'') FROM class"


_MOST_NUMBERS = 1 << 28
"""Arrays by number take no more than a gigabyte then"""


class _Chains(dict[int, tuple[str, ...]]):
    def __missing__(self, number: int) -> tuple[str, ...]:
        raise DirectoryError(f"the snapshot is damaged: it has no chain of classes {number}")


class Snapshot(Objects):
    """A snapshot to read from: `with Snapshot.open(path) as snapshot`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        weakref.finalize(self, connection.close)  # of a snapshot that nobody closed
        meta = dict(connection.execute("SELECT name, value FROM meta"))
        self.source: str = meta["source"]
        self.taken_at = datetime.fromisoformat(meta["taken_at"])
        reach = Reach.of(meta)
        self.scope = reach.scope
        self.has_sacls = reach.has_sacls
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

    def number(self, dn: Dn) -> int | None:
        """The number of the object of that name, None where it was not read."""
        rows = self._ask("SELECT id FROM object WHERE path = ?", dn.path)
        return next((int(number) for (number,) in rows), None)

    @cached_property
    def chains(self) -> Mapping[int, tuple[str, ...]]:
        """The objectClass values in lower case, by the number that rows have for them."""
        return _Chains(
            (number, tuple(map(_class_name, load_values(chain))))
            for number, chain in self._rows(_CHAINS)
        )

    def principal_rows(self) -> Iterator[PrincipalRow]:
        """
        All objects that carry an objectSid, in the order of reading, with nothing decoded.

        Number, DN, number of the chain of classes, objectSid, groupType, userAccountControl,
        primaryGroupID (as they came), and the attributes for `values_in`.
        """
        return self._rows(_PRINCIPAL_ROWS)

    def object_rows(self) -> Iterator[ObjectRow]:
        """Number, chain of classes, descriptor and objectSid of all objects, in no order."""
        return self._rows(_OBJECT_ROWS)

    def rows_of(self, numbers: Iterable[int]) -> Iterator[ObjectRow]:
        """Those of some objects; of many of them `object_rows` is quicker."""
        return (row for number in numbers for row in self._rows(_ROW, number))

    def whole_rows(self) -> Iterator[WholeRow]:
        """
        All objects in the order of reading, for comparing two snapshots.

        Number, path, chain of classes, descriptor, objectGUID, and the attributes as packed.
        """
        return self._rows(_WHOLE_ROWS)

    def placed_rows(self) -> Iterator[PlacedRow]:
        """Number, path (see `Dn`), chain of classes and descriptor of all objects, in no order."""
        return self._rows(_PLACED_ROWS)

    def chains_below(self, path: str, *, directly: bool = False) -> Iterator[tuple[int, int]]:
        """How many objects of each chain of classes are under a path, or `directly` under it."""
        first, end = f"{path},", f"{path}-"  # `-` comes next after `,`
        if directly:
            return self._rows(_CHAINS_UNDER, first, end, len(first) + 1)
        return self._rows(_CHAINS_BELOW, first, end)

    def paths(self) -> Iterator[tuple[int, str]]:
        """Number and path of all objects, parents before children."""
        return self._rows("SELECT id, ifnull(CAST(path AS TEXT), '') FROM object ORDER BY path")

    def descriptors(self) -> Iterator[tuple[int, bytes]]:
        """Each distinct security descriptor, by the number that rows have for it."""
        return self._rows(_DESCRIPTORS)

    def descriptors_of(self, numbers: Iterable[int]) -> Iterator[tuple[int, bytes]]:
        """Some of them."""
        return ((number, body) for number in numbers for (body,) in self._rows(_BODY, number))

    @property
    def last_number(self) -> int:
        """
        The highest number of an object, about as many as there are.

        Raises `DirectoryError` where it is far higher, which no writer makes it.
        """
        found: int = self._connection.execute("SELECT ifnull(max(id), 0) FROM object").fetchone()[0]
        if found > _MOST_NUMBERS:
            raise DirectoryError("the snapshot is damaged: the number of an object")
        return found

    def numbers_with(self, descriptor: int) -> list[int]:
        """The numbers of all objects that have that security descriptor."""
        statement = "SELECT id FROM object WHERE descriptor = ? ORDER BY id"
        return [number for (number,) in self._rows(statement, descriptor)]

    def copy_to(self, connection: sqlite3.Connection) -> None:
        """Write everything into another database."""
        self._connection.backup(connection)

    def _rows(self, statement: str, *values: str | int) -> Iterator[Any]:
        """Rows of whatever types the statement casts to."""
        try:
            yield from self._connection.execute(statement, values)
        except sqlite3.Error as error:
            raise DirectoryError(f"the snapshot is damaged: {error}") from error

    def __len__(self) -> int:
        count: int = self._connection.execute("SELECT count(*) FROM object").fetchone()[0]
        return count

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def _class_name(value: bytes) -> str:
    return value.decode("utf-8", "surrogateescape").lower()


def descriptor_of(entry: Entry) -> SecurityDescriptor | Unreadable:
    """The decoded security descriptor of an object, or why there is none."""
    if entry.descriptor is None:
        return Unreadable("the directory gave no security descriptor")
    try:
        return decode(entry.descriptor)
    except DescriptorError as error:
        return Unreadable(f"the security descriptor is damaged: {error.message}", is_damaged=True)

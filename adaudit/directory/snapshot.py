"""
The snapshot: all that was observed, in one SQLite file.

Everything behind it is pure and offline. Each distinct security descriptor is stored once; what
could not be read stands beside what could, as gaps. Files are opened read-only and written
under a temporary name that takes the place of the old file at the end, or not at all.
"""

import contextlib
import os
import sqlite3
import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry, Gap
from adaudit.directory.evidence import EvidenceBase
from adaudit.directory.evidence import write as write_evidence
from adaudit.directory.layout import (
    APPLICATION_ID,
    FORMAT,
    TABLES,
    check_format,
    dump_attributes,
)
from adaudit.directory.objects import Objects
from adaudit.directory.observations import EvidenceSource, Observation
from adaudit.errors import DescriptorError, DirectoryError
from adaudit.security.descriptor import SecurityDescriptor
from adaudit.security.wire import decode


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why the security descriptor of an object cannot be judged."""

    reason: str
    is_damaged: bool = False
    """Whether there is one and it breaks [MS-DTYP], rather than none was given"""


class Snapshot(Objects):
    """A snapshot to read from: `with Snapshot.open(path) as snapshot`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        weakref.finalize(self, connection.close)  # of a snapshot that nobody closed
        meta = dict(connection.execute("SELECT name, value FROM meta"))
        self.source: str = meta["source"]
        self.taken_at = datetime.fromisoformat(meta["taken_at"])
        self.gaps = tuple(Gap(*row) for row in connection.execute("SELECT * FROM gap"))
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
                connection = _connect(f"{path.absolute().as_uri()}?mode=ro")
                unless_open.callback(connection.close)
                check_format(connection, path)
                snapshot = cls(connection)
            except (sqlite3.Error, KeyError, TypeError, ValueError) as error:
                raise DirectoryError(f"`{path}` is no readable snapshot: {error}") from error
            unless_open.pop_all()
        return snapshot

    def with_sid(self) -> Iterator[Entry]:
        """All objects that carry an objectSid, parents before children."""
        return self._select("WHERE has_sid ORDER BY path")

    def below(self, dn: Dn) -> Iterator[Entry]:
        """All objects under `dn`, parents before children."""
        if not dn.path:
            return self._select("WHERE path > '' ORDER BY path")
        first, end = f"{dn.path},", f"{dn.path}-"  # `-` comes next after `,`
        return self._select("WHERE path > ? AND path < ? ORDER BY path", first, end)

    def entries(self) -> Iterator[Entry]:
        """All objects, parents before children."""
        return self._select("ORDER BY path")

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


class SnapshotWriter(Objects):
    """
    A snapshot being written: `add` objects and gaps, then `finish`.

    Without a path the snapshot lives in memory. As a context manager it takes an unfinished
    file away again. All methods raise `DirectoryError` when the file cannot be written.
    """

    def __init__(
        self, source: str, path: Path | None = None, taken_at: datetime | None = None
    ) -> None:
        self._path = path
        self._partial = path.with_name(f".{path.name}.{os.getpid()}.partial") if path else None
        taken = (taken_at or datetime.now(UTC)).isoformat(timespec="seconds")
        with self._writing():
            if self._partial is not None:
                self._partial.unlink(missing_ok=True)  # what a process of that number left
            self._connection = _connect(str(self._partial or ":memory:"))
            self._connection.executescript(
                f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {TABLES}"
                f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT};"
            )
            self._connection.executemany(
                "INSERT INTO meta VALUES (?, ?)",
                [("source", _encodable(source)), ("taken_at", taken)],
            )
        self._close = weakref.finalize(self, self._connection.close)
        self._descriptors: dict[bytes, int] = {}
        self.count = 0
        """How many objects were added"""

    @classmethod
    def onto(cls, snapshot: Snapshot) -> Self:
        """Begin with all that a snapshot holds, in memory."""
        writer = cls(snapshot.source)
        with writer._writing():
            writer._connection.commit()  # a database in the midst of a change takes no copy
            snapshot.copy_to(writer._connection)
            rows = writer._connection.execute("SELECT body, id FROM descriptor")
            writer._descriptors.update(rows)
        writer.count = len(snapshot)
        return writer

    def add(self, entry: Entry) -> None:
        """Add an object; what is read twice (by two files or servers) is united."""
        known = self.entry(entry.dn)
        if known is None:
            self._insert(entry)
            self.count += 1
            return
        if _contradict(known.descriptor, entry.descriptor):
            self.add_gap(Gap(str(entry.dn), "read twice with different security descriptors"))
        self._write("DELETE FROM object WHERE path = ?", entry.dn.path)
        self._insert(_unite(known, entry))

    def add_gap(self, gap: Gap) -> None:
        """Note what could not be read."""
        values = (_encodable(gap.subject), _encodable(gap.reason))
        self._write("INSERT INTO gap VALUES (?, ?)", *values)

    def add_warning(self, text: str) -> None:
        """Note what weakens the snapshot without hiding anything: TLS that was not verified."""
        self._write("INSERT INTO warning VALUES (?)", _encodable(text))

    def add_evidence(self, source: EvidenceSource, records: Iterable[Observation]) -> None:
        """Add a source of evidence beside the directory, with its records."""
        with self._writing():
            write_evidence(self._connection, source, records)

    def add_evidence_gap(self, gap: Gap) -> None:
        """Note what could not be read of the evidence; the directory is no less whole for it."""
        values = (_encodable(gap.subject), _encodable(gap.reason))
        self._write("INSERT INTO evidence_gap VALUES (?, ?)", *values)

    def finish(self) -> Snapshot:
        """Put the file in its place and open it for reading."""
        with self._writing():
            self._connection.commit()
            if self._path is None or self._partial is None:
                self._connection.execute("PRAGMA query_only = ON")
                self._close.detach()  # the connection is the snapshot's now
                return Snapshot(self._connection)
            self._close()
            _flush(self._partial)
            self._partial.replace(self._path)
            self._partial = None
        return Snapshot.open(self._path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        self._close()
        if self._partial is not None:
            with contextlib.suppress(FileNotFoundError):
                self._partial.unlink()

    def _insert(self, entry: Entry) -> None:
        object_class = entry.object_class
        self._write(
            "INSERT INTO object (path, dn, has_sid, class, descriptor, attributes)"
            " VALUES (?,?,?,?,?,?)",
            entry.dn.path,
            str(entry.dn),
            bool(entry.values("objectsid")),
            _encodable(object_class.lower()) if object_class else None,
            self._descriptor_id(entry.descriptor),
            dump_attributes(entry),
        )

    def _descriptor_id(self, body: bytes | None) -> int | None:
        if body is None:
            return None
        known = self._descriptors.get(body)
        if known is None:
            known = self._descriptors[body] = len(self._descriptors) + 1
            self._write("INSERT INTO descriptor VALUES (?, ?)", known, body)
        return known

    def _write(self, statement: str, *values: str | bytes | int | None) -> None:
        with self._writing():
            self._connection.execute(statement, values)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise DirectoryError(f"cannot write a snapshot at `{self._path}`: {error}") from error


def descriptor_of(entry: Entry) -> SecurityDescriptor | Unreadable:
    """The decoded security descriptor of an object, or why there is none."""
    if entry.descriptor is None:
        return Unreadable("the directory gave no security descriptor")
    try:
        return decode(entry.descriptor)
    except DescriptorError as error:
        return Unreadable(f"the security descriptor is damaged: {error.message}", is_damaged=True)


def _connect(place: str) -> sqlite3.Connection:
    """Connect to a file, URI or `:memory:`; whichever thread drops the result may close it."""
    return sqlite3.connect(place, uri=place.startswith("file:"), check_same_thread=False)


def _encodable(text: str) -> str:
    """Text that a file can hold: what stands for bytes that are no UTF-8 is replaced."""
    return text.encode("utf-8", "replace").decode()


def _flush(path: Path) -> None:
    """Have the disk hold the file before another one is given up for it."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _contradict(first: bytes | None, second: bytes | None) -> bool:
    return first is not None and second is not None and first != second


def _unite(first: Entry, second: Entry) -> Entry:
    attributes = dict(first.attributes)
    for name, values in second.attributes.items():
        attributes[name] = tuple(dict.fromkeys((*attributes.get(name, ()), *values)))
    return Entry(first.dn, attributes, first.descriptor or second.descriptor)

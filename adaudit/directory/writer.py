"""Writing a snapshot: all at once, or in several goes."""

import contextlib
import sqlite3
import weakref
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from adaudit.directory import partial
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry, Gap
from adaudit.directory.evidence import write as write_evidence
from adaudit.directory.layout import drop_indexes, make_indexes
from adaudit.directory.marks import Mark
from adaudit.directory.objects import Objects
from adaudit.directory.observations import EvidenceSource, Observation
from adaudit.directory.reach import Reach
from adaudit.directory.readings import Reading, copy_reading, leave_out, unite_readings
from adaudit.directory.resumption import open_to_write
from adaudit.directory.rows import Rows
from adaudit.directory.snapshot import Snapshot
from adaudit.directory.union import unite
from adaudit.errors import DirectoryError

_MARK_GAPS = "UPDATE gap SET is_behind_mark = TRUE WHERE step = ? AND NOT is_behind_mark"


class SnapshotWriter(Objects):
    """
    A snapshot being written: `add` objects and gaps, then `finish`.

    Without a path the snapshot lives in memory, one that may be large (`is_large`) in a file
    without a name. With a path it is written to a file beside it, which a second process cannot
    write at the same time, and which takes its place when it is finished.
    `checkpoint` makes sure of what was added: a killed process leaves the file as of the last
    one, and a writer of the same `source` and `key` goes on with it when it is told to `resume`.
    It goes on with an incomplete snapshot at `path` as well.

    As a context manager it takes an unfinished file away again, unless a checkpoint was made.

    All methods raise `DirectoryError` when the file cannot be written; the constructor also when
    another process is writing it, and when it is of another source or key than what is resumed.
    """

    def __init__(
        self,
        source: str,
        path: Path | None = None,
        taken_at: datetime | None = None,
        *,
        resume: bool = False,
        key: str = "",
        is_large: bool = False,
    ) -> None:
        self._path = path
        self._partial = partial.name_of(path) if path else None
        self._is_settled = False
        self._readings: list[Reading] = []
        taken = (taken_at or datetime.now(UTC)).isoformat(timespec="seconds")
        meta = {"source": _encodable(source), "key": _encodable(key), "taken_at": taken}
        with self._writing():
            self._connection = open_to_write(path, meta, resume=resume, is_large=is_large)
            self._close = weakref.finalize(self, self._connection.close)
            self._connection.execute("BEGIN")
            self._rows = Rows(self._connection)
            marks = self._connection.execute("SELECT step, cookie FROM mark")
            found = {step: Mark(step, cookie) for step, cookie in marks}
        self.marks: Mapping[str, Mark] = MappingProxyType(found)
        """How far each step of the reading had come in the run that this one goes on with"""
        self._has_checkpoint = bool(found)

    @classmethod
    def onto(cls, snapshot: Snapshot) -> Self:
        """Begin with all that a snapshot holds, in memory."""
        writer = cls(snapshot.source)
        with writer._writing():
            writer._connection.execute("COMMIT")  # a database in a transaction takes no copy
            snapshot.copy_to(writer._connection)
            writer._connection.execute("BEGIN")
            writer._rows = Rows(writer._connection)
        writer._is_settled = True
        return writer

    @property
    def count(self) -> int:
        """How many objects were added, those of an earlier run too."""
        return self._rows.count

    @property
    def reach(self) -> Reach:
        """How much is being read, as it was told last; in an earlier run perhaps."""
        with self._writing():
            return Reach.of(dict(self._connection.execute("SELECT name, value FROM meta")))

    def tell(self, reach: Reach) -> None:
        """Note how much is being read."""
        for name, value in reach.meta.items():
            self._write("INSERT OR REPLACE INTO meta VALUES (?, ?)", name, value)

    def add(self, entry: Entry) -> None:
        """Add an object; what is read twice (by two files or servers) is united in the end."""
        try:  # which is quicker than `_writing`
            if self._is_settled:
                drop_indexes(self._connection)
                self._is_settled = False
            self._rows.add(entry)
        except (sqlite3.Error, OSError) as error:
            raise self._failure(error) from error

    def add_reading(self, snapshot: Path) -> Reading:
        """
        Add what a snapshot file holds, but for its gaps, to one that `is_large`.

        What several readings hold is as in the last one that was added.
        """
        with self._writing():
            self._connection.execute("COMMIT")  # nothing is attached inside a transaction
            reading = copy_reading(snapshot, self._connection, self._rows)
            self._connection.execute("BEGIN")
        self._readings.append(reading)
        return reading

    def leave_out(self, reading: Reading, domain: Dn) -> None:
        """Take a domain out of a reading, as another one holds it better."""
        with self._writing():
            leave_out(self._connection, self._rows, reading, domain.path)

    def add_gap(self, gap: Gap, step: str | None = None) -> None:
        """
        Note what could not be read.

        One of a step is taken away when another run reads that step again from before the gap;
        one of no step stays.
        """
        values = (_encodable(gap.subject), _encodable(gap.reason), step)
        self._write("INSERT INTO gap VALUES (?, ?, ?, FALSE)", *values)

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

    def checkpoint(self, mark: Mark) -> None:
        """Make sure of all that was added so far, and of how far a step has come with it."""
        with self._writing():
            self._rows.flush()
            execute = self._connection.execute
            execute("INSERT OR REPLACE INTO mark VALUES (?, ?)", (mark.step, mark.cookie))
            execute(_MARK_GAPS, (mark.step,))
            execute("COMMIT")
            execute("BEGIN")
        self._has_checkpoint = True

    def finish(self) -> Snapshot:
        """Put the file in its place and open it for reading."""
        with self._writing():
            self._settle()
            self._say_once()
            if self._path is None or self._partial is None:
                self._connection.execute("COMMIT")
                self._connection.execute("PRAGMA query_only = ON")
                self._close.detach()  # the connection is the snapshot's now
                return Snapshot(self._connection)
            partial.flush(self._connection)
            self._close()
            self._partial.replace(self._path)
            self._partial = None
        return Snapshot.open(self._path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        self._close()
        if self._partial is not None and not self._has_checkpoint:
            self._partial.unlink(missing_ok=True)

    def _ask(self, statement: str, *values: str | int) -> Iterator[tuple[Any, ...]]:
        with self._writing():
            self._settle()
        return super()._ask(statement, *values)

    def _settle(self) -> None:
        """Have the tables hold what a reader of them expects: one row an object, and indexes."""
        if self._is_settled:
            return
        self._rows.flush()
        make_indexes(self._connection)
        if self._readings:
            for gap in unite_readings(self._connection, self._rows, self._readings):
                self.add_gap(gap)
            self._readings.clear()
        for gap in unite(self._connection, self._rows):
            self.add_gap(gap)
        self._is_settled = True

    def _say_once(self) -> None:
        """Drop the gaps and warnings that a run has in common with the one that it goes on with."""
        for table, columns in (("gap", "subject, reason"), ("warning", "text")):
            first = f"SELECT min(rowid) FROM {table} GROUP BY {columns}"  # noqa: S608, constants
            self._write(f"DELETE FROM {table} WHERE rowid NOT IN ({first})")  # noqa: S608, constants

    def _write(self, statement: str, *values: str | bytes | int | None) -> None:
        with self._writing():
            self._connection.execute(statement, values)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise self._failure(error) from error

    def _failure(self, error: Exception) -> DirectoryError:
        return DirectoryError(f"cannot write a snapshot at `{self._path}`: {error}")


def _encodable(text: str) -> str:
    """Text that a file can hold: what stands for bytes that are no UTF-8 is replaced."""
    return text.encode("utf-8", "replace").decode()

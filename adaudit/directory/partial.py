"""
The file that a snapshot is written to before it takes its place.

It is locked as long as it is being written, and holds what was made sure of even when the
process is killed: SQLite's rollback journal stands beside it.
"""

import contextlib
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from adaudit.directory.layout import TABLES, check_format, check_version
from adaudit.errors import DirectoryError


def name_of(path: Path) -> Path:
    """Where the snapshot `path` is while it is being written."""
    return path.with_name(f".{path.name}.partial")


def connect(place: str) -> sqlite3.Connection:
    """
    Connect to a file, URI or `:memory:`; whichever thread drops the result may close it.

    Transactions are begun and ended by their statements, and a lock is not waited for.
    """
    return sqlite3.connect(
        place,
        timeout=0,
        isolation_level=None,
        check_same_thread=False,
        uri=not place or place.startswith("file:"),
    )


def in_memory() -> sqlite3.Connection:
    """An empty snapshot in memory."""
    connection = connect(":memory:")
    connection.executescript(f"PRAGMA journal_mode = OFF; {TABLES}")
    return connection


def on_disk() -> sqlite3.Connection:
    """
    An empty snapshot in memory, which goes to a file without a name once it is large.

    Other snapshots can be attached to it by their URIs.
    """
    connection = connect("")
    connection.executescript(f"PRAGMA journal_mode = OFF; PRAGMA cache_size = -65536; {TABLES}")
    return connection


def begun(path: Path) -> sqlite3.Connection:
    """
    A new snapshot to write at `path`, in the place of what a dead process left.

    Raises `DirectoryError` when another process is writing it.
    """
    connection = _locked_anew(path)
    connection.execute("PRAGMA journal_mode = OFF")  # nobody needs what is replaced
    with contextlib.closing(in_memory()) as empty:
        empty.backup(connection)
    connection.execute("PRAGMA journal_mode = DELETE")
    return connection


def left(path: Path) -> sqlite3.Connection | None:
    """
    What an earlier process left at `path`, to be gone on with; None where it left nothing.

    Raises `DirectoryError` when another process is writing it, or it is of another format.
    """
    if not path.exists():
        return None
    with contextlib.ExitStack() as unless_right:
        connection = _locked(path)
        unless_right.callback(connection.close)
        if connection.execute("PRAGMA page_count").fetchone()[0] == 0:
            return None
        check_version(connection, path)
        unless_right.pop_all()
    return connection


def opened(snapshot: Path) -> sqlite3.Connection:
    """A snapshot for reading; `DirectoryError` when it is none, or of another format."""
    connection = connect(f"{snapshot.absolute().as_uri()}?mode=ro")
    with contextlib.ExitStack() as unless_right:
        unless_right.callback(connection.close)
        check_format(connection, snapshot)
        unless_right.pop_all()
    return connection


def copied(snapshot: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    """
    A copy of a snapshot at `path`, to be gone on with.

    Raises `DirectoryError` when another process is writing at `path`.
    """
    connection = _locked(path)
    snapshot.backup(connection)
    return connection


def flush(connection: sqlite3.Connection) -> None:
    """End the transaction, and have the disk hold the file before another is given up for it."""
    connection.execute("COMMIT")
    connection.execute("PRAGMA synchronous = FULL")  # counts from the next change on
    now = datetime.now(UTC).isoformat()
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('finished_at', ?)", (now,))


def _locked_anew(path: Path) -> sqlite3.Connection:
    try:
        return _locked(path)
    except sqlite3.DatabaseError:  # it holds no database, so nobody is writing one
        path.unlink()
        return _locked(path)


def _locked(path: Path) -> sqlite3.Connection:
    connection = connect(str(path))
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA synchronous = OFF")  # a killed process loses nothing by it
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")
    except sqlite3.DatabaseError as error:
        connection.close()
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise DirectoryError(f"another process is writing `{path}`") from error
        raise
    return connection

"""
The file that a snapshot is written to before it takes its place.

It is locked as long as it is being written, and holds what was made sure of even when the
process is killed: SQLite's rollback journal stands beside it.
"""

import contextlib
import sqlite3
from pathlib import Path

from adaudit.directory.layout import INDEXES, TABLES, check_format, check_version
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
        uri=place.startswith("file:"),
    )


def in_memory() -> sqlite3.Connection:
    """An empty snapshot in memory."""
    connection = connect(":memory:")
    connection.executescript(f"PRAGMA journal_mode = OFF; {TABLES}")
    return connection


def begun(path: Path) -> sqlite3.Connection:
    """
    A new snapshot to write at `path`, in the place of what a dead process left.

    Raises `DirectoryError` when another process is writing it.
    """
    connection = _locked(path)
    with contextlib.closing(in_memory()) as empty:
        _copy(empty, connection)
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


def copied(snapshot: Path, path: Path) -> sqlite3.Connection:
    """
    A copy of a snapshot at `path`, to be gone on with; the snapshot stays as it is.

    Raises `DirectoryError` when it is none, or another process is writing at `path`.
    """
    with contextlib.closing(connect(f"{snapshot.absolute().as_uri()}?mode=ro")) as source:
        check_format(source, snapshot)
        connection = _locked(path)
        _copy(source, connection)
    for name in INDEXES:  # each object that is added would go into every one of them
        connection.execute(f"DROP INDEX IF EXISTS {name}")
    return connection


def flush(connection: sqlite3.Connection) -> None:
    """End the transaction, and have the disk hold the file before another is given up for it."""
    connection.execute("COMMIT")
    connection.execute("PRAGMA synchronous = FULL")
    with connection:  # what SQLite makes sure of is what a transaction changes, and all before it
        connection.execute("BEGIN")
        connection.execute("UPDATE meta SET value = value")
        connection.execute("COMMIT")


def _locked(path: Path) -> sqlite3.Connection:
    connection = connect(str(path))
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA synchronous = OFF")  # a killed process loses nothing by it
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")
    except sqlite3.OperationalError as error:
        connection.close()
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise DirectoryError(f"another process is writing `{path}`") from error
        raise
    return connection


def _copy(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Put one database in the place of another, which nobody needs any more."""
    target.execute("PRAGMA journal_mode = OFF")
    source.backup(target)
    target.execute("PRAGMA journal_mode = DELETE")

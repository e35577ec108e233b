"""What a snapshot writer begins with: nothing, or what an earlier run came to."""

import contextlib
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from adaudit.directory import partial
from adaudit.errors import DirectoryError

_ANEW = "collect it anew, without resuming"
_DROP_GAPS = (
    "DELETE FROM gap WHERE step IS NOT NULL AND NOT is_behind_mark"
    " AND step NOT IN (SELECT step FROM mark WHERE cookie IS NULL)"
)
_IS_INCOMPLETE = (
    "SELECT EXISTS (SELECT 1 FROM gap) OR EXISTS (SELECT 1 FROM mark WHERE cookie IS NOT NULL)"
)


def open_to_write(
    path: Path | None, meta: Mapping[str, str], *, resume: bool
) -> sqlite3.Connection:
    """
    The database of a snapshot to be written at `path`, None for one in memory.

    Raises `DirectoryError` when another process is writing it, or what is to be resumed was not
    begun with the `source` and `key` of `meta`.
    """
    if path is None:
        return _labelled(partial.in_memory(), meta)
    found = _earlier(path) if resume else None
    if found is None:
        return _labelled(partial.begun(partial.name_of(path)), meta)
    with contextlib.ExitStack() as unless_same:
        unless_same.callback(found.close)
        _check_same(found, path, meta)
        _go_on(found)
        unless_same.pop_all()
    return found


def _labelled(connection: sqlite3.Connection, meta: Mapping[str, str]) -> sqlite3.Connection:
    connection.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
    return connection


def _earlier(path: Path) -> sqlite3.Connection | None:
    """What there is to go on with, None where nothing is."""
    found = partial.left(partial.name_of(path))
    if found is not None:
        return found
    if not path.exists():
        return None
    found = partial.copied(path, partial.name_of(path))
    if not found.execute(_IS_INCOMPLETE).fetchone()[0]:
        found.close()
        partial.name_of(path).unlink()
        raise DirectoryError(f"`{path}` is complete: there is nothing to go on with", _ANEW)
    return found


def _check_same(connection: sqlite3.Connection, path: Path, meta: Mapping[str, str]) -> None:
    known = dict(connection.execute("SELECT name, value FROM meta"))
    if known["source"] != meta["source"]:
        raise DirectoryError(
            f"what was read for `{path}` is of another source: {known['source']}", _ANEW
        )
    if known["key"] != meta["key"]:
        raise DirectoryError(f"what was read for `{path}` was asked for in another way", _ANEW)


def _go_on(connection: sqlite3.Connection) -> None:
    """Take away what is read again, and tell that there were several runs."""
    begun = connection.execute("SELECT value FROM meta WHERE name = 'taken_at'").fetchone()[0]
    now = datetime.now(UTC).isoformat(timespec="seconds")
    connection.execute("BEGIN")
    connection.execute(_DROP_GAPS)
    for table in ("observation", "source", "evidence_gap"):  # evidence is gathered in the end
        connection.execute(f"DELETE FROM {table}")  # noqa: S608, one of three constants
    warning = (
        f"read in several goes, begun {begun} and gone on with {now}:"
        " what changed in between may be missed"
    )
    connection.execute("INSERT INTO warning VALUES (?)", (warning,))
    connection.execute("COMMIT")

"""What a snapshot writer begins with: nothing, or what an earlier run came to."""

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from adaudit.directory import partial
from adaudit.directory.layout import drop_indexes
from adaudit.errors import DirectoryError

_ANEW = "collect it anew, without resuming"
_HAS_MARKS = "SELECT EXISTS (SELECT 1 FROM mark)"
_IS_INCOMPLETE = (
    "SELECT EXISTS (SELECT 1 FROM gap) OR EXISTS (SELECT 1 FROM mark WHERE cookie IS NOT NULL)"
)
_GAPS_TO_READ_AGAIN = (
    "DELETE FROM gap WHERE step IS NOT NULL AND NOT is_behind_mark"
    " AND step NOT IN (SELECT step FROM mark WHERE cookie IS NULL)"
)


def open_to_write(
    path: Path | None, meta: Mapping[str, str], *, resume: bool, is_large: bool = False
) -> sqlite3.Connection:
    """
    The database of a snapshot to be written at `path`, None for one in memory or `is_large`.

    Raises `DirectoryError` when another process is writing it, or what is to be resumed was not
    begun with the `source` and `key` of `meta`, or is complete.
    """
    if path is None:
        return _labelled(partial.on_disk() if is_large else partial.in_memory(), meta)
    place = partial.name_of(path)
    earlier = (_killed(place, meta) or _incomplete(path, place, meta)) if resume else None
    if earlier is None:
        return _labelled(partial.begun(place), meta)
    with _closed_on_error(earlier):
        _go_on(earlier)
    return earlier


def _labelled(connection: sqlite3.Connection, meta: Mapping[str, str]) -> sqlite3.Connection:
    connection.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
    return connection


def _killed(place: Path, meta: Mapping[str, str]) -> sqlite3.Connection | None:
    """What a killed process left, if it made sure of anything."""
    left = partial.left(place)
    if left is None:
        return None
    with _closed_on_error(left):
        if _tells(left, _HAS_MARKS):
            _check_same(left, place, meta)
            return left
    left.close()
    return None


def _incomplete(path: Path, place: Path, meta: Mapping[str, str]) -> sqlite3.Connection | None:
    """A copy of the snapshot that is to be replaced, if it can be gone on with."""
    if not path.exists():
        return None
    with contextlib.closing(partial.opened(path)) as snapshot:
        if not _tells(snapshot, _IS_INCOMPLETE):
            raise DirectoryError(f"`{path}` is complete: there is nothing to go on with", _ANEW)
        if not _tells(snapshot, _HAS_MARKS):
            return None
        _check_same(snapshot, path, meta)
        return partial.copied(snapshot, place)


def _check_same(connection: sqlite3.Connection, path: Path, meta: Mapping[str, str]) -> None:
    known = dict(connection.execute("SELECT name, value FROM meta"))
    if known.get("source") != meta["source"]:
        raise DirectoryError(f"`{path}` is of another source: {known.get('source')}", _ANEW)
    if known.get("key") != meta["key"]:
        raise DirectoryError(f"`{path}` was begun with other settings", _ANEW)


def _go_on(connection: sqlite3.Connection) -> None:
    """Take away what is read again, and tell that there were several runs."""
    begun = connection.execute("SELECT value FROM meta WHERE name = 'taken_at'").fetchone()
    now = datetime.now(UTC).isoformat(timespec="seconds")
    warning = (
        f"read in several runs, begun {' '.join(begun or ())} and gone on with {now}:"
        " what changed in between may be missed"
    )
    connection.execute("BEGIN")
    connection.execute(_GAPS_TO_READ_AGAIN)
    drop_indexes(connection)
    for table in ("observation", "source", "evidence_gap"):  # evidence is gathered in the end
        connection.execute(f"DELETE FROM {table}")  # noqa: S608, one of three constants
    connection.execute("INSERT INTO warning VALUES (?)", (warning,))
    connection.execute("COMMIT")


def _tells(connection: sqlite3.Connection, statement: str) -> bool:
    return bool(connection.execute(statement).fetchone()[0])


@contextlib.contextmanager
def _closed_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    with contextlib.ExitStack() as on_error:
        on_error.callback(connection.close)
        yield
        on_error.pop_all()

"""How a snapshot lies in its file: tables, version, and the form of attributes."""

import base64
import json
import sqlite3
from pathlib import Path

from adaudit.directory.entry import Entry
from adaudit.errors import DirectoryError

FORMAT = 2
"""Version of the file layout; a file of another version is refused."""

APPLICATION_ID = 0x41444155  # "ADAU"
TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE descriptor (id INTEGER PRIMARY KEY, body BLOB NOT NULL UNIQUE);
CREATE TABLE object (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    dn TEXT NOT NULL,
    has_sid INTEGER NOT NULL,
    class TEXT,
    descriptor INTEGER REFERENCES descriptor (id),
    attributes TEXT NOT NULL
);
CREATE INDEX object_sid ON object (path) WHERE has_sid;
CREATE INDEX object_class ON object (class);
CREATE TABLE gap (subject TEXT NOT NULL, reason TEXT NOT NULL);
CREATE TABLE warning (text TEXT NOT NULL);
CREATE TABLE source (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE evidence_gap (subject TEXT NOT NULL, reason TEXT NOT NULL);
CREATE TABLE observation (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL REFERENCES source (id),
    kind TEXT NOT NULL,
    body TEXT NOT NULL
);
"""


def check_format(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a file of another kind or version, and any change to this one."""
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA query_only = ON")
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise DirectoryError(f"`{path}` is not a snapshot of adaudit")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version != FORMAT:
        raise DirectoryError(
            f"`{path}` is a snapshot of format {version}, this version reads format {FORMAT}",
            "collect it again, or use the version of adaudit that wrote it",
        )
    pages, page_size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size")
    )
    if path.stat().st_size != pages * page_size:  # SQLite would fill the last page up with zeros
        raise DirectoryError(f"`{path}` is cut off", "collect or copy it again")


def dump_attributes(entry: Entry) -> str:
    """Write the attributes of an object as JSON."""
    plain = {name: [_dump(value) for value in values] for name, values in entry.attributes.items()}
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def _dump(value: bytes) -> str | list[str]:
    """Text as text, other bytes as a list of one base64 text."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return [base64.b64encode(value).decode()]


def load_attributes(text: str) -> dict[str, tuple[bytes, ...]]:
    """Read what `dump_attributes` wrote; `ValueError` where it is damaged."""
    try:
        return {name: tuple(map(_load, values)) for name, values in json.loads(text).items()}
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise ValueError(f"attributes are not in the form of this version: {error}") from error


def _load(value: str | list[str]) -> bytes:
    return value.encode() if isinstance(value, str) else base64.b64decode(value[0], validate=True)

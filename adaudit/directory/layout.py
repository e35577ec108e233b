"""How a snapshot lies in its file: tables, version, and the form of attributes."""

import sqlite3
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import msgspec

from adaudit.errors import DirectoryError

FORMAT = 3
"""Version of the file layout; a file of another version is refused."""

APPLICATION_ID = 0x41444155  # "ADAU"
TABLES = f"""
PRAGMA page_size = 16384;
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {FORMAT};
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE descriptor (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE class (id INTEGER PRIMARY KEY, name TEXT, chain BLOB NOT NULL);
CREATE TABLE object (
    id INTEGER PRIMARY KEY,
    dn TEXT NOT NULL,
    path TEXT NOT NULL,
    class INTEGER NOT NULL REFERENCES class (id),
    descriptor INTEGER REFERENCES descriptor (id),
    sid BLOB,
    guid BLOB,
    group_type TEXT,
    account_control TEXT,
    primary_group TEXT,
    attributes BLOB NOT NULL
);
CREATE TABLE gap (
    subject TEXT NOT NULL, reason TEXT NOT NULL, step TEXT, is_behind_mark INTEGER NOT NULL
);
CREATE INDEX gap_before_mark ON gap (step) WHERE NOT is_behind_mark;
CREATE TABLE mark (step TEXT PRIMARY KEY, cookie BLOB) WITHOUT ROWID;
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
_INDEXES = {
    "object_path": "object (path)",
    "object_class": "object (class)",
    "object_descriptor": "object (descriptor)",
}
"""What is made when all is written: each object that came later would go into every one of them"""

_T = TypeVar("_T")

Attributes = Mapping[str, tuple[bytes, ...]]

_encode = msgspec.msgpack.Encoder().encode
_encode_into = msgspec.msgpack.Encoder().encode_into
_attributes = msgspec.msgpack.Decoder(dict[str, tuple[bytes, ...]])
_values = msgspec.msgpack.Decoder(tuple[bytes, ...])


class _OneAttribute(msgspec.Struct):
    """The attributes of an object, all but one of them skipped."""

    values: tuple[bytes, ...] = ()


def check_format(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a file of another kind or version, and any change to this one."""
    connection.execute("PRAGMA query_only = ON")
    check_version(connection, path)
    pages, page_size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size")
    )
    if path.stat().st_size != pages * page_size:  # SQLite would fill the last page up with zeros
        raise DirectoryError(f"`{path}` is cut off", "collect or copy it again")


def check_version(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a file of another kind or version."""
    connection.execute("PRAGMA trusted_schema = OFF")
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise DirectoryError(
            f"`{path}` is not a snapshot of adaudit",
            "nor does it begin as an export does: LDIF, or a snapshot of AD Explorer",
        )
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version != FORMAT:
        raise DirectoryError(
            f"`{path}` is a snapshot of format {version}, this version reads format {FORMAT}",
            "collect it again, or use the version of adaudit that wrote it",
        )


def make_indexes(connection: sqlite3.Connection) -> None:
    """Make what readers find objects by."""
    for name, columns in _INDEXES.items():
        connection.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {columns}")


def drop_indexes(connection: sqlite3.Connection) -> None:
    """Take the indexes away while objects are added."""
    for name in _INDEXES:
        connection.execute(f"DROP INDEX IF EXISTS {name}")


def dump_attributes(attributes: Attributes) -> bytearray:
    """Pack the attributes of an object."""
    packed = bytearray()  # which the database takes faster than `bytes`
    _encode_into(attributes if isinstance(attributes, dict) else dict(attributes), packed)
    return packed


def load_attributes(packed: bytes) -> dict[str, tuple[bytes, ...]]:
    """Unpack what `dump_attributes` packed; `DirectoryError` where it is damaged."""
    return _load(_attributes, packed)


def dump_values(values: tuple[bytes, ...]) -> bytes:
    """Pack the values of one attribute."""
    return _encode(values)


def load_values(packed: bytes) -> tuple[bytes, ...]:
    """Unpack what `dump_values` packed; `DirectoryError` where it is damaged."""
    return _load(_values, packed)


def values_in(packed: bytes, name: str) -> tuple[bytes, ...]:
    """
    The values of the attribute `name`, in lower case, out of the packed ones of an object.

    Empty where it has none; `DirectoryError` where they are damaged.
    """
    return _load(_decoder_of(name), packed).values


@lru_cache(maxsize=1 << 8)
def _decoder_of(name: str) -> "msgspec.msgpack.Decoder[_OneAttribute]":
    fields = [("values", tuple[bytes, ...], ())]
    kind = msgspec.defstruct(
        "OneAttribute", fields, bases=(_OneAttribute,), rename={"values": name}, gc=False
    )
    return msgspec.msgpack.Decoder(kind)


def _load(decoder: "msgspec.msgpack.Decoder[_T]", packed: bytes) -> _T:
    try:
        return decoder.decode(packed)
    except (msgspec.MsgspecError, TypeError, ValueError, RecursionError) as error:
        raise DirectoryError(f"the snapshot is damaged: {error}") from error

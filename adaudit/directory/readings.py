"""
Several snapshots of one forest as one: their rows are copied as they are.

What several of them hold, the configuration above all, is mostly the same to the byte, and only
what is not is decoded.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from adaudit.directory.entry import Gap
from adaudit.directory.reach import Reach, Scope
from adaudit.directory.rows import Rows
from adaudit.directory.union import unite_versions
from adaudit.errors import DirectoryError

_RENUMBERED = (
    "CREATE TEMP TABLE IF NOT EXISTS new_class (old INTEGER PRIMARY KEY, new INTEGER)",
    "CREATE TEMP TABLE IF NOT EXISTS new_descriptor (old INTEGER PRIMARY KEY, new INTEGER)",
    "DELETE FROM new_class",
    "DELETE FROM new_descriptor",
)
_OBJECTS = """
INSERT INTO object
SELECT
    object.id + ?, dn, path, new_class.new, new_descriptor.new, sid, guid, group_type,
    account_control, primary_group, attributes
FROM other.object AS object
LEFT JOIN new_class ON new_class.old = class
LEFT JOIN new_descriptor ON new_descriptor.old = descriptor
"""
_OBSERVATIONS = """
INSERT INTO observation (source, kind, body)
SELECT source + :last, kind, body FROM other.observation ORDER BY id
"""
_EVIDENCE = (
    "INSERT INTO source SELECT id + :last, body FROM other.source",
    _OBSERVATIONS,
    "INSERT INTO evidence_gap SELECT * FROM other.evidence_gap",
    "INSERT INTO warning SELECT * FROM other.warning",
)
# left to itself, SQLite compares all that have the same class or descriptor
_TWINS = """
DELETE FROM object WHERE id IN (
    SELECT one.id FROM (SELECT path FROM object GROUP BY path HAVING count(*) > 1) AS twice
    JOIN object AS one INDEXED BY object_path ON one.path = twice.path
    JOIN object AS later INDEXED BY object_path ON later.path = twice.path
    WHERE later.id > one.id AND later.dn = one.dn AND later.class = one.class
    AND later.attributes = one.attributes AND later.descriptor IS one.descriptor
)
"""
_HEADS = """
SELECT path, dn, object.id, name FROM object JOIN class ON class.id = class
WHERE name = 'configuration' OR (name = 'domaindns' AND sid IS NOT NULL) ORDER BY object.id
"""
_ONLY_IN_ONE = """
SELECT path FROM object AS one
WHERE path > ? AND path < ? AND id BETWEEN ? AND ? AND (? OR sid IS NOT NULL)
AND NOT EXISTS (
    SELECT 1 FROM object INDEXED BY object_path WHERE path = one.path AND id BETWEEN ? AND ?
)
"""

# what is directly below a domain by `dc=` is of another partition, as the configuration is
_OF_DOMAIN = """
DELETE FROM object WHERE id BETWEEN :first AND :last
AND (path = :path OR (path > :path || ',' AND path < :path || '-'))
AND NOT (path >= :path || ',dc=' AND path < :path || ',dc>')
AND NOT (path >= :path || ',cn=configuration' AND path < :path || ',cn=configuration-')
"""


@dataclass(frozen=True, slots=True)
class Reading:
    """One snapshot among those that are put together."""

    first: int
    """The number of its first object, as it was copied"""
    last: int
    scope: Scope
    gaps: tuple[tuple[Gap, str | None], ...]
    """What could not be read, with the step that tells; it is not copied"""


@dataclass(frozen=True, slots=True)
class _Head:
    """The first object of a partition, in one of the readings."""

    path: str
    dn: str
    reading: Reading
    is_configuration: bool


def copy_reading(file: Path, connection: sqlite3.Connection, rows: Rows) -> Reading:
    """
    Copy what a snapshot holds, outside a transaction; `file` was opened as one before.

    Raises `DirectoryError` where it is damaged.
    """
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("ATTACH ? AS other", (f"{file.absolute().as_uri()}?mode=ro",))
    try:
        connection.execute("BEGIN")
        reading = _copied(connection, rows)
        connection.execute("COMMIT")
    except (sqlite3.Error, TypeError, ValueError) as error:
        raise DirectoryError(f"`{file}` is no readable snapshot: {error}") from error
    connection.execute("DETACH other")
    return reading


def leave_out(connection: sqlite3.Connection, rows: Rows, reading: Reading, domain: str) -> None:
    """Take the objects of a domain, by its path, out of one reading."""
    values = {"first": reading.first, "last": reading.last, "path": domain}
    connection.execute(_OF_DOMAIN, values)
    rows.recount()


def unite_readings(
    connection: sqlite3.Connection, rows: Rows, readings: Sequence[Reading]
) -> Iterator[Gap]:
    """
    Make one object of what several readings hold, as it is in the last of them.

    Gives a gap for each object whose descriptor or GUID differ, and for each partition that
    several readings hold and of which one has objects that another one has not.
    """
    yield from _changed_partitions(connection, readings)
    connection.execute(_TWINS)
    rows.recount()
    yield from unite_versions(connection, rows)


def _copied(connection: sqlite3.Connection, rows: Rows) -> Reading:
    for statement in _RENUMBERED:
        connection.execute(statement)
    chains = connection.execute("SELECT id, chain FROM other.class")
    new = list(rows.take_chains(chains.fetchall()))
    connection.executemany("INSERT INTO new_class VALUES (?, ?)", new)
    bodies = connection.execute("SELECT id, CAST(body AS BLOB) FROM other.descriptor")
    connection.executemany("INSERT INTO new_descriptor VALUES (?, ?)", rows.take_bodies(bodies))
    rows.flush()
    before = rows.last
    connection.execute(_OBJECTS, (before,))
    rows.recount()
    last_source = connection.execute("SELECT ifnull(max(id), 0) FROM source").fetchone()[0]
    for statement in _EVIDENCE:
        connection.execute(statement, {"last": last_source} if ":last" in statement else {})
    meta = dict(connection.execute("SELECT name, value FROM other.meta"))
    found = connection.execute("SELECT subject, reason, step FROM other.gap")
    gaps = tuple((Gap(str(subject), str(reason)), step) for subject, reason, step in found)
    return Reading(before + 1, rows.last, Reach.of(meta).scope, gaps)


def _changed_partitions(
    connection: sqlite3.Connection, readings: Sequence[Reading]
) -> Iterator[Gap]:
    """Where a partition was read several times, and not with the same objects."""
    held: dict[str, list[_Head]] = defaultdict(list)
    for head in _heads(connection, readings):
        held[head.path].append(head)
    for path, heads in held.items():
        apart = set[str]()
        for one, other in pairwise(heads):
            apart.update(_only_in_one(connection, one, other))
            apart.update(_only_in_one(connection, other, one))
        below = [each for each in held if each.startswith(f"{path},")]
        count = sum(1 for each in apart if not _is_in(each, below))
        if count:
            yield Gap(
                f"objects of {heads[0].dn}",
                f"{count} are in one snapshot and not in another one, which holds the partition "
                "too: they were made, renamed or deleted in between",
            )


def _heads(connection: sqlite3.Connection, readings: Sequence[Reading]) -> Iterator[_Head]:
    for path, dn, number, name in connection.execute(_HEADS).fetchall():
        reading = next(each for each in readings if each.first <= number <= each.last)
        yield _Head(path, dn, reading, name == "configuration")


def _only_in_one(connection: sqlite3.Connection, one: _Head, other: _Head) -> Iterator[str]:
    """What the first reading has in a partition and the second has not, by path."""
    if one.is_configuration and one.reading.scope != other.reading.scope:
        return
    are_all = one.is_configuration  # of a domain those with a SID, as all scopes have them
    values = (
        *(f"{one.path},", f"{one.path}-", one.reading.first, one.reading.last, are_all),
        *(other.reading.first, other.reading.last),
    )
    for (path,) in connection.execute(_ONLY_IN_ONE, values):
        yield path


def _is_in(path: str, partitions: Sequence[str]) -> bool:
    return any(path == each or path.startswith(f"{each},") for each in partitions)

"""
Uniting what was read in several parts, twice, or under two names.

Members of large groups come in ranges, forests in several files, and a page that was not made
sure of is read again after an interruption.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry, Gap
from adaudit.directory.layout import Attributes, load_attributes
from adaudit.directory.rows import Rows

_SAME_NAME = "SELECT path FROM object GROUP BY path HAVING count(*) > 1"
_SAME_OBJECT = (
    "SELECT guid, id FROM object WHERE guid IN"
    " (SELECT guid FROM object WHERE length(guid) = 16 GROUP BY guid HAVING count(*) > 1)"
    " ORDER BY guid, id DESC"
)
_PARTS = (
    "SELECT object.id, dn, guid, attributes, body"
    " FROM object LEFT JOIN descriptor ON descriptor.id = descriptor"
)


@dataclass(frozen=True, slots=True)
class _Part:
    number: int
    guid: bytes | None
    entry: Entry


def unite(connection: sqlite3.Connection, rows: Rows) -> Iterator[Gap]:
    """
    Make one object of all rows of one name, and of all names of one objectGUID.

    Gives a gap for each object whose parts contradict each other.
    """
    for (path,) in connection.execute(_SAME_NAME).fetchall():
        parts = _parts(connection, "path = ? ORDER BY object.id", path)
        yield from _contradictions(parts)
        _keep(rows, parts, _united(parts))
    rows.flush()
    found = connection.execute(_SAME_OBJECT).fetchall()
    for _, names in groupby(found, key=itemgetter(0)):
        parts = [_parts(connection, "object.id = ?", number)[0] for _, number in names]
        yield from _renamings(parts)
        _keep(rows, parts, _latest(parts))
    rows.flush()


def unite_versions(connection: sqlite3.Connection, rows: Rows) -> Iterator[Gap]:
    """
    Make one object of all rows of one name, each of which is the whole object at some time.

    What the last one has counts. Gives gaps as `unite` does.
    """
    for (path,) in connection.execute(_SAME_NAME).fetchall():
        parts = _parts(connection, "path = ? ORDER BY object.id DESC", path)
        yield from _contradictions(parts)
        _keep(rows, parts, _latest(parts))
    rows.flush()


def _parts(connection: sqlite3.Connection, condition: str, value: str | int) -> list[_Part]:
    found = connection.execute(f"{_PARTS} WHERE {condition}", (value,))
    return [
        _Part(number, guid, Entry(Dn(dn), load_attributes(attributes), body))
        for number, dn, guid, attributes, body in found
    ]


def _keep(rows: Rows, parts: Sequence[_Part], entry: Entry) -> None:
    """Put the object in the place of the first part, and take the others away."""
    rows.remove([part.number for part in parts])
    rows.add(entry, parts[0].number)


def _united(parts: Sequence[_Part]) -> Entry:
    """All values of all parts, in the order of reading."""
    found: dict[str, dict[bytes, None]] = {}
    for part in parts:
        for name, values in part.entry.attributes.items():
            found.setdefault(name, {}).update(dict.fromkeys(values))
    attributes = {name: tuple(values) for name, values in found.items()}
    return Entry(parts[0].entry.dn, attributes, _first_descriptor(parts))


def _latest(parts: Sequence[_Part]) -> Entry:
    """The object under its last name; earlier readings give what the last one did not ask for."""
    attributes: Attributes = {}
    for part in parts:
        attributes = {**part.entry.attributes, **attributes}
    return Entry(parts[0].entry.dn, attributes, _first_descriptor(parts))


def _first_descriptor(parts: Sequence[_Part]) -> bytes | None:
    descriptors = (part.entry.descriptor for part in parts)
    return next((body for body in descriptors if body is not None), None)


def _contradictions(parts: Sequence[_Part]) -> Iterator[Gap]:
    subject = str(parts[0].entry.dn)
    if len({part.entry.descriptor for part in parts} - {None}) > 1:
        yield Gap(subject, "read twice with different security descriptors")
    if len({part.guid for part in parts} - {None}) > 1:
        yield Gap(subject, "read twice with different GUIDs: it was made anew while it was read")


def _renamings(parts: Sequence[_Part]) -> Iterator[Gap]:
    last, *earlier = (str(part.entry.dn) for part in parts)
    for name in earlier:
        yield Gap(name, f"renamed to `{last}` while it was read: not all may know it by that name")

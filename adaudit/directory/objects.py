"""Objects as the tables of a snapshot hold them, whether it is being written or read."""

import sqlite3
from collections.abc import Iterator
from typing import Any

from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.directory.layout import load_attributes, load_values
from adaudit.errors import DirectoryError

_OBJECT = (
    "SELECT dn, attributes, body FROM object LEFT JOIN descriptor ON descriptor.id = descriptor"
)


class Objects:
    """What has a database of objects; every method raises `DirectoryError` where it is damaged."""

    _connection: sqlite3.Connection

    def entry(self, dn: Dn) -> Entry | None:
        """The object of that name, None where it was not read."""
        return next(self._select("WHERE path = ?", dn.path), None)

    def of_class(self, *names: str) -> Iterator[Entry]:
        """All objects whose most specific class is one of `names`, parents before children."""
        marks = ",".join("?" * len(names))
        of_these = f"(SELECT id FROM class WHERE name IN ({marks}))"  # noqa: S608, question marks
        return self._select(f"WHERE class IN {of_these} ORDER BY path", *map(str.lower, names))

    def having(self, attribute: str) -> Iterator[Entry]:
        """All objects with some attribute, found by the database among those of all objects."""
        name = attribute.lower()
        for entry in self._select("WHERE instr(attributes, CAST(? AS BLOB)) ORDER BY path", name):
            if entry.values(name):
                yield entry

    def paths_below(self, dn: Dn, name: str) -> Iterator[str]:
        """The paths of the objects under `dn` whose most specific class is `name`."""
        statement = (
            "SELECT path FROM object WHERE path > ? AND path < ?"
            " AND class IN (SELECT id FROM class WHERE name = ?) ORDER BY path"
        )
        # what is below goes on with a comma, which a hyphen comes after
        rows = self._ask(statement, f"{dn.path},", f"{dn.path}-", name.lower())
        return (str(path) for (path,) in rows)

    def numbers_within(self, dn: Dn) -> Iterator[int]:
        """The numbers of an object and of all under it."""
        if not dn.path:
            return (int(number) for (number,) in self._ask("SELECT id FROM object"))
        statement = "SELECT id FROM object WHERE path = ? OR (path > ? AND path < ?)"
        rows = self._ask(statement, dn.path, f"{dn.path},", f"{dn.path}-")
        return (int(number) for (number,) in rows)

    def names(self) -> Iterator[tuple[int, str]]:
        """Number and DN of all objects, by number."""
        rows = self._ask("SELECT id, dn FROM object ORDER BY id")
        return ((int(number), str(dn)) for number, dn in rows)

    def undescribed(self) -> Iterator[tuple[str, str, tuple[bytes, ...]]]:
        """DN, path and objectClass of all objects without a security descriptor."""
        statement = (
            "SELECT dn, path, chain FROM object JOIN class ON class.id = class"
            " WHERE descriptor IS NULL ORDER BY path"
        )
        chains: dict[bytes, tuple[bytes, ...]] = {}
        for dn, path, packed in self._ask(statement):
            chain = chains.get(packed)
            if chain is None:
                chain = chains[packed] = load_values(packed)
            yield str(dn), str(path), chain

    def _select(self, condition: str, *values: str | int) -> Iterator[Entry]:
        for dn, attributes, body in self._ask(f"{_OBJECT} {condition}", *values):
            yield Entry(Dn(dn), load_attributes(attributes), body)

    def _ask(self, statement: str, *values: str | int) -> Iterator[tuple[Any, ...]]:
        """Rows of whatever types the columns of the tables have."""
        try:
            yield from self._connection.execute(statement, values)
        except (sqlite3.Error, TypeError, ValueError) as error:
            raise DirectoryError(f"the snapshot is damaged: {error}") from error

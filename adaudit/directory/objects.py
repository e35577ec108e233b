"""Objects as the tables of a snapshot hold them, whether it is being written or read."""

import sqlite3
from collections.abc import Iterator

from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.directory.layout import load_attributes
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

    def _select(self, condition: str, *values: str | int) -> Iterator[Entry]:
        try:
            for dn, attributes, body in self._connection.execute(f"{_OBJECT} {condition}", values):
                yield Entry(Dn(dn), load_attributes(attributes), body)
        except (sqlite3.Error, TypeError, ValueError) as error:
            raise DirectoryError(f"the snapshot is damaged: {error}") from error

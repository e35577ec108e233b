"""Objects on their way into the tables of a snapshot, in batches."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from adaudit.directory.bodies import Bodies
from adaudit.directory.entry import Entry
from adaudit.directory.layout import dump_attributes, dump_values, load_values

_BATCH = 100  # rows that still lie in the cache of the processor
_BATCH_BYTES = 1024 * 1024
_NONE = 0
_INSERT = (
    "INSERT INTO object VALUES"
    " (?, ?, ?, ?, nullif(?, 0), nullif(?, 0), nullif(?, 0), nullif(?, 0), nullif(?, 0),"
    " nullif(?, 0), ?)"
)
"""Python asks every None and every `bytes` for its form, which is most of the time of a row"""

_Row = tuple[
    int,
    str,
    str,
    int,
    int,
    bytearray | int,
    bytearray | int,
    str | int,
    str | int,
    str | int,
    bytearray,
]


class Rows:
    """Appends objects; nothing that is in the tables already is looked up for it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._waiting: list[_Row] = []
        self._new_bodies: list[tuple[int, bytes]] = []
        self._bytes = 0
        self._bodies = Bodies()
        self._bodies.restore(connection.execute("SELECT id, body FROM descriptor"))
        chains = connection.execute("SELECT chain, id FROM class")
        self._chains = {load_values(chain): number for chain, number in chains}
        self.last = 0
        """The highest number of an object"""
        self.count = 0
        """How many objects are in the tables or on their way there"""
        self.recount()

    def add(self, entry: Entry, number: int | None = None) -> None:
        """Take up an object, under the next number if none is given."""
        if number is None:
            self.last += 1
            number = self.last
        self.count += 1
        row = self._row(number, entry)
        self._waiting.append(row)
        self._bytes += len(row[-1])
        if len(self._waiting) >= _BATCH or self._bytes >= _BATCH_BYTES:
            self.flush()

    def remove(self, numbers: Sequence[int]) -> None:
        """Take away objects that are part of another one."""
        self._connection.executemany("DELETE FROM object WHERE id = ?", zip(numbers))
        self.count -= len(numbers)

    def take_bodies(self, bodies: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, int]]:
        """Take up descriptors of another file, and give their numbers there and here."""
        for number, body in bodies:
            yield number, self._descriptor(body)
            if self._bytes >= _BATCH_BYTES:
                self.flush()

    def take_chains(self, chains: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, int]]:
        """Take up chains of classes of another file, and give their numbers there and here."""
        for number, packed in chains:
            values = load_values(packed)
            yield number, self._chains.get(values) or self._new_chain(values)

    def recount(self) -> None:
        """Learn of objects that were put into the tables, or taken away, past this."""
        found = self._connection.execute("SELECT ifnull(max(id), 0), count(*) FROM object")
        self.last, self.count = found.fetchone()

    def flush(self) -> None:
        """Have the tables hold all that was added."""
        self._connection.executemany("INSERT INTO descriptor VALUES (?, ?)", self._new_bodies)
        self._connection.executemany(_INSERT, self._waiting)
        self._new_bodies.clear()
        self._waiting.clear()
        self._bytes = 0

    def _row(self, number: int, entry: Entry) -> _Row:
        dn, attributes, body = entry.dn, entry.attributes, entry.descriptor
        get = attributes.get
        classes = get("objectclass", ())
        return (
            number,
            dn.text,
            dn.path,
            self._chains.get(classes) or self._new_chain(classes),
            _NONE if body is None else self._descriptor(body),
            bytearray(sid[0]) if (sid := get("objectsid")) else _NONE,
            bytearray(guid[0]) if (guid := get("objectguid")) else _NONE,
            _text(kind) if (kind := get("grouptype")) else _NONE,
            _text(control) if (control := get("useraccountcontrol")) else _NONE,
            _text(group) if (group := get("primarygroupid")) else _NONE,
            dump_attributes(attributes),
        )

    def _descriptor(self, body: bytes) -> int:
        number, is_new = self._bodies.number(body)
        if is_new:
            self._new_bodies.append((number, body))
            self._bytes += len(body)
        return number

    def _new_chain(self, values: tuple[bytes, ...]) -> int:
        number = self._chains[values] = len(self._chains) + 1
        name = values[-1].decode("utf-8", "replace").lower() if values else None
        row = (number, name, dump_values(values))
        self._connection.execute("INSERT INTO class VALUES (?, ?, ?)", row)
        return number


def _text(values: tuple[bytes, ...]) -> str:
    return values[0].decode("utf-8", "replace")

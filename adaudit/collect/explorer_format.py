"""
The file in which AD Explorer of Sysinternals saves a snapshot: where what stands in it.

Its maker does not document it. This is what public readers of such files agree on, compared with
a file that AD Explorer wrote: a header of 1,086 bytes; the objects one behind the other; a table
of the attributes of the schema, and of classes and rights; and an index, the tree of the objects.
Numbers are little-endian, texts UTF-16.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct
from typing import Self

from adaudit.collect.explorer_bytes import Contents, Cursor, DamagedError

_SIGNATURE = b"win-ad-ob\0"
_VERSION = 0x00010001
_HEADER = Struct("<10sIQ520s520sIIQQ")
_OBJECT = Struct("<II")
_NODE = Struct("<qII")
_ROOTS = 1
"""Nodes of the index that stand for no object: the one above all others"""
_BEHIND_PROPERTY = 36  # schemaIDGUID, attributeSecurityGUID, and four bytes more


@dataclass(frozen=True, slots=True)
class Property:
    """An attribute of the schema, by whose place in the table objects name it."""

    name: str
    """lDAPDisplayName in lower case"""
    kind: int
    """How its values are written: an ADSTYPE of ADSI"""


@dataclass(frozen=True, slots=True)
class FoundObject:
    """An object: where it lies, and by the place of each attribute in the table its values."""

    number: int
    start: int
    values: tuple[tuple[int, int], ...]
    """Attribute, and place of its values counted from the start of the object"""


class ExplorerFile:
    """One open file; `DamagedError` where it is not what AD Explorer writes."""

    def __init__(self, contents: Contents, count: int, table: int, index: int) -> None:
        self.contents = contents
        self.count = count
        """Objects by the header, which leaves out those that AD Explorer could not see itself"""
        self._table = table
        self._index = index
        self._read = 0
        self.properties = tuple(_properties(Cursor(contents, table)))

    @classmethod
    def of(cls, contents: Contents) -> Self:
        """Read the header and the table of attributes."""
        if contents.size < _HEADER.size:
            raise DamagedError("it is no snapshot of AD Explorer, or was cut off in its header")
        signature, version, _, _, _, count, _, table, index = contents.unpack(0, _HEADER)
        if signature != _SIGNATURE:
            raise DamagedError("it is no snapshot of AD Explorer")
        if version != _VERSION:
            raise DamagedError(f"it is of version 0x{version:08x} of the format, which is unknown")
        if not _HEADER.size <= table < contents.size:
            raise DamagedError("it is cut off: the table of attributes is not in it")
        return cls(contents, count, table, index)

    def objects(self) -> Iterator[FoundObject]:
        """
        The objects, each held in `contents` until the next one is asked for.

        Raises `DamagedError` where the next one cannot be found, or one is missing.
        """
        start = _HEADER.size
        self._read = 0
        while start + _OBJECT.size <= self._table:
            size, values = self.contents.unpack(start, _OBJECT)
            if not size:
                break  # eight bytes of zeros end the objects
            self._read += 1
            yield self._object(start, size, values)
            start += size
        if self._read < self.count or start + _OBJECT.size < self._table:
            raise DamagedError(f"{self._read} objects are in it, and {self.count} should be")

    def check_index(self) -> None:
        """Raise `DamagedError` when the index at the end does not name as many as were read."""
        place, named = self._index, -_ROOTS
        while place < self.contents.size:
            _, nodes, leaves = self.contents.unpack(place, _NODE)
            named += 1 + leaves
            place += _NODE.size + 4 * nodes + 8 * leaves
        if place != self.contents.size or named != self._read:
            raise DamagedError(
                "the index at its end is cut off or damaged: it may lack objects of the directory"
            )

    def _object(self, start: int, size: int, values: int) -> FoundObject:
        head = _OBJECT.size * (1 + values)
        too_many = values > len(self.properties)  # each stands for another one
        if too_many or size < head or start + size > self._table:
            raise DamagedError(
                f"object {self._read} of {self.count} is damaged: the rest was not read"
            )
        self.contents.hold(start, size)
        pairs = Struct(f"<{'Ii' * values}")
        numbers = self.contents.unpack(start + _OBJECT.size, pairs)
        found = tuple(zip(numbers[::2], numbers[1::2], strict=True))
        return FoundObject(self._read, start, found)


def _properties(cursor: Cursor) -> Iterator[Property]:
    for _ in range(cursor.word()):
        name = cursor.text()
        cursor.skip(4)
        kind = cursor.word()
        cursor.text()  # its DN
        cursor.skip(_BEHIND_PROPERTY)
        yield Property(name.lower(), kind)

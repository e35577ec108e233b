"""
Found objects by the thousand, decoded where they lie in what was received. [RFC4511] 4.5.2

Active Directory writes every constructed element with a length of four octets. What is written
so is decoded here; at anything else, lawful or not, the careful decoder of `answers` takes over,
which gives the same for all that both can read.
"""

from collections.abc import Collection
from struct import Struct, error
from typing import NamedTuple

_MOST_NAMES = 1 << 12
_BEYOND = 1 << 62
"""A length that is over the end of whatever holds it"""
_TEXT = 0x04
_LIST = 0x3084
"""The tag of a SEQUENCE, and the first octet of a length of four more"""
_VALUES = 0x3184
"""The same of a SET"""
_header = Struct(">HI").unpack_from
_header_and_next = Struct(">HIBB").unpack_from
"""The header of an element whose length takes four octets, and how its first part begins"""


class FoundObject(NamedTuple):
    """A search result entry; attribute names are in lower case, options included."""

    dn: str
    attributes: dict[str, tuple[bytes, ...]]


class Names(dict[bytes, str]):
    """
    What attribute descriptions are called here, by the bytes that the server writes them with.

    In lower case with their options; empty for an attribute that is not `wanted`. None wants all.
    """

    def __init__(self, wanted: Collection[str] | None = None) -> None:
        super().__init__()
        self._wanted = None if wanted is None else frozenset(map(str.lower, wanted))

    def __missing__(self, description: bytes) -> str:
        name = description.decode("utf-8", "backslashreplace").lower()
        if self._wanted is not None and name.partition(";")[0] not in self._wanted:
            name = ""
        if len(self) < _MOST_NAMES:  # a server may make up any number of names
            self[description] = name
        return name


class Entries:
    """Decodes the entries that answer the request `message_id`."""

    def __init__(self, message_id: int, names: Names) -> None:
        octets = message_id.bit_length() // 8 + 1
        self._begin = b"\x02%c%b\x64\x84" % (octets, message_id.to_bytes(octets, "big"))
        self._envelope = Struct(f">HI{len(self._begin)}sIBB")
        self.names = names

    def decode(self, data: bytes, start: int, found: list[FoundObject]) -> int:
        """
        Put on `found` the entries that lie in a row from `start`, and say where they end.

        There begins an entry in another form, or anything else, or an entry that is cut off.
        """
        envelope, begin, head = self._envelope.unpack_from, self._begin, self._envelope.size
        names, size = self.names, len(data)
        while start < size:
            try:
                tag, length, operation, inner, name, octets = envelope(data, start)
                end = start + 6 + length
                first = start + head
                is_entry = tag == _LIST and operation == begin and first - 2 + inner == end
                if not is_entry or name != _TEXT or end > size:
                    return start
                if octets > 127:
                    octets, first = _long(data, first, octets)
                last = first + octets
                tag, length = _header(data, last)
                if tag != _LIST or last + 6 + length != end:
                    return start
                attributes = _attributes(data, last + 6, end, names)
            except (error, IndexError):
                return start
            if attributes is None:
                return start
            dn = data[first:last].decode("utf-8", "backslashreplace")
            found.append(FoundObject(dn, attributes))
            start = end
        return start


def _attributes(
    data: bytes, start: int, end: int, names: Names
) -> dict[str, tuple[bytes, ...]] | None:
    """The attributes between `start` and `end`; None where one is in another form or wrong."""
    attributes: dict[str, tuple[bytes, ...]] = {}
    while start < end:
        tag, length, kind, octets = _header_and_next(data, start)
        stop = start + 6 + length
        first = start + 8
        last = first + octets
        if tag != _LIST or kind != _TEXT or octets > 127 or stop > end:
            return None
        name = names[data[first:last]]
        if name in attributes:
            return None
        tag, length, kind, octets = _header_and_next(data, last)
        first = last + 8
        if tag != _VALUES or kind != _TEXT or last + 6 + length != stop:
            return None
        if octets > 127:
            octets, first = _long(data, first, octets)
        last = first + octets
        if last == stop:
            if name:
                attributes[name] = (data[first:last],)
        else:
            values = _values(data, first, last, stop)
            if values is None:
                return None
            if name:
                attributes[name] = values
        start = stop
    return attributes


def _values(data: bytes, first: int, last: int, stop: int) -> tuple[bytes, ...] | None:
    """The values up to `stop`, the first of which ends at `last`."""
    values = [data[first:last]]
    while last < stop:
        if data[last] != _TEXT:
            return None
        octets, first = data[last + 1], last + 2
        if octets > 127:
            octets, first = _long(data, first, octets)
        last = first + octets
        values.append(data[first:last])
    return tuple(values) if last == stop else None


def _long(data: bytes, start: int, first: int) -> tuple[int, int]:
    """A length that takes several octets, and where the value begins."""
    if not 0x81 <= first <= 0x84:
        return _BEYOND, start
    end = start + first - 0x80
    return int.from_bytes(data[start:end], "big"), end

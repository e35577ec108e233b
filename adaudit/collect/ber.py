"""
The subset of BER that LDAP uses, read strictly: one-byte tags and definite lengths. [RFC4511] 5.1

A length that reaches beyond what holds it, or leaves bytes over, is an error.
"""

from collections.abc import Iterator
from typing import NamedTuple

OCTET_STRING = 0x04
_LONGEST_LENGTH = 4  # octets; Active Directory always writes four


class BerError(Exception):
    """Bytes that are not the BER that LDAP uses."""


class Element(NamedTuple):
    """One tag with its value, which lies in `data` from `start` to `end`."""

    tag: int
    data: bytes
    start: int
    end: int

    @property
    def value(self) -> bytes:
        """The bytes of the value."""
        return self.data[self.start : self.end]

    def children(self) -> list["Element"]:
        """The elements that the value consists of."""
        return list(_elements(self.data, self.start, self.end))

    def octet_strings(self) -> tuple[bytes, ...]:
        """The values of the OCTET STRINGs that the value consists of."""
        found = []
        start = self.start
        while start < self.end:
            tag, first, start = _bounds(self.data, start, self.end)
            if tag != OCTET_STRING:
                raise BerError(f"the tag 0x{tag:02x} in the place of a value")
            found.append(self.data[first:start])
        return tuple(found)

    def integer(self) -> int:
        """The value as INTEGER or ENUMERATED."""
        if not 1 <= self.end - self.start <= 8:
            raise BerError(f"a number of {self.end - self.start} bytes")
        return int.from_bytes(self.value, "big", signed=True)


def elements(data: bytes) -> list[Element]:
    """All elements that `data` consists of, to the last byte."""
    return list(_elements(data, 0, len(data)))


def length_of(data: bytes | bytearray, start: int = 0) -> int | None:
    """
    How many bytes the element at `start` takes with its tag and length.

    None while too few bytes are there to tell. Raises `BerError`.
    """
    if len(data) < start + 2:
        return None
    first = data[start + 1]
    if first < 0x80:
        return 2 + first
    octets = first & 0x7F
    if not 1 <= octets <= _LONGEST_LENGTH:
        raise BerError(f"a length of {octets} octets")
    if len(data) < start + 2 + octets:
        return None
    return 2 + octets + int.from_bytes(data[start + 2 : start + 2 + octets], "big")


def _elements(data: bytes, start: int, end: int) -> Iterator[Element]:
    while start < end:
        tag, first, start = _bounds(data, start, end)
        yield Element(tag, data, first, start)


def _bounds(data: bytes, start: int, end: int) -> tuple[int, int, int]:
    """The tag of the element at `start`, and where its value begins and ends."""
    tag = data[start]
    if tag & 0x1F == 0x1F:
        raise BerError("a tag of several bytes")
    if start + 2 > end:
        raise BerError("an element without a length")
    length, value = data[start + 1], start + 2
    if length >= 0x80:
        octets = length & 0x7F
        if not 1 <= octets <= _LONGEST_LENGTH:
            raise BerError(f"a length of {octets} octets")
        length, value = int.from_bytes(data[value : value + octets], "big"), value + octets
    if value + length > end:
        raise BerError("an element that reaches beyond its end")
    return tag, value, value + length

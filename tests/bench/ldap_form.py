"""
LDAP messages as a domain controller reads and writes them. [RFC4511]

What is constructed has its length as 0x84 and four octets, what is primitive the shortest: the
form of Active Directory. Nothing here is the code that is measured.
"""

import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass

PAGED_RESULTS = b"1.2.840.113556.1.4.319"
_CATEGORIES = {"user": "person", "contact": "person"}

Element = tuple[int, bytes]
Condition = Callable[["tuple[str, ...]"], bool]
"""Whether a filter matches objects of these classes"""


def constructed(tag: int, *parts: bytes) -> bytes:
    """An element that consists of others."""
    body = b"".join(parts)
    return struct.pack(">BBI", tag, 0x84, len(body)) + body


def primitive(tag: int, value: bytes) -> bytes:
    """An element with its length in the shortest form."""
    size = len(value)
    if size < 0x80:
        return bytes((tag, size)) + value
    octets = (size.bit_length() + 7) // 8
    return bytes((tag, 0x80 | octets)) + size.to_bytes(octets, "big") + value


def attribute(name: str, values: Iterable[bytes]) -> bytes:
    """An attribute with its values."""
    held = constructed(0x31, *(primitive(0x04, value) for value in values))
    return constructed(0x30, primitive(0x04, name.encode()), held)


@dataclass(frozen=True, slots=True)
class Search:
    """A search as it was asked for."""

    base: str
    scope: int
    condition: bytes
    attributes: tuple[str, ...]

    @property
    def with_descriptor(self) -> bool:
        """Whether security descriptors are asked for."""
        return "ntsecuritydescriptor" in self.attributes or not self.attributes


def condition(data: bytes) -> Condition:
    """A filter, as far as it asks for classes; what it asks beside them is taken for true."""
    ((tag, value),) = elements(data)
    if tag in (0xA0, 0xA1):
        parts = [condition(constructed(each, body)) for each, body in elements(value)]
        together = all if tag == 0xA0 else any
        return lambda chain: together(part(chain) for part in parts)
    if tag == 0xA2:
        ((inner, body),) = elements(value)
        negated = condition(constructed(inner, body))
        return lambda chain: not negated(chain)
    if tag == 0xA3:
        (_, name), (_, wanted) = elements(value)
        text = wanted.decode().lower()
        if name.lower() == b"objectclass":
            return lambda chain: text in chain
        if name.lower() == b"objectcategory":
            return lambda chain: _CATEGORIES.get(chain[-1], chain[-1]) == text
    return lambda _: True


def elements(data: bytes) -> list[Element]:
    """The elements in a row that `data` consists of."""
    found = []
    position = 0
    while position < len(data):
        tag, length, start = data[position], data[position + 1], position + 2
        if length & 0x80:
            start += length & 0x7F
            length = int.from_bytes(data[position + 2 : start], "big")
        position = start + length
        found.append((tag, data[start:position]))
    return found


def size_of(data: bytes) -> int | None:
    """How long the first message is, None where that has not come yet."""
    if len(data) < 6:
        return None
    length = data[1]
    if length & 0x80:
        return 2 + (length & 0x7F) + int.from_bytes(data[2 : 2 + (length & 0x7F)], "big")
    return 2 + length


def search_of(operation: bytes) -> Search:
    """Read a search request."""
    (_, base), (_, scope), *_, (tag, wanted), (_, attributes) = elements(operation)
    names = tuple(name.decode().lower() for _, name in elements(attributes))
    names = () if "*" in names else names
    return Search(base.decode(), scope[0], constructed(tag, wanted), names)


def page_of(rest: list[Element]) -> tuple[int, int]:
    """Read how many objects are asked for, and from which on."""
    for _, control in elements(rest[0][1]) if rest else []:
        (_, name), *_, (_, value) = elements(control)
        if name == PAGED_RESULTS:
            ((_, body),) = elements(value)
            (_, size), (_, cookie) = elements(body)
            return int.from_bytes(size, "big"), int(cookie or b"0")
    return 1_000, 0

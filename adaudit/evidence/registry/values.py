"""Values of a registry, from the bytes that it keeps. [MS-RRP] 3.1.1.5, winnt.h"""

import struct
from typing import NamedTuple

_NAMES = (
    *("REG_NONE", "REG_SZ", "REG_EXPAND_SZ", "REG_BINARY", "REG_DWORD", "REG_DWORD_BIG_ENDIAN"),
    *("REG_LINK", "REG_MULTI_SZ", "REG_RESOURCE_LIST", "REG_FULL_RESOURCE_DESCRIPTOR"),
    *("REG_RESOURCE_REQUIREMENTS_LIST", "REG_QWORD"),
)
SZ, EXPAND_SZ, BINARY, DWORD, MULTI_SZ = 1, 2, 3, 4, 7
_TEXTS = {SZ, EXPAND_SZ, 6}
_NUMBERS = {DWORD: struct.Struct("<I"), 5: struct.Struct(">I"), 11: struct.Struct("<Q")}
_MOST_SHOWN = 4096
"""Bytes of a value of any other type"""


class Typed(NamedTuple):
    """A value with the name of its type."""

    type: str
    value: int | str | tuple[str, ...]


def type_name(number: int) -> str:
    """`REG_DWORD` for 4; a number that has no name shows itself."""
    return _NAMES[number] if 0 <= number < len(_NAMES) else f"type {number:#x}"


def decode(number: int, data: bytes, encoding: str = "utf-16-le") -> Typed:
    """
    The value that `data` is under the type of that number; `encoding` is that of texts.

    What does not fit its type, and what has no form of its own, is given in hexadecimal digits.
    """
    name = type_name(number)
    layout = _NUMBERS.get(number)
    if layout is not None and len(data) == layout.size:
        (value,) = layout.unpack(data)
        return Typed(name, int(value))
    if number in _TEXTS:
        return Typed(name, data.decode(encoding, "replace").partition("\0")[0])
    if number == MULTI_SZ:
        texts = data.decode(encoding, "replace").split("\0")
        return Typed(name, tuple(text for text in texts if text))
    return Typed(name, data[:_MOST_SHOWN].hex())

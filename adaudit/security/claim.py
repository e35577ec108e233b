"""
Resource attributes: CLAIM_SECURITY_ATTRIBUTE_RELATIVE_V1 as a value, bytes and text.

[MS-DTYP] 2.4.10.1
"""

import re
import struct
from dataclasses import dataclass
from enum import IntEnum
from itertools import accumulate

from adaudit.errors import DescriptorError
from adaudit.security.condition.comparison import CaseSensitive, Value
from adaudit.security.condition.values import (
    escape_name,
    read_integer,
    read_string,
    unescape_name,
)
from adaudit.security.sddl_reader import Reader
from adaudit.security.sddl_tokens import SID_WORDS
from adaudit.security.sid import Sid

_HEADER = struct.Struct("<IHHII")
_DWORD = struct.Struct("<I")
_CASE_SENSITIVE = 0x2
_OCTETS = re.compile(r"[0-9A-F#]+", re.IGNORECASE)


class ClaimType(IntEnum):
    """What the values of a claim are. [MS-DTYP] 2.4.10.1"""

    INT64 = 0x01
    UINT64 = 0x02
    STRING = 0x03
    SID = 0x05
    BOOLEAN = 0x06
    OCTETS = 0x10


_WORDS = {
    "TI": ClaimType.INT64,
    "TU": ClaimType.UINT64,
    "TS": ClaimType.STRING,
    "TD": ClaimType.SID,
    "TB": ClaimType.BOOLEAN,
    "TX": ClaimType.OCTETS,
}
_TYPE_WORDS = {claim_type: word for word, claim_type in _WORDS.items()}
_PYTHON_TYPES = {
    ClaimType.INT64: int,
    ClaimType.UINT64: int,
    ClaimType.STRING: str,
    ClaimType.SID: Sid,
    ClaimType.BOOLEAN: int,
    ClaimType.OCTETS: bytes,
}
_RANGES = {
    ClaimType.INT64: (-(1 << 63), (1 << 63) - 1),
    ClaimType.UINT64: (0, (1 << 64) - 1),
    ClaimType.BOOLEAN: (0, 1),
}


@dataclass(frozen=True, slots=True)
class Claim:
    """A named attribute of a resource with values of one type."""

    name: str
    type: ClaimType
    flags: int
    values: tuple[int | str | bytes | Sid, ...]

    def __post_init__(self) -> None:
        if not 0 <= self.flags < 1 << 32:
            raise DescriptorError("flags of a resource attribute take 32 bits")
        if "\0" in self.name or any(isinstance(one, str) and "\0" in one for one in self.values):
            raise DescriptorError("strings of a resource attribute end at the character 0")
        low, high = _RANGES.get(self.type, (0, 0))
        for value in self.values:
            if not isinstance(value, _PYTHON_TYPES[self.type]):
                raise DescriptorError(f"a resource attribute of type {self.type.name} holds others")
            if isinstance(value, int) and not low <= value <= high:
                raise DescriptorError(f"{value} is no value of type {self.type.name}")

    @property
    def comparable_values(self) -> tuple[Value, ...]:
        """The values as a condition compares them."""
        if self.type is ClaimType.BOOLEAN:
            return tuple(map(bool, self.values))
        if self.flags & _CASE_SENSITIVE:
            return tuple(CaseSensitive(one) if isinstance(one, str) else one for one in self.values)
        return self.values


def decode(data: bytes) -> Claim:
    """
    Read the application data of a resource attribute entry.

    Raises `DescriptorError` if an offset or a length leads outside `data`, or if the type of the
    values is none that is defined.
    """
    if len(data) < _HEADER.size:
        raise DescriptorError("resource attribute ends within its header")
    name_at, type_code, _, flags, count = _HEADER.unpack_from(data)
    try:
        claim_type = ClaimType(type_code)
    except ValueError as error:
        raise DescriptorError(f"resource attribute has the unknown type {type_code}") from error
    if _HEADER.size + 4 * count > len(data):
        raise DescriptorError(f"resource attribute ends within its {count} offsets")
    offsets = struct.unpack_from(f"<{count}I", data, _HEADER.size)
    values = []
    room = len(data)
    for offset in offsets:
        values.append(_decode_value(data, claim_type, offset))
        room -= len(_encode_value(values[-1]))
        if room < 0:
            raise DescriptorError("resource attribute has values that overlap")
    return Claim(_decode_string(data, name_at), claim_type, flags, tuple(values))


def encode(claim: Claim) -> bytes:
    """Write the application data of a resource attribute entry, padded to a multiple of 4."""
    blocks = [_encode_string(claim.name), *map(_encode_value, claim.values)]
    start = _HEADER.size + 4 * len(claim.values)
    name_at, *offsets = accumulate(map(len, blocks[:-1]), initial=start)
    header = _HEADER.pack(name_at, claim.type, 0, claim.flags, len(claim.values))
    data = b"".join([header, *map(_DWORD.pack, offsets), *blocks])
    return data + bytes(-len(data) % 4)


def read(reader: Reader) -> Claim:
    """Take `("name",TS,0x0,"value",…)` from an SDDL text. [MS-DTYP] 2.5.1.1"""
    with reader.placing_errors():
        reader.expect("(")
        name = unescape_name(read_string(reader))
        reader.expect(",")
        claim_type = _read_type(reader)
        reader.expect(",")
        flags = read_integer(reader).value
        values = []
        while reader.take(","):
            values.append(_read_value(reader, claim_type))
        reader.expect(")")
        return Claim(name, claim_type, flags, tuple(values))


def format(claim: Claim) -> str:  # noqa: A001, named like sddl.format
    """Write `("name",TS,0x0,"value",…)`. [MS-DTYP] 2.5.1.1"""
    values = [_format_value(value) for value in claim.values]
    fields = [f'"{escape_name(claim.name)}"', _TYPE_WORDS[claim.type], f"0x{claim.flags:x}"]
    return "(" + ",".join([*fields, *values]) + ")"


def _decode_value(data: bytes, claim_type: ClaimType, offset: int) -> int | str | bytes | Sid:
    if claim_type is ClaimType.STRING:
        return _decode_string(data, offset)
    if claim_type is ClaimType.SID:
        return Sid.decode(_decode_octets(data, offset))
    if claim_type is ClaimType.OCTETS:
        return _decode_octets(data, offset)
    block = data[offset : offset + 8]
    if len(block) < 8:
        raise DescriptorError(f"resource attribute ends within the integer at {offset}")
    return int.from_bytes(block, "little", signed=claim_type is ClaimType.INT64)


def _decode_string(data: bytes, offset: int) -> str:
    end = offset
    while data[end : end + 2] not in {b"\0\0", b""}:
        end += 2
    if end + 2 > len(data):
        raise DescriptorError(f"resource attribute has a string at {offset} without an end")
    return data[offset:end].decode("utf-16-le", "surrogatepass")


def _decode_octets(data: bytes, offset: int) -> bytes:
    start = offset + 4
    if start > len(data):
        raise DescriptorError(f"resource attribute ends within the value at {offset}")
    end = start + _DWORD.unpack_from(data, offset)[0]
    if end > len(data):
        raise DescriptorError(f"resource attribute ends within the value at {offset}")
    return data[start:end]


def _encode_value(value: int | str | bytes | Sid) -> bytes:
    if isinstance(value, int):
        return (value % (1 << 64)).to_bytes(8, "little")
    if isinstance(value, str):
        return _encode_string(value)
    octets = value.encode() if isinstance(value, Sid) else value
    return _DWORD.pack(len(octets)) + octets


def _encode_string(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass") + b"\0\0"


def _read_type(reader: Reader) -> ClaimType:
    for word, claim_type in _WORDS.items():
        if reader.take(word):
            return claim_type
    raise reader.error(f"expected the type of a resource attribute ({', '.join(_WORDS)})")


def _read_value(reader: Reader, claim_type: ClaimType) -> int | str | bytes | Sid:
    if claim_type is ClaimType.STRING:
        return read_string(reader)
    if claim_type is ClaimType.SID:
        return reader.sid()
    if claim_type is ClaimType.OCTETS:
        return _read_octets(reader)
    return read_integer(reader).value


def _read_octets(reader: Reader) -> bytes:
    """Windows writes no `#` in front, counts one as a digit 0, and fills up an odd number."""
    digits = reader.match(_OCTETS)
    if digits is None:
        raise reader.error("expected hexadecimal digits")
    return bytes.fromhex((digits if len(digits) % 2 == 0 else f"0{digits}").replace("#", "0"))


def _format_value(value: int | str | bytes | Sid) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Sid):
        return SID_WORDS.get(value, str(value))
    return str(value)

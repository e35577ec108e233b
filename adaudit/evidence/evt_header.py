"""
The header of a .evt file, and the end record behind the newest record.

https://github.com/libyal/libevt, "Windows Event Log (EVT) format"
"""

import struct
from dataclasses import dataclass
from typing import Self

SIGNATURE = b"LfLe"
SIGNATURE_AT = 4
"""Where the signature stands in the header, and in each record"""
HEADER_SIZE = 48

_LAYOUT = struct.Struct("<I4s10I")
_END_MARK = struct.pack("<5I", 0x28, 0x11111111, 0x22222222, 0x33333333, 0x44444444)
_DIRTY = 1


@dataclass(frozen=True, slots=True)
class Header:
    """What the header says of the records; not to be believed while the log is open."""

    oldest: int
    """Number of the oldest record; 0 in an empty log"""
    following: int
    """Number of the record to come"""
    is_dirty: bool
    """Whether the log was open when the file was copied"""

    @classmethod
    def decode(cls, content: bytes) -> Self | None:
        """Read the header; None where it is damaged."""
        if len(content) < _LAYOUT.size:
            return None
        size, signature, *fields = _LAYOUT.unpack_from(content)
        if size != _LAYOUT.size or signature != SIGNATURE or fields[-1] != size:
            return None
        return cls(fields[5], fields[4], bool(fields[7] & _DIRTY))

    @staticmethod
    def encode_dirty(size: int) -> bytes:
        """A header that has libevt look for all records itself."""
        fields = (1, 1, _LAYOUT.size, _LAYOUT.size, 1, 0, size, _DIRTY, 0, _LAYOUT.size)
        return _LAYOUT.pack(_LAYOUT.size, SIGNATURE, *fields)


def has_end_record(content: bytes) -> bool:
    """Whether an end record is anywhere in a file; it may begin at its end and go on in front."""
    front = content[HEADER_SIZE : HEADER_SIZE + len(_END_MARK)]
    return _END_MARK in content or _END_MARK in content[-len(_END_MARK) :] + front

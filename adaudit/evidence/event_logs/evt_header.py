"""
Header and end record of a .evt file: both say where its records begin and end.

While a log is open only the end record is kept up to date, so that it stands in for the header of
a file that was copied then. https://github.com/libyal/libevt, "Windows Event Log (EVT) format"
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

SIGNATURE = b"LfLe"
SIGNATURE_AT = 4
"""Where the signature stands in the header, and in each record"""
HEADER_SIZE = 48

SMALLEST_RECORD = 56

_LAYOUT = struct.Struct("<I4s10I")
_END_MARK = struct.pack("<5I", 0x28, 0x11111111, 0x22222222, 0x33333333, 0x44444444)
_END_SIZE = 0x28
_DIRTY, _WRAPPED = 1, 2
_MOST_CLAIMED = 64
"""Sum of the lengths that records claim, by the length of the file; a sound log has 1"""


@dataclass(frozen=True, slots=True)
class Header:
    """Where the records of a log are, and their numbers."""

    begin: int
    """Offset of the oldest record"""
    end: int
    """Offset of the end record, behind the newest one"""
    following: int
    """Number of the record to come"""
    oldest: int
    """Number of the oldest record; 0 in an empty log"""
    is_dirty: bool = False
    """Whether the log was open when the file was copied, so that the rest may be out of date"""

    @classmethod
    def decode(cls, content: bytes) -> Self | None:
        """Read the header; None where it is damaged."""
        if len(content) < HEADER_SIZE:
            return None
        size, signature, *fields = _LAYOUT.unpack_from(content)
        if size != HEADER_SIZE or signature != SIGNATURE or fields[-1] != size:
            return None
        begin, end, following, oldest = fields[2:6]
        return cls(begin, end, following, oldest, bool(fields[7] & _DIRTY))

    @classmethod
    def of_end_record(cls, content: bytes) -> Self | None:
        """Read the end record wherever it is; None where none is, or it contradicts itself."""
        found = (cls._at_end_record(content, at) for at in _end_marks(content))
        return max(filter(None, found), key=lambda header: header.following, default=None)

    @classmethod
    def _at_end_record(cls, content: bytes, at: int) -> Self | None:
        record = ring(content, at, _END_SIZE)
        if len(record) < _END_SIZE:
            return None
        header = cls(*struct.unpack_from("<4I", record, len(_END_MARK)))
        is_sound = header.end == at and HEADER_SIZE <= header.begin < len(content)
        return header if is_sound else None

    def encode(self, size: int) -> bytes:
        """Write a header for a file of that size."""
        flags = _DIRTY * self.is_dirty | _WRAPPED * (self.begin > self.end)
        places = (self.begin, self.end, self.following, self.oldest)
        return _LAYOUT.pack(HEADER_SIZE, SIGNATURE, 1, 1, *places, size, flags, 0, HEADER_SIZE)


UNKNOWN = Header(HEADER_SIZE, HEADER_SIZE, 1, 0, is_dirty=True)
"""The header of a log that was just opened: with it libevt looks for all records itself"""


def ring(content: bytes, at: int, length: int) -> bytes:
    """Take bytes of a log, from behind its header on where they reach over its end."""
    if at >= len(content):
        at -= len(content) - HEADER_SIZE
    piece = content[at : at + length]
    return piece + content[HEADER_SIZE : HEADER_SIZE + length - len(piece)]


def _end_marks(content: bytes) -> Iterator[int]:
    """Where end records begin; one may reach over the end of the file."""
    at = content.find(_END_MARK)
    while at >= 0:
        yield at
        at = content.find(_END_MARK, at + 1)
    tail = max(len(content) - len(_END_MARK) + 1, HEADER_SIZE)
    at = ring(content, tail, 2 * len(_END_MARK)).find(_END_MARK)
    if at >= 0:
        yield tail + at


def is_overfull(content: bytes) -> bool:
    """
    Whether far more records are claimed than can be in a file of that size, by number or length.

    libevt reads each at its full length to see whether it is one: that could take hours.
    """
    if content.count(SIGNATURE) > len(content) // SMALLEST_RECORD + 1:
        return True
    claimed = 0
    at = content.find(SIGNATURE, SIGNATURE_AT)
    while at >= 0:
        begin = at - SIGNATURE_AT
        size = int.from_bytes(content[begin:at], "little")
        claimed += size if size <= len(content) - begin else 0
        at = content.find(SIGNATURE, at + 1)
    return claimed > _MOST_CLAIMED * len(content)

"""
The header of a .evtx file: where its records end, and a header to read a damaged file with.

https://github.com/libyal/libevtx, "Windows XML Event Log (EVTX)"
"""

import struct
import zlib
from dataclasses import dataclass
from typing import Self

SIGNATURE = b"ElfFile\0"
CHUNK_SIGNATURE = b"ElfChnk\0"
HEADER_SIZE = 4096
"""Bytes before the first chunk"""
CHUNK_SIZE = 1 << 16

_LAYOUT = struct.Struct("<8s3QI3HH76sII")
_DIRTY = 1


@dataclass(frozen=True, slots=True)
class Header:
    """What the header says of the records; not to be believed while the log is open."""

    chunks: int
    following: int
    """Number of the record to come"""
    is_dirty: bool
    """Whether the log was open when the file was copied"""

    @classmethod
    def decode(cls, content: bytes) -> Self | None:
        """Read the header; None where it is damaged."""
        if len(content) < _LAYOUT.size:
            return None
        fields = _LAYOUT.unpack_from(content)
        if fields[0] != SIGNATURE or fields[-1] != zlib.crc32(content[:120]):
            return None
        return cls(fields[8], fields[3], bool(fields[-2] & _DIRTY))


def mended(content: bytes) -> bytes:
    """The chunks of a file, the last one filled up, behind a header that names them all."""
    chunks = content[HEADER_SIZE:]
    count = -(-len(chunks) // CHUNK_SIZE)
    head = SIGNATURE + struct.pack("<3Q", 0, max(count - 1, 0), 0)
    head += struct.pack("<I4H", 128, 1, 3, HEADER_SIZE, min(count, 0xFFFF)) + bytes(76)
    header = head + struct.pack("<II", 0, zlib.crc32(head))
    return header.ljust(HEADER_SIZE, b"\0") + chunks.ljust(count * CHUNK_SIZE, b"\0")

"""
A writer of .evt files after libyal's description of the format, independent of any reader.

The log is a ring: header, records, an end record. https://github.com/libyal/libevt, documentation.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

HEADER_SIZE = 48
RECORD_HEADER_SIZE = 56
DIRTY = 1
WRAPPED = 2
BEGIN = 1_089_000_000
"""2004-07-05 04:00:00 UTC, when the first event was logged; the others a minute apart"""

REFUSAL = (
    "1",
    "7",
    "ex02.contoso.example",
    "xexch50",
    "504 Need to authenticate first ",
    "XEXCH50 2336 3 ",
)


@dataclass(frozen=True, slots=True)
class Event:
    """One event as a log keeps it; number and time follow from its place."""

    strings: tuple[str, ...] = REFUSAL
    event_id: int = 0xC0041B5C
    """7004 with severity and facility"""
    provider: str = "MSExchangeTransport"
    computer: str = "EX01"
    sid: bytes = b""
    data: bytes = b""
    kind: int = 1

    def encode(self, number: int, at: int) -> bytes:
        """Give the record, whose length is a multiple of 4."""
        names = _text(self.provider) + _text(self.computer)
        names += bytes(-(RECORD_HEADER_SIZE + len(names)) % 4)
        sid_at = RECORD_HEADER_SIZE + len(names)
        strings_at = sid_at + len(self.sid)
        strings = b"".join(map(_text, self.strings))
        data_at = strings_at + len(strings)
        body = names + self.sid + strings + self.data
        body += bytes(-(RECORD_HEADER_SIZE + len(body)) % 4)
        size = RECORD_HEADER_SIZE + len(body) + 4
        head = struct.pack(
            "<I4s4IHHHHI5I",
            *(size, b"LfLe", number, at, at + 1, self.event_id),
            *(self.kind, len(self.strings), 3, 0, 0),
            *(strings_at, len(self.sid), sid_at, len(self.data), data_at),
        )
        return head + body + struct.pack("<I", size)


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a log file."""

    begin: int
    """Offset of the oldest record"""
    end: int
    """Offset of the end record"""
    following: int
    """Number of the record to come"""
    oldest: int
    size: int
    flags: int = 0

    def encode(self) -> bytes:
        """Give the header, 48 bytes."""
        fields = (1, 1, self.begin, self.end, self.following, self.oldest, self.size, self.flags)
        return struct.pack("<I4s10I", HEADER_SIZE, b"LfLe", *fields, 0, HEADER_SIZE)

    def encode_end(self) -> bytes:
        """The record behind the newest one, which says where the log stood."""
        marks = (0x11111111, 0x22222222, 0x33333333, 0x44444444)
        fields = (self.begin, self.end, self.following, self.oldest)
        return struct.pack("<10I", 0x28, *marks, *fields, 0x28)


def log(events: Sequence[Event], *, oldest: int = 1) -> bytes:
    """A log that was closed in order, its oldest record first."""
    records = b"".join(_encoded(events, oldest))
    end = HEADER_SIZE + len(records)
    header = Header(HEADER_SIZE, end, oldest + len(events), oldest, end + 0x28)
    return header.encode() + records + header.encode_end()


def dirty(content: bytes) -> bytes:
    """A log that was copied while it was open: the header still describes an empty one."""
    header = Header(HEADER_SIZE, HEADER_SIZE, 1, 0, len(content), DIRTY)
    return header.encode() + content[HEADER_SIZE:]


def wrapped_log(events: Sequence[Event], size: int, *, oldest: int = 1) -> bytes:
    """
    A log of `size` bytes whose newest records went over the oldest ones.

    `oldest` is the number of the first event; those that were written over are lost. Records that
    reach the end of the file go on behind the header.
    """
    ring = bytearray(size - HEADER_SIZE)
    position = 0
    places: list[tuple[int, int]] = []
    for record in _encoded(events, oldest):
        if len(ring) - position % len(ring) < RECORD_HEADER_SIZE:
            position = _fill(ring, position)
        places.append((position, len(record)))
        position = _put(ring, position, record)
    kept = [at for at, _ in places if at + len(ring) >= position + 0x28]
    following = oldest + len(events)
    header = Header(
        HEADER_SIZE + kept[0] % len(ring),
        HEADER_SIZE + position % len(ring),
        following,
        following - len(kept),
        size,
        WRAPPED,
    )
    _put(ring, position, header.encode_end())
    return header.encode() + bytes(ring)


def numbered(count: int) -> list[Event]:
    """Events that their connection number tells apart."""
    return [Event(strings=("1", str(number), *REFUSAL[2:])) for number in range(1, count + 1)]


def _encoded(events: Sequence[Event], oldest: int) -> list[bytes]:
    return [
        event.encode(number, BEGIN + 60 * (number - 1))
        for number, event in enumerate(events, oldest)
    ]


def _fill(ring: bytearray, position: int) -> int:
    """Fill what is left before the end of the file, too little for the head of a record."""
    left = len(ring) - position % len(ring)
    return _put(ring, position, struct.pack("<I", 0x27) * (left // 4))


def _put(ring: bytearray, position: int, data: bytes) -> int:
    for offset, byte in enumerate(data):
        ring[(position + offset) % len(ring)] = byte
    return position + len(data)


def _text(text: str) -> bytes:
    return text.encode("utf-16-le") + b"\0\0"

"""
A writer of .evtx files after libyal's description of the format, independent of any reader.

Each record brings its own template, with the inserted strings as one array of strings, as Windows
keeps the events of older providers. https://github.com/libyal/libevtx, documentation.
"""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.evt_builder import BEGIN, Event

CHUNK_SIZE = 1 << 16
FIRST_CHUNK = 4096
_FIRST_RECORD = 512
_EPOCH_OF_FILETIME = 11_644_473_600
_FRAGMENT = b"\x0f\x01\x01\x00"
_CLOSE, _CLOSE_EMPTY, _END_ELEMENT, _END = b"\x02", b"\x03", b"\x04", b"\x00"
_STRING, _UINT16, _UINT32, _UINT64, _FILETIME, _STRINGS = 0x01, 0x06, 0x08, 0x0A, 0x11, 0x81


@dataclass(slots=True)
class _Xml:
    """Binary XML that is written to a known offset of a chunk."""

    start: int
    """Offset in the chunk of the first byte"""
    body: bytearray = field(default_factory=bytearray)

    def put(self, data: bytes) -> None:
        self.body += data

    def name(self, text: str) -> None:
        """Write a name in place, its own offset before it."""
        number = 0
        for character in text:
            number = (number * 65599 + ord(character)) & 0xFFFFFFFF
        self.put(struct.pack("<I", self.start + len(self.body) + 4))
        self.put(struct.pack("<IHH", 0, number & 0xFFFF, len(text)) + _utf16(text) + b"\0\0")

    def open(self, name: str, attributes: Sequence[tuple[str, int, int]] = ()) -> int:
        """Begin an element with attributes (name, number of the value, type of the value)."""
        self.put(b"\x41" if attributes else b"\x01")
        self.put(struct.pack("<H", 0xFFFF))
        size_at = len(self.body)
        self.put(bytes(4))
        self.name(name)
        if attributes:
            list_at = len(self.body)
            self.put(bytes(4))
            for position, (key, number, kind) in enumerate(attributes, 1):
                self.put(b"\x46" if position < len(attributes) else b"\x06")
                self.name(key)
                self.value(number, kind)
            self.size(list_at)
        return size_at

    def value(self, number: int, kind: int) -> None:
        """Refer to one of the values of the record."""
        self.put(struct.pack("<BHB", 0x0D, number, kind))

    def size(self, at: int) -> None:
        """Write the size of what follows it."""
        self.body[at : at + 4] = struct.pack("<I", len(self.body) - at - 4)

    def leaf(self, name: str, number: int, kind: int) -> None:
        """Write an element that holds one value."""
        size_at = self.open(name)
        self.put(_CLOSE)
        self.value(number, kind)
        self.put(_END_ELEMENT)
        self.size(size_at)

    def empty(self, name: str, attributes: Sequence[tuple[str, int, int]]) -> None:
        """Write an element that has attributes alone."""
        size_at = self.open(name, attributes)
        self.put(_CLOSE_EMPTY)
        self.size(size_at)


def evtx(events: Sequence[Event], *, oldest: int = 1, per_chunk: int = 25) -> bytes:
    """A log that was closed in order, with at most `per_chunk` events in each chunk."""
    chunks = [
        _chunk(events[start : start + per_chunk], oldest + start)
        for start in range(0, len(events), per_chunk)
    ]
    return _header(oldest + len(events), len(chunks)) + b"".join(chunks)


def _chunk(events: Sequence[Event], oldest: int) -> bytes:
    records = bytearray()
    last_at = _FIRST_RECORD
    for number, event in enumerate(events, oldest):
        last_at = _FIRST_RECORD + len(records)
        records += _record(event, number, last_at)
    free = _FIRST_RECORD + len(records)
    assert free <= CHUNK_SIZE, "one chunk holds no more events"
    last = oldest + len(events) - 1
    head = b"ElfChnk\0" + struct.pack("<4Q", oldest, last, oldest, last)
    head += struct.pack("<4I", 128, last_at, free, zlib.crc32(records)) + bytes(64)
    tables = bytes(_FIRST_RECORD - 128)
    chunk = head + struct.pack("<II", 0, zlib.crc32(head + tables)) + tables + bytes(records)
    return chunk.ljust(CHUNK_SIZE, b"\0")


def _header(following: int, chunks: int) -> bytes:
    head = b"ElfFile\0" + struct.pack("<3Q", 0, max(chunks - 1, 0), following)
    head += struct.pack("<I4H", 128, 1, 3, FIRST_CHUNK, chunks) + bytes(76)
    return (head + struct.pack("<II", 0, zlib.crc32(head))).ljust(FIRST_CHUNK, b"\0")


def _record(event: Event, number: int, at: int) -> bytes:
    filetime = (BEGIN + 60 * (number - 1) + _EPOCH_OF_FILETIME) * 10_000_000
    body = _event(event, number, filetime, at + 24)
    size = 24 + len(body) + 4
    return struct.pack("<IIQQ", 0x2A2A, size, number, filetime) + body + struct.pack("<I", size)


def _event(event: Event, number: int, filetime: int, at: int) -> bytes:
    """One event: a template, and the values that go into it."""
    values = (
        (_STRING, _utf16(event.provider)),
        (_UINT16, struct.pack("<H", event.event_id >> 16)),
        (_UINT16, struct.pack("<H", event.event_id & 0xFFFF)),
        (_FILETIME, struct.pack("<Q", filetime)),
        (_UINT64, struct.pack("<Q", number)),
        (_STRING, _utf16(event.computer)),
        (_STRINGS, b"".join(_utf16(text) + b"\0\0" for text in event.strings)),
        (0x0E, event.data),
    )
    definition_at = at + len(_FRAGMENT) + 10
    template = _template(definition_at + 24)
    definition = bytes(4) + bytes(16) + struct.pack("<I", len(template)) + template
    return b"".join(
        (
            _FRAGMENT,
            struct.pack("<BBII", 0x0C, 1, 0, definition_at),
            definition,
            struct.pack("<I", len(values)),
            *(struct.pack("<HBB", len(data), kind, 0) for kind, data in values),
            *(data for _, data in values),
            _END,
        )
    )


def _template(at: int) -> bytes:
    xml = _Xml(at)
    xml.put(_FRAGMENT)
    event_at = xml.open("Event")
    xml.put(_CLOSE)
    system_at = xml.open("System")
    xml.put(_CLOSE)
    xml.empty("Provider", [("Name", 0, _STRING)])
    id_at = xml.open("EventID", [("Qualifiers", 1, _UINT16)])
    xml.put(_CLOSE)
    xml.value(2, _UINT16)
    xml.put(_END_ELEMENT)
    xml.size(id_at)
    xml.empty("TimeCreated", [("SystemTime", 3, _FILETIME)])
    xml.leaf("EventRecordID", 4, _UINT64)
    xml.leaf("Computer", 5, _STRING)
    xml.put(_END_ELEMENT)
    xml.size(system_at)
    data_at = xml.open("EventData")
    xml.put(_CLOSE)
    xml.leaf("Data", 6, _STRINGS)
    xml.leaf("Binary", 7, 0x0E)
    xml.put(_END_ELEMENT)
    xml.size(data_at)
    xml.put(_END_ELEMENT)
    xml.size(event_at)
    xml.put(_END)
    return bytes(xml.body)


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le")

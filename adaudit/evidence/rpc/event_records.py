"""Records of an event log in the buffer of one read. [MS-EVEN] 2.2.3, 3.1.4.7"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from adaudit.directory.observations import LogEvent
from adaudit.evidence.event_logs.relevant import LARGEST_DATA, MOST_STRINGS, bounded_strings

_LAYOUT = struct.Struct("<I4s4I4H6I")
_SIGNATURE = b"LfLe"
_LENGTH = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Damaged:
    """Bytes that hold no record."""

    reason: str


def decode_records(buffer: bytes) -> Iterator[LogEvent | Damaged]:
    """
    The records of a buffer in their order.

    One that contradicts itself gives `Damaged`; so does the rest, once a length is not to be
    trusted.
    """
    position = 0
    while position < len(buffer):
        rest = memoryview(buffer)[position:]
        size = _size(rest)
        if size is None:
            yield Damaged(f"{len(rest)} bytes hold no record")
            return
        yield _record(bytes(rest[:size]))
        position += size


def _size(rest: memoryview) -> int | None:
    """The length of the next record, None where it does not bear out."""
    if len(rest) < _LAYOUT.size + 4:
        return None
    (size,) = _LENGTH.unpack_from(rest)
    if not _LAYOUT.size + 4 <= size <= len(rest) or rest[4:8] != _SIGNATURE:
        return None
    (again,) = _LENGTH.unpack_from(rest, size - 4)
    return size if again == size else None


def _record(record: bytes) -> LogEvent | Damaged:
    fields = _LAYOUT.unpack_from(record)
    number, seconds, event_id = fields[2], fields[3], fields[5]
    string_count, strings_at = fields[7], fields[11]
    data_size, data_at = fields[14], fields[15]
    names = _texts(record, _LAYOUT.size, 2)
    strings = _texts(record, strings_at, min(string_count, MOST_STRINGS))
    if names is None or strings is None or data_at + data_size > len(record) - 4:
        return Damaged(f"record {number} is damaged")
    return LogEvent(
        number,
        datetime.fromtimestamp(seconds, UTC) if seconds else None,
        event_id & 0xFFFF,
        names[0],
        names[1],
        bounded_strings(strings),
        record[data_at : data_at + min(data_size, LARGEST_DATA)],
    )


def _texts(record: bytes, at: int, count: int) -> list[str] | None:
    """So many texts, each with NUL at its end; None where there are fewer."""
    found: list[str] = []
    for _ in range(count):
        end = _end_of_text(record, at)
        if end is None:
            return None
        found.append(record[at:end].decode("utf-16-le", "replace"))
        at = end + 2
    return found


def _end_of_text(record: bytes, at: int) -> int | None:
    end = record.find(b"\0\0", at)
    while end >= 0 and (end - at) % 2:
        end = record.find(b"\0\0", end + 1)
    return end if 0 <= end <= len(record) - 6 else None

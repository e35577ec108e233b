"""
Event logs of Windows 2000 and 2003 (.evt), wrapped, dirty and damaged ones too, by libevt.

A log is a ring of records behind a header, with an end record behind the newest one. A record
holds the inserted strings and no text, so nothing here depends on the language of Windows.
https://github.com/libyal/libevt, "Windows Event Log (EVT) format"
"""

import io
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from adaudit.directory.entry import Gap
from adaudit.directory.observations import LogEvent
from adaudit.errors import EvidenceError
from adaudit.evidence.event_logs.evt_header import (
    HEADER_SIZE,
    SMALLEST_RECORD,
    UNKNOWN,
    Header,
    is_overfull,
    ring,
)
from adaudit.evidence.event_logs.record_numbers import lost, span
from adaudit.evidence.event_logs.relevant import LARGEST_DATA, Tally, bounded_strings, is_relevant
from adaudit.evidence.reading import Reading

_LARGEST_FILE = 1 << 29
"""Bytes; Windows 2003 maps its logs into the memory of one process and does not reach this"""
_MOST_RECORDS = 4_000_000
_LARGEST_RECORD = 1 << 20


class _Record(Protocol):
    """A record as libevt gives it; what is damaged raises `OSError`."""

    identifier: int
    offset: int
    event_identifier: int
    source_name: str | None
    computer_name: str | None
    strings: list[str | None]

    def get_creation_time_as_integer(self) -> int: ...


class _Log(Protocol):
    """A log as libevt gives it."""

    number_of_records: int
    number_of_recovered_records: int

    def open_file_object(self, file: io.BytesIO) -> None: ...
    def get_record(self, index: int) -> _Record: ...
    def get_recovered_record(self, index: int) -> _Record: ...


@dataclass(slots=True)
class _Found:
    """What is found while a log is read."""

    content: bytes
    tally: Tally = field(default_factory=Tally)
    numbers: set[int] = field(default_factory=set)
    times: set[tuple[int, int]] = field(default_factory=set)
    """Number and time of each record, as the same one may be found again"""
    recovered: int = 0
    unreadable: int = 0
    stringless: int = 0
    """Relevant records whose strings could not be read"""
    cut: str | None = None
    """Why reading ended early"""


def read(path: Path, computer: str | None) -> Reading:
    """
    Read a log; `computer` is what the target list says it is of.

    Raises `EvidenceError` where nothing of it can be read, or libevt is not installed.
    """
    content = _content(path)
    if is_overfull(content):
        raise EvidenceError(f"`{path.name}` is a .evt file too damaged to read: records overlap")
    header = Header.decode(content)
    is_described = header is not None and not header.is_dirty
    known = header if is_described else Header.of_end_record(content)
    found = _Found(content)
    _read_all(_opened(path.name, content, known or UNKNOWN), found)
    if known and len(found.numbers) < known.following - known.oldest:
        # libevt 20260705 loses its way at the fill before the end of a wrapped file, for one
        _read_all(_opened(path.name, content, UNKNOWN), found, are_recovered=True)
    if header is None and not found.tally.total:
        raise EvidenceError(f"`{path.name}` is a .evt file too damaged to read: no record is found")
    source = found.tally.source(path.name, computer, _notes(header, found))
    events = tuple(sorted(found.tally.events, key=lambda event: event.number))
    losses = (Gap(path.name, reason) for reason in _losses(known, found))
    return Reading(source, events, (*losses, *found.tally.gaps(path.name)))


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise EvidenceError(f"cannot read `{path}`: {error.strerror}") from error
    if len(content) > _LARGEST_FILE:
        raise EvidenceError(f"`{path}` has over {_LARGEST_FILE >> 20} MiB, which no .evt file has")
    return content


def _opened(name: str, content: bytes, header: Header) -> _Log:
    try:
        import pyevt  # noqa: PLC0415 - compiled, and needed for this format only
    except ImportError as error:
        raise EvidenceError(
            f"`{name}` is a .evt file, and the reader of those is not installed",
            "pip install 'adaudit[logs]', or export the log as CSV",
        ) from error
    log: _Log = pyevt.file()
    try:
        log.open_file_object(io.BytesIO(header.encode(len(content)) + content[HEADER_SIZE:]))
    except OSError as error:
        raise EvidenceError(f"`{name}` is a .evt file too damaged to read: {error}") from error
    return log


def _read_all(log: _Log, found: _Found, *, are_recovered: bool = False) -> None:
    for record in _records(log.get_record, log.number_of_records, found):
        found.recovered += _take(record, found) and are_recovered
    for record in _records(log.get_recovered_record, log.number_of_recovered_records, found):
        found.recovered += _take(record, found)


def _records(get: Callable[[int], _Record], count: int, found: _Found) -> Iterator[_Record]:
    for index in range(count):
        if found.tally.total >= _MOST_RECORDS:
            found.cut = f"only {_MOST_RECORDS} records were read"
            return
        try:
            record = get(index)
        except OSError:
            found.unreadable += 1
            continue
        yield record


def _take(record: _Record, found: _Found) -> bool:
    """Count a record and keep what is relevant; whether it was readable, and new."""
    try:
        number, seconds = record.identifier, record.get_creation_time_as_integer()
        event_id = record.event_identifier & 0xFFFF
        provider, computer = record.source_name or "", record.computer_name or ""
    except OSError:
        found.unreadable += 1
        return False
    if (number, seconds) in found.times:
        return False
    found.times.add((number, seconds))
    found.numbers.add(number)
    at = datetime.fromtimestamp(seconds, UTC) if seconds else None
    found.tally.count(at, computer)
    if is_relevant(provider, event_id):
        strings, data = _strings(record, found), _data(record, found.content)
        found.tally.keep(LogEvent(number, at, event_id, provider, computer, strings, data))
    return True


def _strings(record: _Record, found: _Found) -> tuple[str, ...]:
    try:
        return bounded_strings(text or "" for text in record.strings)
    except OSError:
        found.stringless += 1
        return ()


def _data(record: _Record, content: bytes) -> bytes:
    """The data by its offset: libevt 20260705 overlooks the padding that may be before it."""
    place = ring(content, record.offset + 48, 8)
    size, offset = struct.unpack("<2I", place) if len(place) == 8 else (0, 0)
    if not SMALLEST_RECORD <= offset < _LARGEST_RECORD:
        return b""
    return ring(content, record.offset + offset, min(size, LARGEST_DATA))


def _notes(header: Header | None, found: _Found) -> Iterator[str]:
    if header is None:
        yield "its header is damaged: the records were looked for"
    elif header.is_dirty:
        yield "it was copied while the log was open: the records were looked for"
    oldest = min(found.numbers, default=1)
    if oldest > 1:
        yield f"it begins with record {oldest}: older ones are no longer in it"
    if found.recovered:
        yield f"{found.recovered} of {found.tally.total} records were recovered"


def _losses(known: Header | None, found: _Found) -> Iterator[str]:
    if found.stringless:
        yield f"the strings of {found.stringless} records could not be read"
    if found.cut:
        yield found.cut
        return
    expected = span(found.numbers)
    if known is not None:
        expected = range(known.oldest or known.following, known.following)
    reason = lost(found.numbers, expected, found.unreadable, len(found.content) // SMALLEST_RECORD)
    if reason:
        yield reason
    elif known is None:
        yield "it has no end record: it is cut off, and newer records may be missing"

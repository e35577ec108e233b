"""
Event logs of Windows 2000 and 2003 (.evt), wrapped, dirty and damaged ones too, by libevt.

A log is a ring of records behind a header, with an end record behind the newest one. A record
holds the inserted strings and no text, so nothing here depends on the language of Windows.
https://github.com/libyal/libevt, "Windows Event Log (EVT) format"
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from adaudit.directory.entry import Gap
from adaudit.directory.observations import LogEvent
from adaudit.errors import EvidenceError
from adaudit.evidence.evt_header import HEADER_SIZE, Header, has_end_record
from adaudit.evidence.reading import Reading
from adaudit.evidence.record_numbers import lost, span
from adaudit.evidence.relevant_events import LARGEST_DATA, Tally, bounded_strings, is_relevant

_LARGEST_FILE = 1 << 29
"""Bytes; Windows 2003 maps its logs into the memory of one process and does not reach this"""
_MOST_RECORDS = 4_000_000
_SMALLEST_RECORD = 56


class _Record(Protocol):
    """A record as libevt gives it; what is damaged raises `OSError`."""

    identifier: int
    event_identifier: int
    source_name: str | None
    computer_name: str | None
    strings: list[str | None]
    data: bytes | None

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

    tally: Tally = field(default_factory=Tally)
    numbers: set[int] = field(default_factory=set)
    times: set[tuple[int, int]] = field(default_factory=set)
    """Number and time of each record: what is recovered may be there already"""
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
    header = Header.decode(content)
    log = _opened(path.name, content, is_sound=header is not None)
    found = _read_all(log)
    if header is None and not found.tally.total:
        raise EvidenceError(f"`{path.name}` is a .evt file too damaged to read: no record is found")
    gaps = _gaps(path.name, header, found, content)
    source = found.tally.source(path.name, computer, _notes(header, found))
    events = tuple(sorted(found.tally.events, key=lambda event: event.number))
    return Reading(source, events, gaps)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise EvidenceError(f"cannot read `{path}`: {error.strerror}") from error
    if len(content) > _LARGEST_FILE:
        raise EvidenceError(f"`{path}` has over {_LARGEST_FILE >> 20} MiB, which no .evt file has")
    return content


def _opened(name: str, content: bytes, *, is_sound: bool) -> _Log:
    try:
        import pyevt  # noqa: PLC0415 - compiled, and needed for this format only
    except ImportError as error:
        raise EvidenceError(
            f"`{name}` is a .evt file, and the reader of those is not installed",
            "pip install 'adaudit[logs]', or export the log as CSV",
        ) from error
    if not is_sound:
        content = Header.encode_dirty(len(content)) + content[HEADER_SIZE:]
    log: _Log = pyevt.file()
    try:
        log.open_file_object(io.BytesIO(content))
    except OSError as error:
        raise EvidenceError(f"`{name}` is a .evt file too damaged to read: {error}") from error
    return log


def _read_all(log: _Log) -> _Found:
    found = _Found()
    for record in _records(log.get_record, log.number_of_records, found):
        _take(record, found)
    recovered = _records(log.get_recovered_record, log.number_of_recovered_records, found)
    for record in recovered:
        found.recovered += _take(record, found)
    return found


def _records(get: Callable[[int], _Record], count: int, found: _Found) -> Iterator[_Record]:
    for index in range(count):
        if found.tally.total >= _MOST_RECORDS:
            found.cut = f"only the first {_MOST_RECORDS} records were read"
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
        strings = _strings(record, found)
        event = LogEvent(number, at, event_id, provider, computer, strings, _data(record))
        found.tally.keep(event)
    return True


def _strings(record: _Record, found: _Found) -> tuple[str, ...]:
    try:
        return bounded_strings(text or "" for text in record.strings)
    except OSError:
        found.stringless += 1
        return ()


def _data(record: _Record) -> bytes:
    try:
        return (record.data or b"")[:LARGEST_DATA]
    except OSError:  # which is how libevt says that there is none
        return b""


def _notes(header: Header | None, found: _Found) -> Iterator[str]:
    if header is None:
        yield "its header is damaged: all records were looked for"
    elif header.is_dirty:
        yield "it was copied while the log was open: all records were looked for"
    oldest = min(found.numbers, default=1)
    if oldest > 1:
        yield f"it begins with record {oldest}: older ones are no longer in it"
    if found.recovered:
        yield f"{found.recovered} of {found.tally.total} records were recovered from a damaged file"


def _gaps(name: str, header: Header | None, found: _Found, content: bytes) -> tuple[Gap, ...]:
    reasons = _losses(header, found, content)
    return (*(Gap(name, reason) for reason in reasons), *found.tally.gaps(name))


def _losses(header: Header | None, found: _Found, content: bytes) -> Iterator[str]:
    if found.stringless:
        yield f"the strings of {found.stringless} records could not be read"
    if found.cut:
        yield found.cut
        return
    expected = span(found.numbers)
    if header is not None and not header.is_dirty:
        expected = range(header.oldest or header.following, header.following)
    reason = lost(found.numbers, expected, found.unreadable, len(content) // _SMALLEST_RECORD)
    if reason:
        yield reason
    elif (header is None or header.is_dirty) and not has_end_record(content):
        yield "it has no end record: it is cut off, and newer records may be missing"

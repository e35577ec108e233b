"""
Event logs of Windows Vista and Server 2008 on (.evtx), by the `evtx` package.

Exchange's events come to such a file from an old log that was converted or collected; they keep
their inserted strings, so nothing here depends on the language of Windows.
"""

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

from adaudit.directory.entry import Gap
from adaudit.errors import EvidenceError
from adaudit.evidence.event_logs.evtx_header import CHUNK_SIZE, HEADER_SIZE, Header, mended
from adaudit.evidence.event_logs.evtx_record import decode
from adaudit.evidence.event_logs.record_numbers import lost, span
from adaudit.evidence.event_logs.relevant import Tally
from adaudit.evidence.reading import Reading

_LARGEST_DAMAGED = 1 << 29
"""Bytes of a damaged file that are read into memory"""
_SMALLEST_RECORD = 28
_MOST_RECORDS = 20_000_000
_MOST_FAULTS = 100_000


class _Parser(Protocol):
    """A log as the `evtx` package gives it."""

    def records_json(self) -> Iterator[Mapping[str, object] | None]: ...


@dataclass(slots=True)
class _Found:
    """What is found while a log is read."""

    tally: Tally = field(default_factory=Tally)
    numbers: set[int] = field(default_factory=set)
    """Of the records in this file; what viewers show is another number in an exported log"""
    faults: int = 0
    first_fault: str = ""
    cut: str | None = None
    """Why reading ended early"""

    def blame(self, error: Exception) -> None:
        """Note what could not be read."""
        self.faults += 1
        self.first_fault = self.first_fault or " ".join(str(error).split())


def read(path: Path, computer: str | None) -> Reading:
    """
    Read a log; `computer` is what the target list says it is of.

    Raises `EvidenceError` where nothing of it can be read, or the package is not installed.
    """
    try:
        with path.open("rb") as file:
            header = Header.decode(file.read(HEADER_SIZE))
            size = file.seek(0, io.SEEK_END)
            found = _read_all(_opened(path.name, file, is_whole=_is_whole(header, size)))
    except OSError as error:
        raise EvidenceError(f"cannot read `{path}`: {error.strerror or error}") from error
    if not found.tally.total and (found.faults or header is None):
        reason = found.first_fault or "no record is found"
        raise EvidenceError(f"`{path.name}` is a .evtx file too damaged to read: {reason}")
    source = found.tally.source(path.name, computer, _notes(header, found))
    events = tuple(sorted(found.tally.events, key=lambda event: event.number))
    losses = (Gap(path.name, reason) for reason in _losses(header, found, size))
    return Reading(source, events, (*losses, *found.tally.gaps(path.name)))


def _opened(name: str, file: BinaryIO, *, is_whole: bool) -> _Parser:
    try:
        from evtx import PyEvtxParser  # noqa: PLC0415 - compiled, and needed for this format only
    except ImportError as error:
        raise EvidenceError(
            f"`{name}` is a .evtx file, and the reader of those is not installed",
            "pip install 'adaudit[logs]', or export the log as CSV",
        ) from error
    file.seek(0)
    content = file if is_whole else io.BytesIO(mended(file.read(_LARGEST_DAMAGED)))
    try:
        return PyEvtxParser(content, number_of_threads=1)
    except (OSError, RuntimeError) as error:
        raise EvidenceError(f"`{name}` is a .evtx file too damaged to read: {error}") from error


def _read_all(parser: _Parser) -> _Found:
    found = _Found()
    records = parser.records_json()
    while found.cut is None:
        try:
            record = next(records)
        except StopIteration:
            break
        except RuntimeError as error:  # the parser goes on behind what it could not read
            found.blame(error)
        else:
            _take(record, found)
        if found.tally.total >= _MOST_RECORDS:
            found.cut = f"only the first {_MOST_RECORDS} records were read"
        elif found.faults >= _MOST_FAULTS:
            found.cut = f"given up after {_MOST_FAULTS} parts that could not be read"
    return found


def _take(record: Mapping[str, object] | None, found: _Found) -> None:
    fields = record or {}
    number = fields.get("event_record_id")
    if not isinstance(number, int) or number in found.numbers:
        return
    try:
        event = decode(json.loads(str(fields.get("data")), strict=False))
    except (ValueError, RecursionError) as error:
        found.blame(error)
        return
    found.numbers.add(number)
    found.tally.add(event)


def _notes(header: Header | None, found: _Found) -> Iterator[str]:
    if header is None:
        yield "its header is damaged: all records were looked for"
    elif header.is_dirty:
        yield "it was copied while the log was open"
    oldest = min(found.numbers, default=1)
    if oldest > 1:
        yield f"it begins with record {oldest}: older ones are no longer in it"


def _losses(header: Header | None, found: _Found, size: int) -> Iterator[str]:
    if found.cut:
        yield found.cut
        return
    expected = span(found.numbers)
    if header is not None and not header.is_dirty:
        first = expected.start if found.numbers else header.following
        expected = range(first, max(expected.stop, header.following))
    reason = lost(found.numbers, expected, found.faults, size // _SMALLEST_RECORD)
    if reason:
        yield f"{reason}: {found.first_fault}" if found.first_fault else reason
    elif not _is_whole(header, size):
        yield "it is damaged or cut off, and newer records may be missing"


def _is_whole(header: Header | None, size: int) -> bool:
    """Whether all chunks are there; some may follow that are not used yet."""
    if header is None or (size - HEADER_SIZE) % CHUNK_SIZE:
        return False
    return size >= HEADER_SIZE + header.chunks * CHUNK_SIZE

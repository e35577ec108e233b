"""
Event logs that were exported as text: tables, listings and XML, in any language of Windows.

Times in exports are local and name no zone: they are read as if in UTC, and the source says so.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from adaudit.directory.entry import Gap
from adaudit.directory.observations import LogEvent
from adaudit.errors import EvidenceError
from adaudit.evidence.event_logs.export_listing import read_listing
from adaudit.evidence.event_logs.export_message import insertions
from adaudit.evidence.event_logs.export_table import read_table
from adaudit.evidence.event_logs.export_times import DateOrder, date_order, has_zone, parse_time
from adaudit.evidence.event_logs.export_xml import read_xml
from adaudit.evidence.event_logs.exported_event import Damage, ExportedEvent
from adaudit.evidence.event_logs.relevant import Tally, is_relevant
from adaudit.evidence.reading import Reading

_LARGEST_FILE = 1 << 27
"""Bytes"""


class _Export(Protocol):
    """Events that can be gone through again."""

    damage: Damage

    def __iter__(self) -> Iterator[ExportedEvent]: ...


@dataclass(slots=True)
class _Found:
    tally: Tally
    timeless: int = 0
    speechless: int = 0
    """Relevant events without a message that could be understood"""


def read(path: Path, computer: str | None) -> Reading:
    """
    Read an export; `computer` is what the target list says the log is of.

    Raises `EvidenceError` where the file cannot be read, or is no export of an event log.
    """
    text, encoding = decode(path.name, _content(path))
    export: _Export | None = read_xml(text) or read_listing(text) or read_table(text)
    if export is None:
        raise EvidenceError(
            f"`{path.name}` is no event log: neither .evt nor .evtx nor an export with the sources"
            " and ids of events",
            "save the log as .evt or .evtx, or as CSV with all its columns",
        )
    order = date_order(event.when for event in export)
    is_zoned = all(has_zone(event.when) for event in export)
    found = _read_all(export, order)
    notes = _notes(order, encoding, is_zoned=is_zoned)
    source = found.tally.source(path.name, computer, notes)
    gaps = tuple(Gap(path.name, reason) for reason in _losses(export, found))
    return Reading(source, tuple(found.tally.events), (*gaps, *found.tally.gaps(path.name)))


def decode(name: str, content: bytes) -> tuple[str, str | None]:
    """
    Turn bytes into text; with the name of the encoding where it had to be guessed.

    Raises `EvidenceError` for what is no text.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace"), None
    if content[1:200:2].count(0) > len(content[1:200:2]) // 2:
        return content.decode("utf-16-le", "replace"), None
    if b"\0" in content[:4096] or not content.strip():
        raise EvidenceError(f"`{name}` is no event log: neither .evt nor .evtx nor text")
    try:
        return content.decode("utf-8-sig"), None
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252"), "cp1252"
    except UnicodeDecodeError:
        return content.decode("cp1250", "replace"), "cp1250"


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise EvidenceError(f"cannot read `{path}`: {error.strerror}") from error
    if len(content) > _LARGEST_FILE:
        raise EvidenceError(
            f"`{path.name}` has over {_LARGEST_FILE >> 20} MiB",
            "export only the events of MSExchangeTransport and MSExchangeSA",
        )
    return content


def _read_all(export: Iterable[ExportedEvent], order: DateOrder) -> _Found:
    found = _Found(Tally())
    for exported in export:
        at = parse_time(exported.when, order)
        found.timeless += at is None
        found.tally.count(at, exported.computer)
        if not is_relevant(exported.provider, exported.event_id):
            continue
        strings = exported.strings or insertions(exported.event_id, exported.message)
        found.speechless += strings is None
        found.tally.keep(
            LogEvent(
                exported.number,
                at,
                exported.event_id,
                exported.provider,
                exported.computer,
                strings or (),
            )
        )
    return found


def _notes(order: DateOrder, encoding: str | None, *, is_zoned: bool) -> Iterator[str]:
    if not is_zoned:
        yield "its times are local and name no zone: they are read as UTC"
    if order is DateOrder.EITHER:
        yield f"its dates are {order}: they are read month first"
    if encoding:
        yield f"it is in no Unicode encoding: read as {encoding}"


def _losses(export: _Export, found: _Found) -> Iterator[str]:
    if export.damage.count:
        parts = f"{count} parts" if (count := export.damage.count) > 1 else "1 part"
        yield f"{parts} could not be read: {'; '.join(export.damage.named)}"
    if found.timeless:
        yield f"{found.timeless} of {found.tally.total} events have no time that can be read"
    if found.speechless:
        kept = len(found.tally.events)
        yield (
            f"{found.speechless} of {kept} events have no message that can be read:"
            " hosts, commands and answers are not known"
        )

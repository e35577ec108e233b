"""One record of a .evtx file in the JSON that the `evtx` package gives it."""

import binascii
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TypeAlias

from adaudit.directory.observations import LogEvent
from adaudit.evidence.event_logs.relevant import LARGEST_DATA, bounded_strings

Json: TypeAlias = "Mapping[str, Json] | list[Json] | str | float | None"


def decode(document: Json) -> LogEvent:
    """Read one record; `ValueError` where it is no event."""
    event = _member(document, "Event")
    system = _member(event, "System")
    number, event_id = _text(_member(system, "EventRecordID")), _text(_member(system, "EventID"))
    data = _member(event, "EventData")
    return LogEvent(
        int(number),
        _time(_attribute(system, "TimeCreated", "SystemTime")),
        int(event_id) & 0xFFFF,
        _attribute(system, "Provider", "Name"),
        _text(_member(system, "Computer")),
        bounded_strings(_strings(data)),
        _binary(_text(_member(data, "Binary")))[:LARGEST_DATA],
    )


def _strings(data: Json) -> Iterator[str]:
    """The inserted strings in their order: a list in `Data`, or each under a name of its own."""
    if not isinstance(data, Mapping):
        return
    for name, value in data.items():
        if name in {"Binary", "#attributes"}:
            continue
        inner = value.get("#text") if isinstance(value, Mapping) else value
        if isinstance(inner, list):
            yield from map(_text, inner)
        elif inner or name != "Data":  # an event without strings has an empty `Data`
            yield _text(inner)


def _member(document: Json, name: str) -> Json:
    return document.get(name) if isinstance(document, Mapping) else None


def _attribute(document: Json, element: str, name: str) -> str:
    return _text(_member(_member(_member(document, element), "#attributes"), name))


def _text(value: Json) -> str:
    if isinstance(value, Mapping):
        value = value.get("#text")
    return "" if value is None or isinstance(value, Mapping | list) else str(value)


def _time(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _binary(text: str) -> bytes:
    try:
        return binascii.unhexlify(text)
    except ValueError:
        return b""

"""
Event logs as XML: of Event Viewer, or of `wevtutil qe /f:xml`, which writes no root element.

Each event is taken out of the text and read by itself, so that one that is damaged costs no other,
and no document type, which could define entities, comes with it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from adaudit.evidence.event_logs.exported_event import (
    Damage,
    ExportedEvent,
    parse_event_id,
    parse_number,
)
from adaudit.evidence.event_logs.relevant import bounded_strings

_END = "</Event>"
_TAG = re.compile(r"<Event(?=[\s>])|</Event>")
_LARGEST = 1 << 18
"""Characters of one event"""
_NAMESPACE = "{http://schemas.microsoft.com/win/2004/08/events/event}"


@dataclass(slots=True)
class XmlEvents:
    """The events of an XML text; `damage` says after reading which could not be read."""

    text: str
    damage: Damage = field(default_factory=Damage)

    def __iter__(self) -> Iterator[ExportedEvent]:
        """Give the events."""
        self.damage = Damage()
        number = 0
        start: int | None = None
        for match in _TAG.finditer(self.text):
            if match[0] != _END:
                if start is not None:
                    self.damage.add(f"event {number} has no end")
                number, start = number + 1, match.start()
            elif start is not None:
                yield from self._read(self.text[start : min(match.end(), start + _LARGEST)], number)
                start = None
        if start is not None:
            self.damage.add(f"event {number} has no end")

    def _read(self, text: str, number: int) -> Iterator[ExportedEvent]:
        try:
            yield _event(text, number)
        except ET.ParseError as error:
            self.damage.add(f"event {number}: {error}")


def read_xml(text: str) -> XmlEvents | None:
    """Read events in XML; None where the text is something else."""
    start = text[:4096].lstrip()
    return XmlEvents(text) if start.startswith("<") and _TAG.search(text) else None


def _event(text: str, number: int) -> ExportedEvent:
    root = ET.fromstring(text)  # noqa: S314 - an element without document type defines no entities
    for element in root.iter():
        element.tag = element.tag.removeprefix(_NAMESPACE)
    created, provider = root.find("System/TimeCreated"), root.find("System/Provider")
    return ExportedEvent(
        parse_number(root.findtext("System/EventRecordID", ""), number),
        created.get("SystemTime", "") if created is not None else "",
        provider.get("Name", "") if provider is not None else "",
        parse_event_id(root.findtext("System/EventID", "")),
        root.findtext("System/Computer", ""),
        strings=bounded_strings(data.text or "" for data in root.iterfind("EventData/Data")),
    )

"""
Event logs as XML: of Event Viewer, or of `wevtutil qe /f:xml`, which writes one event after another.

Each event is taken out of the text and read by itself, so that one that is damaged costs no other,
and no document type, which could define entities, comes with it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from adaudit.evidence.exported_event import ExportedEvent, parse_event_id, parse_number
from adaudit.evidence.relevant_events import bounded_strings

_BEGIN = re.compile(r"<Event(?=[\s>])")
_END = "</Event>"
_LARGEST = 1 << 18
"""Characters of one event"""
_NAMESPACE = "{http://schemas.microsoft.com/win/2004/08/events/event}"


@dataclass(slots=True)
class XmlEvents:
    """The events of an XML text; `damaged` says after reading which could not be read."""

    text: str
    damaged: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[ExportedEvent]:
        """Give the events."""
        self.damaged.clear()
        number = 0
        match = _BEGIN.search(self.text)
        while match:
            number += 1
            end = self.text.find(_END, match.start(), match.start() + _LARGEST)
            if end < 0:
                self.damaged.append(f"event {number} has no end")
                match = _BEGIN.search(self.text, match.end())
                continue
            end += len(_END)
            try:
                yield _event(self.text[match.start() : end], number)
            except ET.ParseError as error:
                self.damaged.append(f"event {number}: {error}")
            match = _BEGIN.search(self.text, end)


def read_xml(text: str) -> XmlEvents | None:
    """Read events in XML; None where the text is something else."""
    start = text[:4096].lstrip()
    return XmlEvents(text) if start.startswith("<") and _BEGIN.search(text) else None


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

"""
Event logs as text with a line for each field: of `wevtutil qe /f:text`, or copied in Event Viewer.

A block of `wevtutil` begins with `Event[0]:`, one of Event Viewer in Windows 2000 and 2003 with
`Event Type:`. The lines of `wevtutil` come in a fixed order, by which they are known where their
names are in a language that is not.
"""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from adaudit.evidence.event_logs.export_fields import Field, field_named
from adaudit.evidence.event_logs.export_message import LONGEST_MESSAGE
from adaudit.evidence.event_logs.exported_event import Damage, ExportedEvent, parse_event_id

_BEGIN = re.compile(r"\s*(?:\w{1,30}\[\d{1,10}\]:?|Event Type:.{0,80})\s*")
_LINE = re.compile(r"\s*([^:\r\n]{1,40}?)\s*:(.*)", re.DOTALL)
_LONGEST_LINE = 1 << 14
_ORDER = (
    *(None, Field.PROVIDER, Field.BOTH, Field.ID, None, None, None, None, None, None),
    *(Field.COMPUTER, Field.MESSAGE),
)
"""Log name, source, date, event id, task, level, opcode, keyword, user, user name, computer,
description"""


@dataclass(slots=True)
class Listing:
    """The events of a listing; `damage` says after reading which blocks are none."""

    text: str
    damage: Damage = field(default_factory=Damage)

    def __iter__(self) -> Iterator[ExportedEvent]:
        """Give the events."""
        self.damage = Damage()
        for number, block in enumerate(_blocks(self.text), 1):
            event = _event(block, number)
            if event.event_id >= 0:
                yield event
            else:
                self.damage.add(f"block {number} has no event id")


def read_listing(text: str) -> Listing | None:
    """Read a listing of events; None where the text is none."""
    first = next((line for line in io.StringIO(text[:_LONGEST_LINE]) if line.strip()), "")
    return Listing(text) if _BEGIN.fullmatch(first) else None


def _blocks(text: str) -> Iterator[list[str]]:
    block: list[str] = []
    for line in io.StringIO(text):
        if _BEGIN.fullmatch(line[:200]) and block:
            yield block
            block = []
        if len(block) < 500:
            block.append(line[:_LONGEST_LINE])
    if any(line.strip() for line in block):
        yield block


def _event(block: Sequence[str], number: int) -> ExportedEvent:
    texts: dict[Field, str] = {}
    is_ordered = "[" in block[0]
    lines = iter(block[1:])
    for position, line in enumerate(lines):
        match = _LINE.fullmatch(line)
        if match is None:
            continue
        kind = field_named(match[1])
        if kind is None and is_ordered and position < len(_ORDER):
            kind = _ORDER[position]
        if kind is Field.MESSAGE:
            texts[kind] = "".join((match[2], *lines))[:LONGEST_MESSAGE]
        elif kind is not None:
            texts.setdefault(kind, match[2].strip())
    both = texts.get(Field.BOTH, "")
    return ExportedEvent(
        number,
        both or f"{texts.get(Field.DATE, '')} {texts.get(Field.TIME, '')}".strip(),
        texts.get(Field.PROVIDER, ""),
        parse_event_id(texts.get(Field.ID, "")),
        texts.get(Field.COMPUTER, ""),
        texts.get(Field.MESSAGE, ""),
    )

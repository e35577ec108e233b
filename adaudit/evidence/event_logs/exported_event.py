"""One event of an export as text, before its time is read and its message understood."""

import re
from dataclasses import dataclass, field

_MOST_NAMED = 3
_NUMBER = re.compile(r"-?[0-9]{1,10}")


@dataclass(slots=True)
class Damage:
    """What could not be read while an export was gone through, the first few parts by name."""

    count: int = 0
    named: list[str] = field(default_factory=list)

    def add(self, what: str) -> None:
        """Note a part that could not be read."""
        self.count += 1
        if len(self.named) < _MOST_NAMED:
            self.named.append(what)


@dataclass(slots=True)
class ExportedEvent:
    """What one row or block of an export says; empty where it says nothing."""

    number: int
    """Record number, or else its place in the export"""
    when: str = ""
    """Date and time as written"""
    provider: str = ""
    event_id: int = -1
    """The low 16 bits; -1 where there is no number"""
    computer: str = ""
    message: str = ""
    strings: tuple[str, ...] | None = None
    """The inserted strings, where the export has them apart from the message"""


def parse_event_id(text: str) -> int:
    """Read an id, or a whole code with severity and facility; -1 where there is no number."""
    text = text.strip()
    return int(text) & 0xFFFF if _NUMBER.fullmatch(text) else -1


def parse_number(text: str, default: int) -> int:
    """Read a record number."""
    text = text.strip()
    return int(text) if _NUMBER.fullmatch(text) else default

"""Which events of a log bear on mail between Exchange servers; all others are only counted."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice

from adaudit.directory.entry import Gap
from adaudit.directory.observations import EvidenceSource, LogEvent, SourceKind
from adaudit.exchange.transport_events import (
    MEMBERSHIP_IDS,
    RECEIVER_ID,
    SECURITY_IDS,
    SENDER_IDS,
    SYSTEM_ATTENDANT,
    TRANSPORT,
    UNAUTHENTICATED_ID,
)

RELEVANT_IDS = {
    TRANSPORT.casefold(): SENDER_IDS | SECURITY_IDS | {RECEIVER_ID, UNAUTHENTICATED_ID},
    SYSTEM_ATTENDANT.casefold(): MEMBERSHIP_IDS,
}
"""Ids (the low 16 bits) by the provider's name in lower case"""

MOST_KEPT = 200_000
MOST_STRINGS = 64
LONGEST_STRING = 1 << 13
LARGEST_DATA = 1 << 12
"""Bytes of an event's data that are kept"""


def is_relevant(provider: str, event_id: int) -> bool:
    """Whether events of that provider and id (as viewers show it) are kept."""
    return event_id in RELEVANT_IDS.get(provider.casefold(), ())


def bounded_strings(strings: Iterable[str]) -> tuple[str, ...]:
    """As many inserted strings as are kept of an event, and as much of each."""
    return tuple(text[:LONGEST_STRING] for text in islice(strings, MOST_STRINGS))


@dataclass(slots=True)
class Tally:
    """What a log turns out to hold while it is read."""

    total: int = 0
    first: datetime | None = None
    last: datetime | None = None
    events: list[LogEvent] = field(default_factory=list)
    unkept: int = 0
    """Relevant events beyond `MOST_KEPT`"""
    computers: dict[str, str] = field(default_factory=dict)
    """Who logged the records, as written, by the name in lower case; no more than two"""

    def count(self, at: datetime | None, computer: str = "") -> None:
        """Count a record, relevant or not."""
        self.total += 1
        if at is not None:
            self.first = at if self.first is None else min(self.first, at)
            self.last = at if self.last is None else max(self.last, at)
        if computer and len(self.computers) < 2:
            self.computers.setdefault(computer.lower(), computer)

    def keep(self, event: LogEvent) -> None:
        """Keep a relevant event, already counted, unless there are too many."""
        if len(self.events) < MOST_KEPT:
            self.events.append(event)
        else:
            self.unkept += 1

    def add(self, event: LogEvent) -> None:
        """Count an event, and keep it where it is relevant."""
        self.count(event.at, event.computer)
        if is_relevant(event.provider, event.event_id):
            self.keep(event)

    def source(self, name: str, computer: str | None, notes: Iterable[str] = ()) -> EvidenceSource:
        """
        The log as a source; `computer` is what the target list says that it is of.

        Where that says nothing, the records do, if one computer logged them all.
        """
        (logged_by,) = self.computers.values() if len(self.computers) == 1 else ("",)
        contradiction = (
            (f"its records were logged by {logged_by}, not by {computer}",)
            if computer and logged_by and _host(computer) != _host(logged_by)
            else ()
        )
        return EvidenceSource(
            SourceKind.EVENT_LOG,
            name,
            datetime.now(UTC),
            computer or logged_by or None,
            self.total,
            self.first,
            self.last,
            notes=(*notes, *contradiction),
        )

    def gaps(self, name: str) -> tuple[Gap, ...]:
        """What was left out of what is relevant."""
        reason = f"only {MOST_KEPT} events were kept, {self.unkept} more were not"
        return (Gap(name, reason),) if self.unkept else ()


def _host(computer: str) -> str:
    return computer.partition(".")[0].casefold()

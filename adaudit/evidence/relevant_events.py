"""Which events of a log bear on mail between Exchange servers; all others are only counted."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from adaudit.directory.observations import LogEvent
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

    def count(self, at: datetime | None) -> None:
        """Count a record, relevant or not."""
        self.total += 1
        if at is not None:
            self.first = at if self.first is None else min(self.first, at)
            self.last = at if self.last is None else max(self.last, at)

    def keep(self, event: LogEvent) -> None:
        """Keep a relevant event, already counted, unless there are too many."""
        if len(self.events) < MOST_KEPT:
            self.events.append(event)
        else:
            self.unkept += 1

"""
The two directions of a TCP connection, put in the order of their bytes. [RFC9293]

What was sent again is dropped and counted; what the capture does not hold is told as missing, as
soon as the other side acknowledges what follows it, or too much waits behind it.
"""

from collections import deque
from dataclasses import dataclass, field
from heapq import heappop, heappush

from adaudit.evidence.smtp_sessions.frames import ACK, FIN, RST, SYN, Endpoint, Segment

_MOST_WAITING = 128
"""Segments that wait for one before them; one window of 64 KiB has fewer"""
_MOST_COPIES = 32
"""Packets back that a copy is looked for"""


@dataclass(frozen=True, slots=True)
class Delivery:
    """The next bytes of one side."""

    sender: Endpoint
    data: bytes
    missing: int = 0
    """How many bytes before `data` were not captured"""


@dataclass(slots=True)
class _Direction:
    """What one side sends. Positions are sequence numbers that do not wrap."""

    sender: Endpoint
    expected: int | None = None
    """The position of the next byte"""
    acknowledged: int | None = None
    """The position up to which the other side has all"""
    is_begun: bool = False
    """Whether its SYN was seen"""
    finish: int | None = None
    """The position of its FIN"""
    retransmissions: int = 0
    is_last_repeated: bool = False
    """Whether the last segment with data was one sent again"""
    early: dict[int, tuple[bytes, int]] = field(default_factory=dict)
    """Data and missing bytes of segments that are not delivered, by position"""
    order: list[int] = field(default_factory=list)
    """A heap of the positions of `early`"""
    packets: deque[tuple[int, int]] = field(default_factory=lambda: deque(maxlen=_MOST_COPIES))
    """Identification and sequence number of the last packets"""

    def is_copy(self, segment: Segment) -> bool:
        """Whether the packet was captured before, on another interface for one."""
        packet = segment.identification, segment.sequence
        if not segment.identification:
            return False
        is_copy = packet in self.packets
        self.packets.append(packet)
        return is_copy

    def take(self, segment: Segment) -> list[Delivery]:
        """Put a segment in its place, and give what is in order now."""
        start = self._position(segment.sequence)
        if segment.flags & SYN:
            start += 1
            self._begin(start)
        if self.expected is None:
            self.expected = start
        size = len(segment.data) + segment.missing
        if segment.flags & FIN:
            self.finish = start + size
        if size:
            self._place(start, segment)
        return self._in_order()

    def acknowledge(self, number: int) -> list[Delivery]:
        """The other side has all bytes before `number`: those not seen will not come."""
        if self.expected is None:  # then what was sent before is not in the capture at all
            self.expected = number
        position = self._position(number)
        if self.acknowledged is None or position > self.acknowledged:
            self.acknowledged = position
        return self._in_order()

    def end(self) -> list[Delivery]:
        """No more segments come: give what waits, with what is missing before it."""
        found: list[Delivery] = []
        while self.order:
            found += self._skip() + self._in_order()
        ends = [number for number in (self.finish, self.acknowledged) if number is not None]
        missing = max(ends, default=0) - (self.expected or 0)
        # The acknowledgement of a FIN is one beyond the last byte.
        return [*found, Delivery(self.sender, b"", missing)] if missing > 1 else found

    @property
    def is_unanswered(self) -> bool:
        """Whether it sent something again, and that was not acknowledged either."""
        if self.expected is None or not self.is_last_repeated:
            return False
        return self.acknowledged is None or self.acknowledged < self.expected

    def is_begun_at(self, sequence: int) -> bool:
        """Whether a SYN with this number may have been its own; it has sent nothing since."""
        return self.expected is None or self.expected == self._position(sequence) + 1

    def _begin(self, first: int) -> None:
        if self.is_begun:
            self._repeat()
        self.is_begun = True
        self.expected = first if self.expected is None else self.expected

    def _position(self, number: int) -> int:
        """The position nearest to what is expected that has this sequence number."""
        near = self.expected or 0
        return near + (number - near + (1 << 31)) % (1 << 32) - (1 << 31)

    def _place(self, start: int, segment: Segment) -> None:
        size = len(segment.data) + segment.missing
        known = (self.expected or 0) - start
        if known >= size:
            if not (known == 1 and size == 1):  # that is how a connection is kept alive
                self._repeat()
            return
        kept = self.early.get(start)
        if known > 0 or kept is not None:
            self._repeat()
        else:
            self.is_last_repeated = False
        if kept is None:
            heappush(self.order, start)
        if kept is None or len(kept[0]) + kept[1] < size:
            self.early[start] = (segment.data, segment.missing)

    def _repeat(self) -> None:
        self.retransmissions += 1
        self.is_last_repeated = True

    def _in_order(self) -> list[Delivery]:
        found: list[Delivery] = []
        while self.order:
            if self.order[0] <= (self.expected or 0):
                found += self._deliver()
            elif self._is_passed(self.order[0]):
                found += self._skip()
            else:
                break
        return found

    def _is_passed(self, nearest: int) -> bool:
        """Whether what is missing before `nearest` will not come."""
        is_acknowledged = self.acknowledged is not None and self.acknowledged >= nearest
        return is_acknowledged or len(self.order) > _MOST_WAITING

    def _skip(self) -> list[Delivery]:
        """Go on at the nearest segment, and tell what is missing before it."""
        missing = self.order[0] - (self.expected or 0)
        self.expected = max(self.order[0], self.expected or 0)
        return [Delivery(self.sender, b"", missing)] if missing > 0 else []

    def _deliver(self) -> list[Delivery]:
        start = heappop(self.order)
        data, missing = self.early.pop(start)
        expected = self.expected or 0
        end = start + len(data) + missing
        self.expected = max(end, expected)
        new = data[expected - start :]
        found = [Delivery(self.sender, new)] if new else []
        unseen = min(missing, end - expected)
        return [*found, Delivery(self.sender, b"", unseen)] if unseen > 0 else found


class Connection:
    """A TCP connection between the two sides of its first segment."""

    def __init__(self, first: Segment) -> None:
        self._directions = {
            first.source: _Direction(first.source),
            first.destination: _Direction(first.destination),
        }
        self.opener = _opener(first)
        """The side that opened it; None where its beginning was not seen"""
        self.is_reset = False
        self.is_finished = False
        """Whether either side has ended it in order"""

    @property
    def is_begun(self) -> bool:
        """Whether the beginning of both sides was seen."""
        return all(direction.is_begun for direction in self._directions.values())

    @property
    def retransmissions(self) -> int:
        """How many segments were sent again."""
        return sum(direction.retransmissions for direction in self._directions.values())

    @property
    def is_silent(self) -> bool:
        """Whether one side went on sending, and the other did not answer."""
        return any(direction.is_unanswered for direction in self._directions.values())

    def is_opened_anew_by(self, segment: Segment) -> bool:
        """Whether `segment` opens another connection between the same ports."""
        if segment.flags & (SYN | ACK) != SYN:
            return False
        is_over = self.is_reset or self.is_finished
        return is_over or not self._directions[segment.source].is_begun_at(segment.sequence)

    def take(self, segment: Segment) -> list[Delivery]:
        """Put a segment in its place, and give what is in order now of both sides."""
        if self._directions[segment.source].is_copy(segment):
            return []
        found = self._directions[segment.source].take(segment)
        if segment.flags & ACK:
            other = self._directions[segment.destination]
            found = other.acknowledge(segment.acknowledgement) + found
        self.is_reset = self.is_reset or bool(segment.flags & RST)
        self.is_finished = self.is_finished or bool(segment.flags & FIN)
        return found

    def end(self) -> list[Delivery]:
        """No more segments come: give what waits."""
        return [each for direction in self._directions.values() for each in direction.end()]


def _opener(first: Segment) -> Endpoint | None:
    if not first.flags & SYN:
        return None
    return first.destination if first.flags & ACK else first.source

"""
The two directions of a TCP connection, put in the order of their bytes. [RFC9293]

What was sent again is dropped and counted; what the capture does not hold is told as missing, as
soon as the other side acknowledges what follows it, or too much waits behind it.
"""

from collections import deque
from dataclasses import dataclass, field

from adaudit.evidence.frames import Endpoint, Segment, TcpFlags

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
    """What one side sends."""

    sender: Endpoint
    expected: int | None = None
    """The sequence number of the next byte"""
    acknowledged: int | None = None
    """The highest number that the other side has asked for"""
    is_begun: bool = False
    """Whether its SYN was seen"""
    finish: int | None = None
    """The sequence number of its FIN"""
    retransmissions: int = 0
    is_last_repeated: bool = False
    """Whether the last segment with data was one sent again"""
    waiting: dict[int, tuple[bytes, int]] = field(default_factory=dict)
    """Data and missing bytes of segments that came too early, by sequence number"""
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
        start = segment.sequence
        if segment.has(TcpFlags.SYN):
            self._begin(start)
            start = (start + 1) % (1 << 32)
        if self.expected is None:
            self.expected = start
        end = start + len(segment.data) + segment.missing
        if segment.has(TcpFlags.FIN):
            self.finish = end % (1 << 32)
        if end > start:
            self._place(start, segment)
        return self._in_order()

    def acknowledge(self, number: int) -> list[Delivery]:
        """The other side has all bytes before `number`: those not seen will not come."""
        if self.acknowledged is None or _ahead(number, self.acknowledged) > 0:
            self.acknowledged = number
        return self._in_order()

    def end(self) -> list[Delivery]:
        """No more segments come: give what waits, with what is missing before it."""
        found: list[Delivery] = []
        while self.waiting:
            found += self._skip()
            found += self._in_order()
        ends = [number for number in (self.finish, self.acknowledged) if number is not None]
        missing = max((self._ahead_of_expected(number) for number in ends), default=0)
        # The acknowledgement of a FIN is one beyond the last byte, and so is that of a SYN.
        return [*found, Delivery(self.sender, b"", missing)] if missing > 1 else found

    @property
    def is_unanswered(self) -> bool:
        """Whether it sent something again, and that was not acknowledged either."""
        if self.expected is None or not self.is_last_repeated:
            return False
        return self.acknowledged is None or _ahead(self.expected, self.acknowledged) > 0

    def _begin(self, sequence: int) -> None:
        first = (sequence + 1) % (1 << 32)
        if self.is_begun:
            self._repeat()
        self.is_begun = True
        self.expected = first if self.expected is None else self.expected

    def _place(self, start: int, segment: Segment) -> None:
        distance = self._ahead_of_expected(start)
        size = len(segment.data) + segment.missing
        if distance + size <= 0:
            if not (distance == -1 and size == 1):  # that is how a connection is kept alive
                self._repeat()
            return
        if distance < 0 or start in self.waiting:
            self._repeat()
        else:
            self.is_last_repeated = False
        kept = self.waiting.get(start)
        if kept is None or len(kept[0]) + kept[1] < size:
            self.waiting[start] = (segment.data, segment.missing)

    def _repeat(self) -> None:
        self.retransmissions += 1
        self.is_last_repeated = True

    def _in_order(self) -> list[Delivery]:
        found: list[Delivery] = []
        while self.waiting:
            nearest = self._nearest()
            if self._ahead_of_expected(nearest) > 0:
                if not self._is_passed(nearest):
                    break
                found += self._skip()
            else:
                found += self._deliver(nearest)
        return found

    def _is_passed(self, nearest: int) -> bool:
        """Whether what is missing before `nearest` will not come."""
        is_acknowledged = self.acknowledged is not None and _ahead(self.acknowledged, nearest) >= 0
        return is_acknowledged or len(self.waiting) > _MOST_WAITING

    def _skip(self) -> list[Delivery]:
        nearest = self._nearest()
        missing = self._ahead_of_expected(nearest)
        if missing <= 0:
            return []
        self.expected = nearest
        return [Delivery(self.sender, b"", missing)]

    def _deliver(self, start: int) -> list[Delivery]:
        data, missing = self.waiting.pop(start)
        known = -self._ahead_of_expected(start)
        self._advance(len(data) + missing - known)
        found = [Delivery(self.sender, data[known:])] if len(data) > known else []
        unseen = min(missing, len(data) + missing - known)
        return [*found, Delivery(self.sender, b"", unseen)] if unseen > 0 else found

    def _advance(self, size: int) -> None:
        if size > 0 and self.expected is not None:
            self.expected = (self.expected + size) % (1 << 32)

    def _nearest(self) -> int:
        return min(self.waiting, key=self._ahead_of_expected)

    def _ahead_of_expected(self, number: int) -> int:
        return 0 if self.expected is None else _ahead(number, self.expected)


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
        if not segment.has(TcpFlags.SYN) or segment.has(TcpFlags.ACK):
            return False
        direction = self._directions[segment.source]
        is_over = self.is_reset or self.is_finished
        first = (segment.sequence + 1) % (1 << 32)
        return is_over or (direction.expected is not None and direction.expected != first)

    def take(self, segment: Segment) -> list[Delivery]:
        """Put a segment in its place, and give what is in order now of both sides."""
        if self._directions[segment.source].is_copy(segment):
            return []
        found = self._directions[segment.source].take(segment)
        if segment.has(TcpFlags.ACK):
            other = self._directions[segment.destination]
            found = other.acknowledge(segment.acknowledgement) + found
        self.is_reset = self.is_reset or segment.has(TcpFlags.RST)
        self.is_finished = self.is_finished or segment.has(TcpFlags.FIN)
        return found

    def end(self) -> list[Delivery]:
        """No more segments come: give what waits."""
        return [each for direction in self._directions.values() for each in direction.end()]


def _opener(first: Segment) -> Endpoint | None:
    if not first.has(TcpFlags.SYN):
        return None
    return first.destination if first.has(TcpFlags.ACK) else first.source


def _ahead(number: int, other: int) -> int:
    """How far `number` is ahead of `other`, in numbers that wrap at 32 bits. [RFC9293] 3.4"""
    return (number - other + (1 << 31)) % (1 << 32) - (1 << 31)

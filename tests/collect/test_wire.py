"""How long a server is waited for."""

import socket
import threading
from collections.abc import Iterator, Sequence

import pytest

from adaudit.collect import wire
from adaudit.collect.wire import Wire

TIMEOUT = 30.0
KIB = 1024


class Slow:
    """A socket on which each piece takes its time, by a clock that it moves on itself."""

    def __init__(self, pieces: Sequence[tuple[float, bytes]]) -> None:
        self.now = 0.0
        self.pieces: Iterator[tuple[float, bytes]] = iter(pieces)
        self.timeout = TIMEOUT

    def gettimeout(self) -> float:
        """As a socket does."""
        return self.timeout

    def settimeout(self, timeout: float) -> None:
        """As a socket does."""
        self.timeout = timeout

    def sendall(self, data: bytes) -> None:
        """Take it at once."""

    def recv(self, _: int) -> bytes:
        """The next piece, or a timeout when it takes longer than is waited."""
        seconds, data = next(self.pieces)
        self.now += min(seconds, self.timeout)
        if seconds > self.timeout:
            raise TimeoutError
        return data


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> "SlowWire":
    """A wire whose other end gives pieces, each after some seconds."""
    return SlowWire(monkeypatch)


class SlowWire:
    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch
        self.socket = Slow([])

    def __call__(self, *pieces: tuple[float, bytes]) -> Wire:
        """A wire over which these come."""
        self.socket = Slow(pieces)
        self._patch.setattr(wire, "monotonic", lambda: self.socket.now)
        return Wire(self.socket)  # type: ignore[arg-type]  # what is needed of one


def drained(found: Wire, pieces: int) -> int:
    """How many of so many pieces come before the server is given up."""
    for number in range(pieces):
        try:
            found.recv(KIB)
        except TimeoutError:
            return number
    return pieces


def test_each_byte_is_waited_for_as_long_as_the_target_says(slow: SlowWire) -> None:
    assert drained(slow((29.0, b"a"), (31.0, b"b")), 2) == 1
    assert slow.socket.now == 29.0 + TIMEOUT


def test_a_byte_at_a_time_is_not_waited_for_longer_than_four_times_that(slow: SlowWire) -> None:
    assert drained(slow(*[(1.0, b"a")] * 1000), 1000) == 120


def test_the_last_wait_is_no_longer_than_what_is_left(slow: SlowWire) -> None:
    assert drained(slow(*[(25.0, b"a")] * 10), 10) == 4
    assert slow.socket.now == pytest.approx(4 * TIMEOUT, abs=0.01)


def test_a_large_answer_over_a_slow_line_is_waited_for(slow: SlowWire) -> None:
    assert drained(slow(*[(1.0, bytes(64 * KIB))] * 1000), 1000) == 1000


def test_the_next_request_is_waited_for_anew(slow: SlowWire) -> None:
    found = slow(*[(29.0, b"a")] * 12)
    for _ in range(3):
        found.begin()
        assert drained(found, 4) == 4


def test_time_between_the_waits_does_not_count(slow: SlowWire) -> None:
    found = slow(*[(1.0, b"a")] * 100)
    for _ in range(100):
        found.recv(KIB)
        slow.socket.now += 3600.0


def test_a_request_is_sent_with_the_whole_timeout_again(slow: SlowWire) -> None:
    found = slow(*[(25.0, b"a")] * 4)
    drained(found, 4)
    found.sendall(b"request")
    assert slow.socket.timeout == TIMEOUT


def test_without_a_timeout_a_server_is_waited_for_without_end() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"a")
        assert Wire(ours).recv(KIB) == b"a"


def test_a_real_server_that_drips_is_given_up() -> None:
    ours, theirs = socket.socketpair()
    ours.settimeout(0.05)
    stop = threading.Event()

    def drip() -> None:
        while not stop.wait(0.01):
            theirs.sendall(b"a")

    with ours, theirs:
        thread = threading.Thread(target=drip)
        thread.start()
        try:
            assert drained(Wire(ours), 100) < 100
        finally:
            stop.set()
            thread.join()

"""A TCP connection with a limit to all that happens on it, in place of a plain socket."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_INSTANT = 0.001
"""Seconds; a time limit of 0 would mean not to wait at all"""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long one server may take, and how much it may send."""

    answer: float = 10
    """Seconds to wait for a connection, and for each answer"""
    whole: float = 60
    """Seconds for everything, from the connection on"""
    received: int = 1 << 24
    """Bytes"""


class Line:
    """
    What impacket takes for a socket: it knows only a time limit of single reads.

    Every call raises `OSError` once a limit is passed; `fault` then says which.
    """

    def __init__(self, connected: socket.socket, limits: Limits) -> None:
        self._socket = connected
        self._limits = limits
        self._end = time.monotonic() + limits.whole
        self._left = limits.received
        self.fault: str | None = None

    @property
    def patience(self) -> float:
        """Seconds that it waits for each answer."""
        return self._limits.answer

    def settimeout(self, _seconds: float | None) -> None:
        """Impacket asks for the time limit that it was given; the line has its own."""

    def recv(self, size: int) -> bytes:
        """Some bytes, none where the server has closed the connection."""
        with self._in_time():
            data = self._socket.recv(size)
        self._left -= len(data)
        if self._left < 0:
            self.fault = f"it sent more than {self._limits.received >> 20} MiB"
            raise ConnectionAbortedError(self.fault)
        return data

    def sendall(self, data: bytes) -> None:
        """Send all of `data`."""
        with self._in_time():
            self._socket.sendall(data)

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        left = max(self._end - time.monotonic(), _INSTANT)
        self._socket.settimeout(min(left, self._limits.answer))
        try:
            yield
        except TimeoutError:
            self._require_time()
            raise
        self._require_time()

    def _require_time(self) -> None:
        if time.monotonic() >= self._end:
            self.fault = f"it was not done within {self._limits.whole:.3g} s"
            raise TimeoutError(self.fault)

"""A socket that is read with patience, and not for ever."""

import socket
import ssl
from time import monotonic
from typing import Protocol

_TIMEOUTS_AN_ANSWER = 4
_SLOWEST = 1 << 16
"""Bytes a second, below which an answer counts as none"""


class LostConnectionError(Exception):
    """The connection ended, or what came over it is no LDAP; the message says which."""


class NoLdapError(LostConnectionError):
    """What came is not what LDAP says, and would be the same if it were asked for again."""


class Pipe(Protocol):
    """What is needed of a socket."""

    def sendall(self, data: bytes, /) -> None:
        """Send all bytes."""

    def recv(self, size: int, /) -> bytes:
        """Receive up to `size` bytes, none when the other end has closed."""

    def close(self) -> None:
        """Close the connection."""


class Wire:
    """
    Sends and receives within the timeout of the socket, in seconds; None waits for ever.

    The timeout is for each wait. Beside it all waits for the answer to one request together
    last at most four times as long, and a second more for each 64 KiB that come: a server that
    gives a byte at a time is not waited for, and a large answer over a slow line is.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._timeout = sock.gettimeout()
        self._waited = 0.0
        self._came = 0

    def begin(self) -> None:
        """Wait anew: another request is sent."""
        self._waited = 0.0
        self._came = 0

    def sendall(self, data: bytes, /) -> None:
        """Send all bytes."""
        self._socket.settimeout(self._timeout)
        self._socket.sendall(data)

    def recv(self, size: int, /) -> bytes:
        """Receive up to `size` bytes; `TimeoutError` when they take too long."""
        if self._timeout is not None:
            self._socket.settimeout(self._patience(self._timeout))
        begun = monotonic()
        data = self._socket.recv(size)
        self._waited += monotonic() - begun
        self._came += len(data)
        return data

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def inside_tls(self, context: ssl.SSLContext, host: str) -> "Wire":
        """Shake hands, and go on inside TLS. Raises `ssl.SSLError` and other `OSError`."""
        self._socket.settimeout(self._timeout)
        return Wire(context.wrap_socket(self._socket, server_hostname=host))

    def _patience(self, timeout: float) -> float:
        left = _TIMEOUTS_AN_ANSWER * timeout + self._came / _SLOWEST - self._waited
        if left <= 0:
            raise TimeoutError
        return min(timeout, left)

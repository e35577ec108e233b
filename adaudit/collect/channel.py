"""
One connection to a server: bytes out, past the list of what is allowed, and answers in.

Nothing else in adaudit writes to the socket of a directory.
"""

import socket
import ssl
from collections.abc import Callable

from adaudit.collect.allowed import require_allowed
from adaudit.collect.answers import Answer, decode_answer
from adaudit.collect.ber import BerError, length_of
from adaudit.collect.entries import Entries, FoundObject, Names
from adaudit.collect.operations import Request
from adaudit.collect.wire import LostConnectionError, NoLdapError, Pipe, Wire

__all__ = ["LARGEST_MESSAGE", "Channel", "LostConnectionError", "NoLdapError", "Pipe", "connect"]

_CHUNK = 1 << 18
LARGEST_MESSAGE = 1 << 26
"""Bytes; one that is announced to be larger is refused before it is received"""
_SEQUENCE = 0x30
_NOTICE_OF_DISCONNECTION = "1.3.6.1.4.1.1466.20036"


class Channel:
    """A connection that sends what is allowed and receives what is well-formed."""

    def __init__(self, sock: socket.socket) -> None:
        self._wire = Wire(sock)
        self._pipe: Pipe = self._wire
        self._data = b""
        self._start = 0
        """Where in the data that was received the next message begins"""
        self._last_id = 0

    def send(self, request: Request) -> int:
        """
        Send a request and give its message id.

        Raises `ForbiddenOperationError` when it may not be sent, `OSError` when it cannot.
        """
        self._last_id += 1
        message = request(self._last_id)
        require_allowed(message)
        self._wire.begin()
        self._pipe.sendall(message)
        return self._last_id

    def receive(self, message_id: int, names: Names | None = None) -> Answer:
        """
        Wait for the next answer to a request.

        Raises `LostConnectionError` when there will be none, and `OSError`, of which
        `TimeoutError`, when the connection fails.
        """
        try:
            answer = decode_answer(self._message(), names)
        except BerError as error:
            raise _no_ldap(error) from None
        if answer.message_id == message_id:
            return answer
        extension = getattr(answer.operation, "extension", None)
        if answer.message_id == 0 and extension == _NOTICE_OF_DISCONNECTION:
            diagnostic = getattr(answer.operation, "diagnostic", "")
            raise LostConnectionError(f"the server ends the connection: {diagnostic}")
        raise NoLdapError("the server answers what was not asked")

    def receive_found(self, message_id: int, entries: Entries) -> list[FoundObject] | Answer:
        """
        Wait for what a search finds: the objects that have come by now, or another answer.

        Raises as `receive` does.
        """
        try:
            self._wait_for_message()
        except BerError as error:
            raise _no_ldap(error) from None
        found: list[FoundObject] = []
        self._start = entries.decode(self._data, self._start, found)
        return found or self.receive(message_id, entries.names)

    def start_tls(self, context: ssl.SSLContext, host: str) -> None:
        """Go on inside TLS. Raises `ssl.SSLError` and other `OSError`."""
        if self._is_ahead:
            # what came before the handshake would be taken for protected
            raise LostConnectionError("the server sends data between StartTLS and TLS")
        self._pipe = self._wire = self._wire.inside_tls(context, host)

    def seal(self, sealed: Callable[[Pipe], Pipe]) -> None:
        """Go on inside a SASL security layer."""
        if self._is_ahead:
            raise LostConnectionError("the server sends data between the bind and its sealing")
        self._pipe = sealed(self._pipe)

    def close(self) -> None:
        """Close the connection at once."""
        self._pipe.close()

    @property
    def _is_ahead(self) -> bool:
        return self._start < len(self._data)

    def _message(self) -> bytes:
        end = self._wait_for_message()
        start, self._start = self._start, end
        return self._data[start:end]

    def _wait_for_message(self) -> int:
        """Where the first message that is not taken yet ends, once all of it is there."""
        while True:
            length = self._length()
            end = self._start + (length or 0)
            if length is not None and end <= len(self._data):
                return end
            self._receive(end - len(self._data))

    def _receive(self, missing: int) -> None:
        """Receive at least `missing` bytes, or one; what was taken is forgotten."""
        data = self._data[self._start :] + self._received()
        missing -= len(data) - (len(self._data) - self._start)
        if missing > 0:
            more = bytearray(data)  # appending to bytes would copy all of it each time
            end = len(more) + missing
            while len(more) < end:
                more += self._received()
            data = bytes(more)
        self._data, self._start = data, 0

    def _received(self) -> bytes:
        data = self._pipe.recv(_CHUNK)
        if not data:
            raise LostConnectionError("the server closed the connection")
        return data

    def _length(self) -> int | None:
        if not self._is_ahead:
            return None
        if self._data[self._start] != _SEQUENCE:
            raise BerError(f"a message that starts with 0x{self._data[self._start]:02x}")
        length = length_of(self._data, self._start)
        if length is not None and length > LARGEST_MESSAGE:
            raise BerError(f"a message of {length} bytes")
        return length


def connect(host: str, port: int, timeout: float) -> Channel:
    """
    Connect to a server; `timeout`, in seconds, holds for this and for every later read.

    Raises `OSError`, of which `socket.gaierror`, `TimeoutError`, `ConnectionRefusedError`.
    """
    return Channel(socket.create_connection((host, port), timeout))


def _no_ldap(error: BerError) -> NoLdapError:
    return NoLdapError(f"the server does not speak LDAP: {error}")

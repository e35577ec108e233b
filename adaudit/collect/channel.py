"""
One connection to a server: bytes out, past the list of what is allowed, and answers in.

Nothing else in adaudit writes to the socket of a directory.
"""

import socket
import ssl
from collections.abc import Callable
from typing import Protocol

from adaudit.collect.allowed import require_allowed
from adaudit.collect.answers import Answer, decode_answer
from adaudit.collect.ber import BerError, length_of
from adaudit.collect.operations import Request

_CHUNK = 1 << 18
_LARGEST_MESSAGE = 1 << 26
_SEQUENCE = 0x30
_NOTICE_OF_DISCONNECTION = "1.3.6.1.4.1.1466.20036"


class LostConnectionError(Exception):
    """The connection ended, or what came over it is no LDAP; the message says which."""


class Pipe(Protocol):
    """What is needed of a socket."""

    def sendall(self, data: bytes, /) -> None:
        """Send all bytes."""

    def recv(self, size: int, /) -> bytes:
        """Receive up to `size` bytes, none when the other end has closed."""

    def close(self) -> None:
        """Close the connection."""


class Channel:
    """A connection that sends what is allowed and receives what is well-formed."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._pipe: Pipe = sock
        self._received = bytearray()
        self._last_id = 0

    def send(self, request: Request) -> int:
        """
        Send a request and give its message id.

        Raises `ForbiddenOperationError` when it may not be sent, `OSError` when it cannot.
        """
        self._last_id += 1
        message = request(self._last_id)
        require_allowed(message)
        self._pipe.sendall(message)
        return self._last_id

    def receive(self, message_id: int) -> Answer:
        """
        Wait for the next answer to a request.

        Raises `LostConnectionError` when there will be none, and `OSError`, of which
        `TimeoutError`, when the connection fails.
        """
        try:
            answer = decode_answer(self._message())
        except BerError as error:
            raise LostConnectionError(f"the server does not speak LDAP: {error}") from None
        if answer.message_id == message_id:
            return answer
        extension = getattr(answer.operation, "extension", None)
        if answer.message_id == 0 and extension == _NOTICE_OF_DISCONNECTION:
            diagnostic = getattr(answer.operation, "diagnostic", "")
            raise LostConnectionError(f"the server ends the connection: {diagnostic}")
        raise LostConnectionError("the server answers what was not asked")

    def start_tls(self, context: ssl.SSLContext, host: str) -> None:
        """Go on inside TLS. Raises `ssl.SSLError` and other `OSError`."""
        if self._received:
            # what came before the handshake would be taken for protected
            raise LostConnectionError("the server sends data between StartTLS and TLS")
        self._pipe = self._socket = context.wrap_socket(self._socket, server_hostname=host)

    def seal(self, sealed: Callable[[Pipe], Pipe]) -> None:
        """Go on inside a SASL security layer."""
        if self._received:
            raise LostConnectionError("the server sends data between the bind and its sealing")
        self._pipe = sealed(self._pipe)

    def close(self) -> None:
        """Close the connection at once."""
        self._pipe.close()

    def _message(self) -> bytes:
        while (length := self._length()) is None or len(self._received) < length:
            data = self._pipe.recv(_CHUNK)
            if not data:
                raise LostConnectionError("the server closed the connection")
            self._received += data
        message = bytes(self._received[:length])
        del self._received[:length]
        return message

    def _length(self) -> int | None:
        if self._received and self._received[0] != _SEQUENCE:
            raise BerError(f"a message that starts with 0x{self._received[0]:02x}")
        length = length_of(self._received)
        if length is not None and length > _LARGEST_MESSAGE:
            raise BerError(f"a message of {length} bytes")
        return length


def connect(host: str, port: int, timeout: float) -> Channel:
    """
    Connect to a server; `timeout`, in seconds, holds for this and for every later read.

    Raises `OSError`, of which `socket.gaierror`, `TimeoutError`, `ConnectionRefusedError`.
    """
    return Channel(socket.create_connection((host, port), timeout))

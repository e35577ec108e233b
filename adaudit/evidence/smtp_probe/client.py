"""
One SMTP connection that is only asked: commands out, past the list, and replies in.

`smtplib` would lose what matters here: of `X-EXPS GSSAPI NTLM` and `X-EXPS=LOGIN` it keeps one.
What answers may be anything, so time, lines and bytes are bounded.
"""

import socket
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime
from time import monotonic

from adaudit.directory.observations import SmtpExchange
from adaudit.evidence.smtp_probe.replies import MalformedReplyError, Replies
from adaudit.evidence.smtp_probe.verbs import require_allowed

_CHUNK = 4096


class DialogueError(Exception):
    """Why a dialogue cannot go on, in words for the user."""


class Clock:
    """The time that one operation may take, and all of them together; in seconds."""

    def __init__(self, operation: float, whole: float) -> None:
        self._operation = operation
        self._end = monotonic() + whole
        self.granted = 0.0
        """What the running operation was given"""
        self._operation_end = self._end

    def begin(self) -> None:
        """Begin an operation. Raises `TimeoutError` when the time for all is up."""
        now = monotonic()
        self.granted = min(self._operation, self._end - now)
        self._operation_end = now + self.granted
        self.left()

    def left(self) -> float:
        """What is left of the operation, above 0. Raises `TimeoutError` when nothing is."""
        left = self._operation_end - monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class SmtpClient:
    """A connection; all that is asked and answered goes into `record`, unfinished answers too."""

    def __init__(
        self, sock: socket.socket, clock: Clock, record: list[SmtpExchange], *, with_xexch50: bool
    ) -> None:
        self.record = record
        self._socket = sock
        self._clock = clock
        self._with_xexch50 = with_xexch50
        self._replies = Replies()

    def greeting(self) -> SmtpExchange:
        """Wait for the greeting. Raises `DialogueError` where none comes."""
        return self._exchange("", "")

    def ask(self, command: str, argument: str = "") -> SmtpExchange:
        """
        Send a command and wait for its reply.

        Raises `DialogueError` where there is none, `ForbiddenCommandError` for what may not be
        sent.
        """
        return self._exchange(command, argument)

    def start_tls(self, context: ssl.SSLContext, host: str) -> str:
        """
        Go on inside TLS, and say with which version and cipher.

        Raises `ssl.SSLError` and other `OSError` where the handshake fails, `DialogueError` where
        what came before it would be taken for protected.
        """
        if self._replies.is_pending:
            raise DialogueError("the server sends data between STARTTLS and TLS")
        self._clock.begin()
        self._socket.settimeout(self._clock.left())
        inside = context.wrap_socket(self._socket, server_hostname=host)
        self._socket = inside
        cipher = inside.cipher()
        return f"{inside.version()}, {cipher[0] if cipher else 'no cipher'}"

    def close(self) -> None:
        """Close the connection at once."""
        self._socket.close()

    def _exchange(self, command: str, argument: str) -> SmtpExchange:
        lines: list[str] = []
        at = datetime.now(UTC)
        try:
            self._clock.begin()
            if command:
                self._send(f"{command} {argument}".rstrip(" "))
            self._receive(lines)
        except TimeoutError:
            raise DialogueError(self._late(command, lines)) from None
        except MalformedReplyError as error:
            raise DialogueError(f"{_subject(command)} is no SMTP: {error}") from None
        except OSError as error:
            raise DialogueError(f"{_subject(command)} is missing: {describe(error)}") from None
        finally:
            exchange = SmtpExchange(command, argument, tuple(lines), at)
            self.record.append(exchange)
        return exchange

    def _send(self, command: str) -> None:
        line = f"{command}\r\n".encode("ascii")
        require_allowed(line, with_xexch50=self._with_xexch50)
        self._socket.settimeout(self._clock.left())
        self._socket.sendall(line)

    def _receive(self, lines: list[str]) -> None:
        while not self._replies.take(lines):
            self._socket.settimeout(self._clock.left())
            data = self._socket.recv(_CHUNK)
            if not data:
                raise ConnectionAbortedError(None, self._closed(lines))
            self._replies.feed(data)

    def _closed(self, lines: Sequence[str]) -> str:
        if lines or self._replies.is_pending:
            return f"the server closed the connection in the middle{self._replies.rest}"
        return "the server closed the connection"

    def _late(self, command: str, lines: Sequence[str]) -> str:
        limit = f"within {self._clock.granted:.3g} s"
        if self._clock.granted <= 0:
            return f"no time was left for {_subject(command)}"
        if lines or self._replies.is_pending:
            return f"{_subject(command)} was not finished {limit}{self._replies.rest}"
        return f"no {_subject(command).removeprefix('the ')} {limit}"


def connect(addresses: Sequence[str], port: int, clock: Clock) -> tuple[socket.socket, str]:
    """
    Connect to the first address that lets us, and say which.

    Raises `DialogueError` with what each of them said.
    """
    faults = []
    for address in addresses:
        try:
            clock.begin()
            return socket.create_connection((address, port), clock.left()), address
        except TimeoutError:
            faults.append(f"{address}: no answer within {clock.granted:.3g} s")
        except OSError as error:
            faults.append(f"{address}: {describe(error)}")
    raise DialogueError(f"cannot connect to {'; '.join(faults)}")


def describe(error: OSError) -> str:
    """What the system or the TLS library says, in lower case: `connection refused`."""
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return "the server closed the connection"
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.replace("_", " ").lower()
    text = error.strerror or str(error) or type(error).__name__
    return text[:1].lower() + text[1:]


def _subject(command: str) -> str:
    return f"the answer to {command}" if command else "the greeting"

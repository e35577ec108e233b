"""
The lines of an SMTP session as exchanges, without what authenticates and without mail.

What is kept is named: verbs that are known, mechanisms that are known, and the text of answers that
cannot repeat what the client sent. All else is left out, so that no credential reaches a record
by a way that nobody thought of. [RFC5321], [RFC4954], KB 812455
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from adaudit.directory.observations import SmtpExchange
from adaudit.evidence.smtp_sessions.redaction import UNKNOWN_VERB, parsed, told
from adaudit.exchange.smtp import AUTHENTICATION_VERBS

_TURNING = AUTHENTICATION_VERBS | {"DATA", "XEXCH50", "STARTTLS", "X-ANONYMOUSTLS"}
"""Verbs whose answer says what the client's next bytes are"""
_MOST_EXCHANGES = 2000
_MOST_REPLIES = 200


class Payload(Enum):
    """What the client sends instead of commands."""

    MESSAGE = "a message up to the line with one dot"
    BYTES = "as many bytes as its command says"


@dataclass(slots=True)
class _Open:
    """A command whose answer is not complete."""

    command: str
    argument: str
    at: datetime | None
    size: int = 0
    """Bytes that follow the command: those of XEXCH50 and BDAT"""
    replies: list[str] = field(default_factory=list)

    def close(self) -> SmtpExchange:
        return SmtpExchange(self.command, self.argument, tuple(self.replies), self.at)


class Exchanges:
    """
    Takes the lines of one session in their order, and pairs commands with answers.

    `expects_greeting` is False where the beginning is not there. `is_abridged` is True for a log
    that keeps of an answer only the first line.
    """

    def __init__(self, *, expects_greeting: bool = True, is_abridged: bool = False) -> None:
        self._is_abridged = is_abridged
        self._open: deque[_Open] = deque([_Open("", "", None)] if expects_greeting else [])
        self._closed: list[_Open] = []
        self._is_challenged = False
        self.payload: Payload | None = None
        """What the client's next bytes are, if no command"""
        self.payload_size = 0
        self.is_encrypted = False
        """Whether STARTTLS was answered 220, or TLS was seen"""
        self.is_whole = expects_greeting
        """False where a line is known to be missing"""
        self.has_quit = False
        """Whether the client said QUIT"""

    @property
    def is_full(self) -> bool:
        """Whether no more commands are kept."""
        return len(self._closed) + len(self._open) >= _MOST_EXCHANGES

    @property
    def is_awaiting(self) -> bool:
        """Whether only an answer that has not come says what the client's next bytes are."""
        is_turning = any(each.command in _TURNING for each in self._open)
        return is_turning and not self._is_challenged and self.payload is None

    @property
    def is_answered(self) -> bool:
        """Whether nothing is open: each command has its answer."""
        return not self._open

    @property
    def last(self) -> SmtpExchange | None:
        """The last of all exchanges."""
        found = [*self._closed[-1:], *self._open]
        return found[-1].close() if found and (found[-1].command or found[-1].replies) else None

    def all(self) -> tuple[SmtpExchange, ...]:
        """What was said so far; a greeting that has not come is none."""
        found = [*self._closed, *(each for each in self._open if each.command or each.replies)]
        return tuple(each.close() for each in found)

    def command(self, line: str, at: datetime | None) -> None:
        """Take a line of the client; what answers a challenge is dropped."""
        verb, argument, size = parsed(line)
        is_credential = self._is_challenged and not (self._is_abridged and verb != UNKNOWN_VERB)
        self._is_challenged = False
        if is_credential:
            return
        self._close_answered()
        self.has_quit = self.has_quit or verb == "QUIT"
        if self.is_full:
            self.is_whole = False
            return
        self._open.append(_Open(verb, argument, at, size))
        if verb == "BDAT" and size:
            self.payload, self.payload_size = Payload.BYTES, size

    def reply(self, line: str, at: datetime | None) -> None:
        """Take a line of the server; one that answers nothing is dropped."""
        code, is_last = line[:3], line[3:4] != "-"
        is_reply = len(code) == 3 and code.isascii() and code.isdigit()
        if not is_reply or not self._open:
            self.is_whole = self.is_whole and code == "421"  # said before the server closes
            return
        answered = self._open[0]
        if not answered.command:
            answered.at = answered.at or at
        answered.replies[_MOST_REPLIES - 1 :] = [told(answered.command, line)]
        if is_last:
            self._answer(answered, code)

    def forget(self) -> None:
        """Something was not seen: leave unanswered what is open, for answers pair no more."""
        self._closed.extend(each for each in self._open if each.command or each.replies)
        self._open.clear()
        self._is_challenged = False
        self.is_whole = False

    def end_payload(self) -> None:
        """All that the client sends instead of commands has been seen."""
        self.payload, self.payload_size = None, 0

    def _answer(self, answered: _Open, code: str) -> None:
        """The last line of an answer has come."""
        self._is_challenged = code == "334" and answered.command in AUTHENTICATION_VERBS
        if self._is_challenged:
            return
        if code == "354" and answered.command in {"DATA", "XEXCH50"}:
            is_message = answered.command == "DATA"
            self.payload = Payload.MESSAGE if is_message else Payload.BYTES
            self.payload_size = answered.size
            return
        is_tls = answered.command in {"STARTTLS", "X-ANONYMOUSTLS"} and code == "220"
        self.is_encrypted = self.is_encrypted or is_tls
        self._closed.append(self._open.popleft())

    def _close_answered(self) -> None:
        """In an abridged log the next command tells that no more lines of an answer come."""
        if self._is_abridged and self._open and self._open[0].replies:
            self._closed.append(self._open.popleft())

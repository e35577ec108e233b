"""
The bytes of both sides of an SMTP connection as lines of a dialogue.

Messages, the data of BDAT and XEXCH50 and all that follows STARTTLS are passed over. A client's
bytes wait while only an answer tells what they are. [RFC5321] 4.1.1, [RFC3030], [RFC3207]
"""

from datetime import datetime

from adaudit.evidence.smtp_sessions.exchanges import Exchanges, Payload
from adaudit.evidence.smtp_sessions.redaction import UNKNOWN_VERB, known_verb

_LONGEST_LINE = 1 << 16
"""Bytes; a Kerberos ticket in X-EXPS GSSAPI has some ten thousand"""
_LARGEST_WAIT = 1 << 18
"""Bytes of a client that wait for an answer"""
_MOST_LINES = 100_000
"""Of one connection, from both sides"""
_END_OF_MESSAGE = b"\r\n.\r\n"
_TLS_RECORD = b"\x16\x03"
"""A handshake of any version. [RFC8446] 5.1"""


class SmtpStream:
    """Takes the bytes of both sides as they come, and keeps the dialogue."""

    def __init__(self, *, is_begun: bool) -> None:
        self.dialogue = Exchanges(expects_greeting=is_begun)
        self._sent = bytearray()
        """Of the client, not yet understood"""
        self._answered = bytearray()
        """Of the server, not yet a whole line"""
        self._at: datetime | None = None
        """When the client's last bytes came"""
        self._is_lost = not is_begun
        """Whether a command that is known has to come before lines have a meaning again"""
        self._lines = 0

    @property
    def is_over(self) -> bool:
        """Whether no more is read: it went on inside TLS, or goes on for too long."""
        dialogue = self.dialogue
        return dialogue.is_encrypted or dialogue.is_full or self._lines > _MOST_LINES

    def say(self, data: bytes, at: datetime | None) -> None:
        """Take bytes of the client."""
        if self.is_over:
            return
        self._sent += data
        self._at = at
        self._understand()

    def answer(self, data: bytes, at: datetime | None) -> None:
        """Take bytes of the server."""
        self._answered += data
        while not self.is_over:
            line = self._cut_line(self._answered)
            if line is None:
                break
            self._reply(line, at)
        if self.is_over:
            self._answered.clear()
        elif len(self._answered) > _LONGEST_LINE:
            self._answered.clear()
            self._lose_the_thread()

    def lose(self, size: int, *, is_of_client: bool) -> None:
        """Learn that `size` bytes of one side come next that were not seen."""
        dialogue = self.dialogue
        if self.is_over:
            return
        if is_of_client and dialogue.payload is Payload.BYTES and size <= dialogue.payload_size:
            self._pass_over(size)
        elif is_of_client and dialogue.payload is Payload.MESSAGE:
            dialogue.is_whole = False
            self._sent.clear()
        else:
            (self._sent if is_of_client else self._answered).clear()
            self._lose_the_thread()

    def _reply(self, line: str, at: datetime | None) -> None:
        dialogue, payload = self.dialogue, self.dialogue.payload
        if not self._is_lost:
            dialogue.reply(line, at)
        if payload is not None and dialogue.is_answered:
            # What the client sends instead of commands is over, though its end was not seen.
            dialogue.end_payload()
            dialogue.is_whole = False
            self._sent.clear()
        elif payload is None and dialogue.payload is Payload.MESSAGE:
            self._sent[:0] = b"\r\n"  # a message may consist of its end alone
        self._understand()

    def _understand(self) -> None:
        """Take of the client's bytes what can be understood by now."""
        is_going_on = True
        while is_going_on and not self.is_over:
            if self.dialogue.payload is Payload.BYTES:
                is_going_on = self._pass_bytes()
            elif self.dialogue.payload is Payload.MESSAGE:
                is_going_on = self._pass_message()
            elif self.dialogue.is_awaiting:
                is_going_on = self._waits_too_long()
            else:
                is_going_on = self._take_line()
        if self.is_over:
            self._sent.clear()

    def _take_line(self) -> bool:
        if self._sent.startswith(_TLS_RECORD):
            self.dialogue.is_encrypted = True
            return False
        line = self._cut_line(self._sent)
        if line is None:
            if len(self._sent) > _LONGEST_LINE:
                self._sent.clear()
                self._lose_the_thread()
            return False
        self._command(line)
        return True

    def _command(self, line: str) -> None:
        if self._is_lost and known_verb(line.split(" ", 1)[0]) == UNKNOWN_VERB:
            return
        self._is_lost = False
        self.dialogue.command(line, self._at)

    def _pass_bytes(self) -> bool:
        size = min(self.dialogue.payload_size, len(self._sent))
        del self._sent[:size]
        self._pass_over(size)
        return self.dialogue.payload is None

    def _pass_over(self, size: int) -> None:
        self.dialogue.payload_size -= size
        if not self.dialogue.payload_size:
            self.dialogue.end_payload()

    def _pass_message(self) -> bool:
        end = self._sent.find(_END_OF_MESSAGE)
        if end < 0:
            del self._sent[: -len(_END_OF_MESSAGE) + 1]
            return False
        del self._sent[: end + len(_END_OF_MESSAGE)]
        self.dialogue.end_payload()
        return True

    def _waits_too_long(self) -> bool:
        if len(self._sent) > _LARGEST_WAIT:
            self._sent.clear()
            self._lose_the_thread()
        return False

    def _lose_the_thread(self) -> None:
        self._is_lost = True
        self.dialogue.forget()
        self._understand()

    def _cut_line(self, buffer: bytearray) -> str | None:
        """Take the first line off, without its end; None where none is whole."""
        end = buffer.find(b"\n")
        if end < 0:
            return None
        line = bytes(buffer[:end]).rstrip(b"\r")
        del buffer[: end + 1]
        self._lines += 1
        return line.decode("utf-8", "replace")

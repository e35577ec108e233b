"""Reply lines out of received bytes, within bounds. [RFC5321] 4.2"""

import re

_LONGEST_LINE = 2048
_MOST_LINES = 200
_MOST_BYTES = 1 << 18
_SHOWN = 60
_REPLY_LINE = re.compile(r"[2-5][0-9]{2}(?:([ -]).*)?", re.DOTALL)


class MalformedReplyError(Exception):
    """What came is no reply; the message says how."""


class Replies:
    r"""
    Takes bytes as they come and gives whole replies.

    Bytes that are no UTF-8 come as visible escapes: `\xff`.
    """

    def __init__(self) -> None:
        self._received = bytearray()
        self._total = 0

    @property
    def is_pending(self) -> bool:
        """Whether something was received that nobody asked for yet."""
        return bool(self._received)

    @property
    def rest(self) -> str:
        """The unfinished line, for a message: ``: `220 ex01` ``; empty where there is none."""
        return f": {_shown(_text(self._received))}" if self._received else ""

    def feed(self, data: bytes) -> None:
        """Take what was received. Raises `MalformedReplyError` when it is too much by now."""
        self._total += len(data)
        if self._total > _MOST_BYTES:
            raise MalformedReplyError(f"more than {_MOST_BYTES >> 10} kB in one dialogue")
        self._received += data

    def take(self, lines: list[str]) -> bool:
        """
        Move whole lines of one reply into `lines`; whether the last of them is there.

        Raises `MalformedReplyError` for what is no reply line, a line too long or one too many;
        what came before it is in `lines`.
        """
        while (line := self._line()) is not None:
            if len(lines) == _MOST_LINES:
                raise MalformedReplyError(f"more than {_MOST_LINES} lines in one reply")
            lines.append(line)
            match = _REPLY_LINE.fullmatch(line)
            if match is None:
                raise MalformedReplyError(_shown(line))
            if match[1] != "-":
                return True
        return False

    def _line(self) -> str | None:
        end = self._received.find(b"\n")
        if end >= _LONGEST_LINE or (end < 0 and len(self._received) >= _LONGEST_LINE):
            raise MalformedReplyError(f"a line of more than {_LONGEST_LINE} bytes")
        if end < 0:
            return None
        line = _text(self._received[:end].removesuffix(b"\r"))
        del self._received[: end + 1]
        return line


def _text(data: bytearray) -> str:
    return data.decode("utf-8", "backslashreplace")


def _shown(text: str) -> str:
    return f"`{text[:_SHOWN]}…`" if len(text) > _SHOWN else f"`{text}`"

"""
The lines of a protocol log, with the names of its columns.

A log says in `#Fields` what its columns are, and may say something else farther down.
[W3C extended log file format](https://www.w3.org/TR/WD-logfile)
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from adaudit.errors import EvidenceError

_LONGEST_LINE = 1 << 16
_MOST_LINES = 20_000_000
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_UTF_8_MARK = "\ufeff"


class LogLines:
    """The lines of a file, without their ends, and what could not be read of them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.skipped = 0
        """How many lines are too long"""
        self.is_cut = False
        """Whether it has more lines than are read"""

    def __iter__(self) -> Iterator[str]:
        """Give the lines; `EvidenceError` where the file cannot be read, or is UTF-16."""
        try:
            with self.path.open("rb") as stream:
                yield from self._lines(stream)
        except OSError as error:
            reason = error.strerror or error
            raise EvidenceError(f"`{self.path}` cannot be read: {reason}") from error

    def _lines(self, stream: BinaryIO) -> Iterator[str]:
        for number in range(_MOST_LINES):
            line = stream.readline(_LONGEST_LINE)
            if not line:
                return
            if number == 0 and line.startswith(_UTF_16_MARKS):
                raise EvidenceError(f"`{self.path}` is UTF-16, which no protocol log is")
            if _is_cut(line):
                self.skipped += 1
                while _is_cut(line):
                    line = stream.readline(_LONGEST_LINE)
            else:
                yield _text(line)
        self.is_cut = bool(stream.read(1))


def _is_cut(line: bytes) -> bool:
    return len(line) == _LONGEST_LINE and not line.endswith(b"\n")


def _text(line: bytes) -> str:
    """A line without its end; a log that is still written to ends in a block of zeros."""
    return line.decode("utf-8", "replace").strip("\0\r\n").removeprefix(_UTF_8_MARK)


def directive(line: str) -> tuple[str, str] | None:
    """The name in lower case and the value of a line like `#Fields: date time`, else None."""
    if not line.startswith("#"):
        return None
    name, _, value = line[1:].partition(":")
    return name.strip().lower(), value.strip()

"""The lines of an LDIF file: folded ones joined, grouped by the empty lines between. [RFC2849]"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from adaudit.collect.ldif_encoding import UTF_8_MARK, Lines, recoded, utf_16_of

_LONGEST_LINE = 1 << 24
_LARGEST_RECORD = 1 << 28
"""Bytes; a group of a million members fits."""

Line: TypeAlias = tuple[int, bytes]
"""An unfolded line with the number of its first physical line"""


@dataclass(frozen=True, slots=True)
class Fault:
    """What could not be read, from `line` on."""

    line: int
    reason: str


class Blocks:
    """The unfolded lines between empty lines, each with the number of its first line."""

    def __init__(self, stream: Lines) -> None:
        self._stream = stream
        self.number = 0
        self.cut: Fault | None = None
        """Where and why the file ended too early"""

    def __iter__(self) -> Iterator[list[Line]]:
        lines: list[tuple[int, list[bytes]]] = []
        size = 0
        for line in self._physical():
            if not line:
                yield from _joined(lines)
                lines, size = [], 0
            elif line.startswith(b" ") and lines:
                lines[-1][1].append(line[1:])
            else:
                # files that were put together may each begin with a mark
                lines.append((self.number, [line.removeprefix(UTF_8_MARK)]))
            size += len(line)
            if size > _LARGEST_RECORD:
                self.cut = Fault(lines[0][0], f"a record has over {_LARGEST_RECORD >> 20} MiB")
                return
        if self.cut is None:
            yield from _joined(lines)
        elif lines:
            name = b"".join(lines[0][1]).decode("utf-8", "replace")
            self.cut = Fault(lines[0][0], f"{self.cut.reason}, in the middle of `{name}`")

    def _physical(self) -> Iterator[bytes]:
        """The lines without their ends; `cut` says why the last one is the last."""
        read = self._stream.readline
        try:
            line = read(_LONGEST_LINE)
            encoding = utf_16_of(line)
            if encoding is not None:
                read = recoded(line, self._stream, encoding).readline
                line = read(_LONGEST_LINE)
            while line:
                self.number += 1
                if not line.endswith(b"\n"):
                    self.cut = self._cut_at(line)
                    yield line
                    return
                yield line[:-2] if line.endswith(b"\r\n") else line[:-1]
                line = read(_LONGEST_LINE)
        except (EOFError, OSError, UnicodeError, zlib.error) as error:
            self.cut = Fault(self.number + 1, f"the file is cut off or damaged: {error}")

    def _cut_at(self, line: bytes) -> Fault:
        if len(line) == _LONGEST_LINE:
            return Fault(self.number, f"a line has over {_LONGEST_LINE >> 20} MiB")
        return Fault(self.number, "the file ends without the end of its last line")


def _joined(lines: list[tuple[int, list[bytes]]]) -> Iterator[list[Line]]:
    if lines:
        yield [(number, b"".join(parts)) for number, parts in lines]

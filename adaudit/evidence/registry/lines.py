r"""
The lines of a `.reg` file: headers of keys, and assignments to values.

The forms are those of `Windows Registry Editor Version 5.00`, and of `REGEDIT4` before it (KB
310516). A value goes on in the next line after a backslash, and a text may hold line ends.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO, TypeAlias

from adaudit.evidence.registry import values as registry_values
from adaudit.evidence.registry.values import Typed

_MOST_JOINED = 1 << 14
"""Lines of one value; a line of hexadecimal digits has 25 bytes"""
_LONGEST_LINE = 1 << 20
_LONGEST_VALUE = 1 << 18
"""Characters of a value that is of interest: 64 KiB in hexadecimal digits, and more"""
_ROOTS = ("HKEY_LOCAL_MACHINE\\", "HKLM\\")
_TEXT = r'"([^"\\]*(?:\\.[^"\\]*)*)"'
_REST = r"\s*(?:;.*)?"
_HEADER = re.compile(rf"\s*\[(-?)(.+?)\]{_REST}")
_ASSIGNMENT = re.compile(rf"\s*(?:@|{_TEXT})\s*=\s*(.*)", re.DOTALL)
_WHOLE_TEXT = re.compile(_TEXT + _REST, re.DOTALL)
_STILL_TEXT = re.compile(r'[^"\\]*(?:\\.[^"\\]*)*\\?')
_OPEN_TEXT = re.compile('"' + _STILL_TEXT.pattern)
_DWORD = re.compile(rf"dword:\s*([0-9a-f]{{1,8}}){_REST}", re.IGNORECASE)
_HEX = re.compile(r"hex(?:\(([0-9a-f]{1,8})\))?:([^;]*)(?:;.*)?", re.IGNORECASE)
_BYTE = re.compile(r"[0-9a-f]{1,2}", re.IGNORECASE)
_DELETED = re.compile(rf"-{_REST}")
_ESCAPE = re.compile(r'\\(["\\])')


@dataclass(frozen=True, slots=True)
class Header:
    """The assignments that follow are to values of this key."""

    path: str | None
    r"""Below `HKEY_LOCAL_MACHINE`; None in any other hive"""
    is_deletion: bool


@dataclass(frozen=True, slots=True)
class Assignment:
    """A value, as yet unread: most are of no interest."""

    name: str
    text: str
    """What stands behind the sign of equality"""

    @property
    def is_deletion(self) -> bool:
        """Whether it takes the value away."""
        return _DELETED.fullmatch(self.text) is not None

    def value(self, encoding: str) -> Typed | None:
        """
        The value, None where it has no known form or is overlong.

        `encoding` is that of texts in bytes.
        """
        if len(self.text) > _LONGEST_VALUE:
            return None
        if whole := _WHOLE_TEXT.fullmatch(self.text):
            return Typed("REG_SZ", _ESCAPE.sub(r"\1", whole[1]))
        if dword := _DWORD.fullmatch(self.text):
            return Typed("REG_DWORD", int(dword[1], 16))
        if digits := _HEX.fullmatch(self.text):
            number = int(digits[1] or "3", 16)
            data = _bytes(digits[2])
            return None if data is None else registry_values.decode(number, data, encoding)
        return None


@dataclass(frozen=True, slots=True)
class Malformed:
    """A line of no known form, or a value that does not end."""

    may_be_header: bool
    """Whether what follows may belong to another key"""


Statement: TypeAlias = Header | Assignment | Malformed


def statements(file: TextIO, number: int) -> Iterator[tuple[int, Statement]]:
    """Number and content of the lines from `number` on that are not empty and no comments."""
    lines = _Lines(file, number)
    for line in iter(lines.take, None):
        first, start = lines.number, line.lstrip()
        if start and not start.startswith(";"):
            yield first, _statement(lines, line)


class _Lines:
    """The lines of a file, the last of which can be put back."""

    def __init__(self, file: TextIO, number: int) -> None:
        self._file = file
        self._again: str | None = None
        self.number = number - 1
        """Number of the line taken last"""

    def take(self) -> str | None:
        """The next line, None behind the last one."""
        line = self._file.readline(_LONGEST_LINE) if self._again is None else self._again
        self._again = None
        self.number += 1
        return line.removesuffix("\n") if line else None

    def put_back(self, line: str) -> None:
        """Have the line that was taken last taken again."""
        self._again = line + "\n"
        self.number -= 1


def _statement(lines: _Lines, line: str) -> Statement:
    if header := _HEADER.fullmatch(line):
        return Header(_below_root(header[2]), header[1] == "-")
    assignment = _ASSIGNMENT.fullmatch(line)
    text = None if assignment is None else _joined(lines, assignment[2])
    if assignment is None or text is None:
        return Malformed(may_be_header=line.lstrip().startswith("["))
    return Assignment(_ESCAPE.sub(r"\1", assignment[1] or ""), text)


def _joined(lines: _Lines, first: str) -> str | None:
    """A value with the lines on which it goes on; None where it does not end."""
    parts, is_text = [first], first.startswith('"')
    goes_on = bool(_OPEN_TEXT.fullmatch(first)) if is_text else _is_continued(first)
    while goes_on:
        following = lines.take()
        if following is None or len(parts) == _MOST_JOINED:
            return None
        if _is_header_of_key(following):
            lines.put_back(following)
            return None
        parts.append(following)
        goes_on = bool(_STILL_TEXT.fullmatch(following)) if is_text else _is_continued(following)
    if is_text:
        return "\n".join(parts)
    return "".join(part.rstrip().removesuffix("\\").strip() for part in parts)


def _is_continued(line: str) -> bool:
    return line.rstrip().endswith("\\")


def _is_header_of_key(line: str) -> bool:
    header = _HEADER.fullmatch(line)
    return header is not None and _below_root(header[2]) is not None


def _below_root(key: str) -> str | None:
    for root in _ROOTS:
        if key[: len(root)].upper() == root:
            return key[len(root) :]
    return None


def _bytes(digits: str) -> bytes | None:
    parts = digits.strip().removesuffix(",").split(",") if digits.strip() else []
    if not all(_BYTE.fullmatch(part.strip()) for part in parts):
        return None
    return bytes(int(part, 16) for part in parts)

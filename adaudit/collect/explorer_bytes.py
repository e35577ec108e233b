"""The bytes of a file that is read here and there, none of them beyond its end."""

import io
from struct import Struct
from typing import Any

_LARGEST = 1 << 29
"""Bytes asked for at once; a group of a million members fits in UTF-16"""
_LONGEST_TEXT = 1 << 24
_FIRST_PART = 256
_word = Struct("<I")


class DamagedError(Exception):
    """What the file says of itself cannot be; the message says what and where."""


class Contents:
    """
    An open file; one stretch of it is held, so that what lies close together is read once.

    Positions count from the beginning of the file. Every method raises `DamagedError` for what
    is not there, and `OSError` when the file cannot be read.
    """

    def __init__(self, file: io.BufferedReader) -> None:
        self._file = file
        self.size = file.seek(0, io.SEEK_END)
        self._held = b""
        self._first = self._last = 0

    def hold(self, start: int, size: int) -> None:
        """Read a stretch, which what follows is taken from where it lies in it."""
        self._held = self._read(start, size)
        self._first, self._last = start, start + size

    def at(self, start: int, size: int) -> bytes:
        """So many bytes from `start` on."""
        if self._first <= start and start + size <= self._last:
            first = start - self._first
            return self._held[first : first + size]
        return self._read(start, size)

    def unpack(self, start: int, form: Struct) -> tuple[Any, ...]:
        """Numbers of that form from `start` on."""
        return form.unpack(self.at(start, form.size))

    def word(self, start: int) -> int:
        """The unsigned number of four bytes at `start`."""
        number: int = self.unpack(start, _word)[0]
        return number

    def text(self, start: int) -> str:
        """The UTF-16 text from `start` up to its NUL."""
        size = _FIRST_PART
        while size <= _LONGEST_TEXT:
            data = self.at(start, max(0, min(size, self.size - start)))
            end = _end_of_text(data)
            if end is not None:
                return text_of(data[:end], start)
            if start + size >= self.size:
                break
            size *= 8
        raise DamagedError(f"a text at byte {start} has no end")

    def _read(self, start: int, size: int) -> bytes:
        if start < 0 or start + size > self.size:
            raise DamagedError(f"bytes {start} to {start + size} are not in the file")
        if size > _LARGEST:
            raise DamagedError(f"{size} bytes from byte {start} on are too many")
        self._file.seek(start)
        data = self._file.read(size)
        if len(data) < size:
            raise DamagedError(f"it was cut off at byte {start + len(data)} while it was read")
        return data


class Cursor:
    """Reads one thing after another."""

    def __init__(self, contents: Contents, position: int) -> None:
        self._contents = contents
        self.position = position

    def word(self) -> int:
        """A number of four bytes."""
        self.position += 4
        return self._contents.word(self.position - 4)

    def text(self) -> str:
        """A text behind the number of its bytes; NULs at its end are none of it."""
        size = self.word()
        start = self.position
        self.position += size
        return text_of(self._contents.at(start, size), start).rstrip("\0")

    def skip(self, size: int) -> None:
        """Pass by so many bytes."""
        self.position += size


def text_of(data: bytes, start: int) -> str:
    """Decode the UTF-16 that stands at `start`."""
    try:
        return data.decode("utf-16-le")
    except UnicodeDecodeError as error:
        raise DamagedError(f"byte {start + error.start} is no UTF-16") from error


def _end_of_text(data: bytes) -> int | None:
    """Where the first NUL of two bytes stands, at an even place."""
    end = data.find(b"\0\0")
    while end % 2 and end >= 0:
        end = data.find(b"\0\0", end + 1)
    return None if end < 0 else end

"""LDIF in UTF-16, as `ldifde -u` and PowerShell's `>` write it, as the UTF-8 that LDIF is."""

import codecs
import io
from typing import Protocol

UTF_8_MARK = b"\xef\xbb\xbf"
_CHUNK = 1 << 16


class Lines(Protocol):
    """A file open for reading bytes."""

    def readline(self, size: int = -1, /) -> bytes:
        """Read up to the end of a line, at most `size` bytes."""


def utf_16_of(first: bytes) -> str | None:
    """The UTF-16 that a file begins with, by its mark or by the NULs in ASCII; None for none."""
    head = first[:2]
    if head == codecs.BOM_UTF16_LE or head[1:] == b"\0":
        return "utf-16-le"
    if head == codecs.BOM_UTF16_BE or head[:1] == b"\0":
        return "utf-16-be"
    return None


def recoded(first: bytes, rest: Lines, encoding: str) -> Lines:
    """
    Lines of UTF-8 from a file whose first bytes were read.

    They raise `UnicodeError` where the file is not what it begins with.
    """
    return io.BufferedReader(_Recoded(first, rest, encoding), _CHUNK)


class _Recoded(io.RawIOBase):
    def __init__(self, first: bytes, rest: Lines, encoding: str) -> None:
        self._chunk = first
        self._rest = rest
        self._decode = codecs.getincrementaldecoder(encoding)().decode
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while self._chunk and not self._ready:
            # a line of UTF-16 ends with a NUL that stands before or behind this one
            self._ready = self._decode(self._chunk).encode()
            self._chunk = self._rest.readline(_CHUNK)
            if not self._chunk:
                self._ready += self._decode(b"", final=True).encode()
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

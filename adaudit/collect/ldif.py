"""
LDIF content records, as ldifde, ldapsearch and ldbsearch write them. [RFC2849]

Only what is read here is accepted; whatever is wrong comes out as a `Fault` with its line, and
reading goes on behind the next empty line.
"""

import re
import zlib
from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, TypeAlias

from adaudit.collect.ldif_marks import Marks

_DESCRIPTION = re.compile(rb"(?:[A-Za-z][A-Za-z0-9-]*|[0-9]+(?:\.[0-9]+)*)(?:;[A-Za-z0-9*=-]+)*")
_UTF_8_MARK = b"\xef\xbb\xbf"
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_LONGEST_LINE = 1 << 24
_LARGEST_RECORD = 1 << 28
"""Bytes; a group of a million members fits."""


@dataclass(frozen=True, slots=True)
class Record:
    """An object; attribute names are as written but in lower case, options included."""

    line: int
    dn: str
    attributes: dict[str, list[bytes]]


@dataclass(frozen=True, slots=True)
class Reference:
    """A referral that the server gave while the file was written."""

    line: int
    url: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What could not be read, from `line` on."""

    line: int
    reason: str


class Lines(Protocol):
    """A file open for reading bytes."""

    def readline(self, size: int = -1, /) -> bytes:
        """Read up to the end of a line, at most `size` bytes."""


Part: TypeAlias = Record | Reference | Fault
_Line: TypeAlias = tuple[int, bytes]


class _FaultError(Exception):
    """Carries a fault out of a record."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.fault = Fault(line, reason)


def read_records(stream: Lines) -> Iterator[Part]:
    """
    Read the records of a file, whose bytes may end anywhere.

    What a cut-off file held before its last record is given; the last one is a `Fault`.
    """
    blocks = _Blocks(stream)
    marks = Marks()
    for block in blocks:
        try:
            yield from _parts(block, marks)
        except _FaultError as error:
            yield error.fault
    if blocks.cut is not None:
        yield blocks.cut
    elif marks.is_open:
        yield Fault(blocks.number, "the file ends before the end of the search that it is of")


class _Blocks:
    """The unfolded lines between empty lines, each with the number of its first line."""

    def __init__(self, stream: Lines) -> None:
        self._stream = stream
        self.number = 0
        self.cut: Fault | None = None
        """Where and why the file ended too early"""

    def __iter__(self) -> Iterator[list[_Line]]:
        lines: list[tuple[int, list[bytes]]] = []
        size = 0
        for line in self._physical():
            if not line:
                yield from _joined(lines)
                lines, size = [], 0
            elif line.startswith(b" ") and lines:
                lines[-1][1].append(line[1:])
            else:
                lines.append((self.number, [line]))
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
            if line.startswith(_UTF_16_MARKS):
                self.cut = Fault(1, "the file is UTF-16: export without `-u`, or convert it")
                return
            line = line.removeprefix(_UTF_8_MARK)
            while line:
                self.number += 1
                if not line.endswith(b"\n"):
                    self.cut = self._cut_at(line)
                    yield line
                    return
                yield line[:-2] if line.endswith(b"\r\n") else line[:-1]
                line = read(_LONGEST_LINE)
        except (EOFError, OSError, zlib.error) as error:
            self.cut = Fault(self.number + 1, f"the file is cut off or damaged: {error}")

    def _cut_at(self, line: bytes) -> Fault:
        if len(line) == _LONGEST_LINE:
            return Fault(self.number, f"a line has over {_LONGEST_LINE >> 20} MiB")
        return Fault(self.number, "the file ends without the end of its last line")


def _joined(lines: list[tuple[int, list[bytes]]]) -> Iterator[list[_Line]]:
    if lines:
        yield [(number, b"".join(parts)) for number, parts in lines]


def _parts(block: list[_Line], marks: Marks) -> Iterator[Part]:
    """What one block says: at most one record, and what comments and trailers tell."""
    content: list[_Line] = []
    for number, line in block:
        if not line.startswith(b"#"):
            content.append((number, line))
            continue
        yield from _remark(number, line[1:].strip(), marks)
    if content and content[0][1].startswith(b"version:"):
        _check_version(*content.pop(0))
    if not content:
        return
    first = content[0][1]
    if first.startswith((b"search:", b"result:", b"ref:")):
        for number, line in content:
            yield from _remark(number, line, marks)
    else:
        yield _record(content)


def _remark(number: int, text: bytes, marks: Marks) -> Iterator[Part]:
    remark = text.decode("utf-8", "replace")
    url = marks.referral(remark)
    if url is not None:
        yield Reference(number, url)
    reason = marks.note(remark)
    if reason is not None:
        yield Fault(number, reason)


def _check_version(number: int, line: bytes) -> None:
    version = line.partition(b":")[2].strip()
    if version != b"1":
        text = version.decode("utf-8", "replace")
        raise _FaultError(number, f"LDIF version `{text}` is not 1")


def _record(lines: list[_Line]) -> Record:
    number, line = lines[0]
    name, value = _value(number, line)
    if name != "dn":
        raise _FaultError(number, f"a record starts with `{name}:`, not with `dn:`")
    dn = value.decode()
    attributes: dict[str, list[bytes]] = {}
    for line_number, text in lines[1:]:
        name, value = _value(line_number, text)
        attributes.setdefault(name, []).append(value)
    change = attributes.pop("changetype", [b"add"])
    if change != [b"add"]:
        kind = change[0].decode()
        reason = f"`changetype: {kind}` is a change, not an object: export instead of modifying"
        raise _FaultError(number, reason)
    return Record(number, dn, attributes)


def _value(number: int, line: bytes) -> tuple[str, bytes]:
    """The attribute description in lower case and the value of one unfolded line."""
    description, colon, value = line.partition(b":")
    if not colon:
        raise _FaultError(number, f"`{_shown(line)}` has no colon")
    name = _description(description)
    if name is None:
        raise _FaultError(number, f"`{_shown(description)}` is not an attribute description")
    if value.startswith(b":"):
        return name, _decoded(number, name, value[1:].strip(b" "))
    if value.startswith(b"<"):
        raise _FaultError(number, f"the value of `{name}` stands elsewhere (`:<`): not followed")
    return name, _text(number, name, value.lstrip(b" "))


@lru_cache(maxsize=4096)
def _description(text: bytes) -> str | None:
    """An attribute description in lower case, None when it is none."""
    return text.decode().lower() if _DESCRIPTION.fullmatch(text) else None


def _decoded(number: int, name: str, value: bytes) -> bytes:
    try:
        decoded = a2b_base64(value, strict_mode=True) if value else b""
    except Base64Error as error:
        raise _FaultError(number, f"the value of `{name}` is damaged base64: {error}") from None
    if name == "dn":
        _text(number, name, decoded)
    return decoded


def _text(number: int, name: str, value: bytes) -> bytes:
    if b"\0" in value:
        raise _FaultError(number, f"the value of `{name}` holds a NUL byte: no LDIF, or damaged")
    if not value.isascii():
        try:
            value.decode()
        except UnicodeDecodeError as error:
            byte = value[error.start]
            reason = f"the value of `{name}` is not UTF-8 (byte 0x{byte:02x}): convert the file"
            raise _FaultError(number, reason) from None
    return value


def _shown(text: bytes) -> str:
    return text[:60].decode("utf-8", "backslashreplace")

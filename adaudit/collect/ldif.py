"""
LDIF content records, as ldifde, ldapsearch and ldbsearch write them. [RFC2849]

Only what is read here is accepted; whatever is wrong comes out as a `Fault` with its line, and
reading goes on behind the next empty line.
"""

import re
from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from adaudit.collect.ldif_encoding import Lines
from adaudit.collect.ldif_lines import Blocks, Fault, Line
from adaudit.collect.ldif_marks import Marks

_DESCRIPTION = re.compile(rb"(?:[A-Za-z][A-Za-z0-9-]*|[0-9]+(?:\.[0-9]+)*)(?:;[A-Za-z0-9*=-]+)*")

_TALK = (b"SASL/", b"SASL ", b"ldap_initialize(")
"""What ldapsearch says of its connection, where that went into the same file"""


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


Part: TypeAlias = Record | Reference | Fault


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
    blocks = Blocks(stream)
    marks = Marks()
    for block in blocks:
        try:
            yield from _parts(block, marks)
        except _FaultError as error:
            yield error.fault
    if blocks.cut is not None:
        yield blocks.cut
    elif (reason := marks.at_end()) is not None:
        yield Fault(blocks.number, reason)


def _parts(block: list[Line], marks: Marks) -> Iterator[Part]:
    """What one block says: at most one record, and what comments and trailers tell."""
    content = [line for line in block if not line[1].startswith(b"#")]
    is_trailer = bool(content) and content[0][1].startswith((b"search:", b"result:", b"ref:"))
    for number, line in block:
        if line.startswith(b"#"):
            yield from _remark(number, line[1:].strip(), marks)
        elif is_trailer:
            yield from _remark(number, line, marks)
    if is_trailer:
        return
    while content and content[0][1].startswith(_TALK):
        content.pop(0)
    if content and content[0][1].startswith(b"version:"):
        _check_version(*content.pop(0))
    if content:
        if content[0][1].startswith(b"dn:"):
            marks.count()
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


def _record(lines: list[Line]) -> Record:
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
        kind = _shown(change[0])
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

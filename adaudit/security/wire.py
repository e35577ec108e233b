"""
Self-relative security descriptors as bytes. [MS-DTYP] 2.4.2 to 2.4.6.

The decoder believes nothing: every length is checked against what holds it, and bytes that belong
to no component are an error. What it accepts, it keeps, so that encoding gives the same bytes if
the components stand as Active Directory puts them: SACL, DACL, owner, group.
"""

import re
import struct
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from adaudit.errors import DescriptorError
from adaudit.security.ace_wire import decode_ace, encode_ace
from adaudit.security.descriptor import (
    AbsentAcl,
    Acl,
    ControlFlags,
    NullAcl,
    SecurityDescriptor,
    check_revision,
)
from adaudit.security.sid import Sid

__all__ = [
    "Pieces",
    "decode",
    "decode_ace",
    "decode_acl",
    "encode",
    "encode_ace",
    "encode_acl",
    "pieces",
]

_DESCRIPTOR_HEADER = struct.Struct("<BBHIIII")
_ACL_HEADER = struct.Struct("<BBHHH")

_REVISION = 1
_MAX_SIZE = 0xFFFF
_SELF_RELATIVE = int(ControlFlags.SELF_RELATIVE)
_SACL_PRESENT = int(ControlFlags.SACL_PRESENT)
_DACL_PRESENT = int(ControlFlags.DACL_PRESENT)
_DERIVED = _SELF_RELATIVE | _SACL_PRESENT | _DACL_PRESENT
_ABSENT = AbsentAcl()
_NULL = NullAcl()

_USUAL_ENTRY = re.compile(
    b"|".join(
        b"..%s.{%d}" % (re.escape(size.to_bytes(2, "little")), size - 4)
        for size in (56, 36, 40, 20, 72, 24, 44, 60, 52, 64, 68, 76, 28, 32, 48)
    ),
    re.DOTALL,
)
"""An entry of one of the sizes of [MS-DTYP] 2.4.4 without data behind its SID, usual ones first"""

_control_flags = lru_cache(maxsize=1 << 8)(ControlFlags)

_Span = tuple[int, int, str]
"""Where a component starts and ends, and its name for messages"""


_Split = tuple[int, list[bytes], bytes]
"""A list: its revision, its entries and the slack behind them"""


class Pieces(NamedTuple):
    """The bytes of a descriptor that access hangs on, found and checked but not decoded."""

    owner: bytes | None
    dacl: list[bytes] | None
    """Its entries in stored order; None where there is no list, so that everything is granted"""


class _Frame(NamedTuple):
    control: int
    sbz1: int
    owner: bytes | None
    group: bytes | None
    sacl: _Split | NullAcl | AbsentAcl
    dacl: _Split | NullAcl | AbsentAcl


@lru_cache(maxsize=1 << 14)
def decode(data: bytes) -> SecurityDescriptor:
    """
    Read a self-relative security descriptor, [MS-DTYP] 2.4.6; equal bytes give the same value.

    An entry that is not understood becomes an `OpaqueAce`, so that it does not hide its list.
    Raises `DescriptorError` if a length, an offset or a reserved field is wrong, if components
    overlap, or if bytes belong to none of them.
    """
    control, sbz1, owner, group, sacl, dacl = _frame(data)
    return SecurityDescriptor(
        _control_flags(control & ~_DERIVED),
        None if owner is None else Sid.decode(owner),
        None if group is None else Sid.decode(group),
        Acl.of_split(*dacl) if isinstance(dacl, tuple) else dacl,
        Acl.of_split(*sacl) if isinstance(sacl, tuple) else sacl,
        sbz1,
    )


def pieces(data: bytes) -> Pieces:
    """
    Split a self-relative security descriptor, without keeping anything of it.

    Raises `DescriptorError` for whatever `decode` refuses.
    """
    _, _, owner, _, _, dacl = _frame(data)
    return Pieces(owner, dacl[1] if isinstance(dacl, tuple) else None)


def encode(descriptor: SecurityDescriptor) -> bytes:
    """
    Write a security descriptor in the layout that Active Directory uses.

    Raises `DescriptorError` if a list is larger than its 16-bit size can say.
    """
    parts: list[bytes] = []
    end = _DESCRIPTOR_HEADER.size
    offsets: list[int] = []
    for part in (
        encode_acl(descriptor.sacl) if isinstance(descriptor.sacl, Acl) else None,
        encode_acl(descriptor.dacl) if isinstance(descriptor.dacl, Acl) else None,
        descriptor.owner.encode() if descriptor.owner else None,
        descriptor.group.encode() if descriptor.group else None,
    ):
        if part is None:
            offsets.append(0)
            continue
        padding = -end % 4
        parts.append(bytes(padding) + part)
        offsets.append(end + padding)
        end += padding + len(part)
    sacl_at, dacl_at, owner_at, group_at = offsets
    header = _DESCRIPTOR_HEADER.pack(
        _REVISION,
        descriptor.resource_manager_control,
        descriptor.full_control_flags,
        owner_at,
        group_at,
        sacl_at,
        dacl_at,
    )
    return b"".join([header, *parts])


def decode_acl(data: bytes) -> Acl:
    """Read an access control list that takes all of `data`, [MS-DTYP] 2.4.5."""
    split, size = _split_list(data, 0, "list")
    if size != len(data):
        raise DescriptorError(f"list has {len(data) - size} bytes behind its end at {size}")
    return Acl.of_split(*split)


def encode_acl(acl: Acl) -> bytes:
    """Write an access control list, [MS-DTYP] 2.4.5; raises `DescriptorError` if it is too big."""
    body = b"".join([*map(encode_ace, acl.entries), acl.slack])
    size = _ACL_HEADER.size + len(body)
    if size > _MAX_SIZE:
        raise DescriptorError(f"list takes {size} bytes, and its size field holds 65,535 at most")
    return _ACL_HEADER.pack(acl.revision, 0, size, len(acl.entries), 0) + body


def _frame(data: bytes) -> _Frame:
    if len(data) < _DESCRIPTOR_HEADER.size:
        raise DescriptorError(f"descriptor of {len(data)} bytes is shorter than its header of 20")
    header = _DESCRIPTOR_HEADER.unpack_from(data)
    revision, sbz1, control, owner_at, group_at, sacl_at, dacl_at = header
    if revision != _REVISION:
        raise DescriptorError(f"descriptor revision is {revision}, not 1")
    if not control & _SELF_RELATIVE:
        raise DescriptorError("descriptor is not in self-relative form")
    spans: list[_Span] = [(0, _DESCRIPTOR_HEADER.size, "header")]
    sacl = _list(data, sacl_at, control & _SACL_PRESENT, "SACL", spans)
    dacl = _list(data, dacl_at, control & _DACL_PRESENT, "DACL", spans)
    owner = _sid(data, owner_at, "owner", spans) if owner_at else None
    group = _sid(data, group_at, "group", spans) if group_at else None
    if not _is_seamless(spans, len(data)):
        _check_coverage(data, spans, shares_sid=owner_at == group_at)
    return _Frame(control, sbz1, owner, group, sacl, dacl)


def _list(
    data: bytes, offset: int, presence: int, name: str, spans: list[_Span]
) -> _Split | NullAcl | AbsentAcl:
    if not presence:
        if offset:
            raise DescriptorError(f"{name} stands at offset {offset} but is said to be absent")
        return _ABSENT
    if not offset:
        return _NULL
    split, size = _split_list(data, offset, name)
    spans.append((offset, offset + size, name))
    return split


def _split_list(data: bytes, offset: int, name: str) -> tuple[_Split, int]:
    if offset + _ACL_HEADER.size > len(data):
        raise DescriptorError(f"{name} at offset {offset} runs over the end at {len(data)}")
    revision, sbz1, size, count, sbz2 = _ACL_HEADER.unpack_from(data, offset)
    if sbz1 or sbz2:
        raise DescriptorError(f"{name} has a reserved field that is not zero")
    end = offset + size
    if size < _ACL_HEADER.size or end > len(data):
        raise DescriptorError(f"{name} says that it takes {size} bytes of {len(data) - offset}")
    entries, slack = _split(data[offset + _ACL_HEADER.size : end], count, name)
    check_revision(revision)
    return (revision, entries, slack), size


def _split(body: bytes, count: int, name: str) -> tuple[list[bytes], bytes]:
    """The bytes of each of `count` entries, and what is left behind them."""
    entries = _USUAL_ENTRY.findall(body)
    # if they are as many as they should and leave nothing out, each begins where the last ends
    if len(entries) == count and sum(map(len, entries)) == len(body):
        return entries, b""
    return _split_any(body, count, name)


def _split_any(body: bytes, count: int, name: str) -> tuple[list[bytes], bytes]:
    end = len(body)
    # with these, the size of an entry that has no room for its header reads as an impossible one
    padded = body + bytes(4)
    entries = []
    position = 0
    for index in range(count):
        size = padded[position + 2] | padded[position + 3] << 8
        following = position + size
        # [MS-DTYP] 2.4.4.1: a multiple of 4; without a sound size the next entry cannot be found
        if size & 3 or size < 4 or following > end:
            raise DescriptorError(f"{name} {_fault(size, end - position, index, count)}")
        entries.append(padded[position:following])
        position = following
    return entries, body[position:]


def _fault(size: int, room: int, index: int, count: int) -> str:
    if room < 4:
        return f"ends before its entry {index} of {count}"
    return f"entry {index} says that it takes {size} bytes of {room}"


def _sid(data: bytes, offset: int, name: str, spans: list[_Span]) -> bytes:
    start_of_parts = offset + 8
    if start_of_parts > len(data):
        raise DescriptorError(f"{name} at offset {offset} runs over the end at {len(data)}")
    end = start_of_parts + 4 * data[offset + 1]
    spans.append((offset, end, name))
    found = data[offset:end]
    Sid.decode(found)  # is remembered, and refuses what is none
    return found


def _is_seamless(spans: Sequence[_Span], size: int) -> bool:
    """Whether components follow each other as Active Directory writes them: the usual case."""
    position = 0
    for start, end, _ in spans:
        if start != position:
            return False
        position = end
    return position == size


def _check_coverage(data: bytes, spans: Sequence[_Span], *, shares_sid: bool) -> None:
    covered = 0
    last = ""
    for start, end, name in sorted(spans):
        if start < covered and not (shares_sid and {last, name} == {"group", "owner"}):
            raise DescriptorError(f"{name} at offset {start} overlaps the {last}")
        gap = start - covered
        if gap > 3 or (gap > 0 and any(data[covered:start])):
            raise DescriptorError(f"{gap} bytes at offset {covered} belong to no component")
        covered, last = end, name
    if covered < len(data):
        raise DescriptorError(
            f"{len(data) - covered} bytes at offset {covered} belong to no component"
        )

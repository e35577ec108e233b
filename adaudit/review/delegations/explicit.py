"""What of a descriptor may have been set by hand: owner, explicit entries, blocked inheritance."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from adaudit.directory.snapshot import Snapshot
from adaudit.errors import DescriptorError
from adaudit.security.ace import AnyAce
from adaudit.security.descriptor import ControlFlags
from adaudit.security.sid import Sid
from adaudit.security.wire import decode_ace, pieces

_CONTROL = struct.Struct("<H")
_CONTROL_AT = 2  # [MS-DTYP] 2.4.6
_PROTECTED = int(ControlFlags.DACL_PROTECTED)
_FLAGS_AT = 1  # [MS-DTYP] 2.4.4.1
_INHERITED = 0x10


@dataclass(frozen=True, slots=True, eq=False)
class Explicit:
    """
    The part of a descriptor that is not inherited.

    Descriptors that are alike in it share one, so that it is known by its identity.
    """

    owner: Sid | None
    entries: tuple[tuple[int, AnyAce], ...]
    """Explicit entries of the DACL with their positions in it"""
    is_protected: bool
    """Whether the DACL takes nothing from the parent object"""


def explicit_parts(snapshot: Snapshot) -> tuple[Mapping[int, Explicit], Mapping[int, str]]:
    """
    The explicit part of every descriptor by its number, and why others cannot be read.

    Most entries are inherited, and are not decoded: a directory may have a million descriptors.
    """
    found: dict[int, Explicit] = {}
    damaged: dict[int, str] = {}
    made = cache(_made)
    for number, body in snapshot.descriptors():
        try:
            found[number] = made(*_parts(body))
        except DescriptorError as error:
            damaged[number] = error.message
    return found, damaged


def explicit_part(body: bytes) -> Explicit:
    """The explicit part of a descriptor; raises `DescriptorError` where it is damaged."""
    return _made(*_parts(body))


_Own = tuple[tuple[int, bytes], ...]


def _parts(body: bytes) -> tuple[bytes | None, _Own, bool]:
    owner, dacl = pieces(body)
    (control,) = _CONTROL.unpack_from(body, _CONTROL_AT)
    own = ((at, ace) for at, ace in enumerate(dacl or ()) if not ace[_FLAGS_AT] & _INHERITED)
    return owner, tuple(own), bool(control & _PROTECTED)


def _made(owner: bytes | None, own: _Own, is_protected: bool) -> Explicit:  # noqa: FBT001 - a key
    entries = tuple((position, decode_ace(ace)) for position, ace in own)
    return Explicit(None if owner is None else Sid.decode(owner), entries, is_protected)

"""Access control entries as bytes. [MS-DTYP] 2.4.4."""

import struct
from functools import lru_cache
from uuid import UUID

from adaudit.errors import DescriptorError
from adaudit.security.ace import OBJECT_TYPES, Ace, AceFlags, AceType, AnyAce, OpaqueAce
from adaudit.security.rights import AccessMask
from adaudit.security.sid import Sid

_HEADER = struct.Struct("<BBH")
_DWORD = struct.Struct("<I")
_MAX_SIZE = 0xFFFF
_OBJECT_TYPE_PRESENT = 0x1
_INHERITED_OBJECT_TYPE_PRESENT = 0x2
_KNOWN_TYPES = {int(member): member for member in AceType}

# Making an IntFlag or a UUID takes longer than all else about an entry, and a directory uses few.
_ace_flags = lru_cache(maxsize=1 << 8)(AceFlags)
_access_mask = lru_cache(maxsize=1 << 12)(AccessMask)


@lru_cache(maxsize=1 << 16)
def decode_ace(data: bytes) -> AnyAce:
    """
    Read one entry that takes all of `data`, [MS-DTYP] 2.4.4; equal bytes give the same value.

    Raises `DescriptorError` if AceSize is not the length of `data`, or no multiple of 4.
    """
    if len(data) < _HEADER.size:
        raise DescriptorError(f"entry of {len(data)} bytes is shorter than its header of 4")
    type_code, flag_bits, size = _HEADER.unpack_from(data)
    if size != len(data):
        raise DescriptorError(f"entry says that it takes {size} bytes, found {len(data)}")
    if size % 4:
        raise DescriptorError(f"entry takes {size} bytes, which is no multiple of 4")
    flags = _ace_flags(flag_bits)
    known = _KNOWN_TYPES.get(type_code)
    if known is None:
        reason = f"entries of type 0x{type_code:02X} have no layout in [MS-DTYP]"
        return OpaqueAce(type_code, flags, data[4:], reason)
    try:
        return _decode_body(known, flags, data)
    except DescriptorError as error:
        return OpaqueAce(type_code, flags, data[4:], error.message)


def encode_ace(ace: AnyAce) -> bytes:
    """Write one entry, [MS-DTYP] 2.4.4; raises `DescriptorError` if it is too big."""
    if isinstance(ace, OpaqueAce):
        type_code, body = ace.type_code, ace.body
    else:
        type_code, body = int(ace.type), _encode_body(ace)
    size = _HEADER.size + len(body)
    if size > _MAX_SIZE:
        raise DescriptorError(f"entry takes {size} bytes, and its size field holds 65,535 at most")
    return _HEADER.pack(type_code, ace.flags, size) + body


def _decode_body(ace_type: AceType, flags: AceFlags, data: bytes) -> Ace:
    if len(data) < 8:
        raise DescriptorError("entry ends before its access mask")
    (mask,) = _DWORD.unpack_from(data, 4)
    position = 8
    object_type = inherited_object_type = None
    if ace_type in OBJECT_TYPES:
        object_type, inherited_object_type, position = _decode_object_types(data)
    if len(data) < position + 8:
        raise DescriptorError("entry ends before its SID")
    end = position + 8 + 4 * data[position + 1]
    if end > len(data):
        raise DescriptorError("SID runs over the end of its entry")
    return Ace(
        ace_type,
        flags,
        _access_mask(mask),
        Sid.decode(data[position:end]),
        object_type,
        inherited_object_type,
        data[end:],
    )


def _decode_object_types(data: bytes) -> tuple[UUID | None, UUID | None, int]:
    if len(data) < 12:
        raise DescriptorError("object entry ends before its flags")
    (present,) = _DWORD.unpack_from(data, 8)
    if present & ~(_OBJECT_TYPE_PRESENT | _INHERITED_OBJECT_TYPE_PRESENT):
        raise DescriptorError(f"object entry has undefined flags 0x{present:X}")
    position = 12
    object_type = inherited_object_type = None
    if present & _OBJECT_TYPE_PRESENT:
        object_type = _guid(data[position : position + 16])
        position += 16
    if present & _INHERITED_OBJECT_TYPE_PRESENT:
        inherited_object_type = _guid(data[position : position + 16])
        position += 16
    return object_type, inherited_object_type, position


@lru_cache(maxsize=1 << 12)
def _guid(data: bytes) -> UUID:
    if len(data) != 16:
        raise DescriptorError("GUID runs over the end of its entry")
    return UUID(bytes_le=data)


def _encode_body(ace: Ace) -> bytes:
    parts = [_DWORD.pack(ace.mask)]
    if ace.type in OBJECT_TYPES:
        present = 0
        if ace.object_type is not None:
            present |= _OBJECT_TYPE_PRESENT
        if ace.inherited_object_type is not None:
            present |= _INHERITED_OBJECT_TYPE_PRESENT
        guids = (ace.object_type, ace.inherited_object_type)
        parts += [_DWORD.pack(present), *(guid.bytes_le for guid in guids if guid is not None)]
    parts += [ace.trustee.encode(), ace.application_data]
    return b"".join(parts)

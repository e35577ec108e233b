"""
Security descriptors as text. [MS-DTYP] 2.5.1

Two things have no SDDL and are written here all the same, so that nothing is hidden: an entry that
is not understood, `(0x14;CI;#0102…)` with all that follows its header, and bytes behind a SID that
are no condition and no resource attribute, in a seventh field `#00…`. Types of entry without a word
of their own stand as numbers. The reader takes all of these back.
"""

import re
from uuid import UUID

from adaudit.errors import DescriptorError
from adaudit.security import ace_wire
from adaudit.security.ace import OBJECT_TYPES, Ace, AceFlags, AnyAce, OpaqueAce
from adaudit.security.descriptor import (
    AbsentAcl,
    Acl,
    ControlFlags,
    Dacl,
    NullAcl,
    Sacl,
    SecurityDescriptor,
)
from adaudit.security.sddl_data import format_data, read_data
from adaudit.security.sddl_reader import Reader
from adaudit.security.sddl_rights import format_rights, read_rights
from adaudit.security.sddl_tokens import ACE_FLAGS, ACE_TYPE_WORDS, SID_WORDS
from adaudit.security.sid import Sid

_SECTION = re.compile(r"[OGDS]:", re.IGNORECASE)
_LIST_FLAG = re.compile(r"NO_ACCESS_CONTROL|AR|AI|P", re.IGNORECASE)
_ACE_TYPE = re.compile(r"0x[0-9A-F]{1,2}|[A-Z]{1,2}", re.IGNORECASE)
_ACE_FLAG = re.compile("|".join(ACE_FLAGS), re.IGNORECASE)
_GUID = re.compile(r"[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}", re.IGNORECASE)
_OCTETS = re.compile(r"#(?:[0-9A-F]{2})*", re.IGNORECASE)

_TYPE_WORDS = {ace_type: word for word, ace_type in ACE_TYPE_WORDS.items()}
_NULL = "NO_ACCESS_CONTROL"
_LIST_FLAGS = {
    "D": {
        "P": ControlFlags.DACL_PROTECTED,
        "AR": ControlFlags.DACL_COMPUTED_INHERITANCE_REQUIRED,
        "AI": ControlFlags.DACL_AUTO_INHERITED,
    },
    "S": {
        "P": ControlFlags.SACL_PROTECTED,
        "AR": ControlFlags.SACL_COMPUTED_INHERITANCE_REQUIRED,
        "AI": ControlFlags.SACL_AUTO_INHERITED,
    },
}


def parse(
    text: str, domain: Sid | None = None, root_domain: Sid | None = None
) -> SecurityDescriptor:
    """
    Read a security descriptor.

    `domain` and `root_domain` give the meaning of aliases such as DA and EA. The revision of a
    list is 4 if it holds an object entry, 2 otherwise. Raises `DescriptorError` with the place of
    the first fault.
    """
    reader = Reader(text, domain, root_domain)
    control = ControlFlags(0)
    sids: dict[str, Sid] = {}
    lists: dict[str, Acl | NullAcl] = {}
    while section := reader.match(_SECTION):
        letter = section[0].upper()
        if letter in sids or letter in lists:
            raise reader.error(f"a second `{letter}:`", reader.position - len(section))
        if letter in _LIST_FLAGS:
            flags, lists[letter] = _read_list(reader, _LIST_FLAGS[letter])
            control |= flags
        else:
            sids[letter] = reader.sid()
    reader.end("expected `O:`, `G:`, `D:`, `S:` or the end")
    absent = AbsentAcl()
    dacl, sacl = lists.get("D", absent), lists.get("S", absent)
    return SecurityDescriptor(control, sids.get("O"), sids.get("G"), dacl, sacl)


def format(descriptor: SecurityDescriptor) -> str:  # noqa: A001, the counterpart of parse
    """
    Write a security descriptor.

    SDDL has no place for the revision and the slack of a list, the resource manager's byte, and
    the control flags other than protected and auto-inherited. Aliases are used only for SIDs that
    are the same everywhere.
    """
    parts = []
    if descriptor.owner is not None:
        parts.append(f"O:{_format_sid(descriptor.owner)}")
    if descriptor.group is not None:
        parts.append(f"G:{_format_sid(descriptor.group)}")
    parts.append(_format_list("D", descriptor.dacl, descriptor.control))
    parts.append(_format_list("S", descriptor.sacl, descriptor.control))
    return "".join(parts)


def parse_ace(text: str, domain: Sid | None = None, root_domain: Sid | None = None) -> AnyAce:
    """Read one entry, such as `(A;CI;RP;;;AU)`; raises `DescriptorError` as `parse` does."""
    reader = Reader(text, domain, root_domain)
    ace = _read_ace(reader)
    reader.end()
    return ace


def format_ace(ace: AnyAce) -> str:
    """Write one entry; one that is not understood as its type, its flags and its bytes."""
    flags = "".join(word for word, flag in ACE_FLAGS.items() if ace.flags & flag)
    if isinstance(ace, OpaqueAce):
        return f"(0x{ace.type_code:02X};{flags};#{ace.body.hex()})"
    fields = [
        _TYPE_WORDS[ace.type],
        flags,
        format_rights(ace.mask, ace.type),
        str(ace.object_type or ""),
        str(ace.inherited_object_type or ""),
        _format_sid(ace.trustee),
    ]
    if ace.application_data:
        fields.append(format_data(ace))
    return "(" + ";".join(fields) + ")"


def _read_list(
    reader: Reader, flags: dict[str, ControlFlags]
) -> tuple[ControlFlags, Acl | NullAcl]:
    control = ControlFlags(0)
    is_null = False
    while word := reader.match(_LIST_FLAG):
        if word.upper() == _NULL:
            is_null = True
        else:
            control |= flags[word.upper()]
    entries = []
    while reader.peek("("):
        entries.append(_read_ace(reader))
    if not is_null:
        return control, Acl(_revision(entries), tuple(entries))
    if entries:
        raise reader.error(f"a list with `{_NULL}` has no entries")
    return control, NullAcl()


def _revision(entries: list[AnyAce]) -> int:
    has_object_ace = any(isinstance(ace, Ace) and ace.type in OBJECT_TYPES for ace in entries)
    return 4 if has_object_ace else 2


def _read_ace(reader: Reader) -> AnyAce:
    reader.expect("(")
    with reader.placing_errors():
        ace = _read_fields(reader)
    reader.expect(")")
    return ace


def _read_fields(reader: Reader) -> AnyAce:
    word = reader.match(_ACE_TYPE)
    reader.expect(";")
    flags = _read_flags(reader)
    reader.expect(";")
    if word is not None and word[:2].lower() == "0x" and reader.peek("#"):
        return _read_opaque(reader, int(word, 16), flags)
    ace_type = ACE_TYPE_WORDS.get(_normal(word or ""))
    if ace_type is None:
        raise DescriptorError(f"`{word or ''}` is no type of entry")
    mask = read_rights(reader)
    reader.expect(";")
    object_type = _read_guid(reader)
    reader.expect(";")
    inherited_object_type = _read_guid(reader)
    reader.expect(";")
    trustee = reader.sid()
    data = read_data(reader, ace_type) if reader.take(";") else b""
    return Ace(ace_type, flags, mask, trustee, object_type, inherited_object_type, data)


def _normal(word: str) -> str:
    return f"0x{int(word, 16):02X}" if word[:2].lower() == "0x" else word.upper()


def _read_flags(reader: Reader) -> AceFlags:
    flags = AceFlags(0)
    while word := reader.match(_ACE_FLAG):
        flags |= ACE_FLAGS[word.upper()]
    return flags


def _read_guid(reader: Reader) -> UUID | None:
    word = reader.match(_GUID)
    return None if word is None else UUID(word)


def _read_opaque(reader: Reader, type_code: int, flags: AceFlags) -> AnyAce:
    with reader.placing_errors():
        body = bytes.fromhex((reader.match(_OCTETS) or "#")[1:])
        size = len(body) + 4
        if size >> 16:
            raise DescriptorError("an entry takes 65,535 bytes at most")
        return ace_wire.decode_ace(bytes([type_code, flags]) + size.to_bytes(2, "little") + body)


def _format_list(letter: str, acl: Dacl | Sacl, control: ControlFlags) -> str:
    if isinstance(acl, AbsentAcl):
        return ""
    flags = "".join(word for word, flag in _LIST_FLAGS[letter].items() if control & flag)
    if isinstance(acl, NullAcl):
        return f"{letter}:{flags}{_NULL}"
    return f"{letter}:{flags}" + "".join(map(format_ace, acl.entries))


def _format_sid(sid: Sid) -> str:
    return SID_WORDS.get(sid) or str(sid)

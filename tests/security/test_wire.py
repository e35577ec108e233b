"""Security descriptors as bytes: what is accepted, what is refused, and what comes back."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaudit.errors import DescriptorError
from adaudit.security import wire
from adaudit.security.ace import Ace, AceFlags, AceType, OpaqueAce
from adaudit.security.descriptor import (
    AbsentAcl,
    Acl,
    ControlFlags,
    NullAcl,
    SecurityDescriptor,
)
from adaudit.security.rights import AccessMask
from adaudit.security.sid import EVERYONE, LOCAL_SYSTEM, PRINCIPAL_SELF, Sid
from tests.specification import SDDL_EXAMPLE_BYTES as EXAMPLE
from tests.strategies import aces, acls, descriptors, opaque_aces
from tests.windows import descriptors as windows_descriptors

SID = bytes.fromhex("010100000000000100000000")  # Everyone
ACE = bytes.fromhex("00001400 10000000") + SID
ACL = bytes.fromhex("02001c00 01000000") + ACE

OWNER_AT, GROUP_AT, SACL_AT, DACL_AT = 4, 8, 12, 16


def descriptor(tail: bytes, control: int = 0x8004, **offsets: int) -> bytes:
    """A header and `tail`, with the offsets given (`owner`, `group`, `sacl`, `dacl`)."""
    order = ("owner", "group", "sacl", "dacl")
    places = b"".join(offsets.get(name, 0).to_bytes(4, "little") for name in order)
    return b"\x01\x00" + control.to_bytes(2, "little") + places + tail


def acl(entries: bytes, count: int, size: int | None = None) -> bytes:
    """A list of revision 2."""
    total = 8 + len(entries) if size is None else size
    return b"\x02\x00" + total.to_bytes(2, "little") + count.to_bytes(4, "little") + entries


def only_dacl(entries: bytes, count: int, size: int | None = None) -> bytes:
    """A descriptor that is nothing but a DACL."""
    return descriptor(acl(entries, count, size), dacl=20)


def first_ace(data: bytes) -> Ace | OpaqueAce:
    """The first entry of the DACL in `data`."""
    dacl = wire.decode(data).dacl
    assert isinstance(dacl, Acl)
    return dacl.entries[0]


def test_the_example_of_the_specification_decodes_to_what_its_sddl_says() -> None:
    decoded = wire.decode(EXAMPLE)
    assert decoded.owner == decoded.group == Sid.parse("S-1-5-32-544")
    assert decoded.control == ControlFlags.DACL_PROTECTED | ControlFlags.SACL_PROTECTED
    assert isinstance(decoded.sacl, Acl)
    assert decoded.sacl.entries == (
        Ace(AceType.SYSTEM_AUDIT, AceFlags.FAILED_ACCESS, AccessMask.GENERIC_READ, EVERYONE),
    )
    assert isinstance(decoded.dacl, Acl)
    assert [str(ace.trustee) for ace in decoded.dacl.entries if isinstance(ace, Ace)] == [
        "S-1-5-32-545",
        "S-1-5-32-544",
        "S-1-5-18",
        "S-1-3-0",
    ]


def test_the_example_of_the_specification_encodes_to_its_bytes() -> None:
    assert wire.encode(wire.decode(EXAMPLE)) == EXAMPLE


@given(descriptors)
def test_what_is_encoded_decodes_to_the_same_value(value: SecurityDescriptor) -> None:
    assert wire.decode(wire.encode(value)) == value


@given(acls)
def test_a_list_alone_comes_back(value: Acl) -> None:
    assert wire.decode_acl(wire.encode_acl(value)) == value


@given(aces() | opaque_aces())
def test_an_entry_alone_comes_back(value: Ace | OpaqueAce) -> None:
    assert wire.decode_ace(wire.encode_ace(value)) == value


@given(st.binary(max_size=200))
def test_any_bytes_give_a_value_that_comes_back_or_a_descriptor_error(data: bytes) -> None:
    check_total(data)


@given(st.data(), st.sampled_from(sorted(set(windows_descriptors().values()))))
def test_a_damaged_real_descriptor_gives_a_value_or_a_descriptor_error(
    draw: st.DataObject, data: bytes
) -> None:
    damaged = bytearray(data)
    for _ in range(draw.draw(st.integers(1, 4))):
        damaged[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    check_total(bytes(damaged[: draw.draw(st.integers(len(data) - 30, len(data)))]))


def check_total(data: bytes) -> None:
    """Decoding `data` gives a value whose encoding decodes to it again, or `DescriptorError`."""
    try:
        value = wire.decode(data)
    except DescriptorError:
        return
    assert wire.decode(wire.encode(value)) == value


@pytest.mark.parametrize("size", range(1, len(EXAMPLE)))
def test_every_truncation_is_refused(size: int) -> None:
    with pytest.raises(DescriptorError):
        wire.decode(EXAMPLE[:size])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x02" + EXAMPLE[1:], "revision is 2, not 1"),
        (descriptor(b"", 0x0000), "not in self-relative form"),
        (descriptor(ACL, 0x8000, dacl=20), "DACL stands at offset 20 but is said to be absent"),
        (descriptor(ACL, 0x8004, sacl=20), "SACL stands at offset 20 but is said to be absent"),
        (descriptor(b"", dacl=4000), "DACL at offset 4000 runs over the end at 20"),
        (descriptor(ACL, dacl=0xFFFFFFFF), "runs over the end"),
        (descriptor(SID, 0x8000, owner=4), "SID revision"),
        (descriptor(SID, 0x8000, owner=28), "owner at offset 28 runs over the end at 32"),
        (descriptor(SID[:-1], 0x8000, owner=20), "takes 12 bytes, found 11"),
        (descriptor(SID + b"\0", 0x8000, owner=20), "1 bytes at offset 32 belong to no component"),
        (descriptor(b"\0" * 4 + SID, 0x8000, owner=24), "4 bytes at offset 20 belong to no"),
        (descriptor(b"\0\1" + SID, 0x8000, owner=22), "2 bytes at offset 20 belong to no"),
        (descriptor(ACL, sacl=20, dacl=20, control=0x8014), "overlaps"),
        (descriptor(ACL, owner=36, dacl=20), "owner at offset 36 overlaps the DACL"),
        (descriptor(b"\x03" + ACL[1:], dacl=20), "revision 3, not 2 or 4"),
        (descriptor(b"\x02\x01" + ACL[2:], dacl=20), "a reserved field that is not zero"),
        (descriptor(ACL[:6] + b"\x01\x00" + ACL[8:], dacl=20), "a reserved field that is not"),
        (only_dacl(ACE, 1, 7), "DACL says that it takes 7 bytes of 28"),
        (only_dacl(ACE, 1, 29), "DACL says that it takes 29 bytes of 28"),
        (only_dacl(ACE, 2), "DACL ends before its entry 1 of 2"),
        (only_dacl(ACE, 65535), "DACL ends before its entry 1 of 65535"),
        (only_dacl(b"\0\0\0\0" + ACE, 1), "entry 0 says that it takes 0 bytes"),
        (only_dacl(b"\0\0\x12\0" + ACE, 1), "entry 0 says that it takes 18 bytes"),
        (only_dacl(ACE[:2] + b"\x18\0" + ACE[4:], 1), "entry 0 says that it takes 24 bytes"),
    ],
)
def test_a_fault_of_the_frame_is_refused_and_told(data: bytes, message: str) -> None:
    with pytest.raises(DescriptorError) as raised:
        wire.decode(data)
    assert message in raised.value.message


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("00001400 10000000 0105000000000005 00000000", "SID runs over the end of its entry"),
        ("00001000 10000000 0101000000000001", "SID runs over the end of its entry"),
        ("00000800 10000000", "entry ends before its SID"),
        ("00000400", "entry ends before its access mask"),
        ("00001400 10000000 020100000000000100000000", "SID revision is 2, not 1"),
        ("05001800 10000000 04000000 010100000000000100000000", "undefined flags 0x4"),
        ("05001800 10000000 01000000 010100000000000100000000", "GUID runs over the end"),
        ("05000800 10000000", "object entry ends before its flags"),
        ("14000800 10000000", "entries of type 0x14 have no layout"),
        ("04001400 10000000 010100000000000100000000", "entries of type 0x04 have no layout"),
    ],
)
def test_an_entry_that_is_not_understood_is_kept_with_its_reason(body: str, reason: str) -> None:
    data = bytes.fromhex(body)
    dacl = wire.decode(only_dacl(data + ACE, 2)).dacl
    assert isinstance(dacl, Acl)
    opaque, sound = dacl.entries
    assert isinstance(opaque, OpaqueAce)
    assert (opaque.type_code, opaque.body) == (data[0], data[4:])
    assert reason in opaque.reason
    assert isinstance(sound, Ace)


def test_lists_that_are_absent_null_and_empty_are_told_apart() -> None:
    absent = wire.decode(descriptor(b"", 0x8000)).dacl
    null = wire.decode(descriptor(b"", 0x8004)).dacl
    empty = wire.decode(only_dacl(b"", 0)).dacl
    assert (absent, null, empty) == (AbsentAcl(), NullAcl(), Acl(2, ()))


def test_owner_and_group_may_share_one_sid() -> None:
    decoded = wire.decode(descriptor(SID, 0x8000, owner=20, group=20))
    assert decoded.owner == decoded.group == EVERYONE


def test_zero_bytes_up_to_the_next_multiple_of_four_may_stand_between_components() -> None:
    data = descriptor(acl(b"\xaa", 0) + b"\0\0\0" + SID, dacl=20, owner=32)
    decoded = wire.decode(data)
    assert decoded.dacl == Acl(2, (), b"\xaa")
    assert wire.encode(decoded) == data


def test_components_may_stand_in_any_order() -> None:
    decoded = wire.decode(descriptor(SID + ACL, owner=20, dacl=32))
    assert decoded.owner == EVERYONE
    assert isinstance(decoded.dacl, Acl)


def test_encoding_puts_components_as_active_directory_does() -> None:
    entries = Acl(2, ())
    value = SecurityDescriptor(ControlFlags(0), EVERYONE, LOCAL_SYSTEM, entries, entries)
    data = wire.encode(value)
    order = (SACL_AT, DACL_AT, OWNER_AT, GROUP_AT)
    assert [int.from_bytes(data[at : at + 4], "little") for at in order] == [20, 28, 36, 48]


def test_bytes_behind_the_last_entry_of_a_list_are_its_slack() -> None:
    dacl = wire.decode(only_dacl(ACE + b"\1\2\3\4", 1)).dacl
    assert isinstance(dacl, Acl)
    assert dacl.slack == b"\1\2\3\4"


def test_bytes_behind_the_sid_of_a_plain_entry_are_kept() -> None:
    longer = ACE[:2] + b"\x18\0" + ACE[4:] + b"\xde\xad\xbe\xef"
    ace = first_ace(only_dacl(longer, 1))
    assert isinstance(ace, Ace)
    assert ace.application_data == b"\xde\xad\xbe\xef"


def test_an_object_entry_without_guids_stays_an_object_entry() -> None:
    data = bytes.fromhex("05001800 10000000 00000000") + SID
    ace = wire.decode_ace(data)
    assert isinstance(ace, Ace)
    assert (ace.type, ace.object_type) == (AceType.ACCESS_ALLOWED_OBJECT, None)
    assert wire.encode_ace(ace) == data


@pytest.mark.parametrize("flags", [1, 2, 3])
def test_a_guid_of_zeros_that_is_present_is_not_absent(flags: int) -> None:
    count = flags.bit_count()
    header = bytes([5, 0, 24 + 16 * count, 0]) + b"\x10\0\0\0" + flags.to_bytes(4, "little")
    data = header + bytes(16 * count) + SID
    ace = wire.decode_ace(data)
    assert isinstance(ace, Ace)
    zero = UUID(int=0)
    assert ace.object_type == (zero if flags & 1 else None)
    assert ace.inherited_object_type == (zero if flags & 2 else None)
    assert wire.encode_ace(ace) == data


def test_guids_are_little_endian() -> None:
    guid = UUID("ab721a54-1e2f-11d0-9819-00aa0040529b")
    raw = bytes.fromhex("541a72ab2f1ed011981900aa0040529b")
    data = bytes.fromhex("05002800 00010000 01000000") + raw + SID
    ace = wire.decode_ace(data)
    assert isinstance(ace, Ace)
    assert ace.object_type == guid


def test_the_resource_managers_byte_is_kept() -> None:
    data = b"\x01\x01" + descriptor(b"", 0xC000)[2:]
    decoded = wire.decode(data)
    assert decoded.resource_manager_control == 1
    assert wire.encode(decoded) == data


def test_equal_bytes_give_one_value() -> None:
    assert wire.decode(bytes(bytearray(EXAMPLE))) is wire.decode(bytes(bytearray(EXAMPLE)))


@pytest.mark.parametrize("extra", [b"", b"\0" * 4])
def test_a_single_entry_must_take_all_bytes(extra: bytes) -> None:
    with pytest.raises(DescriptorError, match="entry"):
        wire.decode_ace(ACE[: 16 - len(extra)] + extra)


def test_a_single_list_must_take_all_bytes() -> None:
    with pytest.raises(DescriptorError, match="4 bytes behind its end"):
        wire.decode_acl(ACL + b"\0" * 4)


LARGE = Ace(
    AceType.ACCESS_ALLOWED_CALLBACK,
    AceFlags(0),
    AccessMask(1),
    PRINCIPAL_SELF,
    None,
    None,
    bytes(60000),
)


@pytest.mark.parametrize(
    "encode",
    [
        lambda: wire.encode_ace(replace(LARGE, application_data=bytes(0x10000))),
        lambda: wire.encode_ace(OpaqueAce(0x14, AceFlags(0), bytes(0x10000), "")),
        lambda: wire.encode_acl(Acl(4, (LARGE, LARGE))),
    ],
)
def test_what_its_size_field_cannot_say_is_not_encoded(encode: Callable[[], bytes]) -> None:
    with pytest.raises(DescriptorError, match="65,535"):
        encode()

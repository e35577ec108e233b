"""Entries, lists, descriptors and masks: a value that exists is valid."""

from collections.abc import Callable
from uuid import UUID

import pytest

from adaudit.errors import DescriptorError
from adaudit.security.ace import Ace, AceFlags, AceType, OpaqueAce
from adaudit.security.descriptor import AbsentAcl, Acl, ControlFlags, NullAcl, SecurityDescriptor
from adaudit.security.rights import SEND_AS, AccessMask, has_generic, map_generic
from adaudit.security.sid import EVERYONE

NO_FLAGS = AceFlags(0)
READ = AccessMask.READ_PROPERTY


def ace(ace_type: AceType, flags: AceFlags = NO_FLAGS) -> Ace:
    """An entry for everyone."""
    return Ace(ace_type, flags, READ, EVERYONE)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Ace(AceType.ACCESS_ALLOWED, NO_FLAGS, READ, EVERYONE, UUID(int=0)),
        lambda: Ace(AceType.SYSTEM_AUDIT, NO_FLAGS, READ, EVERYONE, None, UUID(int=0)),
        lambda: Ace(AceType.ACCESS_ALLOWED, NO_FLAGS, READ, EVERYONE, None, None, b"abc"),
        lambda: Ace(AceType.ACCESS_ALLOWED, NO_FLAGS, AccessMask(1 << 32), EVERYONE),
        lambda: Ace(AceType.ACCESS_ALLOWED, AceFlags(0x100), READ, EVERYONE),
        lambda: OpaqueAce(0x100, NO_FLAGS, b"", ""),
        lambda: OpaqueAce(0x14, AceFlags(0x100), b"", ""),
        lambda: OpaqueAce(0x14, NO_FLAGS, b"abc", ""),
        lambda: Acl(3, ()),
        lambda: SecurityDescriptor(ControlFlags(0x10000), None, None, NullAcl()),
        lambda: SecurityDescriptor(ControlFlags(0), None, None, NullAcl(), NullAcl(), 256),
        lambda: SecurityDescriptor(ControlFlags(0), None, None, NullAcl(), NullAcl(), -1),
    ],
)
def test_a_value_that_no_bytes_can_hold_does_not_exist(make: Callable[[], object]) -> None:
    with pytest.raises(DescriptorError):
        make()


@pytest.mark.parametrize("ace_type", AceType)
def test_an_entry_allows_denies_or_does_neither(ace_type: AceType) -> None:
    expected = ("ALLOWED" in ace_type.name, "DENIED" in ace_type.name)
    assert (ace(ace_type).allows, ace(ace_type).denies) == expected


@pytest.mark.parametrize("ace_type", AceType)
def test_only_callback_entries_have_a_condition(ace_type: AceType) -> None:
    assert ace(ace_type).is_callback == ("CALLBACK" in ace_type.name)


@pytest.mark.parametrize("make", [ace, lambda _, flags: OpaqueAce(0x14, flags, b"", "")])
def test_flags_say_whether_an_entry_is_inherited_and_effective(
    make: Callable[[AceType, AceFlags], Ace | OpaqueAce],
) -> None:
    flags = (AceFlags(0), AceFlags.INHERITED, AceFlags.INHERIT_ONLY)
    entries = [make(AceType.ACCESS_ALLOWED, flag) for flag in flags]
    assert [entry.is_inherited for entry in entries] == [False, True, False]
    assert [entry.is_inherit_only for entry in entries] == [False, False, True]


def test_control_flags_that_follow_from_other_fields_are_not_kept_twice() -> None:
    full = ControlFlags(0xFFFF)
    descriptor = SecurityDescriptor(full, None, None, NullAcl(), AbsentAcl())
    derived = ControlFlags.SELF_RELATIVE | ControlFlags.DACL_PRESENT | ControlFlags.SACL_PRESENT
    assert descriptor.control == full & ~derived
    assert descriptor.full_control_flags == full & ~ControlFlags.SACL_PRESENT


def test_protection_is_a_control_flag() -> None:
    protected = SecurityDescriptor(ControlFlags.DACL_PROTECTED, None, None, NullAcl())
    assert protected.is_dacl_protected
    assert not SecurityDescriptor(ControlFlags(0), None, None, NullAcl()).is_dacl_protected


# [MS-ADTS] 5.1.3.2
@pytest.mark.parametrize(
    ("generic", "specific"),
    [
        (AccessMask.GENERIC_READ, 0x20094),
        (AccessMask.GENERIC_WRITE, 0x20028),
        (AccessMask.GENERIC_EXECUTE, 0x20004),
        (AccessMask.GENERIC_ALL, 0xF01FF),
        (AccessMask.GENERIC_READ | AccessMask.CONTROL_ACCESS, 0x20194),
        (AccessMask.CONTROL_ACCESS, 0x100),
    ],
)
def test_generic_rights_map_to_those_of_directory_objects(
    generic: AccessMask, specific: int
) -> None:
    assert map_generic(generic) == specific
    assert not has_generic(map_generic(generic))


def test_generic_rights_are_noticed() -> None:
    assert [has_generic(mask) for mask in (0x10000000, 0x80000000, 0xF01FF)] == [True, True, False]


def test_send_as_is_the_extended_right_of_the_schema() -> None:
    # [MS-ADTS] 5.1.3.2.1
    assert SEND_AS.object_type == UUID("ab721a54-1e2f-11d0-9819-00aa0040529b")
    assert SEND_AS.mask == AccessMask.CONTROL_ACCESS

"""One object with the bytes of its attributes."""

from uuid import UUID

import pytest

from adaudit.directory import Dn, Entry
from adaudit.directory.entry import guid_of
from adaudit.errors import DescriptorError, DirectoryError
from adaudit.security.sid import Sid

SID = Sid.parse("S-1-5-21-1-2-3-1105")
GUID = UUID("ab721a54-1e2f-11d0-9819-00aa0040529b")


def entry(**attributes: bytes | list[bytes]) -> Entry:
    values = {
        name.lower(): tuple(value if isinstance(value, list) else [value])
        for name, value in attributes.items()
    }
    return Entry(Dn("CN=EX01,DC=contoso"), values)


def test_attributes_are_found_in_any_case() -> None:
    assert entry(sAMAccountName=b"EX01$").text("SAMACCOUNTNAME") == "EX01$"


def test_an_attribute_without_values_is_empty() -> None:
    bare = entry()
    assert (bare.values("cn"), bare.texts("cn"), bare.text("cn"), bare.integer("cn")) == (
        (),
        (),
        None,
        None,
    )


def test_bytes_that_are_no_text_do_not_stop_reading() -> None:
    assert entry(cn=b"a\xff").text("cn") == "a\udcff"


@pytest.mark.parametrize(("value", "number"), [(b"-2147483646", -2147483646), (b"0", 0)])
def test_a_number_is_read(value: bytes, number: int) -> None:
    assert entry(groupType=value).integer("groupType") == number


@pytest.mark.parametrize("value", [b"", b"two", b"0x2", b"\xff", b"9" * 5000])
def test_what_is_no_number_is_a_directory_error(value: bytes) -> None:
    with pytest.raises(
        DirectoryError, match=r"`groupType` of CN=EX01,DC=contoso is .*not a number"
    ):
        entry(groupType=value).integer("groupType")


def test_a_guid_is_read_in_the_byte_order_of_windows() -> None:
    assert entry(objectGUID=GUID.bytes_le).guid == GUID


def test_an_object_without_guid_and_sid_has_none() -> None:
    assert (entry().guid, entry().sid, entry().sid_history) == (None, None, ())


@pytest.mark.parametrize("size", [0, 15, 17])
def test_a_guid_of_another_size_is_a_directory_error(size: int) -> None:
    with pytest.raises(DirectoryError, match=f"has {size} bytes, not 16"):
        guid_of(entry(schemaIDGUID=bytes(size)), "schemaidguid")


def test_sids_are_decoded() -> None:
    account = entry(objectSid=SID.encode(), sIDHistory=[SID.encode(), Sid(1, (0,)).encode()])
    assert (account.sid, account.sid_history) == (SID, (SID, Sid(1, (0,))))


@pytest.mark.parametrize("value", [b"", SID.encode()[:-1], SID.encode() + b"\0", b"\2" * 28])
def test_a_damaged_sid_is_a_descriptor_error(value: bytes) -> None:
    with pytest.raises(DescriptorError):
        _ = entry(objectSid=value).sid


def test_the_last_class_is_the_most_specific_one() -> None:
    account = entry(objectClass=[b"top", b"person", b"user", b"computer"])
    assert account.object_class == "computer"
    assert account.classes == {"top", "person", "user", "computer"}
    assert entry().object_class is None

"""What GUIDs in entries mean."""

from uuid import UUID

import pytest

from adaudit.directory.schema import Kind, Schema
from adaudit.security.rights import SEND_AS, AccessMask
from tests.builders import Made, World

USER = UUID("bf967aba-0de6-11d0-a285-00aa003049e2")
COMPUTER = UUID("bf967a86-0de6-11d0-a285-00aa003049e2")
MEMBER = UUID("bf9679c0-0de6-11d0-a285-00aa003049e2")
MEMBERSHIP = UUID("bc0ac240-79a9-11d0-9020-00c04fc2d4cf")
RESET_PASSWORD = UUID("00299570-246d-11d0-a768-00aa006e0529")
HOST_NAME = UUID("72e39547-7b18-11d1-adef-00c04fd8d5cd")


@pytest.fixture
def world() -> World:
    world = World()
    world.domain("CONTOSO", "DC=contoso,DC=example")
    world.schema_class("user", USER, "organizationalPerson")
    world.schema_class("computer", COMPUTER, "user")
    world.schema_attribute("member", MEMBER, attributeSecurityGUID=MEMBERSHIP, searchFlags=1)
    world.right("Membership", MEMBERSHIP).put(validAccesses=0x30)
    world.right("User-Force-Change-Password", RESET_PASSWORD).put(validAccesses=0x100)
    return world


def test_classes_are_found_in_any_case(world: World) -> None:
    schema = Schema.of(world.snapshot())
    assert (schema.class_guid("Computer"), schema.class_guid("nobody")) == (COMPUTER, None)
    assert schema.class_guid(None) is None


def test_an_attribute_knows_its_property_set(world: World) -> None:
    member = Schema.of(world.snapshot()).attributes["member"]
    assert (member.guid, member.property_set, member.is_confidential) == (MEMBER, MEMBERSHIP, False)


def test_the_search_flag_0x80_makes_an_attribute_confidential(world: World) -> None:
    world.schema_attribute("secret", UUID(int=5), searchFlags=0x80)
    assert Schema.of(world.snapshot()).attributes["secret"].is_confidential


@pytest.mark.parametrize(
    ("guid", "name"),
    [
        (USER, "user"),
        (MEMBER, "member"),
        (MEMBERSHIP, "Membership"),
        (SEND_AS.object_type, "Send-As"),
        (UUID(int=7), None),
    ],
)
def test_a_guid_has_the_name_of_what_it_stands_for(
    world: World, guid: UUID, name: str | None
) -> None:
    assert Schema.of(world.snapshot()).name(guid) == name


@pytest.mark.parametrize(
    "name", ["User-Force-Change-Password", "user-force-change-password", str(RESET_PASSWORD)]
)
def test_an_extended_right_is_found_by_name_and_guid(world: World, name: str) -> None:
    right = Schema.of(world.snapshot()).right(name)
    assert right is not None
    assert (right.mask, right.object_type) == (AccessMask.CONTROL_ACCESS, RESET_PASSWORD)


def test_a_property_set_is_no_extended_right(world: World) -> None:
    """Asked for as one it would be a right that no entry means. [MS-ADTS] 5.1.3.2.1"""
    assert Schema.of(world.snapshot()).right("Membership") is None


def test_the_rights_of_mail_are_known_beside_those_of_the_directory(world: World) -> None:
    assert Schema.of(world.snapshot()).right("send-as") == SEND_AS


def test_what_the_directory_defines_is_not_mixed_with_what_is_published(world: World) -> None:
    schema = Schema.of(world.snapshot())
    assert set(schema.classes) == {"user", "computer"}
    assert set(schema.attributes) == {"member"}
    assert not schema.is_built_in


def test_a_snapshot_without_any_schema_gets_the_published_one() -> None:
    schema = Schema.of(World().snapshot())
    assert schema.built_in == set(Kind)
    assert (schema.class_guid("user"), schema.attributes["member"].guid) == (USER, MEMBER)
    assert schema.right("Reset Password") == schema.right(str(RESET_PASSWORD)) is not None


@pytest.mark.parametrize(
    ("object_class", "kind"),
    [
        ("classSchema", Kind.CLASSES),
        ("attributeSchema", Kind.ATTRIBUTES),
        ("controlAccessRight", Kind.RIGHTS),
    ],
)
def test_each_kind_is_published_only_where_nothing_of_it_was_read(
    world: World, object_class: str, kind: Kind
) -> None:
    others = [made for made in world.objects if object_class.encode() not in _classes(made)]
    world.objects[:] = others
    assert Schema.of(world.snapshot()).built_in == {kind}


def test_a_kind_of_which_all_is_damaged_is_not_replaced(world: World) -> None:
    world.objects = [made for made in world.objects if b"classSchema" not in _classes(made)]
    world.schema_class("user", USER).attributes["schemaidguid"] = [b"short"]
    schema = Schema.of(world.snapshot())
    assert (schema.classes, schema.is_built_in, len(schema.faults)) == ({}, False, 1)


def _classes(made: Made) -> list[bytes]:
    return made.attributes["objectclass"]


@pytest.fixture
def twins(world: World) -> World:
    """One GUID for an attribute, the property set that holds it, and a validated write."""
    world.schema_attribute("dNSHostName", HOST_NAME, attributeSecurityGUID=HOST_NAME)
    world.right("DNS-Host-Name-Attributes", HOST_NAME).put(validAccesses=0x30)
    world.right("Validated-DNS-Host-Name", HOST_NAME).put(validAccesses=0x8)
    return world


@pytest.mark.parametrize("name", ["DNS-Host-Name-Attributes", "Validated-DNS-Host-Name"])
def test_a_property_set_and_a_validated_write_of_one_guid_are_both_found_by_name(
    twins: World, name: str
) -> None:
    right = Schema.of(twins.snapshot()).control_right(name)
    assert right is not None
    assert right.name == name


def test_a_guid_of_several_things_stands_for_the_property_set_first(twins: World) -> None:
    """[MS-ADTS] 5.1.3.3.3: its node is looked for first."""
    schema = Schema.of(twins.snapshot())
    assert schema.name(HOST_NAME) == "DNS-Host-Name-Attributes"
    assert schema.rights[HOST_NAME].is_property_set
    assert schema.control_right(str(HOST_NAME)) == schema.rights[HOST_NAME]


def test_the_guid_of_a_validated_write_has_the_name_of_the_attribute(world: World) -> None:
    world.right("Self-Membership", MEMBER).put(validAccesses=0x8)
    schema = Schema.of(world.snapshot())
    assert schema.name(MEMBER) == "member"
    assert schema.rights[MEMBER].name == "Self-Membership"


def test_a_right_without_a_display_name_is_not_called_by_nothing(world: World) -> None:
    assert Schema.of(world.snapshot()).control_right("") is None


@pytest.mark.parametrize(
    ("name", "ancestor", "expected"),
    [
        ("computer", "computer", True),
        ("Computer", "USER", True),
        ("user", "computer", False),
        ("msDS-GroupManagedServiceAccount", "computer", False),
        (None, "computer", False),
    ],
)
def test_a_class_is_derived_from_those_above_it(
    world: World, name: str | None, ancestor: str, *, expected: bool
) -> None:
    assert Schema.of(world.snapshot()).is_derived(name, ancestor) is expected


def test_classes_derived_from_each_other_in_a_ring_end_somewhere(world: World) -> None:
    world.schema_class("a", UUID(int=1), "b")
    world.schema_class("b", UUID(int=2), "a")
    schema = Schema.of(world.snapshot())
    assert schema.is_derived("a", "b")
    assert not schema.is_derived("a", "computer")


@pytest.mark.parametrize("value", ["no guid", "", "bc0ac240-79a9-11d0-9020"])
def test_a_damaged_guid_of_a_right_is_a_fault_or_nothing(world: World, value: str) -> None:
    right = world.right("Damaged", RESET_PASSWORD)
    right.attributes["rightsguid"] = [value.encode()]
    schema = Schema.of(world.snapshot())
    assert [dn for dn, _ in schema.faults] == ([right.dn] if value else [])
    assert "Damaged" not in {right.name for right in schema.rights.values()}


@pytest.mark.parametrize(
    ("attribute", "value"),
    [("schemaIDGUID", b"short"), ("attributeSecurityGUID", b"short"), ("searchFlags", b"two")],
)
def test_a_damaged_definition_is_a_fault_and_the_others_are_read(
    world: World, attribute: str, value: bytes
) -> None:
    damaged = world.schema_attribute("damaged", UUID(int=9))
    damaged.attributes[attribute.lower()] = [value]
    schema = Schema.of(world.snapshot())
    assert [dn for dn, _ in schema.faults] == [damaged.dn]
    assert set(schema.attributes) == {"member"}

"""Permissions by what they ask: the worked cases, with lists built from a schema."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from adaudit.access import Decision, ObjectFacts, Token, Verdict, evaluate
from adaudit.access.permission import Permission
from adaudit.access.question import TypeNode
from adaudit.directory.definitions import AttributeDefinition, ClassDefinition, ControlRight
from adaudit.directory.schema import Schema
from adaudit.security import sddl
from adaudit.security.rights import AccessMask
from adaudit.security.sid import Sid

CASES = json.loads((Path(__file__).parents[1] / "data/access_cases.json").read_text("utf-8"))
DOMAIN = Sid.parse("S-1-5-21-1-2-3")
COMPUTER = UUID("bf967a86-0de6-11d0-a285-00aa003049e2")
USER = UUID("bf967aba-0de6-11d0-a285-00aa003049e2")
MEMBER = AttributeDefinition("member", UUID(int=1), UUID(int=10), is_confidential=False)
TITLE = AttributeDefinition("title", UUID(int=2), UUID(int=10), is_confidential=False)
LINK = AttributeDefinition("gPLink", UUID(int=3), None, is_confidential=False)
KEYS = AttributeDefinition("keys", UUID(int=4), UUID(int=20), is_confidential=False)
SELF_MEMBERSHIP = ControlRight("Self-Membership", MEMBER.guid, 0x8)
SCHEMA = Schema(
    {name: ClassDefinition(name, guid, "top") for name, guid in (("user", USER), ("ou", COMPUTER))},
    {each.name.lower(): each for each in (MEMBER, TITLE, LINK)},
    (
        ControlRight("Membership", UUID(int=10), 0x30),
        ControlRight("Reset", UUID(int=11)),
        ControlRight("Send", UUID(int=12)),
        SELF_MEMBERSHIP,
    ),
)
WRITE, CONTROL = AccessMask.WRITE_PROPERTY, AccessMask.CONTROL_ACCESS
SUBJECT = DOMAIN.relative(1104)


def by_id(case: dict[str, Any]) -> str:
    return str(case["id"])


def schema_of(case: dict[str, Any]) -> Schema:
    """The attributes and property sets that the list of a case has."""
    attributes, sets = {}, []
    above: UUID | None = None
    nodes = [(level, UUID(guid)) for level, guid in case["type_list"][1:]]
    for place, (level, guid) in enumerate(nodes):
        if level == 1 and nodes[place + 1 : place + 2] and nodes[place + 1][0] == 2:
            above = guid
            sets.append(ControlRight(f"set {guid}", guid, 0x30))
        else:
            parent = above if level == 2 else None
            attributes[str(guid)] = AttributeDefinition(
                str(guid), guid, parent, is_confidential=False
            )
    return Schema({}, attributes, tuple(sets))


def permission(case: dict[str, Any]) -> Permission:
    """What a case asks for, as a permission."""
    desired = case["desired"]
    mask, name = AccessMask(int(desired["mask"], 16)), desired["label"] or ""
    guid = UUID(desired["object_type"]) if desired["object_type"] else None
    schema = schema_of(case)
    match case["query_kind"]:
        case "object":
            return Permission.whole(name, mask)
        case "child":
            return Permission.of_child(name, mask, guid)
        case "extended_right":
            assert guid is not None
            return Permission.extended(name, guid)
        case "tree":
            every = Permission.all_properties(name, mask, schema)
            return Permission.property_set(name, mask, guid, schema) if guid else every
        case "validated_write":
            assert guid is not None
            return Permission.validated(
                name, ControlRight(name, guid, 0x8), schema.attributes[str(guid)]
            )
        case _:
            return Permission.attribute(name, mask, schema.attributes[str(guid)])


def verdict(case: dict[str, Any]) -> Verdict:
    sids = frozenset(map(Sid.parse, case["token_sids"]))
    token = Token(
        next(iter(sids)),
        sids,
        deny_only=frozenset(map(Sid.parse, case["deny_only_sids"])),
        privileges=frozenset(case["privileges"]),
        knows_claims=True,
    )
    class_guid = UUID(case["object_class_guid"])
    facts = ObjectFacts(
        sid=Sid.parse(case["self_sid"]) if case["self_sid"] else None,
        class_guid=class_guid,
        blocks_owner=case["dsheuristics_char29"] == "1" and class_guid == COMPUTER,
        owner_exempt=frozenset({DOMAIN.relative(512), DOMAIN.relative(519)}),
    )
    descriptor = sddl.parse(case["sddl"], DOMAIN, DOMAIN)
    return evaluate(descriptor, token, permission(case).question(facts))


@pytest.mark.parametrize("case", CASES, ids=by_id)
def test_a_case_is_decided_as_the_specification_says(case: dict[str, Any]) -> None:
    expected = Decision.ALLOWED if case["expected"]["granted"] else Decision.DENIED
    assert verdict(case).decision is expected, case["why"]


@pytest.mark.parametrize("case", CASES, ids=by_id)
def test_the_entry_that_decides_a_case_is_named(case: dict[str, Any]) -> None:
    deciding = verdict(case).deciding
    assert (deciding.position if deciding else None) == case["deciding_ace_index"], case["why"]


def decided(asked: Permission, entries: str, class_guid: UUID | None = USER) -> Decision:
    """What a DACL comes to for the subject, U in it."""
    text = entries.replace("U)", f"{SUBJECT})").replace("#", "00000000-0000-0000-0000-0000000000")
    token = Token(SUBJECT, frozenset({SUBJECT}))
    found = sddl.parse(f"O:SYG:SYD:{text}", DOMAIN, DOMAIN)
    return evaluate(found, token, asked.question(ObjectFacts(class_guid=class_guid))).decision


ALL_PROPERTIES = Permission.all_properties("write:*", WRITE, SCHEMA)
ALL_EXTENDED = Permission.all_extended("AllExtendedRights", SCHEMA)
ALL_CHILDREN = Permission.all_children("create:*", AccessMask.CREATE_CHILD, SCHEMA)


@pytest.mark.parametrize("class_guid", [USER, None])
@pytest.mark.parametrize(
    ("asked", "entries", "expected"),
    [
        (ALL_PROPERTIES, "(A;;WP;;;U)", "allowed"),
        (ALL_PROPERTIES, "(OA;;WP;#0a;;U)(OA;;WP;#03;;U)", "allowed"),
        (ALL_PROPERTIES, "(OA;;WP;#0a;;U)", "denied"),
        (ALL_PROPERTIES, "(OD;;WP;#01;;U)(A;;WP;;;U)", "denied"),
        (ALL_PROPERTIES, "(OD;;WP;#63;;U)(A;;WP;;;U)", "allowed"),
        (ALL_EXTENDED, "(A;;CR;;;U)", "allowed"),
        (ALL_EXTENDED, "(OA;;CR;#0b;;U)", "denied"),
        (ALL_EXTENDED, "(OA;;CR;#0b;;U)(OA;;CR;#0c;;U)", "allowed"),
        (ALL_EXTENDED, "(OD;;CR;#0b;;U)(A;;CR;;;U)", "denied"),
        (ALL_CHILDREN, "(A;;CC;;;U)", "allowed"),
        (ALL_CHILDREN, f"(OA;;CC;{USER};;U)", "denied"),
        (ALL_CHILDREN, f"(OA;;CC;{USER};;U)(OA;;CC;{COMPUTER};;U)", "allowed"),
        (ALL_CHILDREN, f"(OD;;CC;{COMPUTER};;U)(A;;CC;;;U)", "denied"),
    ],
)
def test_every_one_is_held_when_each_is_whatever_the_class_of_the_object(
    asked: Permission, entries: str, expected: str, class_guid: UUID | None
) -> None:
    """A node holds what all its children hold. [MS-ADTS] 5.1.3.3.3"""
    assert decided(asked, entries, class_guid) == expected


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ("(OA;;WP;#0a;;U)", "allowed"),
        ("(OA;;WP;#01;;U)", "allowed"),
        ("(OD;;WP;#0a;;U)(A;;WP;;;U)", "denied"),
        ("(OA;;WP;#02;;U)", "denied"),
    ],
)
def test_an_attribute_of_an_object_without_a_known_class_still_has_its_set(
    entries: str, expected: str
) -> None:
    asked = Permission.attribute("write:member", WRITE, MEMBER)
    assert decided(asked, entries, None) == expected


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ("(OA;;SW;#01;;U)", "allowed"),
        ("(A;;SW;;;U)", "allowed"),
        ("(OA;;SW;#0a;;U)", "undecided"),
        (f"(OA;;SW;{USER};;U)", "undecided"),
        ("(OA;;SW;#02;;U)", "denied"),
    ],
)
def test_of_a_validated_write_the_specification_leaves_sets_and_classes_open(
    entries: str, expected: str
) -> None:
    """[MS-ADTS] 5.1.3.3.5 names entries for the right and entries without an object type."""
    asked = Permission.validated("Self-Membership", SELF_MEMBERSHIP, MEMBER)
    assert decided(asked, entries) == expected


def test_an_entry_for_the_class_leaves_an_extended_right_open() -> None:
    asked = Permission.extended("Reset", UUID(int=11))
    assert decided(asked, f"(OA;;CR;{USER};;U)") == "undecided"


def test_a_validated_write_with_the_guid_of_the_set_of_its_attribute_has_one_node() -> None:
    """DS-Validated-Write-Computer, whose GUID is the set of msDS-KeyCredentialLink."""
    right = ControlRight("DS-Validated-Write-Computer", UUID(int=20), 0x8)
    asked = Permission.validated("keys", right, KEYS)
    question = asked.question(ObjectFacts(class_guid=USER))
    assert question.type_list == (TypeNode(0, USER), TypeNode(1, UUID(int=20)))
    assert question.ambiguous == {USER}


def test_whether_children_of_a_class_may_be_made_says_nothing_of_classes_derived_from_it() -> None:
    asked = Permission.of_child("create:computer", AccessMask.CREATE_CHILD, COMPUTER)
    assert decided(asked, f"(OA;;CC;{USER};;U)") == "denied"

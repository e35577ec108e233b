"""All that one holds on an object: what is found by asking for each thing by itself."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adaudit.access import Decision, ObjectFacts, Token, evaluate
from adaudit.access.leaves import Kind, Vocabulary
from adaudit.access.permission import Permission
from adaudit.access.powers import Power, powers
from adaudit.directory.definitions import AttributeDefinition, ClassDefinition, ControlRight
from adaudit.directory.schema import Schema
from adaudit.security import sddl
from adaudit.security.ace import Ace, AceFlags, AceType
from adaudit.security.descriptor import Acl, ControlFlags, SecurityDescriptor
from adaudit.security.rights import WHOLE_OBJECT_RIGHTS, AccessMask
from adaudit.security.sid import AUTHENTICATED_USERS, EVERYONE, OWNER_RIGHTS, PRINCIPAL_SELF, Sid

DOMAIN = Sid.parse("S-1-5-21-1-2-3")
SUBJECT, GROUP, STRANGER = (DOMAIN.relative(rid) for rid in (1104, 1201, 1999))
CLASS, OTHER_CLASS = UUID(int=100), UUID(int=101)
SET, LONELY_SET = UUID(int=10), UUID(int=11)


def attribute(
    name: str, guid: int, of_set: UUID | None = None, *, secret: bool = False
) -> AttributeDefinition:
    return AttributeDefinition(name, UUID(int=guid), of_set, secret)


ATTRIBUTES = (
    attribute("a", 1, SET),
    attribute("b", 2, SET),
    attribute("c", 3),
    attribute("d", 4, secret=True),
    attribute("e", 5, SET, secret=True),
    attribute("same", 11, LONELY_SET),
    attribute("f", 6, LONELY_SET),
)
WRITTEN = UUID("bf9679c0-0de6-11d0-a285-00aa003049e2")
MEMBER = AttributeDefinition("member", WRITTEN, SET, is_confidential=False)
RIGHTS = (
    ControlRight("Set", SET, 0x30),
    ControlRight("Lonely", LONELY_SET, 0x30),
    ControlRight("Reset", UUID(int=20)),
    ControlRight("Send", UUID(int=21)),
    ControlRight("Self-Membership", WRITTEN, 0x8),
)
SCHEMA = Schema(
    {
        "user": ClassDefinition("user", CLASS, "top"),
        "ou": ClassDefinition("ou", OTHER_CLASS, "top"),
    },
    {each.name: each for each in (*ATTRIBUTES, MEMBER)},
    RIGHTS,
)
VOCABULARY = Vocabulary(SCHEMA)
NAMED = [
    *(each.guid for each in (*ATTRIBUTES, MEMBER)),
    *(right.guid for right in RIGHTS),
    *(CLASS, OTHER_CLASS, UUID(int=77)),
]
TOKEN = Token(
    SUBJECT,
    frozenset({SUBJECT, GROUP, EVERYONE, AUTHENTICATED_USERS}),
    doubtful={STRANGER: "nobody knows"},
)
COMMON = Token(AUTHENTICATED_USERS, frozenset({AUTHENTICATED_USERS, EVERYONE}))
FACTS = ObjectFacts(SUBJECT, CLASS)
BITS = [0x1, 0x2, 0x8, 0x10, 0x20, 0x30, 0x100, 0x110, 0x10000, 0x40000, 0xF01FF]

entries = st.builds(
    Ace,
    st.sampled_from([AceType.ACCESS_ALLOWED_OBJECT] * 3 + [AceType.ACCESS_DENIED_OBJECT]),
    st.sampled_from([0, 0, 0, 8]).map(AceFlags),
    st.sampled_from(BITS).map(AccessMask),
    st.sampled_from(
        [
            *(SUBJECT, GROUP, GROUP, STRANGER, DOMAIN.relative(7), AUTHENTICATED_USERS),
            *(OWNER_RIGHTS, PRINCIPAL_SELF),
        ]
    ),
    st.sampled_from([None, *NAMED]),
)
found_descriptors = st.builds(
    lambda owner, aces: SecurityDescriptor(ControlFlags(0), owner, None, Acl(4, tuple(aces))),
    st.sampled_from([None, SUBJECT, STRANGER]),
    st.lists(entries, max_size=7),
)


def asked() -> list[tuple[Kind, list[str], Permission]]:
    """Each thing by itself: its kind, the names it can be told under, and how to ask for it."""
    found: list[tuple[Kind, list[str], Permission]] = [
        (Kind.WHOLE, [right.name], Permission.whole(right.name, right.mask))
        for right in WHOLE_OBJECT_RIGHTS
    ]
    for each in (*ATTRIBUTES, MEMBER):
        names = [
            each.name,
            {SET: "Set", LONELY_SET: "Lonely", None: NO_SET}[each.property_set],
            "*",
        ]
        for kind, mask in ((Kind.READ, 0x10), (Kind.WRITE, 0x20), (Kind.CONFIDENTIAL, 0x110)):
            if kind is not Kind.CONFIDENTIAL or each.is_confidential:
                found.append((kind, names, Permission.attribute("", AccessMask(mask), each)))
    for right in RIGHTS[2:4]:
        asking = Permission.extended("", right.guid)
        found.append((Kind.EXTENDED, [right.name, "*"], asking))
    asking = Permission.validated("", RIGHTS[4], MEMBER)
    found.append((Kind.VALIDATED, ["Self-Membership", "*"], asking))
    for known in SCHEMA.classes.values():
        for kind, mask in ((Kind.CREATE, 1), (Kind.DELETE, 2)):
            asking = Permission.of_child("", AccessMask(mask), known.guid)
            found.append((kind, [known.name, "*"], asking))
    return found


NO_SET = "attributes of no property set"


def told(found: tuple[Power, ...], kind: Kind, names: list[str]) -> Decision:
    """What the powers say of one thing: by its own name, else as part of its set, else of all."""
    by_name = {power.what: power for power in found if power.kind is kind}
    missing = {name for power in by_name.values() for name in power.but}
    for name in names:
        if name in by_name:
            return by_name[name].decision
        if name in missing:
            return Decision.DENIED
    return Decision.DENIED


@settings(max_examples=400)
@given(found_descriptors)
def test_what_is_told_of_all_is_what_each_comes_to(descriptor: SecurityDescriptor) -> None:
    found = powers(descriptor, TOKEN, FACTS, VOCABULARY)
    for kind, names, permission in asked():
        verdict = evaluate(descriptor, TOKEN, permission.question(FACTS))
        assert told(found, kind, names) is verdict.decision, (kind, names, found)


@settings(max_examples=100)
@given(found_descriptors)
def test_what_others_hold_too_is_marked(descriptor: SecurityDescriptor) -> None:
    own = powers(descriptor, COMMON, FACTS, VOCABULARY, COMMON)
    assert all(power.is_common for power in own if power.decision is Decision.ALLOWED)
    for power in powers(descriptor, TOKEN, FACTS, VOCABULARY, COMMON):
        if power.is_common and power.what != "*":
            names = {other.what for other in own if other.kind is power.kind}
            assert names & {power.what, "*", "Set", "Lonely", NO_SET}


def held(
    text: str, facts: ObjectFacts = FACTS
) -> list[tuple[str, str, tuple[str, ...], int | None]]:
    for name, sid in (("U", SUBJECT), ("G", GROUP), ("X", STRANGER)):
        text = text.replace(f";{name})", f";{sid})")
    text = text.replace("#", "00000000-0000-0000-0000-0000000000")
    descriptor = sddl.parse(f"O:SYG:SYD:{text}")
    return [
        (power.kind, power.what, power.but, power.position)
        for power in powers(descriptor, TOKEN, facts, VOCABULARY)
    ]


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ("(A;;WP;;;U)", [("write", "*", (), 0)]),
        ("(OA;;WP;#01;;U)", [("write", "a", (), 0)]),
        ("(OA;;WP;#0a;;U)", [("write", "Set", (), 0)]),
        ("(OD;;WP;#01;;G)(OA;;WP;#0a;;U)", [("write", "Set", ("a",), 1)]),
        ("(OD;;WP;#0a;;G)(A;;WP;;;U)", [("write", "*", ("Set",), 1)]),
        ("(OD;;WP;#0a;;G)(OD;;WP;#01;;G)(A;;WP;;;U)", [("write", "*", ("Set",), 2)]),
        ("(OA;;WP;#01;;G)(A;;WP;;;U)", [("write", "*", (), 1), ("write", "a", (), 0)]),
        ("(OA;;WP;#64;;U)", [("write", "*", (), 0)]),
        ("(OA;;WP;#65;;U)", []),
        ("(OA;;CR;#14;;U)", [("extended right", "Reset", (), 0)]),
        ("(OA;;CR;#01;;U)", []),
        ("(OA;;CC;#65;;U)", [("create children", "ou", (), 0)]),
        ("(OA;;RPCR;#04;;U)", [("read", "d", (), 0), ("read confidential", "d", (), 0)]),
        ("(A;;WP;;;PS)", [("write", "*", (), 0)]),
        ("(OD;;WP;#0a;;G)(A;;WP;;;X)", [("write", "*", ("Set",), None)]),
    ],
)
def test_what_entries_name_is_told_apart_and_the_rest_as_one(
    entries: str, expected: list[tuple[str, str, tuple[str, ...], int | None]]
) -> None:
    assert held(entries) == expected


def test_full_control_is_everything() -> None:
    found = held("(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;U)")
    assert {kind for kind, what, but, position in found if position == 0} == set(map(str, Kind))
    assert all(not but for _, _, but, _ in found)

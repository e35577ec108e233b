"""Operations: worked cases, and all subjects at once as one by one."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adaudit.access import Decision, Token, evaluate, token_of
from adaudit.access.carriers import Carriers
from adaudit.access.doing import Place, decide, doers
from adaudit.access.operation import AllOf, AnyOf, Check, ChildCheck, IsHead, Need, On, Operation
from adaudit.access.permission import Permission
from adaudit.access.question import ObjectFacts
from adaudit.access.right_names import operation_of
from adaudit.access.view import View
from adaudit.directory import Dn
from adaudit.errors import QuestionError
from adaudit.security import sddl, wire
from adaudit.security.rights import AccessMask
from adaudit.security.sid import Sid
from tests.access.forest_strategies import forests, servers
from tests.access.holding_strategies import DAMAGED, descriptors
from tests.builders import World

CASES = json.loads((Path(__file__).parents[1] / "data/access_op_cases.json").read_text("utf-8"))
DOMAIN = Sid.parse("S-1-5-21-1-2-3")
NAMES = {
    "delete": "Delete",
    "move": "Move",
    "visible": "See",
    "modify_member_add_other": "AddMember",
    "create_child_then_write_dacl": "create:user",
}
CLASS_OF = {"bf967aba": "user", "bf967aa5": "organizationalUnit", "bf967a9c": "group"}
OBJECT, PARENT, DESTINATION = "CN=Object,OU=Old,DC=a", "OU=Old,DC=a", "OU=New,DC=a"


def by_id(case: dict[str, Any]) -> str:
    return str(case["id"])


def world_of(case: dict[str, Any]) -> World:
    world = World()
    world.domain("A", "DC=a", DOMAIN)
    world.add(OBJECT, CLASS_OF[case["object_class"][:8]], case.get("object_sddl"))
    world.add(PARENT, "organizationalUnit", case.get("parent_sddl"))
    world.add(DESTINATION, "organizationalUnit", case.get("new_parent_sddl"))
    if "dsheuristics" in case:
        world.heuristics(case["dsheuristics"])
    return world


def token_in(case: dict[str, Any]) -> Token:
    sids = list(map(Sid.parse, case["token_sids"]))
    return Token(sids[0], frozenset(sids))


def outcome(case: dict[str, Any]) -> Decision:
    view = View(world_of(case).snapshot())
    on = PARENT if case["operation"].startswith("create") else OBJECT
    entry = view.snapshot.entry(Dn(on))
    assert entry is not None
    operation = operation_of(NAMES[case["operation"]], view)
    return decide(operation, Place(entry, view, Dn(DESTINATION)), token_in(case)).decision


@pytest.mark.parametrize("case", CASES, ids=by_id)
def test_a_case_is_decided_as_the_specification_says(case: dict[str, Any]) -> None:
    expected = Decision.ALLOWED if case["expected"] else Decision.DENIED
    assert outcome(case) is expected, case["why"]


def test_who_creates_an_object_owns_it_and_may_write_its_dacl() -> None:
    """The rest of the case `op-create-owner`. [MS-ADTS] 6.1.3.7, 5.1.3.3.1"""
    case = next(case for case in CASES if case["id"] == "op-create-owner")
    created = sddl.parse(f"O:{case['token_sids'][0]}G:SYD:")
    question = Permission.whole("WriteDac", AccessMask.WRITE_DAC).question(ObjectFacts())
    assert evaluate(created, token_in(case), question).decision is Decision.ALLOWED


SUBJECT = DOMAIN.relative(1104)
TOKEN = Token(SUBJECT, frozenset({SUBJECT}))


def place(on: str = OBJECT, *, to: str | None = None, **descriptors: str | None) -> Place:
    """An object in a small world; `object`, `parent` and `head` are lists of entries."""
    world = World()
    domain = world.domain("A", "DC=a", DOMAIN)
    assert domain.head is not None

    def text(name: str) -> str | None:
        entries = descriptors.get(name, "")
        return None if entries is None else f"O:SYG:SYD:{entries.replace('U)', f'{SUBJECT})')}"

    head = text("head")
    domain.head.descriptor = wire.encode(sddl.parse(head, DOMAIN)) if head else None
    world.add(OBJECT, "group", text("object"))
    world.add(PARENT, "organizationalUnit", text("parent"))
    view = View(world.snapshot())
    entry = view.snapshot.entry(Dn(on))
    assert entry is not None
    return Place(entry, view, Dn(to) if to else None)


def decided(name: str, at: Place) -> str:
    return decide(operation_of(name, at.view), at, TOKEN).decision


@pytest.mark.parametrize(
    ("name", "descriptors", "expected"),
    [
        ("Delete", {"object": "(A;;SD;;;U)", "parent": None}, "allowed"),
        ("Delete", {"object": "", "parent": None}, "undecided"),
        ("Delete", {"object": "", "parent": ""}, "denied"),
        ("AddMember", {"object": "(OA;;SW;bf9679c0-0de6-11d0-a285-00aa003049e2;;U)"}, "denied"),
        ("AddSelf", {"object": "(OA;;SW;bf9679c0-0de6-11d0-a285-00aa003049e2;;U)"}, "allowed"),
        ("AddSelf", {"object": "(OA;;WP;bf9679c0-0de6-11d0-a285-00aa003049e2;;U)"}, "allowed"),
        ("read:member", {"object": "(A;;RP;;;U)", "parent": "(A;;LC;;;U)"}, "allowed"),
        ("read:member", {"object": "(A;;RP;;;U)", "parent": ""}, "denied"),
        ("read:member", {"object": "(A;;RP;;;U)", "parent": None}, "undecided"),
        ("read:unixUserPassword", {"object": "(A;;RP;;;U)", "parent": "(A;;LC;;;U)"}, "denied"),
        ("read:unixUserPassword", {"object": "(A;;RPCR;;;U)", "parent": "(A;;LC;;;U)"}, "allowed"),
        (
            "read:nTSecurityDescriptor",
            {"object": "(A;;RC;;;U)", "parent": "(A;;LC;;;U)"},
            "allowed",
        ),
        ("read:nTSecurityDescriptor", {"object": "(A;;RP;;;U)", "parent": "(A;;LC;;;U)"}, "denied"),
        ("Rename", {"object": "(OA;;WP;bf967a0e-0de6-11d0-a285-00aa003049e2;;U)"}, "denied"),
        ("Rename", {"object": "(A;;WP;;;U)"}, "allowed"),
        ("DCSync", {"head": "(OA;;CR;1131f6aa-9c07-11d1-f79f-00c04fc2dcd2;;U)"}, "denied"),
        (
            "DCSync",
            {
                "head": "(OA;;CR;1131f6aa-9c07-11d1-f79f-00c04fc2dcd2;;U)"
                "(OA;;CR;1131f6ad-9c07-11d1-f79f-00c04fc2dcd2;;U)"
            },
            "allowed",
        ),
        ("DCSync", {"head": "(A;;CR;;;U)"}, "allowed"),
        ("DCSync", {"head": None}, "undecided"),
    ],
)
def test_an_operation_hangs_on_its_checks(
    name: str, descriptors: dict[str, str | None], expected: str
) -> None:
    assert decided(name, place(**descriptors)) == expected


def test_nothing_above_a_head_lets_it_be_deleted() -> None:
    """What is above it is in another naming context, or nowhere."""
    assert decided("Delete", place("DC=a", head="(A;;WP;;;U)")) == "denied"


def test_a_head_is_seen_without_a_right_on_what_is_above_it() -> None:
    """[MS-ADTS] 5.1.3.3.6"""
    assert decided("See", place("DC=a", head="")) == "allowed"


def test_moving_without_a_new_parent_is_a_question_error() -> None:
    at = place()
    with pytest.raises(QuestionError, match="a new parent"):
        decide(operation_of("Move", at.view), at, TOKEN)


@pytest.mark.parametrize(
    ("readers", "expected"),
    [
        (f"O:SYD:(A;;RP;;;{SUBJECT})", "allowed"),
        ("O:SYD:(A;;RP;;;SY)", "denied"),
        (None, "undecided"),
        (b"\x01\x00damaged", "undecided"),
    ],
)
def test_a_managed_password_is_read_by_those_that_the_account_lists(
    readers: str | bytes | None, expected: str
) -> None:
    world = World()
    world.domain("A", "DC=a", DOMAIN)
    made = world.add(OBJECT, "msDS-GroupManagedServiceAccount", "O:SYG:SYD:(A;;GA;;;WD)")
    world.add(PARENT, "organizationalUnit", f"O:SYG:SYD:(A;;LC;;;{SUBJECT})")
    if readers is not None:
        body = readers if isinstance(readers, bytes) else wire.encode(sddl.parse(readers))
        made.put(**{"msDS-GroupMSAMembership": body})
    view = View(world.snapshot())
    entry = view.snapshot.entry(Dn(OBJECT))
    assert entry is not None
    for name in ("ReadGMSAPassword", "read:msDS-ManagedPassword"):
        assert decide(operation_of(name, view), Place(entry, view), TOKEN).decision == expected


GUID = UUID("bf967aba-0de6-11d0-a285-00aa003049e2")
PERMISSIONS = [
    Permission.whole("WriteDac", AccessMask.WRITE_DAC),
    Permission.whole("write", AccessMask.WRITE_PROPERTY),
    Permission.extended("a right", GUID),
    Permission.of_child("create:user", AccessMask.CREATE_CHILD, GUID),
]
checks = st.builds(
    Check, st.sampled_from(PERMISSIONS), st.sampled_from([On.OBJECT, On.PARENT, On.HEAD])
)
needs: st.SearchStrategy[Need] = st.recursive(
    st.one_of(
        checks,
        checks,
        st.just(ChildCheck("delete", AccessMask.DELETE_CHILD, On.PARENT)),
        st.just(IsHead()),
    ),
    lambda inner: st.builds(
        lambda kind, those: kind(tuple(those)),
        st.sampled_from([AllOf, AnyOf]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=5,
)


@settings(max_examples=40)
@given(st.data())
def test_who_can_do_something_is_said_of_all_as_of_each(data: st.DataObject) -> None:
    forest = data.draw(forests(with_gaps=data.draw(st.booleans())))
    for made in forest.world.objects:
        body = data.draw(st.sampled_from(["a", "a", "a", "damaged", "none"]))
        made.descriptor = {"damaged": DAMAGED, "none": None}.get(body) or (
            wire.encode(data.draw(descriptors(forest.named))) if body == "a" else None
        )
    view = View(forest.world.snapshot())
    carriers = Carriers(view.membership, data.draw(servers(view.membership)), forest.named)
    operation = Operation("anything", data.draw(needs))
    at = Place(data.draw(st.sampled_from(list(view.snapshot.entries()))), view)
    found = doers(operation, at, carriers)
    for number, sid in enumerate(carriers.subjects):
        token = token_of(sid, carriers.server, carriers.membership)
        decision = decide(operation, at, token).decision
        assert (number in found.allowed) == (decision is Decision.ALLOWED)
        assert (number in found.undecided) == (decision is Decision.UNDECIDED)

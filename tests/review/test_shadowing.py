"""Entries that decide nothing because earlier ones do, and what the evaluator says of that."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaudit.access import ObjectFacts, Question, Token, evaluate
from adaudit.access.question import TypeNode
from adaudit.access.view import View
from adaudit.directory.definitions import AttributeDefinition
from adaudit.directory.schema import Schema
from adaudit.review.delegations.shadowing import Shadow, Shadows, shadow
from adaudit.security.ace import Ace, AceFlags, AceType
from adaudit.security.descriptor import Acl, ControlFlags, SecurityDescriptor
from adaudit.security.rights import AccessMask, Right
from adaudit.security.sddl import parse
from adaudit.security.sid import AUTHENTICATED_USERS, EVERYONE, Sid
from tests.builders import World

DOMAIN = Sid.parse("S-1-5-21-1-1-1")
HELPDESK, OTHERS = DOMAIN.relative(1601), DOMAIN.relative(1602)
HELD = frozenset({HELPDESK, EVERYONE, AUTHENTICATED_USERS})
CLASS, SET, IN_SET, ALONE, RIGHT = (UUID(int=number) for number in range(1, 6))
SCHEMA = Schema(
    {},
    {
        "inset": AttributeDefinition("inSet", IN_SET, SET, is_confidential=False),
        "alone": AttributeDefinition("alone", ALONE, None, is_confidential=False),
    },
    (),
)
READ, WRITE, CONTROL = 0x10, 0x20, 0x100


def acl(*aces: str) -> Acl:
    dacl = parse(f"D:{''.join(aces)}", DOMAIN, DOMAIN).dacl
    assert isinstance(dacl, Acl)
    return dacl


def last(*aces: str) -> Shadow | None:
    return shadow(acl(*aces), len(aces) - 1, HELD, SCHEMA)


@pytest.mark.parametrize(
    ("earlier", "ace", "is_overruled"),
    [
        (f"(D;;WP;;;{HELPDESK})", f"(A;;WP;;;{HELPDESK})", True),
        (f"(A;;WP;;;{HELPDESK})", f"(D;;WP;;;{HELPDESK})", True),
        (f"(A;;WPRP;;;{HELPDESK})", f"(A;;WP;;;{HELPDESK})", False),
        ("(D;;WP;;;WD)", f"(A;;WP;;;{HELPDESK})", True),
        ("(A;;RP;;;AU)", f"(A;;RP;;;{HELPDESK})", False),
        ("(D;;WP;;;WD)", f"(OA;;WP;{ALONE};;{HELPDESK})", True),
        (f"(OD;;WP;{SET};;WD)", f"(OA;;WP;{IN_SET};;{HELPDESK})", True),
        (f"(OD;;WP;{IN_SET};;WD)", f"(OA;;WP;{IN_SET};;{HELPDESK})", True),
    ],
)
def test_an_entry_is_shadowed_by_one_before_it(
    earlier: str, ace: str, *, is_overruled: bool
) -> None:
    assert last(earlier, ace) == Shadow((0,), is_overruled)


@pytest.mark.parametrize(
    ("earlier", "ace"),
    [
        (f"(D;;WP;;;{OTHERS})", f"(A;;WP;;;{HELPDESK})"),
        (f"(D;;RP;;;{HELPDESK})", f"(A;;WPRP;;;{HELPDESK})"),
        (f"(D;CIIO;WP;;;{HELPDESK})", f"(A;;WP;;;{HELPDESK})"),
        (f"(D;;WP;;;{HELPDESK})", f"(A;CIIO;WP;;;{HELPDESK})"),
        (f"(OD;;WP;{ALONE};;{HELPDESK})", f"(A;;WP;;;{HELPDESK})"),
        (f"(OD;;WP;{SET};;{HELPDESK})", f"(OA;;WP;{ALONE};;{HELPDESK})"),
        (f"(OD;;CR;{SET};;{HELPDESK})", f"(OA;;CR;{IN_SET};;{HELPDESK})"),
        (f"(XD;;WP;;;{HELPDESK};(Member_of {{SID(BA)}}))", f"(A;;WP;;;{HELPDESK})"),
    ],
)
def test_an_entry_is_not_shadowed_by_one_that_leaves_something(earlier: str, ace: str) -> None:
    assert last(earlier, ace) is None


def test_no_entry_is_shadowed_by_one_after_it() -> None:
    assert shadow(acl("(A;;WP;;;WD)", f"(D;;WP;;;{HELPDESK})"), 0, HELD, SCHEMA) is None


def test_several_entries_can_shadow_one_together() -> None:
    found = last(f"(D;;WP;;;{HELPDESK})", "(A;;RP;;;WD)", f"(A;;RPWP;;;{HELPDESK})")

    assert found == Shadow((0, 1), is_overruled=True)


# who holds what


def shadows(*aces: str) -> Shadow | None:
    world = World()
    contoso = world.domain("CONTOSO", "DC=contoso,DC=example", DOMAIN)
    helpdesk = contoso.group("Helpdesk", 1601)
    contoso.group("Support", 1602, "universal", members=[helpdesk])
    contoso.user("Guest", 501)
    view = View(world.snapshot())
    return Shadows(view).of(acl(*aces), len(aces) - 1, view.domains.all[0])


def test_an_entry_for_a_group_shadows_those_for_what_is_in_it() -> None:
    assert shadows(f"(D;;WP;;;{OTHERS})", f"(A;;WP;;;{HELPDESK})") is not None


def test_an_entry_for_a_member_shadows_none_for_the_group() -> None:
    assert shadows(f"(D;;WP;;;{HELPDESK})", f"(A;;WP;;;{OTHERS})") is None


def test_authenticated_users_are_not_everyone() -> None:
    assert shadows("(A;;RP;;;AU)", "(A;;RP;;;WD)") is None
    assert shadows("(A;;RP;;;WD)", "(A;;RP;;;AU)") is not None


def test_a_guest_is_no_authenticated_user_and_anonymous_is_not_everyone() -> None:
    assert shadows("(D;;RP;;;AU)", "(A;;RP;;;LG)") is None
    assert shadows("(D;;RP;;;WD)", "(A;;RP;;;AN)") is None


@pytest.mark.parametrize("trustee", ["CO", "CG", "OW"])
def test_what_no_token_holds_is_not_looked_at(trustee: str) -> None:
    assert shadows("(A;;RP;;;WD)", f"(A;;RP;;;{trustee})") is None


def test_self_is_whoever_the_object_is_and_so_somebody_who_logs_on() -> None:
    assert shadows("(A;;RP;;;AU)", "(A;;RP;;;PS)") is not None


# as the evaluator has it


@st.composite
def entries(draw: st.DrawFn) -> Ace:
    kind = draw(st.sampled_from([AceType.ACCESS_ALLOWED_OBJECT, AceType.ACCESS_DENIED_OBJECT]))
    mask = draw(st.sets(st.sampled_from([READ, WRITE, CONTROL]), min_size=1).map(sum))
    flags = draw(st.sampled_from([0x00, 0x00, 0x02, 0x0A]))
    trustee = draw(st.sampled_from([HELPDESK, EVERYONE, AUTHENTICATED_USERS, OTHERS]))
    types = [None, SET, IN_SET, ALONE, RIGHT]
    return Ace(kind, AceFlags(flags), AccessMask(mask), trustee, draw(st.sampled_from(types)))


def questions() -> Iterator[Question]:
    """Every right on single attributes, and every extended right."""
    facts = ObjectFacts(class_guid=CLASS)
    root = TypeNode(0, CLASS)
    for bit in (READ, WRITE):
        right = Right("a property", AccessMask(bit))
        yield Question(right, (root, TypeNode(1, SET), TypeNode(2, IN_SET)), 2, facts)
        yield Question(right, (root, TypeNode(1, ALONE)), 1, facts)
    control = Right("an extended right", AccessMask.CONTROL_ACCESS)
    for guid in (RIGHT, SET, IN_SET, ALONE):
        yield Question(control, (root, TypeNode(1, guid)), 1, facts)


def decides(dacl: Acl, position: int) -> bool:
    """Whether an entry decides anything for one who holds its trustee, and Everyone with it."""
    token = Token(HELPDESK, HELD)
    descriptor = SecurityDescriptor(ControlFlags(0), None, None, dacl)
    return any(_decided_by(descriptor, token, question, position) for question in questions())


def _decided_by(
    descriptor: SecurityDescriptor, token: Token, question: Question, position: int
) -> bool:
    deciding = evaluate(descriptor, token, question).deciding
    return deciding is not None and deciding.position == position


@given(st.lists(entries(), min_size=1, max_size=6))
def test_an_entry_that_is_shadowed_decides_no_question(aces: list[Ace]) -> None:
    dacl = Acl(4, tuple(aces))
    for position, ace in enumerate(aces):
        if ace.trustee in HELD and shadow(dacl, position, HELD, SCHEMA):
            assert not decides(dacl, position)


@given(st.lists(entries(), min_size=1, max_size=6))
def test_an_entry_that_decides_no_question_is_shadowed_where_single_entries_show_it(
    aces: list[Ace],
) -> None:
    """An entry for all properties can be shadowed by entries for each of them: that is not told."""
    dacl = Acl(4, tuple(aces))
    for position, ace in enumerate(aces):
        is_single = ace.object_type in {IN_SET, ALONE} and not int(ace.mask) & CONTROL
        if not is_single or ace.trustee not in HELD or ace.is_inherit_only:
            continue
        is_shadowed = shadow(dacl, position, HELD, SCHEMA) is not None
        assert is_shadowed is not decides(dacl, position)

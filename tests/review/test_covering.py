"""What an entry that is covered by others adds to them: nothing, on the object and below it."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaudit.access import Question, Token, evaluate
from adaudit.access.question import TypeNode
from adaudit.access.verdict import Verdict
from adaudit.review.defaults import Covering
from adaudit.security.ace import Ace, AceFlags, AceType, AnyAce
from adaudit.security.descriptor import Acl, ControlFlags, SecurityDescriptor
from adaudit.security.inheritance import inherit
from adaudit.security.rights import AccessMask, Right
from adaudit.security.sddl import parse_ace
from adaudit.security.sid import Sid

DOMAIN = Sid.parse("S-1-5-21-1-2-3")
TRUSTEES = [DOMAIN.relative(1000), DOMAIN.relative(1001)]
CLASSES = [UUID(int=1), UUID(int=2)]
TYPES = [UUID(int=11), UUID(int=12)]
BITS = [0x10, 0x20, 0x100]


def covers(known: list[str], ace: str) -> bool:
    return Covering(parse_ace(each, DOMAIN, DOMAIN) for each in known).covers(
        parse_ace(ace, DOMAIN, DOMAIN)
    )


@pytest.mark.parametrize(
    ("known", "ace"),
    [
        ("(A;;RPWP;;;DU)", "(A;;RPWP;;;DU)"),
        ("(A;;RPWP;;;DU)", "(A;;RP;;;DU)"),
        ("(A;;GA;;;DU)", "(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;DU)"),
        ("(A;;RP;;;DU)", "(OA;;RP;;;DU)"),
        ("(A;;RP;;;DU)", "(OA;;RP;bf9679c0-0de6-11d0-a285-00aa003049e2;;DU)"),
        ("(A;CI;RP;;;DU)", "(A;;RP;;;DU)"),
        ("(A;CI;RP;;;DU)", "(A;CIIO;RP;;;DU)"),
        ("(A;CI;RP;;;DU)", "(OA;CIIO;RP;;bf967aba-0de6-11d0-a285-00aa003049e2;DU)"),
        ("(A;CI;RP;;;DU)", "(A;CINP;RP;;;DU)"),
        ("(D;;WP;;;DU)", "(D;;WP;;;DU)"),
    ],
)
def test_an_entry_that_says_no_more_is_covered(known: str, ace: str) -> None:
    assert covers([known], ace)


@pytest.mark.parametrize(
    ("known", "ace"),
    [
        ("(A;;RP;;;DU)", "(A;;RPWP;;;DU)"),
        ("(A;;RP;;;DU)", "(A;;RP;;;DA)"),
        ("(A;;RP;;;DU)", "(D;;RP;;;DU)"),
        ("(A;;RP;;;DU)", "(A;CI;RP;;;DU)"),
        ("(A;CIIO;RP;;;DU)", "(A;CI;RP;;;DU)"),
        ("(A;CINP;RP;;;DU)", "(A;CI;RP;;;DU)"),
        ("(OA;;RP;bf9679c0-0de6-11d0-a285-00aa003049e2;;DU)", "(A;;RP;;;DU)"),
        ("(OA;CIIO;RP;;bf967aba-0de6-11d0-a285-00aa003049e2;DU)", "(A;CIIO;RP;;;DU)"),
        ("(XA;;RP;;;DU;(Member_of {SID(BA)}))", "(A;;RP;;;DU)"),
        ("(A;;RP;;;DU)", "(A;;;;;DA)"),
    ],
)
def test_an_entry_that_says_more_is_not_covered(known: str, ace: str) -> None:
    assert not covers([known], ace)


def test_the_bits_of_an_entry_can_be_covered_by_several_together() -> None:
    assert covers(["(A;;RP;;;DU)", "(A;CI;WP;;;DU)"], "(A;;RPWP;;;DU)")
    assert not covers(
        ["(A;;RP;;;DU)", "(OA;;WP;bf9679c0-0de6-11d0-a285-00aa003049e2;;DU)"], "(A;;RPWP;;;DU)"
    )


def test_an_entry_that_is_not_understood_is_covered_by_its_equal_alone() -> None:
    assert covers(["(0x14;;#01020304)"], "(0x14;;#01020304)")
    assert not covers(["(0x14;;#01020304)"], "(0x14;CI;#01020304)")


@st.composite
def entries(draw: st.DrawFn) -> Ace:
    """Entries of one sense are often alike: few trustees, types and bits."""
    object_type = draw(st.none() | st.sampled_from(TYPES))
    inherited = draw(st.none() | st.sampled_from(CLASSES))
    allows = draw(st.booleans())
    kind = AceType.ACCESS_ALLOWED_OBJECT if allows else AceType.ACCESS_DENIED_OBJECT
    mask = draw(st.sets(st.sampled_from(BITS), min_size=1).map(sum))
    flags = draw(st.sampled_from([0x00, 0x02, 0x0A, 0x06, 0x0E]))
    trustee = draw(st.sampled_from(TRUSTEES))
    return Ace(kind, AceFlags(flags), AccessMask(mask), trustee, object_type, inherited)


def granted(dacl: tuple[AnyAce, ...], class_guid: UUID, node: int, bit: int) -> Verdict:
    tree = (TypeNode(0, class_guid), TypeNode(1, TYPES[0]), TypeNode(1, TYPES[1]))
    descriptor = SecurityDescriptor(ControlFlags(0), None, None, Acl(4, dacl))
    token = Token(TRUSTEES[0], frozenset(TRUSTEES[:1]))
    return evaluate(descriptor, token, Question(Right("a bit", AccessMask(bit)), tree, node))


@given(st.lists(entries(), min_size=1, max_size=5), entries())
def test_a_covered_entry_changes_no_answer_here_and_below(known: list[Ace], ace: Ace) -> None:
    alike = [each for each in known if each.allows is ace.allows]
    if not Covering(alike).covers(ace):
        return
    before, after = tuple(alike), (*alike, ace)
    for class_guid in CLASSES:
        levels = [(before, after)]
        for _ in range(2):
            above = levels[-1]
            levels.append(
                (
                    inherit(Acl(4, above[0]), class_guid, None, None),
                    inherit(Acl(4, above[1]), class_guid, None, None),
                )
            )
        for without, with_it in levels:
            for node in (1, 2):
                for bit in BITS:
                    plain = granted(without, class_guid, node, bit)
                    assert granted(with_it, class_guid, node, bit).decision is plain.decision

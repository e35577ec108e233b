"""What a verdict says beside its decision."""

from uuid import UUID

import pytest

from adaudit.access import Decision, ObjectFacts, Question, Reason, Token, Verdict, evaluate
from adaudit.access.question import TypeNode
from adaudit.errors import QuestionError
from adaudit.security import sddl
from adaudit.security.ace import AceFlags, OpaqueAce
from adaudit.security.descriptor import Acl, ControlFlags, SecurityDescriptor
from adaudit.security.rights import FULL_CONTROL, SEND_AS, AccessMask, Right
from adaudit.security.sid import Sid

EX01 = Sid.parse("S-1-5-21-1-2-3-1105")
EDS = Sid.parse("S-1-5-21-1-2-3-1201")
UNKNOWN = Sid.parse("S-1-5-21-9-9-9-1133")
ADMINS = Sid.parse("S-1-5-21-1-2-3-512")
SERVER_CLASS = UUID("01a9aa9c-a981-11d2-a9ff-00c04f8eedd8")
WRITE_DAC = Right("WriteDac", AccessMask.WRITE_DAC)
FACTS = ObjectFacts(class_guid=SERVER_CLASS)
CR = f"CR;{SEND_AS.object_type};"


def token(**more: object) -> Token:
    known = {"doubtful": {UNKNOWN: "its domain was not read"}} | more
    return Token(EX01, frozenset({EX01, EDS}), **known)  # type: ignore[arg-type]


def verdict(text: str, right: Right = SEND_AS, **more: object) -> Verdict:
    facts = more.pop("facts", FACTS)
    assert isinstance(facts, ObjectFacts)
    is_extended = right.object_type is not None
    ask = Question.extended_right if is_extended else Question.whole_object
    return evaluate(sddl.parse(text), token(**more), ask(right, facts))


def positions(found: tuple[object, ...]) -> list[int]:
    return [getattr(deciding, "position", -1) for deciding in found]


def test_an_entry_that_decides_is_named_with_the_sid_it_met() -> None:
    found = verdict(f"D:(A;;RP;;;{EDS})(OD;;{CR};{EDS})")
    assert found.deciding is not None
    assert (found.reason, found.deciding.position, found.deciding.sid) == (Reason.ENTRY, 1, EDS)


def test_later_entries_that_would_have_decided_otherwise_are_overruled() -> None:
    found = verdict(f"D:(OD;;{CR};{EDS})(OA;;{CR};{EX01})(OD;;{CR};{EX01})(A;;GA;;;{UNKNOWN})")
    assert positions(found.overruled) == [1]
    assert positions(found.repeated) == [2]


def test_entries_for_others_and_for_other_rights_are_not_overruled() -> None:
    found = verdict(f"D:(OD;;{CR};{EDS})(A;;RP;;;{EX01})(OA;;{CR};S-1-5-21-1-2-3-9)")
    assert (found.overruled, found.repeated) == ((), ())


def test_no_entry_is_a_reason_of_its_own() -> None:
    found = verdict("D:")
    assert (found.decision, found.reason, found.deciding) == (
        Decision.DENIED,
        Reason.NO_ENTRY,
        None,
    )


@pytest.mark.parametrize("text", [f"O:{ADMINS}", "D:NO_ACCESS_CONTROL"])
def test_without_a_dacl_everything_is_granted(text: str) -> None:
    found = verdict(text)
    assert (found.decision, found.reason, found.granted) == (
        Decision.ALLOWED,
        Reason.NO_DACL,
        FULL_CONTROL,
    )


def test_what_the_owner_holds_implicitly_comes_from_no_entry() -> None:
    found = verdict(f"O:{EX01}D:", WRITE_DAC)
    assert (found.decision, found.reason) == (Decision.ALLOWED, Reason.OWNER)


def test_a_privilege_is_a_reason_of_its_own() -> None:
    take = verdict(
        "D:",
        Right("WriteOwner", AccessMask.WRITE_OWNER),
        privileges=frozenset({"SeTakeOwnershipPrivilege"}),
    )
    audit = verdict("D:", Right("Sacl", AccessMask.ACCESS_SYSTEM_SECURITY))
    assert (take.decision, take.reason) == (Decision.ALLOWED, Reason.PRIVILEGE)
    assert (audit.decision, audit.reason) == (Decision.DENIED, Reason.PRIVILEGE)


def test_a_privilege_alone_grants_what_only_it_can_grant() -> None:
    found = verdict(
        "D:",
        Right("Sacl", AccessMask.ACCESS_SYSTEM_SECURITY),
        privileges=frozenset({"SeSecurityPrivilege"}),
    )
    assert (found.decision, found.reason) == (Decision.ALLOWED, Reason.PRIVILEGE)


def test_a_deny_for_whom_is_not_known_leaves_it_undecided_and_says_why() -> None:
    found = verdict(f"D:(OD;;{CR};{UNKNOWN})(OA;;{CR};{EDS})")
    assert (found.decision, found.reason) == (Decision.UNDECIDED, Reason.DOUBT)
    assert [(doubt.position, doubt.why) for doubt in found.doubts] == [
        (0, "its domain was not read")
    ]


def test_a_deny_behind_the_entry_that_grants_is_no_doubt() -> None:
    found = verdict(f"D:(OA;;{CR};{EDS})(OD;;{CR};{UNKNOWN})")
    assert (found.decision, found.doubts) == (Decision.ALLOWED, ())


def test_rights_that_hang_on_a_doubt_are_not_claimed_where_the_answer_is_no() -> None:
    found = verdict(f"D:(D;;CR;;;{EDS})(A;;RP;;;{UNKNOWN})(A;;LC;;;{EDS})")
    assert (found.decision, found.granted) == (Decision.DENIED, AccessMask.LIST_CONTENTS)


def test_an_entry_for_the_class_of_the_object_depends_on_who_asks() -> None:
    found = verdict(f"D:(OA;;CR;{SERVER_CLASS};;{EDS})")
    assert found.decision is Decision.UNDECIDED
    assert found.doubts[0].why == (
        "whether an entry for the class counts is up to the program that asks"
    )


def test_an_unknown_owner_is_a_doubt_where_he_would_hold_the_right() -> None:
    found = verdict(f"O:{UNKNOWN}D:", WRITE_DAC)
    assert found.decision is Decision.UNDECIDED
    assert found.doubts[0].why == "whether the owner is meant: its domain was not read"


def test_an_unknown_owner_is_a_doubt_where_an_entry_speaks_of_owners() -> None:
    found = verdict(f"O:{UNKNOWN}D:(OA;;{CR};OW)")
    assert [doubt.position for doubt in found.doubts] == [None]


def test_an_unknown_owner_is_no_doubt_where_owners_have_no_say() -> None:
    found = verdict(f"O:{UNKNOWN}D:(OD;;{CR};{UNKNOWN})(OA;;{CR};{EDS})")
    assert [doubt.position for doubt in found.doubts] == [0]


def test_an_entry_that_is_not_understood_may_take_the_rights_of_the_owner_away() -> None:
    opaque = OpaqueAce(0x05, AceFlags(0), b"\0" * 4, "object entry has undefined flags")
    descriptor = SecurityDescriptor(ControlFlags(0), EX01, None, Acl(4, (opaque,)))
    found = evaluate(descriptor, token(), Question.whole_object(WRITE_DAC, FACTS))
    assert found.decision is Decision.UNDECIDED


def test_who_is_spared_by_the_block_on_owners_may_be_in_doubt() -> None:
    """Domain Admins keep their implicit rights. [MS-ADTS] 6.1.3.4"""
    facts = ObjectFacts(blocks_owner=True, owner_exempt=frozenset({UNKNOWN}))
    assert verdict(f"O:{EX01}D:", WRITE_DAC, facts=facts).decision is Decision.UNDECIDED
    blocked = ObjectFacts(blocks_owner=True, owner_exempt=frozenset({ADMINS}))
    assert verdict(f"O:{EX01}D:", WRITE_DAC, facts=blocked).decision is Decision.DENIED


def test_a_condition_on_claims_leaves_it_undecided() -> None:
    found = verdict(f'D:(XA;;CR;;;{EDS};(@User.team == "mail"))')
    assert (found.decision, found.doubts[0].why) == (
        Decision.UNDECIDED,
        "its condition hangs on claims that are not known",
    )


def test_generic_bits_of_an_effective_entry_are_noted() -> None:
    found = verdict(f"D:(A;;GACR;;;{EDS})")
    assert found.notes == ("the entry carries generic bits, which have no effect",)


@pytest.mark.parametrize("levels", [(1,), (0, 2), (0, 0), (0, 1, 3)])
def test_a_type_list_that_is_no_tree_is_a_question_error(levels: tuple[int, ...]) -> None:
    nodes = tuple(TypeNode(level, SERVER_CLASS) for level in levels)
    with pytest.raises(QuestionError, match="object type list"):
        Question(SEND_AS, nodes)


@pytest.mark.parametrize("node", [-1, 1])
def test_a_node_outside_the_type_list_is_a_question_error(node: int) -> None:
    with pytest.raises(QuestionError, match="is not in the object type list"):
        Question(SEND_AS, (TypeNode(0, SERVER_CLASS),), node)


def test_a_right_without_a_guid_is_no_extended_right() -> None:
    with pytest.raises(QuestionError, match="is no extended right"):
        Question.extended_right(WRITE_DAC, FACTS)

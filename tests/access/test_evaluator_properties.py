"""What holds of every access check, whatever the list, the token and the question."""

from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from adaudit.access import Decision, Verdict, evaluate
from adaudit.security.ace import Ace, AceFlags, AceType
from adaudit.security.descriptor import Acl
from adaudit.security.rights import AccessMask
from adaudit.security.sid import Sid
from tests import reference
from tests.access.access_strategies import (
    MEMBERS,
    STRANGERS,
    Case,
    aces,
    cases,
)

ALL_BITS = AccessMask(0xFFFFFFFF)
FEWER = settings(max_examples=50)
"""For what follows from the agreement with the reference, and is said because it can be read."""


def verdict(case: Case) -> Verdict:
    return evaluate(case.descriptor, case.token, case.question)


def possible(case: Case) -> set[reference.Answer]:
    return reference.possible(case.descriptor, case.asked, case.doubtful.__contains__, case.truths)


def entry(kind: AceType, trustee: Sid, mask: AccessMask = ALL_BITS) -> Ace:
    return Ace(kind, AceFlags(0), mask, trustee)


def position(answer: Verdict) -> int | None:
    return answer.deciding.position if answer.deciding else None


@given(cases(with_doubt=False))
def test_where_all_is_known_the_answer_is_that_of_the_reference(case: Case) -> None:
    answer, (expected,) = verdict(case), possible(case)
    assert answer.decision is (Decision.ALLOWED if expected.granted else Decision.DENIED)
    assert answer.granted == expected.maximum
    assert position(answer) == expected.deciding


@given(cases(most=5))
def test_an_answer_is_given_if_and_only_if_all_possibilities_agree(case: Case) -> None:
    answers = {answer.granted for answer in possible(case)}
    expected = Decision.ALLOWED if answers == {True} else Decision.DENIED
    assert verdict(case).decision is (Decision.UNDECIDED if len(answers) > 1 else expected)


@given(cases(most=5))
def test_only_rights_are_claimed_that_every_possibility_grants(case: Case) -> None:
    sure = 0xFFFFFFFF
    for answer in possible(case):
        sure &= answer.maximum
    assert verdict(case).granted == sure


@given(cases(most=5))
def test_an_undecided_answer_says_what_would_have_to_be_known(case: Case) -> None:
    answer = verdict(case)
    assert bool(answer.doubts) is (answer.decision is Decision.UNDECIDED)


def with_catch_all(case: Case) -> Case:
    """Ask for a right that some entry must decide: the last one grants it to the token."""
    case = replace(case, asked=replace(case.asked, mask=0x100))
    return case.with_entries(*case.entries, entry(AceType.ACCESS_ALLOWED, MEMBERS[1]))


@FEWER
@given(cases(with_doubt=False).map(with_catch_all))
def test_the_entry_that_decides_allows_if_the_answer_does(case: Case) -> None:
    answer = verdict(case)
    assert answer.deciding is not None
    assert case.entries[answer.deciding.position] == answer.deciding.ace
    assert answer.deciding.ace.allows is (answer.decision is Decision.ALLOWED)
    assert not answer.deciding.ace.is_inherit_only


@FEWER
@given(
    cases(with_doubt=False).map(with_catch_all),
    st.lists(aces(st.sampled_from(MEMBERS)), max_size=3),
)
def test_entries_behind_the_one_that_decides_change_nothing(case: Case, more: list[Ace]) -> None:
    before = verdict(case)
    assert before.deciding is not None
    kept = case.entries[: before.deciding.position + 1]
    after = verdict(case.with_entries(*kept, *more))
    assert (after.decision, after.deciding) == (before.decision, before.deciding)


@FEWER
@given(cases(), st.sampled_from(MEMBERS))
def test_a_deny_for_the_token_in_the_first_place_denies_all_that_is_not_implicit(
    case: Case, trustee: Sid
) -> None:
    assume(isinstance(case.descriptor.dacl, Acl))
    case = replace(case, asked=replace(case.asked, mask=0x100))
    deny = entry(AceType.ACCESS_DENIED, trustee)
    answer = verdict(case.with_entries(deny, *case.entries))
    assert (answer.decision, position(answer)) == (Decision.DENIED, 0)


@FEWER
@given(cases(), st.sampled_from(MEMBERS))
def test_an_allow_for_the_token_in_the_first_place_grants(case: Case, trustee: Sid) -> None:
    assume(isinstance(case.descriptor.dacl, Acl))
    allow = entry(AceType.ACCESS_ALLOWED, trustee)
    answer = verdict(case.with_entries(allow, *case.entries))
    assert answer.decision is Decision.ALLOWED


@FEWER
@given(cases(), st.lists(aces(st.sampled_from(STRANGERS)), max_size=5))
def test_what_no_entry_for_the_token_grants_is_denied(case: Case, entries: list[Ace]) -> None:
    case = replace(case, asked=replace(case.asked, mask=0x10, self_sid=None))
    answer = verdict(case.with_entries(*entries))
    assert (answer.decision, answer.deciding) == (Decision.DENIED, None)


@FEWER
@given(cases(), st.data())
def test_entries_for_others_never_matter(case: Case, data: st.DataObject) -> None:
    assume(isinstance(case.descriptor.dacl, Acl) and case.asked.self_sid not in STRANGERS)
    place = data.draw(st.integers(0, len(case.entries)))
    other = data.draw(aces(st.sampled_from(STRANGERS)))
    before = verdict(case)
    after = verdict(case.with_entries(*case.entries[:place], other, *case.entries[place:]))
    assert (after.decision, after.granted) == (before.decision, before.granted)


@FEWER
@given(cases())
def test_inherit_only_entries_never_matter(case: Case) -> None:
    assume(isinstance(case.descriptor.dacl, Acl))
    effective = [ace for ace in case.entries if not ace.is_inherit_only]
    before, after = verdict(case), verdict(case.with_entries(*effective))
    assert (after.decision, after.granted) == (before.decision, before.granted)


@FEWER
@given(cases())
def test_entries_for_guids_outside_the_question_never_matter(case: Case) -> None:
    assume(isinstance(case.descriptor.dacl, Acl))
    known = {None, *(guid for _, guid in case.asked.tree)}
    near = [
        ace
        for ace in case.entries
        if not isinstance(ace, Ace) or ace.object_type in known or reference.is_owner_rights(ace)
    ]
    before, after = verdict(case), verdict(case.with_entries(*near))
    assert (after.decision, after.granted) == (before.decision, before.granted)


@FEWER
@given(cases(with_doubt=False))
def test_other_names_for_the_same_trustees_give_the_same_answer(case: Case) -> None:
    assume(not any(isinstance(ace, Ace) and ace.is_callback for ace in case.entries))
    before, after = verdict(case), verdict(renamed(case))
    assert (after.decision, after.granted, position(after)) == (
        before.decision,
        before.granted,
        position(before),
    )


def renamed(case: Case) -> Case:
    entries = [
        replace(ace, trustee=other(ace.trustee)) if isinstance(ace, Ace) else ace
        for ace in case.entries
    ]
    descriptor = replace(
        case.descriptor, owner=case.descriptor.owner and other(case.descriptor.owner)
    )
    if isinstance(descriptor.dacl, Acl):
        descriptor = replace(descriptor, dacl=Acl(4, tuple(entries)))
    asked = replace(
        case.asked,
        sids=frozenset(map(other, case.asked.sids)),
        deny_only=frozenset(map(other, case.asked.deny_only)),
        self_sid=case.asked.self_sid and other(case.asked.self_sid),
    )
    return Case(descriptor, asked)


def other(sid: Sid) -> Sid:
    """The same account in another domain; well-known SIDs stay what they are."""
    return Sid(5, (21, 7, 7, 7, 5000 - (sid.rid or 0))) if sid.domain else sid


@FEWER
@given(cases(with_doubt=False), st.sampled_from(STRANGERS))
def test_another_group_in_the_token_matters_only_if_it_is_a_trustee(case: Case, group: Sid) -> None:
    is_named = (
        group in {case.descriptor.owner, case.asked.self_sid}
        or any(isinstance(ace, Ace) and ace.trustee == group for ace in case.entries)
        or any(isinstance(ace, Ace) and ace.is_callback for ace in case.entries)
    )
    assume(not is_named)
    wider = replace(case, asked=replace(case.asked, sids=case.asked.sids | {group}))
    assert verdict(wider) == verdict(case)


@FEWER
@given(cases(with_doubt=False))
def test_a_right_of_several_bits_is_held_if_and_only_if_each_bit_is(case: Case) -> None:
    each = [
        verdict(replace(case, asked=replace(case.asked, mask=bit))).decision
        for bit in reference.bits(mapped(case.asked.mask))
    ]
    expected = Decision.ALLOWED if set(each) <= {Decision.ALLOWED} else Decision.DENIED
    assert verdict(case).decision is expected


def mapped(mask: int) -> int:
    for generic, specific in reference.GENERIC.items():
        mask = mask & ~generic | specific if mask & generic else mask
    return mask


@FEWER
@given(cases(with_doubt=False))
def test_who_holds_a_right_at_the_root_holds_it_at_all_nodes(case: Case) -> None:
    case = replace(case, asked=replace(case.asked, node=0))
    assume(len(case.asked.tree) > 1 and verdict(case).decision is Decision.ALLOWED)
    for node in range(1, len(case.asked.tree)):
        asked = replace(case.asked, node=node)
        assert verdict(replace(case, asked=asked)).decision is Decision.ALLOWED

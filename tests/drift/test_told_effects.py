"""Effects as a reader is told them: who, what, on what, by what, and why."""

import pytest
from hypothesis import given, settings

from adaudit.changes import Cause, Effect, EffectKind
from adaudit.drift.merging import merged
from tests.drift.drift_strategies import Worlds, worlds
from tests.drift.test_effects import Case, effects_of, expected
from tests.drift.times import (
    EMPTY,
    FULL,
    HELPDESK,
    PASSWORD,
    STAFF,
    TIER1,
    Change,
    Town,
    drift,
)


def only(change: Change, before: Change = lambda _: None) -> Effect:
    (effect,) = drift(change, before).effects
    return effect


def grant(entries: str) -> Change:
    return lambda town: town.describe_staff(entries)


def test_who_gained_what_by_which_entry() -> None:
    effect = only(lambda town: town.describe(town.users[2], f"(A;;WD;;;{HELPDESK})"))
    assert (effect.kind, effect.rights) == (EffectKind.GAINED, ("WriteDac",))
    assert tuple(effect.accounts) == (r"CONTOSO\user1", r"CONTOSO\user2")
    assert tuple(effect.objects) == (f"CN=User 3,{STAFF}",)
    assert (effect.after.sddl, effect.after.position) == (f"(A;;WD;;;{HELPDESK})", 0)
    assert effect.before.reason == "no entry grants it"
    assert effect.cause is Cause.ENTRIES
    assert effect.path == (r"CONTOSO\user1", r"CONTOSO\Helpdesk")


def test_who_lost_it() -> None:
    effect = only(
        lambda town: town.describe(town.users[2], ""),
        lambda town: town.describe(town.users[2], f"(A;;WD;;;{HELPDESK})"),
    )
    assert (effect.kind, effect.rights) == (EffectKind.LOST, ("WriteDac",))
    assert (effect.before.position, effect.after.position) == (0, None)


def test_a_deny_that_came_first_takes_a_right_away() -> None:
    allow = f"(A;;WD;;;{HELPDESK})"
    effect = only(
        lambda town: town.describe(town.users[2], f"(D;;WD;;;{HELPDESK}){allow}"),
        lambda town: town.describe(town.users[2], allow),
    )
    assert effect.kind is EffectKind.LOST
    assert (effect.before.sddl, effect.after.sddl) == (allow, f"(D;;WD;;;{HELPDESK})")


def test_the_same_entries_in_another_order_change_the_effect() -> None:
    allow, deny = f"(A;;WD;;;{HELPDESK})", f"(D;;WD;;;{HELPDESK})"
    effect = only(
        lambda town: town.describe(town.users[2], allow + deny),
        lambda town: town.describe(town.users[2], deny + allow),
    )
    assert (effect.kind, effect.rights) == (EffectKind.GAINED, ("WriteDac",))


def test_an_inherited_entry_is_told_once_with_where_it_was_set() -> None:
    effect = only(grant(f"(A;CI;WD;;;{HELPDESK})"))
    assert len(effect.objects) == 5
    assert effect.after.set_on == STAFF


def test_a_right_is_told_on_the_classes_that_it_is_about() -> None:
    effect = only(grant(f"(OA;CI;CR;{PASSWORD};;{HELPDESK})"))
    assert effect.rights == ("User-Force-Change-Password",)
    assert sorted(effect.objects) == [f"CN=User {number},{STAFF}" for number in range(1, 5)]


def test_who_gained_full_control_is_not_told_to_have_gained_its_parts() -> None:
    effect = only(grant(f"(A;CI;{FULL};;;{HELPDESK})"))
    assert effect.rights == ("FullControl",)
    assert len(effect.objects) == 5


def test_who_lost_full_control_is_told_by_all_that_was_lost() -> None:
    found = drift(grant(""), grant(f"(A;CI;{FULL};;;{HELPDESK})")).effects
    rights = {right for effect in found for right in effect.rights}
    assert {effect.kind for effect in found} == {EffectKind.LOST}
    assert rights >= {"FullControl", "WriteDac", "WriteOwner", "Delete", "Send-As", "create:*"}


def test_a_membership_is_told_with_the_step_that_is_new() -> None:
    effect = only(lambda town: town.tier1.put(member=town.helpdesk), grant(f"(A;CI;WD;;;{TIER1})"))
    assert effect.cause is Cause.MEMBERSHIPS
    assert tuple(effect.accounts) == (r"CONTOSO\user1", r"CONTOSO\user2")
    assert effect.path == (r"CONTOSO\user1", r"CONTOSO\Helpdesk", r"CONTOSO\Tier1")
    assert effect.step == r"CONTOSO\Helpdesk is new in CONTOSO\Tier1"


def test_a_membership_that_is_gone() -> None:
    effect = only(
        lambda town: town.helpdesk.attributes["member"].pop(0), grant(f"(A;CI;WD;;;{HELPDESK})")
    )
    assert (effect.kind, tuple(effect.accounts)) == (EffectKind.LOST, (r"CONTOSO\user1",))
    assert effect.step == r"CONTOSO\user1 is no more in CONTOSO\Helpdesk"


def test_neither_entry_nor_membership_is_enough_alone() -> None:
    def change(town: Town) -> None:
        town.describe(town.users[2], f"(A;;WD;;;{TIER1})")
        town.tier1.put(member=town.helpdesk)

    assert only(change).cause is Cause.BOTH


def test_an_account_that_is_new_gained_all_that_it_holds() -> None:
    def change(town: Town) -> None:
        town.helpdesk.put(member=town.hire())

    effect = only(change, grant(f"(A;CI;WD;;;{HELPDESK})"))
    assert (tuple(effect.accounts), effect.cause) == ((r"CONTOSO\new",), Cause.ACCOUNT)
    assert effect.before.reason == "the account was not there"


def test_a_new_owner_is_named() -> None:
    head = f"O:{HELPDESK}G:SYD:"
    effect = only(lambda town: town.describe(town.users[2], "", head))
    assert effect.rights == ("WriteDac",)
    assert effect.after.trustee is not None
    assert effect.after.trustee.name == r"CONTOSO\Helpdesk"


def test_a_null_dacl_gives_everything_to_everyone() -> None:
    def change(town: Town) -> None:
        town.users[2].descriptor = town._bytes("O:SYG:SYD:NO_ACCESS_CONTROL")

    effect = only(change)
    assert (effect.rights, len(effect.accounts)) == (("FullControl",), 4)


def test_an_entry_for_self_is_told_of_each_account_on_itself() -> None:
    def change(town: Town) -> None:
        for user in town.users:
            town.describe(user, "(A;;WD;;;PS)")

    effect = only(change)
    assert effect.is_on_own
    assert (len(effect.accounts), len(effect.objects)) == (4, 4)


def test_what_settings_change_is_told_as_such() -> None:
    def change(town: Town) -> None:
        town.heuristics("0" * 28 + "1")

    def before(town: Town) -> None:
        town.add(
            f"CN=PC,{STAFF}",
            "computer",
            f"O:{HELPDESK}G:SYD:(A;;RP;;;WD)",
            objectSid=town.contoso.sid.relative(1900),
            sAMAccountName="PC$",
        )

    effect = only(change, before)
    assert (effect.kind, effect.rights) == (EffectKind.LOST, ("WriteDac",))
    assert effect.cause is Cause.SETTINGS


def test_what_is_not_known_of_one_snapshot_may_have_been_gained() -> None:
    def change(town: Town) -> None:
        town.gap(town.empty, "`member` is incomplete")

    found = drift(change, grant(f"(A;CI;WD;;;{EMPTY})"))
    assert {effect.kind for effect in found.effects} == {EffectKind.MAY_HAVE_GAINED}
    assert not found.is_complete


@pytest.mark.parametrize("entries", [f"(A;;RP;;;{HELPDESK})", f"(A;;WD;;;{EMPTY})"])
def test_what_changes_no_compared_right_of_anyone_is_no_effect(entries: str) -> None:
    assert drift(lambda town: town.describe(town.users[2], entries)).effects == ()


def test_the_order_in_which_objects_were_read_is_no_change() -> None:
    assert not drift(lambda town: town.objects.reverse()).has_changes


@settings(max_examples=25)
@given(worlds())
def test_what_is_united_says_of_each_pair_what_is_true_of_it(given_worlds: Worlds) -> None:
    sides, found = effects_of(given_worlds)
    told: set[Case] = set()
    for each in merged(found):
        difference = each.found.difference
        for subject, number in difference.pairs():
            guid = sides.joined.old.at(number).values("objectGUID")[0]
            sid = sides.accounts.sid(subject)
            told |= {(r, guid, sid, difference.before, difference.after) for r in each.rights}
    known = expected(given_worlds)
    full = {case[1:] for case in told if case[0] == "FullControl"}
    assert told <= known
    assert {case for case in known if case[1:] not in full} <= told

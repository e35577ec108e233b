"""Changes of descriptors: told once where they were made, with what they came to."""

import pytest

from adaudit.changes import EntryChange, EntryKind
from tests.drift.times import EMPTY, FULL, HELPDESK, OWNED, STAFF, TIER1, Change, Town, drift

IN_EFFECT = "in effect, as told above"


def entries(change: Change, before: Change = lambda _: None) -> tuple[EntryChange, ...]:
    return drift(change, before).entries


def only(change: Change, before: Change = lambda _: None) -> EntryChange:
    (found,) = entries(change, before)
    return found


def staff(text: str) -> Change:
    return lambda town: town.describe_staff(text)


def user(text: str, head: str = OWNED) -> Change:
    return lambda town: town.describe(town.users[2], text, head)


def test_an_entry_that_came() -> None:
    found = only(user(f"(A;;WD;;;{HELPDESK})"))
    assert (found.kind, tuple(found.objects)) == (EntryKind.ADDED, (f"CN=User 3,{STAFF}",))
    assert (found.sddl, found.position) == (f"(A;;WD;;;{HELPDESK})", 0)
    assert found.note == IN_EFFECT


def test_an_entry_that_went() -> None:
    found = only(user(""), user(f"(A;;WD;;;{HELPDESK})"))
    assert (found.kind, found.sddl, found.sddl_before) == (
        EntryKind.REMOVED,
        None,
        f"(A;;WD;;;{HELPDESK})",
    )
    assert found.note == IN_EFFECT


def test_an_inherited_entry_is_told_where_it_was_set_with_how_many_it_reached() -> None:
    found = only(staff(f"(A;CI;WD;;;{HELPDESK})"))
    assert (tuple(found.objects), found.reached) == ((STAFF,), 4)
    assert found.is_on_object


def test_an_inherited_entry_that_went_is_told_once_too() -> None:
    found = only(staff(""), staff(f"(A;CI;WD;;;{HELPDESK})"))
    assert (found.kind, tuple(found.objects), found.reached) == (EntryKind.REMOVED, (STAFF,), 4)


def test_other_flags_are_one_change_with_what_they_were() -> None:
    found = only(user(f"(A;CI;WD;;;{HELPDESK})"), user(f"(A;;WD;;;{HELPDESK})"))
    assert (found.kind, found.sddl_before) == (EntryKind.FLAGS, f"(A;;WD;;;{HELPDESK})")
    assert found.note.startswith("no effect")


def test_what_inherits_by_new_flags_is_counted_to_them() -> None:
    def before(town: Town) -> None:
        town.describe(town.staff, f"(A;;WD;;;{HELPDESK})")

    found = only(staff(f"(A;CI;WD;;;{HELPDESK})"), before)
    assert (found.kind, tuple(found.objects), found.reached) == (EntryKind.FLAGS, (STAFF,), 4)
    assert found.note == IN_EFFECT


def test_another_order_is_a_move() -> None:
    allow, deny = f"(A;;WD;;;{HELPDESK})", f"(D;;WD;;;{HELPDESK})"
    found = only(user(allow + deny), user(deny + allow))
    assert found.kind is EntryKind.MOVED
    assert {found.position, found.position_before} == {0, 1}
    assert found.note == IN_EFFECT


def test_the_same_entry_on_several_objects_is_told_once() -> None:
    def change(town: Town) -> None:
        for each in town.users[2:]:
            town.describe(each, f"(A;;WD;;;{HELPDESK})")

    assert len(only(change).objects) == 2


@pytest.mark.parametrize(
    ("before", "after", "note"),
    [
        (
            f"(D;;WD;;;{HELPDESK})",
            f"(D;;WD;;;{HELPDESK})(A;;WD;;;{HELPDESK})",
            "no effect: entry 0 decides before it",
        ),
        (
            f"(D;;WD;;;{HELPDESK})(A;;WD;;;{HELPDESK})",
            f"(D;;WD;;;{HELPDESK})",
            "no effect: entry 0 decided before it",
        ),
        (
            f"(A;;WD;;;{HELPDESK})",
            f"(A;;WDWO;;;{TIER1})(A;;WD;;;{HELPDESK})",
            r"no effect: no account carries CONTOSO\Tier1",
        ),
        (
            "(A;;WD;;;WD)",
            f"(A;;WD;;;{HELPDESK})(A;;WD;;;WD)",
            "no effect: the same was so before",
        ),
        (
            f"(A;;WD;;;{HELPDESK})(A;;WD;;;WD)",
            "(A;;WD;;;WD)",
            "no effect: the same is so without it",
        ),
        ("", f"(A;;WD;;;{EMPTY})", r"no effect: no account carries CONTOSO\Empty"),
        (
            "",
            f"(A;;RP;;;{HELPDESK})",
            "no effect: by itself it decides none of the rights compared",
        ),
        (
            "",
            f"(A;CIIO;WD;;;{HELPDESK})",
            "no effect: it is for objects below, and none that was read inherits it",
        ),
        (
            "",
            f"(A;;GA;;;{HELPDESK})",
            "no effect: generic bits of a stored entry grant and deny nothing",
        ),
    ],
)
def test_what_has_no_effect_is_told_with_the_reason(before: str, after: str, note: str) -> None:
    found = drift(user(after), user(before))
    assert found.effects == ()
    assert [each.note for each in found.entries] == [note]


def test_a_membership_makes_no_entry_effective_that_changed_beside_it() -> None:
    def change(town: Town) -> None:
        town.tier1.put(member=town.helpdesk)
        town.describe(town.users[2], f"(A;CI;WD;;;{TIER1})")

    found = drift(change, user(f"(A;;WD;;;{TIER1})"))
    assert len(found.effects) == 1
    assert found.entries[0].note.startswith("no effect")


def test_an_owner() -> None:
    found = only(user("", f"O:{HELPDESK}G:SYD:"))
    assert found.kind is EntryKind.OWNER
    assert found.words == r"System before, CONTOSO\Helpdesk now"
    assert found.note == IN_EFFECT


def test_a_group_has_no_effect() -> None:
    found = only(user("", f"O:SYG:{HELPDESK}D:"))
    assert (found.kind, found.note) == (
        EntryKind.GROUP,
        "no effect: no access hangs on the group",
    )


def test_blocked_inheritance_with_what_it_keeps_out() -> None:
    found = only(user("", "O:SYG:SYD:P"), staff(f"(A;CI;WD;;;{HELPDESK})(A;CI;RP;;;WD)"))
    assert (found.kind, found.words) == (
        EntryKind.PROTECTION,
        "takes no entries from its parent",
    )
    assert found.note == f"keeps out 2 entries: {IN_EFFECT}"


def test_open_inheritance_with_what_it_lets_in() -> None:
    def before(town: Town) -> None:
        town.describe_staff("(A;CI;RP;;;WD)")
        town.describe(town.users[2], "", "O:SYG:SYD:P")

    found = only(staff("(A;CI;RP;;;WD)"), before)
    assert found.words == "takes entries from its parent"
    assert found.note == "lets in 1 entry: no effect on the rights compared"


def test_a_move_where_an_entry_was_set_is_not_what_lets_it_in_below() -> None:
    one, two = f"(A;CI;WD;;;{HELPDESK})", "(A;CI;RP;;;WD)"

    def before(town: Town) -> None:
        town.describe_staff(one + two)
        town.describe(town.users[2], "", "O:SYG:SYD:P")

    found = entries(staff(two + one), before)
    notes = {each.kind: each.note for each in found}
    assert notes[EntryKind.PROTECTION] == f"lets in 2 entries: {IN_EFFECT}"
    assert notes[EntryKind.MOVED].startswith("no effect")


def test_blocked_inheritance_with_what_was_copied_keeps_nothing_out() -> None:
    found = entries(
        user(f"(A;CI;WD;;;{HELPDESK})", "O:SYG:SYD:P"), staff(f"(A;CI;WD;;;{HELPDESK})")
    )
    notes = {each.kind: each.note for each in found}
    assert notes[EntryKind.PROTECTION] == "no effect: no entry came or went with it"
    assert notes[EntryKind.FLAGS].startswith("no effect")


def test_a_null_dacl() -> None:
    change = user("", "O:SYG:SYD:NO_ACCESS_CONTROL")
    found = entries(change, user(f"(A;;WD;;;{HELPDESK})"))
    assert [(each.kind, each.words, each.note) for each in found] == [
        (EntryKind.LIST, "a DACL before, a null DACL now", IN_EFFECT)
    ]


def test_an_entry_that_is_marked_inherited_and_nothing_above_explains_was_put_there() -> None:
    found = only(user(f"(A;CIID;WD;;;{HELPDESK})"))
    assert found.is_on_object
    assert (tuple(found.objects), found.reached) == ((f"CN=User 3,{STAFF}",), 0)


def test_an_entry_of_the_audit_list() -> None:
    def change(town: Town) -> None:
        town.users[2].descriptor = town._bytes("O:SYG:SYD:S:(AU;SA;WD;;;WD)")

    found = entries(change)
    assert found[-1].note == "of the audit list, on which no access hangs"


def test_bytes_that_mean_the_same_are_no_change() -> None:
    def change(town: Town) -> None:
        town.users[2].descriptor = _with_slack(town.users[2].descriptor or b"")

    assert not drift(change).has_changes


def _with_slack(body: bytes) -> bytes:
    """The same descriptor, with four bytes behind it that nothing points to."""
    return body + bytes(4)


def test_full_control_reads_as_such() -> None:
    assert only(user(f"(A;;{FULL};;;{HELPDESK})")).words == (
        r"allow full control for CONTOSO\Helpdesk"
    )

"""Objects and memberships that came, went, or are others."""

from uuid import UUID

import pytest

from adaudit.changes import MembershipChange, ObjectChange, ObjectKind
from adaudit.directory.dn import Dn
from adaudit.drift import compare
from adaudit.errors import QuestionError
from tests.builders import Made, World
from tests.drift.times import DOMAIN, STAFF, Change, Town, drift, times


def only(change: Change, before: Change = lambda _: None) -> ObjectChange:
    (found,) = drift(change, before).objects
    return found


def only_members(change: Change, before: Change = lambda _: None) -> MembershipChange:
    (found,) = drift(change, before).memberships
    return found


def move(made: Made, dn: str) -> None:
    made.dn = Dn(dn)


def test_an_object_that_is_new() -> None:
    found = only(Town.hire)
    assert (found.kind, found.dn, found.object_class) == (
        ObjectKind.ADDED,
        "CN=new,CN=Users,DC=contoso,DC=example",
        "user",
    )


def test_an_object_that_is_gone() -> None:
    found = only(lambda town: town.objects.remove(town.empty))
    assert (found.kind, found.dn) == (
        ObjectKind.REMOVED,
        "CN=Empty,CN=Users,DC=contoso,DC=example",
    )


def test_an_object_is_the_same_by_its_guid_whatever_it_is_called() -> None:
    found = only(lambda town: move(town.users[0], f"CN=Ann,{STAFF}"))
    assert (found.kind, found.dn, found.dn_before) == (
        ObjectKind.RENAMED,
        f"CN=Ann,{STAFF}",
        f"CN=User 1,{STAFF}",
    )


def test_an_object_is_the_same_wherever_it_lies() -> None:
    found = only(lambda town: move(town.users[0], "CN=User 1,DC=contoso,DC=example"))
    assert (found.kind, found.dn_before) == (ObjectKind.MOVED, f"CN=User 1,{STAFF}")


def test_what_was_made_anew_under_an_old_name_is_another_object() -> None:
    def change(town: Town) -> None:
        town.users[0].attributes["objectguid"] = [UUID(int=500).bytes_le]

    kinds = [found.kind for found in drift(change).objects]
    assert kinds == [ObjectKind.ADDED, ObjectKind.REMOVED]


def test_without_guids_objects_are_the_same_by_their_names() -> None:
    def before(town: Town) -> None:
        for made in town.objects:
            made.attributes.pop("objectguid", None)

    assert not drift(lambda town: town.objects.reverse(), before).has_changes


def test_a_tree_that_was_renamed_is_told_by_its_top() -> None:
    def change(town: Town) -> None:
        for made in (town.staff, *town.users):
            move(made, str(made.dn).replace("OU=Staff", "OU=People"))

    found = only(change)
    assert (found.kind, found.dn, found.below) == (
        ObjectKind.RENAMED,
        "OU=People,DC=contoso,DC=example",
        4,
    )


def test_a_tree_that_is_gone_is_told_by_its_top() -> None:
    def change(town: Town) -> None:
        for made in (town.staff, *town.users):
            town.objects.remove(made)

    found = only(change)
    assert (found.kind, found.dn, found.below) == (ObjectKind.REMOVED, STAFF, 4)


def test_attributes_are_told_by_their_names_and_not_those_that_change_by_themselves() -> None:
    def change(town: Town) -> None:
        town.users[0].put(userAccountControl=512, pwdLastSet=1)

    assert only(change).attributes == ("userAccountControl",)


def test_the_order_of_values_is_no_change() -> None:
    assert not drift(lambda town: town.helpdesk.attributes["member"].reverse()).has_changes


def test_members_that_came_and_left() -> None:
    def change(town: Town) -> None:
        town.helpdesk.attributes["member"].pop(0)
        town.helpdesk.put(member=town.users[2])

    found = only_members(change)
    assert found.group.name == r"CONTOSO\Helpdesk"
    assert (tuple(found.came), tuple(found.left)) == ((r"CONTOSO\user3",), (r"CONTOSO\user1",))


def test_a_member_by_its_own_word_alone() -> None:
    found = only_members(lambda town: town.users[2].put(memberOf=town.helpdesk))
    assert tuple(found.came) == (r"CONTOSO\user3",)


def test_another_primary_group_is_a_membership_too() -> None:
    found = only_members(lambda town: town.users[2].put(primaryGroupID=1303))
    assert (found.group.name, tuple(found.came)) == (r"CONTOSO\Empty", (r"CONTOSO\user3",))


def test_a_new_account_is_not_told_by_its_primary_group() -> None:
    def change(town: Town) -> None:
        town.contoso.user("new", 1400, primary=1303).put(objectGUID=UUID(int=900))

    assert drift(change).memberships == ()


def test_members_of_a_group_that_is_new() -> None:
    def change(town: Town) -> None:
        made = town.contoso.group("Night", 1500, members=[town.users[0]])
        made.put(objectGUID=UUID(int=900))

    found = only_members(change)
    assert (found.group.name, found.note) == (r"CONTOSO\Night", "the group is new")
    assert tuple(found.came) == (r"CONTOSO\user1",)


def test_who_came_into_tier_0_through_whatever_nesting() -> None:
    found = drift(lambda town: town.admins.put(member=town.helpdesk)).groups
    by_name = {effect.group.name: effect for effect in found}
    assert by_name.keys() == {r"CONTOSO\Domain Admins", r"BUILTIN\Administrators"}
    administrators = by_name[r"BUILTIN\Administrators"]
    assert tuple(administrators.came) == (r"CONTOSO\user1", r"CONTOSO\user2")
    assert administrators.came_path == (
        r"CONTOSO\user1",
        r"CONTOSO\Helpdesk",
        r"CONTOSO\Domain Admins",
        r"BUILTIN\Administrators",
    )


def test_who_left_tier_0() -> None:
    found = drift(lambda town: town.admins.attributes.pop("member")).groups
    assert {tuple(effect.left) for effect in found} == {(r"CONTOSO\user4",)}


def test_what_one_snapshot_lacks_the_descriptor_of_is_not_compared() -> None:
    def change(town: Town) -> None:
        town.users[0].descriptor = None

    found = drift(change)
    assert [(gap.subject, gap.reason) for gap in found.gaps] == [
        (
            f"NEW: CN=User 1,{STAFF}",
            "cannot be compared: the directory gave no security descriptor",
        )
    ]


def test_what_neither_snapshot_has_the_descriptor_of_was_not_to_be_compared() -> None:
    def before(town: Town) -> None:
        town.users[0].descriptor = None

    def change(town: Town) -> None:
        town.users[0].attributes["objectsid"] = [town.contoso.sid.relative(1900).encode()]

    assert drift(change, before).gaps == ()


def test_gaps_of_both_snapshots_are_told() -> None:
    found = drift(lambda _: None, lambda town: town.gap("search of DC=x", "cut off"))
    assert [gap.subject for gap in found.gaps] == ["OLD: search of DC=x", "NEW: search of DC=x"]
    assert not found.is_complete


def test_snapshots_of_different_forests_are_refused() -> None:
    other = World()
    other.domain("FABRIKAM", "DC=fabrikam,DC=example", "S-1-5-21-9-9-9")
    old, _ = times(lambda _: None)
    with pytest.raises(QuestionError, match="of different forests"):
        compare(old, other.snapshot())


def test_a_domain_that_was_made_anew_is_another_one() -> None:
    other = World()
    other.domain("CONTOSO", "DC=contoso,DC=example", "S-1-5-21-9-9-9")
    old, _ = times(lambda _: None)
    with pytest.raises(QuestionError, match=f"another domain in each: {DOMAIN}, S-1-5-21-9-9-9"):
        compare(old, other.snapshot())

"""Who carries a SID: what the tokens of all subjects say, turned round."""

from hypothesis import given, settings
from hypothesis import strategies as st

from adaudit.access import Server, token_of
from adaudit.access.carriers import Carriers, accounts
from adaudit.directory.membership import Membership
from adaudit.security import sid as sids
from adaudit.security.sid import Sid
from tests.access.forest_strategies import Forest, damaged_forests, forests, servers
from tests.builders import World


def carriers_of(forest: Forest, data: st.DataObject) -> Carriers:
    membership = Membership.of(forest.world.snapshot())
    subjects = list(dict.fromkeys([*membership.principals, *forest.named]))
    return Carriers(membership, data.draw(servers(membership)), subjects)


@given(st.one_of(forests(), damaged_forests()), st.data())
def test_who_carries_a_sid_is_what_every_token_says(forest: Forest, data: st.DataObject) -> None:
    agrees_with_tokens(carriers_of(forest, data), forest)


@given(st.one_of(forests(), damaged_forests()), st.data())
def test_it_is_so_of_all_accounts_too_which_are_found_list_by_list(
    forest: Forest, data: st.DataObject
) -> None:
    membership = Membership.of(forest.world.snapshot())
    agrees_with_tokens(Carriers(membership, data.draw(servers(membership))), forest)


def agrees_with_tokens(carriers: Carriers, forest: Forest) -> None:
    named = {*forest.named, *(sid for sid, _ in carriers.all())}
    for number, subject in enumerate(carriers.subjects):
        token = token_of(subject, carriers.server, carriers.membership)
        assert {sid for sid in named if number in carriers.sure(sid)} == token.sids
        assert {sid for sid in named if number in carriers.doubtful(sid)} == {
            sid for sid in named if token.doubt(sid)
        }


@given(forests(), st.data())
def test_a_sid_that_a_subject_carries_alone_is_in_no_other_token(
    forest: Forest, data: st.DataObject
) -> None:
    carriers = carriers_of(forest, data)
    alone = [sid for sid in carriers.subjects if carriers.is_alone(sid)]
    for subject in carriers.subjects:
        token = token_of(subject, carriers.server, carriers.membership)
        assert [sid for sid in alone if sid in token.sids or token.doubt(sid)] in ([], [subject])


def test_the_subjects_are_all_principals_but_groups_unless_others_are_given() -> None:
    world = World()
    contoso = world.domain("CONTOSO", "DC=contoso,DC=example")
    known = {contoso.user("U", 1000).sid, contoso.computer("C", 1001).sid}
    contoso.group("G", 1100)
    assert set(accounts(Membership.of(world.snapshot()))) == known


def test_a_subject_that_was_not_read_carries_itself_and_what_everyone_does() -> None:
    world = World()
    world.domain("CONTOSO", "DC=contoso,DC=example")
    membership = Membership.of(world.snapshot())
    server = Server("DC", membership.domains.all[0], is_domain_controller=True)
    gone = Sid(5, (21, 1, 1, 1, 4711))
    carriers = Carriers(membership, server, [gone])
    carried = {sid for sid, _ in carriers.all() if carriers.sure(sid)}
    assert carried >= {gone, sids.EVERYONE, sids.AUTHENTICATED_USERS}


@settings(max_examples=300, deadline=None)
@given(forests(), st.data())
def test_whoever_is_plainly_alone_is_alone(forest: Forest, data: st.DataObject) -> None:
    membership = Membership.of(forest.world.snapshot())
    carriers = Carriers(membership, data.draw(servers(membership)))
    plain = [sid for sid in carriers.subjects if carriers.is_plainly_alone(sid.encode())]

    assert [sid for sid in plain if not carriers.is_alone(sid)] == []


def test_most_accounts_are_plainly_alone_but_not_one_whose_sid_another_had() -> None:
    world = World()
    contoso = world.domain("CONTOSO", "DC=contoso,DC=example")
    contoso.builtin("Administrators", 544)
    old, new, other = (
        contoso.user(name, rid) for name, rid in zip("abc", range(1101, 1104), strict=True)
    )
    new.put(sIDHistory=old.sid)
    with world.snapshot() as snapshot:
        membership = Membership.of(snapshot)
        (domain,) = membership.domains.all
        carriers = Carriers(membership, Server("dc1", domain, is_domain_controller=True))

        assert [carriers.is_plainly_alone(made.sid.encode()) for made in (old, new, other)] == [
            False,
            True,
            True,
        ]
        assert not carriers.is_alone(old.sid)


def test_an_account_whose_sid_a_group_had_is_not_plainly_alone_if_members_may_be_missing() -> None:
    world = World()
    contoso = world.domain("CONTOSO", "DC=contoso,DC=example")
    contoso.builtin("Administrators", 544)
    old = contoso.user("old", 1101)
    world.gap(contoso.group("heir", 1201, sIDHistory=old.sid), "its members were cut short")
    with world.snapshot() as snapshot:
        membership = Membership.of(snapshot)
        (domain,) = membership.domains.all
        carriers = Carriers(membership, Server("dc1", domain, is_domain_controller=True))

        assert not carriers.is_plainly_alone(old.sid.encode())

"""Tokens: what is in them, what may be, and by which way it came in."""

import pytest

from adaudit.access import Server, Token, token_of
from adaudit.directory.membership import Membership
from adaudit.security import sid as sids
from adaudit.security.sid import BUILTIN, Sid
from tests.builders import Made, MadeDomain, World

ADMINISTRATORS = BUILTIN.relative(544)
INCOMPLETE = "`member` is incomplete: its values from number 1500 on are missing"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def contoso(world: World) -> MadeDomain:
    return world.domain("CONTOSO", "DC=contoso,DC=example")


@pytest.fixture
def ex01(contoso: MadeDomain) -> Made:
    contoso.builtin("Administrators", 544)
    return contoso.computer("EX01", 1105)


def token(
    world: World, subject: Made | Sid, domain: str | None = "CONTOSO", *, is_controller: bool = True
) -> Token:
    membership = Membership.of(world.snapshot())
    where = membership.domains.named(domain) if domain else None
    server = Server("MAIL", where, is_domain_controller=is_controller)
    return token_of(subject if isinstance(subject, Sid) else subject.sid, server, membership)


def test_a_path_names_the_groups_from_the_subject_up(
    world: World, contoso: MadeDomain, ex01: Made
) -> None:
    inner = contoso.group("Exchange Domain Servers", 1201, members=[ex01])
    outer = contoso.group("Mail Ops", 1202, members=[inner])
    assert token(world, ex01).path_sids(outer.sid) == (ex01.sid, inner.sid, outer.sid)


def test_the_shorter_of_two_paths_is_given(world: World, contoso: MadeDomain, ex01: Made) -> None:
    inner = contoso.group("Exchange Domain Servers", 1201, members=[ex01])
    outer = contoso.group("Mail Ops", 1202, members=[inner, ex01])
    assert token(world, ex01).path_sids(outer.sid) == (ex01.sid, outer.sid)


def test_all_direct_ways_into_a_group_are_kept(
    world: World, contoso: MadeDomain, ex01: Made
) -> None:
    inner = contoso.group("Exchange Domain Servers", 1201, members=[ex01])
    outer = contoso.group("Mail Ops", 1202, members=[inner, ex01])
    below = {link.below for link in token(world, ex01).links[outer.sid]}
    assert below == {ex01.sid, inner.sid}


def test_a_sid_outside_the_token_has_no_path(world: World, contoso: MadeDomain, ex01: Made) -> None:
    other = contoso.group("Mail Ops", 1202)
    assert token(world, ex01).path(other.sid) == ()


def test_a_member_known_only_by_its_own_memberof_is_in_the_group(
    world: World, contoso: MadeDomain, ex01: Made
) -> None:
    group = contoso.group("Mail Ops", 1202)
    ex01.put(memberOf=group)
    assert group.sid in token(world, ex01).sids


def test_nothing_is_known_of_local_groups_of_a_member_server(world: World, ex01: Made) -> None:
    doubt = token(world, ex01, is_controller=False).doubt(ADMINISTRATORS)
    assert doubt == "the local groups of MAIL are not in the directory"


def test_local_groups_of_a_controller_are_known(world: World, ex01: Made) -> None:
    assert token(world, ex01).doubt(ADMINISTRATORS) is None


def test_local_groups_of_a_controller_that_were_not_read_are_doubted(
    world: World, contoso: MadeDomain
) -> None:
    doubt = token(world, contoso.computer("EX01", 1105)).doubt(ADMINISTRATORS)
    assert doubt == "the BUILTIN groups of MAIL were not read"


def test_builtin_groups_of_another_domain_do_not_count(world: World, ex01: Made) -> None:
    world.domain("EMEA", "DC=emea,DC=contoso,DC=example").builtin("Administrators", 544, [ex01])
    assert ADMINISTRATORS not in token(world, ex01, "CONTOSO").sids
    assert ADMINISTRATORS in token(world, ex01, "EMEA").sids


def test_builtin_groups_do_not_bring_each_other(
    world: World, contoso: MadeDomain, ex01: Made
) -> None:
    users = contoso.builtin("Users", 545, [ex01])
    contoso.builtin("Guests", 546, [users])
    assert BUILTIN.relative(546) not in token(world, ex01).sids


def test_groups_of_authenticated_users_count_on_a_controller_alone(
    world: World, contoso: MadeDomain, ex01: Made
) -> None:
    everybody = contoso.foreign(sids.AUTHENTICATED_USERS)
    group = contoso.group("Readers", 1300, "domain local", members=[everybody])
    assert group.sid in token(world, ex01).sids
    assert group.sid not in token(world, ex01, is_controller=False).sids


def test_groups_of_enterprise_domain_controllers_count_on_every_server(
    world: World, contoso: MadeDomain
) -> None:
    dc1 = contoso.computer("DC1", 1001, 516, 0x82000)
    controllers = contoso.foreign(sids.ENTERPRISE_DOMAIN_CONTROLLERS)
    group = contoso.group("Replicators", 1300, "domain local", members=[controllers])
    assert group.sid in token(world, dc1, is_controller=False).sids


def test_a_read_only_controller_of_a_child_domain_is_in_the_group_of_the_root(
    world: World, contoso: MadeDomain
) -> None:
    emea = world.domain("EMEA", "DC=emea,DC=contoso,DC=example")
    dc2 = emea.computer("DC2", 1001, 521, 0x05001000)
    assert contoso.sid.relative(498) in token(world, dc2).sids


def test_groups_of_a_sid_in_the_history_count_if_they_are_local(
    world: World, contoso: MadeDomain, ex01: Made
) -> None:
    old = Sid.parse("S-1-5-21-9-9-9-1105")
    ex01.put(sIDHistory=old)
    group = contoso.group("Readers", 1300, "domain local", members=[contoso.foreign(old)])
    assert token(world, ex01).path_sids(group.sid) == (ex01.sid, old, group.sid)


@pytest.mark.usefixtures("ex01")
def test_anonymous_is_nobody_else(world: World) -> None:
    assert token(world, sids.ANONYMOUS).sids == {sids.ANONYMOUS}


@pytest.mark.usefixtures("ex01")
def test_whether_everyone_includes_anonymous_is_doubted(world: World) -> None:
    assert token(world, sids.ANONYMOUS).doubt(sids.EVERYONE) is not None


def test_the_way_of_logging_on_is_doubted(world: World, ex01: Made) -> None:
    assert token(world, ex01).doubt(sids.NTLM_AUTHENTICATION) is not None


def test_a_group_with_an_incomplete_list_and_all_above_it_are_doubted(
    world: World, contoso: MadeDomain, ex01: Made
) -> None:
    cut = contoso.group("Cut Off", 1202)
    above = contoso.group("Above", 1203, "universal", members=[cut])
    world.gap(cut, INCOMPLETE)
    doubting = token(world, ex01)
    assert doubting.doubt(cut.sid) == "the members of CONTOSO\\Cut Off could not be read to the end"
    assert doubting.doubt(above.sid) == doubting.doubt(cut.sid)


def test_an_incomplete_distribution_group_puts_nothing_in_doubt(
    world: World, contoso: MadeDomain, ex01: Made
) -> None:
    cut = contoso.group("Newsletter", 1202, is_security_enabled=False)
    above = contoso.group("Above", 1203, members=[cut])
    world.gap(cut, INCOMPLETE)
    doubting = token(world, ex01)
    assert (doubting.doubt(cut.sid), doubting.doubt(above.sid)) == (None, None)


def test_an_incomplete_global_group_of_another_domain_puts_nothing_in_doubt(
    world: World, ex01: Made
) -> None:
    """A global group holds accounts of its own domain only."""
    emea = world.domain("EMEA", "DC=emea,DC=contoso,DC=example")
    cut = emea.group("Cut Off", 1202)
    world.gap(cut, INCOMPLETE)
    assert token(world, ex01).doubt(cut.sid) is None


def test_an_incomplete_group_does_not_put_logon_sids_in_doubt(
    world: World, contoso: MadeDomain
) -> None:
    guest = contoso.user("Guest", 501)
    world.gap(contoso.group("Cut Off", 1202), INCOMPLETE)
    assert token(world, guest).doubt(sids.AUTHENTICATED_USERS) is None


def test_groups_of_a_domain_that_was_not_read_are_doubted(world: World, ex01: Made) -> None:
    emea = world.domain("EMEA", "DC=emea,DC=contoso,DC=example", is_read=False)
    assert token(world, ex01).doubt(emea.sid.relative(1133)) == "its domain was not read"


@pytest.mark.parametrize("rid", [500, 512, 513, 515])
def test_accounts_and_global_groups_of_an_unread_domain_are_not_doubted(
    world: World, ex01: Made, rid: int
) -> None:
    """Whatever they hold, they hold no account of another domain."""
    emea = world.domain("EMEA", "DC=emea,DC=contoso,DC=example", is_read=False)
    assert token(world, ex01).doubt(emea.sid.relative(rid)) is None


def test_enterprise_admins_of_an_unread_root_are_doubted(world: World) -> None:
    contoso = world.domain("CONTOSO", "DC=contoso,DC=example", is_read=False)
    emea = world.domain("EMEA", "DC=emea,DC=contoso,DC=example")
    ex01 = emea.computer("EX01", 1105)
    assert token(world, ex01, "EMEA").doubt(contoso.sid.relative(519)) == "its domain was not read"


def test_a_group_with_a_member_in_an_unread_domain_is_doubted(
    world: World, contoso: MadeDomain, ex01: Made
) -> None:
    world.domain("EMEA", "DC=emea,DC=contoso,DC=example", is_read=False)
    group = contoso.group("Mail Ops", 1202, "domain local")
    group.put(member="CN=Universal,CN=Users,DC=emea,DC=contoso,DC=example")
    assert token(world, ex01).doubt(group.sid) is not None


def test_whoever_comes_from_another_forest_may_be_in_any_group_of_it(
    world: World, contoso: MadeDomain
) -> None:
    stranger = Sid.parse("S-1-5-21-7-7-7-1500")
    known = contoso.foreign("S-1-5-21-7-7-7-1600")
    local = contoso.group("Partners", 1300, "domain local", members=[known])
    doubting = token(world, stranger)
    assert doubting.doubt(known.sid) == "its domain was not read"
    assert doubting.doubt(local.sid) is not None


def test_local_groups_are_doubted_where_the_domain_of_the_server_is_not_known(
    world: World, contoso: MadeDomain, ex01: Made
) -> None:
    group = contoso.group("Readers", 1300, "domain local", members=[ex01])
    doubting = token(world, ex01, None)
    assert group.sid not in doubting.sids
    assert doubting.doubt(group.sid) == "the domain of MAIL is not known"


def test_local_groups_of_an_export_without_its_domain_are_doubted(world: World) -> None:
    ex01 = world.add(
        "CN=EX01,DC=lost,DC=example", "computer", objectSid=Sid.parse("S-1-5-21-4-4-4-1105")
    )
    group = world.add(
        "CN=Readers,DC=lost,DC=example",
        "group",
        objectSid=Sid.parse("S-1-5-21-4-4-4-1300"),
        groupType=-0x7FFFFFFC,
        member=ex01,
    )
    doubting = token(world, ex01, None)
    assert group.sid not in doubting.sids
    assert doubting.doubt(group.sid) is not None


def test_a_group_that_is_in_the_history_too_still_brings_its_groups(
    world: World, contoso: MadeDomain, ex01: Made
) -> None:
    inner = contoso.group("Branch Servers", 1201, members=[ex01])
    known = contoso.group("Exchange Domain Servers", 1202, members=[inner])
    outer = contoso.group("Mail Ops", 1203, members=[known])
    ex01.put(sIDHistory=known.sid)
    assert outer.sid in token(world, ex01).sids


def test_a_group_that_only_its_member_names_may_be_any_that_was_not_read(
    world: World, contoso: MadeDomain, ex01: Made
) -> None:
    hidden = "CN=Hidden,CN=Users,DC=contoso,DC=example"
    outer = contoso.group("Mail Ops", 1202, members=[hidden])
    sound = contoso.group("Sound", 1203)
    ex01.put(memberOf=hidden)
    made = token(world, ex01)

    assert made.doubt(contoso.sid.relative(1299)) == "it was not read, as not all was"
    assert made.doubt(outer.sid) == f"{hidden}, a member of CONTOSO\\Mail Ops, was not read"
    assert made.doubt(sound.sid) is None


def test_the_hidden_group_of_another_account_is_no_doubt(
    world: World, contoso: MadeDomain, ex01: Made
) -> None:
    other = contoso.computer("EX02", 1106)
    other.put(memberOf="CN=Hidden,CN=Users,DC=contoso,DC=example")
    assert token(world, ex01).doubt(contoso.sid.relative(1299)) is None

"""Principals and the direct memberships between them."""

import pytest

from adaudit.directory import Dn, Gap
from adaudit.directory.membership import Membership, Via
from adaudit.directory.principal import GroupScope, PrincipalKind
from adaudit.security import sid as sids
from adaudit.security.sid import BUILTIN, Sid
from tests.builders import Made, MadeDomain, World


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def contoso(world: World) -> MadeDomain:
    return world.domain("CONTOSO", "DC=contoso,DC=example")


def groups_of(membership: Membership, made: Made) -> list[tuple[str, Via]]:
    return [(arc.group.name, arc.via) for arc in membership.arcs.get(made.sid, ())]


def test_members_memberof_and_primary_group_are_arcs(world: World, contoso: MadeDomain) -> None:
    ex01 = contoso.computer("EX01", 1105)
    contoso.group("Domain Computers", 515)
    contoso.group("By Member", 1201, members=[ex01])
    ex01.put(memberOf=contoso.group("By MemberOf", 1202))
    found = groups_of(Membership.of(world.snapshot()), ex01)
    assert sorted(found) == [
        ("CONTOSO\\By Member", Via.MEMBER),
        ("CONTOSO\\By MemberOf", Via.MEMBER),
        ("CONTOSO\\Domain Computers", Via.PRIMARY_GROUP),
    ]


def test_a_membership_that_both_ends_tell_is_one_arc(world: World, contoso: MadeDomain) -> None:
    ex01 = contoso.computer("EX01", 1105, primary=None)
    ex01.put(memberOf=contoso.group("Mail Ops", 1201, members=[ex01]))
    assert len(groups_of(Membership.of(world.snapshot()), ex01)) == 1


def test_a_member_is_found_however_its_name_is_spelled(world: World, contoso: MadeDomain) -> None:
    ex01 = contoso.computer("EX01", 1105, primary=None)
    contoso.group("Mail Ops", 1201, members=["cn=ex01, CN=Users, dc=CONTOSO,DC=example"])
    assert len(groups_of(Membership.of(world.snapshot()), ex01)) == 1


def test_an_account_and_what_stands_for_it_elsewhere_are_one_member(
    world: World, contoso: MadeDomain
) -> None:
    ex01 = contoso.computer("EX01", 1105, primary=None)
    fabrikam = world.domain("FABRIKAM", "DC=fabrikam,DC=example")
    fabrikam.group("Partners", 1300, "domain local", members=[fabrikam.foreign(ex01.sid)])
    membership = Membership.of(world.snapshot())
    assert groups_of(membership, ex01) == [("FABRIKAM\\Partners", Via.MEMBER)]
    assert membership.principals[ex01.sid].kind is PrincipalKind.COMPUTER


def test_builtin_groups_of_two_domains_stay_two_groups(world: World, contoso: MadeDomain) -> None:
    emea = world.domain("EMEA", "DC=emea,DC=contoso,DC=example")
    one, other = contoso.user("one", 1105, None), emea.user("other", 1105, None)
    contoso.builtin("Administrators", 544, [one])
    emea.builtin("Administrators", 544, [other])
    arcs = Membership.of(world.snapshot()).arcs
    domains = [arcs[made.sid][0].group.domain for made in (one, other)]
    assert [domain.netbios_name for domain in domains if domain] == ["CONTOSO", "EMEA"]


def test_the_domains_whose_builtin_groups_were_read_are_known(
    world: World, contoso: MadeDomain
) -> None:
    world.domain("EMEA", "DC=emea,DC=contoso,DC=example")
    contoso.builtin("Administrators", 544)
    found = Membership.of(world.snapshot()).with_builtin
    assert [domain.netbios_name for domain in found] == ["CONTOSO"]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("global", GroupScope.GLOBAL),
        ("universal", GroupScope.UNIVERSAL),
        ("domain local", GroupScope.DOMAIN_LOCAL),
    ],
)
@pytest.mark.parametrize("is_enabled", [True, False])
def test_scope_and_kind_of_a_group_come_from_its_type(
    world: World, contoso: MadeDomain, scope: str, expected: GroupScope, *, is_enabled: bool
) -> None:
    made = contoso.group("Mail Ops", 1201, scope, is_security_enabled=is_enabled)
    group = Membership.of(world.snapshot()).principals[made.sid]
    assert (group.scope, group.is_security_enabled) == (expected, is_enabled)


def test_a_group_of_builtin_has_a_scope_of_its_own(world: World, contoso: MadeDomain) -> None:
    contoso.builtin("Administrators", 544)
    group = Membership.of(world.snapshot()).principals[BUILTIN.relative(544)]
    assert (group.scope, group.name) == (GroupScope.BUILTIN, "BUILTIN\\Administrators")


@pytest.mark.parametrize(
    ("sid", "name"),
    [
        ("S-1-5-21-1-1-1-1105", "CONTOSO\\EX01$"),
        ("S-1-5-21-1-1-1-512", "CONTOSO\\Domain Admins"),
        ("S-1-5-21-1-1-1-9999", "S-1-5-21-1-1-1-9999"),
        ("S-1-5-21-9-9-9-512", "S-1-5-21-9-9-9-512"),
        ("S-1-5-11", "Authenticated Users"),
    ],
)
def test_a_sid_has_the_name_that_a_reader_knows(
    world: World, contoso: MadeDomain, sid: str, name: str
) -> None:
    contoso.computer("EX01", 1105)
    assert Membership.of(world.snapshot()).name(Sid.parse(sid)) == name


def test_a_head_of_a_domain_is_no_principal(world: World, contoso: MadeDomain) -> None:
    assert contoso.sid not in Membership.of(world.snapshot()).principals


def test_a_member_that_is_no_principal_is_no_trouble_where_all_was_read(
    world: World, contoso: MadeDomain
) -> None:
    contoso.group("Mail Ops", 1201, members=["CN=A Contact,DC=contoso,DC=example"])
    membership = Membership.of(world.snapshot())
    assert (membership.incomplete, membership.faults, membership.lost) == ({}, (), None)


def test_a_member_in_a_domain_that_was_not_read_makes_a_group_incomplete(
    world: World, contoso: MadeDomain
) -> None:
    world.domain("EMEA", "DC=emea,DC=contoso,DC=example", is_read=False)
    group = contoso.group("Mail Ops", 1201, members=["CN=u,DC=emea,DC=contoso,DC=example"])
    assert Membership.of(world.snapshot()).incomplete.keys() == {group.sid}


def test_a_gap_about_a_group_makes_it_incomplete(world: World, contoso: MadeDomain) -> None:
    group = contoso.group("Mail Ops", 1201)
    world.gap(group, "`member` is incomplete")
    assert Membership.of(world.snapshot()).incomplete.keys() == {group.sid}


def test_a_gap_about_a_file_means_that_objects_may_be_lost(
    world: World, contoso: MadeDomain
) -> None:
    contoso.group("Mail Ops", 1201)
    world.gaps.append(Gap("contoso.ldif", "the file is cut off"))
    assert Membership.of(world.snapshot()).lost is not None


@pytest.mark.parametrize(
    "subject",
    [
        *("schema", "audit entries", "partition DomainDnsZones.contoso.example"),
        "group policies of contoso.example",
    ],
)
def test_a_gap_about_what_holds_no_principal_loses_none(
    world: World, contoso: MadeDomain, subject: str
) -> None:
    contoso.group("Mail Ops", 1201)
    world.gaps.append(Gap(subject, "not read"))
    assert Membership.of(world.snapshot()).lost is None


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("objectSid", b"damaged"),
        ("sIDHistory", b"damaged"),
        ("groupType", b"two"),
        ("userAccountControl", b"two"),
        ("primaryGroupID", b"two"),
        ("primaryGroupID", b"-5"),
        ("primaryGroupID", b"99999999999"),
        ("member", b"no name"),
        ("member", b"CN=\xff,DC=contoso"),
        ("memberOf", b"no name"),
    ],
)
def test_a_damaged_group_is_a_fault_and_all_else_is_read(
    world: World, contoso: MadeDomain, attribute: str, value: bytes
) -> None:
    ex01 = contoso.computer("EX01", 1105, primary=None)
    contoso.group("Sound", 1201, members=[ex01])
    damaged = contoso.group("Damaged", 1202)
    damaged.attributes[attribute.lower()] = [value]
    membership = Membership.of(world.snapshot())
    assert [dn for dn, _ in membership.faults] == [damaged.dn]
    assert groups_of(membership, ex01) == [("CONTOSO\\Sound", Via.MEMBER)]
    assert membership.lost is not None


def test_a_group_without_a_type_is_a_fault(world: World, contoso: MadeDomain) -> None:
    """Whether tokens hold it cannot be told, and taken for a distribution group it would vanish."""
    group = contoso.group("Mail Ops", 1201)
    del group.attributes["grouptype"]
    ((dn, why),) = Membership.of(world.snapshot()).faults
    assert dn == group.dn
    assert "`groupType` is missing" in why


def test_faults_of_domains_are_among_those_of_memberships(world: World) -> None:
    contoso = world.domain("CONTOSO", "DC=contoso,DC=example")
    assert contoso.head is not None
    contoso.head.attributes["objectsid"] = [b"damaged"]
    assert [dn for dn, _ in Membership.of(world.snapshot()).faults] == [Dn("DC=contoso,DC=example")]


def test_well_known_members_stand_for_themselves(world: World, contoso: MadeDomain) -> None:
    everybody = contoso.foreign(sids.AUTHENTICATED_USERS)
    contoso.builtin("Users", 545, [everybody])
    membership = Membership.of(world.snapshot())
    assert membership.principals[sids.AUTHENTICATED_USERS].kind is PrincipalKind.FOREIGN
    assert groups_of(membership, everybody) == [("BUILTIN\\Users", Via.MEMBER)]

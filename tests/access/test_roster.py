"""What principals are and are called: the same for many at once as for each."""

from hypothesis import given, settings
from hypothesis import strategies as st

from adaudit.access.bitmap import BitMap
from adaudit.access.crowd import Cast, Crowd
from adaudit.access.growth import Server
from adaudit.access.roster import Roster
from adaudit.directory.membership import Membership
from adaudit.security.sid import AUTHENTICATED_USERS, Sid
from tests.access.forest_strategies import Forest, damaged_forests, forests
from tests.builders import World

SETTINGS = settings(max_examples=40)


@SETTINGS
@given(st.one_of(forests(), damaged_forests()))
def test_very_many_are_called_what_each_is(forest: Forest) -> None:
    population = Membership.of(forest.world.snapshot()).population
    roster = Roster(population)
    everyone = BitMap(range(len(population.numbers)))
    one_by_one = dict(roster.named(everyone))
    assert dict(roster._all(everyone)) == one_by_one
    for number, named in one_by_one.items():
        principal = population.principal(number)
        assert (named.name, named.sid) == (principal.name, str(principal.sid))
        assert named.is_disabled == principal.is_disabled
        assert (named.kind == "well-known") == (number in roster.well_known)


@SETTINGS
@given(st.one_of(forests(), damaged_forests()))
def test_everybody_is_of_one_kind(forest: Forest) -> None:
    population = Membership.of(forest.world.snapshot()).population
    kinds = Roster(population).by_kind.values()
    assert sorted(n for numbers in kinds for n in numbers) == list(range(len(population.numbers)))


def cast(world: World, *, is_controller: bool = True) -> Cast:
    membership = Membership.of(world.snapshot())
    server = Server("a server", membership.domains.all[0], is_domain_controller=is_controller)
    return Cast.of(membership, server, [AUTHENTICATED_USERS, Sid.parse("S-1-5-21-9-9-9-1000")])


def names(found: Crowd) -> set[str]:
    return {named.name for named in found}


def everybody(known: Cast) -> Crowd:
    accounts = BitMap(range(known.membership.population.account_count))
    return Crowd(known, accounts, BitMap(range(len(known.others))))


def world_of_groups() -> World:
    world = World()
    contoso = world.domain("CONTOSO", "DC=contoso,DC=example")
    emea = world.domain("EMEA", "DC=emea,DC=contoso,DC=example")
    contoso.user("ann", 1101)
    contoso.group("Global", 1201)
    contoso.group("Local", 1202, "domain local")
    contoso.group("List", 1203, is_security_enabled=False)
    contoso.builtin("Administrators", 544)
    emea.group("Universal", 1201, "universal")
    emea.group("Foreign Local", 1202, "domain local")
    return world


def test_groups_that_no_token_holds_at_the_server_are_left_out() -> None:
    everyone = names(everybody(cast(world_of_groups())))
    assert everyone == {
        *("CONTOSO\\ann", "CONTOSO\\Global", "CONTOSO\\Local", "BUILTIN\\Administrators"),
        *("EMEA\\Universal", "Authenticated Users", "S-1-5-21-9-9-9-1000"),
    }


def test_a_member_server_has_builtin_groups_of_its_own() -> None:
    found = names(everybody(cast(world_of_groups(), is_controller=False)))
    assert "BUILTIN\\Administrators" not in found


def test_a_crowd_is_told_by_kind_and_counted() -> None:
    crowd = everybody(cast(world_of_groups()))
    assert [named.kind for named in crowd] == ["user", *["group"] * 4, "well-known", "unread"]
    assert crowd.counts == {"user": 1, "group": 4, "well-known": 1, "unread": 1}
    assert [named.name for named in crowd.first(1)] == ["CONTOSO\\ann"]
    assert crowd.holds(AUTHENTICATED_USERS)
    assert len(list(crowd.sids())) == len(crowd) == 7


def test_crowds_are_united_and_taken_off_as_sets() -> None:
    everyone = everybody(cast(world_of_groups()))
    users, groups = everyone.of_kind("user"), everyone.of_kind("group")
    assert names(users | groups) == names(users) | names(groups)
    assert names(everyone - users) == names(everyone) - names(users)
    assert not names(users & groups)

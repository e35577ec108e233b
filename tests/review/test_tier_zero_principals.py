"""Which groups and accounts are tier 0."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adaudit.access import token_of
from adaudit.access.view import View
from adaudit.directory.principal import SERVER_TRUST_ACCOUNT
from adaudit.review.tier_zero import Kind, TierZero
from adaudit.review.tier_zero.well_known import is_open_to_anyone
from adaudit.security import sid as sids
from adaudit.security.sid import BUILTIN, Sid
from tests.access.forest_strategies import Forest as AnyForest
from tests.access.forest_strategies import forests
from tests.review.tier_zero_forest import (
    ADMINISTRATORS,
    READ_ONLY_CONTROLLER,
    ROOT_GROUPS,
    add_domain,
    controller,
    forest,
    kind_of,
    why,
)

TRUSTED_RIDS = [500, 502, 512, 516, 517, 518, 519, 526, 527]
OTHER_RIDS = [498, 501, 513, 514, 515, 520, 521, 522, 525, 553, 571, 572, 1104]
TRUSTED_ALIASES = [544, 548, 549, 550, 551, 552, 557]
OTHER_ALIASES = [545, 546, 554, 555, 556, 558, 560, 562, 569, 573, 574, 580]


@pytest.mark.parametrize("rid", TRUSTED_RIDS)
def test_a_principal_is_tier_zero_by_its_rid_whatever_its_name(rid: int) -> None:
    contoso = forest()
    contoso.without(lambda made: made.attributes.get("objectsid") == [made_sid(rid)])
    renamed = contoso.root.group("Renamed", rid)

    assert contoso.tier_zero().is_trusted(renamed.sid)
    assert kind_of(contoso.tier_zero(), renamed) is Kind.GROUP


def made_sid(rid: int) -> bytes:
    return Sid.parse(f"S-1-5-21-1-1-1-{rid}").encode()


@pytest.mark.parametrize("rid", OTHER_RIDS)
def test_others_are_not(rid: int) -> None:
    contoso = forest()
    sid = contoso.root.sid.relative(rid)

    assert not contoso.tier_zero().is_trusted(sid)


def test_a_group_that_bears_the_name_of_a_privileged_one_is_not() -> None:
    contoso = forest()
    pretender = contoso.root.group("Domain Admins of Contoso", 1200)
    pretender.attributes["samaccountname"] = [b"Enterprise Admins"]

    assert not contoso.tier_zero().is_trusted(pretender.sid)
    assert kind_of(contoso.tier_zero(), pretender) is None


@pytest.mark.parametrize("name", ["Organization Management", "Exchange Windows Permissions"])
def test_the_groups_of_exchange_are_not(name: str) -> None:
    contoso = forest()
    group = contoso.root.group(name, 1300, "universal")

    assert not contoso.tier_zero().is_trusted(group.sid)


@pytest.mark.parametrize("rid", TRUSTED_ALIASES)
def test_a_builtin_group_with_power_over_controllers_is(rid: int) -> None:
    assert forest().tier_zero().is_trusted(BUILTIN.relative(rid))


@pytest.mark.parametrize("rid", OTHER_ALIASES)
def test_other_builtin_groups_are_not(rid: int) -> None:
    assert not forest().tier_zero().is_trusted(BUILTIN.relative(rid))


def test_what_acts_on_controllers_is_trusted_and_what_anyone_is_is_not() -> None:
    tier_zero = forest().tier_zero()

    assert tier_zero.is_trusted(sids.LOCAL_SYSTEM)
    assert tier_zero.is_trusted(sids.ENTERPRISE_DOMAIN_CONTROLLERS)
    for sid in (
        *(sids.EVERYONE, sids.AUTHENTICATED_USERS, sids.ANONYMOUS),
        *(sids.CREATOR_OWNER, sids.PRINCIPAL_SELF, sids.OWNER_RIGHTS),
    ):
        assert not tier_zero.is_trusted(sid)


def test_the_groups_of_the_forest_are_those_of_its_root() -> None:
    contoso = forest()
    child = contoso.world.domain("EMEA", "DC=emea,DC=contoso,DC=example")
    add_domain(child, {})
    tier_zero = contoso.tier_zero()

    assert tier_zero.is_trusted(child.sid.relative(512))
    for rid in ROOT_GROUPS:
        assert tier_zero.is_trusted(contoso.root.sid.relative(rid))
        assert not tier_zero.is_trusted(child.sid.relative(rid))


def test_who_is_in_a_privileged_group_by_nesting_is_tier_zero_and_so_is_the_nested_group() -> None:
    contoso = forest()
    ann = contoso.root.user("ann", 1100)
    inner = contoso.root.group("Inner", 1201, members=[ann])
    outer = contoso.root.group("Outer", 1202, members=[inner])
    contoso.made("Domain Admins").put(member=outer)
    tier_zero = contoso.tier_zero()

    assert [kind_of(tier_zero, made) for made in (ann, inner, outer)] == [
        Kind.ACCOUNT,
        Kind.GROUP,
        Kind.GROUP,
    ]
    assert why(tier_zero, ann) == r"in CONTOSO\Domain Admins through CONTOSO\Inner → CONTOSO\Outer"
    assert why(tier_zero, inner) == r"in CONTOSO\Domain Admins through CONTOSO\Outer"
    assert why(tier_zero, outer) == r"in CONTOSO\Domain Admins"
    assert all(tier_zero.is_trusted(made.sid) for made in (ann, inner, outer))


def test_an_account_in_an_ordinary_group_is_not() -> None:
    contoso = forest()
    ann = contoso.root.user("ann", 1100)
    plain = contoso.root.group("Plain", 1201, members=[ann])
    tier_zero = contoso.tier_zero()

    assert not tier_zero.is_trusted(ann.sid)
    assert not tier_zero.is_trusted(plain.sid)
    assert kind_of(tier_zero, ann) is kind_of(tier_zero, plain) is None


def test_a_circle_of_groups_ends() -> None:
    contoso = forest()
    one = contoso.root.group("One", 1201)
    other = contoso.root.group("Other", 1202, members=[one])
    one.put(member=other)
    contoso.made("Domain Admins").put(member=one)

    assert why(contoso.tier_zero(), other) == r"in CONTOSO\Domain Admins through CONTOSO\One"


def test_a_distribution_group_passes_nothing_on_and_is_tier_zero_for_it_can_be_converted() -> None:
    contoso = forest()
    ann = contoso.root.user("ann", 1100)
    mail = contoso.root.group("Mail", 1201, members=[ann], is_security_enabled=False)
    contoso.made("Domain Admins").put(member=mail)
    tier_zero = contoso.tier_zero()

    assert kind_of(tier_zero, mail) is Kind.GROUP
    assert not tier_zero.is_trusted(ann.sid)


def test_a_primary_group_counts() -> None:
    contoso = forest()
    ann = contoso.root.user("ann", 1100, primary=512)

    assert why(contoso.tier_zero(), ann) == r"in CONTOSO\Domain Admins"


def test_a_managed_service_account_counts() -> None:
    contoso = forest()
    made = contoso.world.add(
        "CN=svc,CN=Managed Service Accounts,DC=contoso,DC=example",
        "msDS-GroupManagedServiceAccount",
        objectSid=contoso.root.sid.relative(1100),
        sAMAccountName="svc$",
    )
    contoso.made("Backup Operators").put(member=made)

    assert kind_of(contoso.tier_zero(), made) is Kind.ACCOUNT


def test_the_history_of_a_sid_counts_for_an_account_and_for_who_is_in_a_group() -> None:
    contoso = forest()
    old = contoso.root.sid.relative(512)
    ann = contoso.root.user("ann", 1100, sIDHistory=old)
    bob = contoso.root.user("bob", 1101)
    heir = contoso.root.group("Heir", 1201, members=[bob], sIDHistory=old)
    tier_zero = contoso.tier_zero()

    assert why(tier_zero, ann) == r"its SID history holds CONTOSO\Domain Admins"
    assert why(tier_zero, heir) == r"its SID history holds CONTOSO\Domain Admins"
    assert why(tier_zero, bob) == r"in CONTOSO\Heir"


def test_the_history_of_a_group_that_was_not_read_counts() -> None:
    contoso = forest()
    bob = contoso.root.user("bob", 1101)
    old = contoso.root.sid.relative(512)
    heir = contoso.root.group("Heir", 1201, "universal", members=[bob], sIDHistory=old)
    lost = contoso.made("Domain Admins")
    tier_zero = contoso.without(lambda made: made is lost).tier_zero()

    assert why(tier_zero, heir) == r"its SID history holds CONTOSO\Domain Admins"
    assert tier_zero.is_trusted(bob.sid)


def test_what_anyone_is_is_not_trusted_for_its_history() -> None:
    contoso = forest()
    everyone = contoso.root.foreign(sids.EVERYONE)
    everyone.put(sIDHistory=contoso.root.sid.relative(512))

    assert not contoso.tier_zero().is_trusted(sids.EVERYONE)


def test_the_history_of_another_sid_does_not() -> None:
    contoso = forest()
    ann = contoso.root.user("ann", 1100, sIDHistory=contoso.root.sid.relative(1999))

    assert not contoso.tier_zero().is_trusted(ann.sid)


def test_a_controller_is_one_by_its_account_even_outside_its_group() -> None:
    contoso = forest()
    dc2 = contoso.root.computer("DC2", 1001, primary=515, control=SERVER_TRUST_ACCOUNT | 0x80000)
    tier_zero = contoso.tier_zero()

    assert kind_of(tier_zero, dc2) is Kind.CONTROLLER
    assert tier_zero.is_trusted(dc2.sid)


def test_a_read_only_controller_is_to_be_guarded_and_not_trusted() -> None:
    contoso = forest()
    branch = controller(contoso.root, "RODC1", 1001, READ_ONLY_CONTROLLER)
    tier_zero = contoso.tier_zero()

    assert kind_of(tier_zero, branch) is Kind.CONTROLLER
    assert not tier_zero.is_trusted(branch.sid)


def test_an_account_of_another_forest_is_trusted_and_what_stands_for_it_is_no_asset() -> None:
    contoso = forest()
    stranger = contoso.root.foreign("S-1-5-21-9-9-9-1100")
    contoso.made("Administrators").put(member=stranger)
    tier_zero = contoso.tier_zero()

    assert tier_zero.is_trusted(stranger.sid)
    assert kind_of(tier_zero, stranger) is None


def test_a_member_of_another_domains_local_group_counts() -> None:
    contoso = forest()
    child = contoso.world.domain("EMEA", "DC=emea,DC=contoso,DC=example")
    add_domain(child, {})
    ann = contoso.root.user("ann", 1100)
    (operators,) = (
        made
        for made in contoso.world.objects
        if str(made.dn).startswith(f"CN=Print Operators,CN=Builtin,{child.dn}")
    )
    operators.put(member=ann)

    assert kind_of(contoso.tier_zero(), ann) is Kind.ACCOUNT


@pytest.mark.parametrize("sid", [sids.AUTHENTICATED_USERS, sids.EVERYONE])
def test_who_is_in_a_group_only_as_anyone_is_not_trusted_for_it(sid: Sid) -> None:
    contoso = forest()
    ann = contoso.root.user("ann", 1100)
    contoso.made("Administrators").put(member=contoso.root.foreign(sid))
    tier_zero = contoso.tier_zero()

    assert tier_zero.open_to == {sid: ADMINISTRATORS}
    assert not tier_zero.is_trusted(ann.sid)
    assert not tier_zero.is_trusted(sid)


def test_nor_is_who_is_in_it_only_as_a_user_of_the_domain() -> None:
    contoso = forest()
    ann = contoso.root.user("ann", 1100)
    users = contoso.made("Domain Users")
    contoso.made("Administrators").put(member=users)
    tier_zero = contoso.tier_zero()

    assert tier_zero.open_to == {users.sid: ADMINISTRATORS}
    assert not tier_zero.is_trusted(ann.sid)
    assert not tier_zero.is_trusted(users.sid)


def test_a_sound_forest_is_open_to_nobody() -> None:
    assert forest().tier_zero().open_to == {}


@settings(max_examples=150, deadline=None)
@given(forests(), st.data())
def test_the_accounts_are_those_whose_tokens_hold_a_privileged_group(
    world: AnyForest, data: st.DataObject
) -> None:
    """Held against the tokens of all accounts, one by one, at the controllers of each domain."""
    named = data.draw(st.lists(st.sampled_from([group.sid for group in world.groups]), max_size=2))
    view = View(world.world.snapshot())
    known = [sid for sid in named if not is_open_to_anyone(sid)]
    tier_zero = TierZero.of(view, list(map(str, known)))
    seeds = {*known, *map(BUILTIN.relative, TRUSTED_ALIASES)}
    seeds |= {domain.relative(rid) for domain in view.domains.by_sid for rid in TRUSTED_RIDS}
    population = view.membership.population
    found = {population.sid(number) for number in tier_zero.accounts}
    expected = set()
    for number in range(population.account_count):
        sid = population.sid(number)
        servers = [view.controller_of(domain) for domain in view.domains.all if domain.sid]
        is_privileged = any(seeds & token_of(sid, each, view.membership).sids for each in servers)
        if not is_open_to_anyone(sid) and (
            is_privileged or population.controllers.get(number, 0) & SERVER_TRUST_ACCOUNT
        ):
            expected.add(sid)

    assert found <= expected
    assert tier_zero.open_to or found == expected

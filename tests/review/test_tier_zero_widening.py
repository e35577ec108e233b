"""What the target list adds to tier 0."""

import pytest

from adaudit.review.tier_zero import Kind
from adaudit.security.sid import Sid
from tests.review.tier_zero_forest import Forest, forest, group_in, kind_of, unit, user_in, why


def with_backup() -> Forest:
    """A unit `Servers` in which the group `Backup` and its member `ann` are."""
    contoso = forest()
    servers = unit(contoso.root, "Servers")
    ann = user_in(servers, contoso.root, "ann", 1100)
    group_in(servers, contoso.root, "Backup", 1200, member=ann)
    return contoso


BY_SID = "S-1-5-21-1-1-1-1200"
BY_DN = "CN=Backup,OU=Servers,DC=contoso,DC=example"
BY_NAME = r"contoso\backup"


@pytest.mark.parametrize("name", [BY_SID, BY_SID.lower(), BY_DN, BY_DN.lower(), BY_NAME])
def test_a_group_counts_by_whatever_name_and_so_does_who_is_in_it(name: str) -> None:
    contoso = with_backup()
    group, ann = contoso.made("Backup"), contoso.made("ann")
    tier_zero = contoso.tier_zero(name)

    assert kind_of(tier_zero, group) is Kind.GROUP
    assert why(tier_zero, group) == "named in the target list"
    assert why(tier_zero, ann) == r"in CONTOSO\Backup"
    assert tier_zero.is_trusted(group.sid)
    assert tier_zero.is_trusted(ann.sid)
    assert tier_zero.unmatched == ()


def test_without_the_list_they_are_not() -> None:
    contoso = with_backup()
    tier_zero = contoso.tier_zero()

    assert kind_of(tier_zero, contoso.made("Backup")) is None
    assert not tier_zero.is_trusted(contoso.made("ann").sid)


def test_an_object_that_is_no_principal_counts_alone() -> None:
    contoso = with_backup()
    (servers,) = (made for made in contoso.world.objects if str(made.dn).startswith("OU=Servers"))
    tier_zero = contoso.tier_zero(str(servers.dn))

    assert kind_of(tier_zero, servers) is Kind.NAMED
    assert kind_of(tier_zero, contoso.made("ann")) is None


def test_a_well_known_sid_can_be_trusted() -> None:
    service = Sid.parse("S-1-5-20")

    assert forest().tier_zero("S-1-5-20").is_trusted(service)
    assert not forest().tier_zero().is_trusted(service)


@pytest.mark.parametrize(
    "name",
    [
        "S-1-5-21-1-1-1-1999",
        "S-1-5-x",
        r"FABRIKAM\Backup",
        r"CONTOSO\Backups",
        "OU=Nowhere,DC=contoso,DC=example",
    ],
)
def test_what_matches_nothing_is_said(name: str) -> None:
    assert with_backup().tier_zero(name, BY_SID).unmatched == (name,)

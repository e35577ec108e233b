"""The domains of a forest."""

import pytest

from adaudit.directory import Dn
from adaudit.directory.domains import Domains
from adaudit.errors import DirectoryError
from adaudit.security.sid import Sid
from tests.builders import World


@pytest.fixture
def world() -> World:
    world = World()
    world.domain("CONTOSO", "DC=contoso,DC=example")
    world.domain("EMEA", "DC=emea,DC=contoso,DC=example", is_read=False)
    return world


def test_a_domain_has_the_names_of_its_cross_reference_and_the_sid_of_its_head(
    world: World,
) -> None:
    contoso = Domains.of(world.snapshot()).named("contoso")
    assert (str(contoso.dn), contoso.dns_name, contoso.netbios_name, str(contoso.sid)) == (
        "DC=contoso,DC=example",
        "contoso.example",
        "CONTOSO",
        "S-1-5-21-1-1-1",
    )


def test_a_domain_with_nothing_but_a_cross_reference_was_not_read(world: World) -> None:
    assert [domain.netbios_name for domain in Domains.of(world.snapshot()).unread] == ["EMEA"]


def test_a_head_without_a_cross_reference_is_a_domain_named_by_its_dn() -> None:
    world = World()
    world.add("DC=lost,DC=example", "domainDNS", objectSid=Sid.parse("S-1-5-21-4-4-4"))
    (domain,) = Domains.of(world.snapshot()).all
    assert (domain.dns_name, domain.netbios_name) == ("lost.example", "LOST")


def test_an_application_partition_is_no_domain(world: World) -> None:
    zones = "DC=DomainDnsZones,DC=contoso,DC=example"
    world.add(
        f"CN=zones,CN=Partitions,{world.configuration}", "crossRef", nCName=zones, systemFlags=5
    )
    world.add(zones, "domainDNS")
    assert len(Domains.of(world.snapshot()).all) == 2


@pytest.mark.parametrize(
    ("dn", "name"),
    [
        ("CN=a,DC=contoso,DC=example", "CONTOSO"),
        ("DC=contoso,DC=example", "CONTOSO"),
        ("CN=a,DC=emea,DC=contoso,DC=example", "EMEA"),
        ("CN=a,DC=xcontoso,DC=example", None),
        ("DC=example", None),
    ],
)
def test_an_object_is_in_the_nearest_domain_above_it(
    world: World, dn: str, name: str | None
) -> None:
    domain = Domains.of(world.snapshot()).containing(Dn(dn))
    assert (domain.netbios_name if domain else None) == name


@pytest.mark.parametrize("name", ["contoso", "CONTOSO", "Contoso.Example", "S-1-5-21-1-1-1"])
def test_a_domain_is_found_by_each_of_its_names(world: World, name: str) -> None:
    assert Domains.of(world.snapshot()).named(name).netbios_name == "CONTOSO"


@pytest.mark.parametrize("name", ["none", "", "fabrikam"])
def test_an_unknown_name_is_a_directory_error_that_lists_the_known_ones(
    world: World, name: str
) -> None:
    with pytest.raises(DirectoryError) as caught:
        Domains.of(world.snapshot()).named(name)
    assert caught.value.hint == "known domains: contoso.example, emea.contoso.example"


@pytest.mark.parametrize(("attribute", "value"), [("nCName", "no name"), ("systemFlags", "two")])
def test_a_damaged_cross_reference_is_a_fault_and_the_others_are_read(
    world: World, attribute: str, value: str
) -> None:
    made = world.add(
        f"CN=bad,CN=Partitions,{world.configuration}",
        "crossRef",
        **{"nCName": "DC=bad", "systemFlags": 3} | {attribute: value},
    )
    domains = Domains.of(world.snapshot())
    assert [dn for dn, _ in domains.faults] == [made.dn]
    assert len(domains.all) == 2


def test_a_head_with_a_damaged_sid_is_a_fault_and_its_domain_unread(world: World) -> None:
    head = world.domains[0].head
    assert head is not None
    head.attributes["objectsid"] = [b"damaged"]
    domains = Domains.of(world.snapshot())
    assert [dn for dn, _ in domains.faults] == [head.dn]
    assert [domain.netbios_name for domain in domains.unread] == ["CONTOSO", "EMEA"]


def test_the_configuration_lies_under_the_root_of_the_forest() -> None:
    world = World()
    world.domain("CONTOSO", "DC=contoso,DC=example")
    world.domain("TAILSPIN", "DC=tailspin")
    root = Domains.of(world.snapshot()).root
    assert root is not None
    assert world.configuration == f"CN=Configuration,{root.dn}"
    assert root.netbios_name == "CONTOSO"

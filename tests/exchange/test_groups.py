"""The group of the Exchange servers is known by what it holds and may do."""

from adaudit.exchange.groups import servers_groups
from tests.exchange.conftest import SERIAL_NUMBER, Organisation

WELL_KNOWN = "B:32:A7D2016C83F003458132789EEB127B84:"


def named(organisation: Organisation) -> list[str | None]:
    groups = servers_groups(organisation.flow()).values()
    return [found.group.name if found else None for found in groups]


def with_servers(
    organisation: Organisation, *names: str, version: str = SERIAL_NUMBER
) -> list[object]:
    accounts: list[object] = []
    for number, name in enumerate(names):
        organisation.server(name, f"netbios:{name}", version=version)
        accounts.append(organisation.contoso.computer(name, 1101 + number))
    return accounts


def test_a_group_of_all_servers_and_nothing_else_is_theirs(organisation: Organisation) -> None:
    accounts = with_servers(organisation, "EX01", "EX02")
    organisation.contoso.group("Kiszolgálók", 1201, members=accounts)

    assert named(organisation) == ["CONTOSO\\Kiszolgálók"]


def test_the_name_alone_is_not_enough(organisation: Organisation) -> None:
    with_servers(organisation, "EX01", "EX02")
    organisation.contoso.group("Exchange Domain Servers", 1201)

    assert named(organisation) == [None]


def test_of_two_groups_alike_none_is_named(organisation: Organisation) -> None:
    accounts = with_servers(organisation, "EX01", "EX02")
    organisation.contoso.group("One", 1201, members=accounts)
    organisation.contoso.group("Other", 1202, members=accounts)

    assert named(organisation) == [None]


def test_the_group_of_all_computers_is_not_that_of_the_servers(
    organisation: Organisation,
) -> None:
    with_servers(organisation, "EX01", "EX02")
    organisation.contoso.group("Domain Computers", 515)

    assert named(organisation) == [None]


def test_a_distribution_group_is_not_that_of_the_servers(organisation: Organisation) -> None:
    accounts = with_servers(organisation, "EX01", "EX02")
    organisation.contoso.group("News", 1201, members=accounts, is_security_enabled=False)

    assert named(organisation) == [None]


def test_exchange_2007_names_its_group_itself(organisation: Organisation) -> None:
    with_servers(organisation, "EX01", "EX02", version="Version 8.1 (Build 30240.6)")
    group = organisation.contoso.group("Renamed", 1201, "universal")
    organisation.world.add(
        f"CN=Microsoft Exchange,CN=Services,{organisation.world.configuration}",
        "msExchConfigurationContainer",
        otherWellKnownObjects=f"{WELL_KNOWN}{group.dn}",
    )

    assert named(organisation) == ["CONTOSO\\Renamed"]


def test_a_domain_without_servers_has_no_such_group(organisation: Organisation) -> None:
    with_servers(organisation, "EX01")
    organisation.world.domain("EMEA", "DC=emea,DC=contoso,DC=example")

    assert len(named(organisation)) == 1

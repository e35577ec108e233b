"""Who holds the service principal names of SMTP servers."""

from adaudit.access.view import View
from adaudit.exchange.service_names import SMTP, SMTPSVC, ServiceNames
from tests.builders import World

HOST = "ex01.contoso.example"


def names_of(world: World) -> ServiceNames:
    snapshot = world.snapshot()
    return ServiceNames.of(snapshot, View(snapshot).membership)


def held(names: ServiceNames, service: str, host: str) -> list[str]:
    return [holder.name for holder in names.holders_of(service, host)]


def test_computers_and_users_of_all_domains_may_hold_a_name() -> None:
    world = World()
    contoso = world.domain("CONTOSO", "DC=contoso,DC=example")
    emea = world.domain("EMEA", "DC=emea,DC=contoso,DC=example")
    contoso.computer("EX01", 1101, servicePrincipalName=f"SMTPSVC/{HOST}")
    emea.user("service", 1101, servicePrincipalName=f"SMTPSVC/{HOST}")

    assert held(names_of(world), SMTPSVC, HOST) == ["CONTOSO\\EX01$", "EMEA\\service"]


def test_case_makes_no_difference_and_the_service_does() -> None:
    world = World()
    contoso = world.domain("CONTOSO", "DC=contoso,DC=example")
    contoso.computer("EX01", 1101, servicePrincipalName=f"smtpsvc/{HOST.upper()}")
    names = names_of(world)

    assert held(names, SMTPSVC, HOST) == ["CONTOSO\\EX01$"]
    assert held(names, SMTP, HOST) == []


def test_a_port_makes_another_name() -> None:
    world = World()
    contoso = world.domain("CONTOSO", "DC=contoso,DC=example")
    contoso.computer("EX01", 1101, servicePrincipalName=f"SMTPSVC/{HOST}:25")

    assert held(names_of(world), SMTPSVC, HOST) == []


def test_one_account_that_holds_a_name_twice_is_one_holder() -> None:
    world = World()
    contoso = world.domain("CONTOSO", "DC=contoso,DC=example")
    services = [f"SMTPSVC/{HOST}", f"SMTPSVC/{HOST.upper()}"]
    contoso.computer("EX01", 1101, servicePrincipalName=services)

    assert held(names_of(world), SMTPSVC, HOST) == ["CONTOSO\\EX01$"]


def test_a_domain_that_was_not_read_may_have_more_holders() -> None:
    world = World()
    world.domain("CONTOSO", "DC=contoso,DC=example")
    whole = names_of(world)
    world.domain("EMEA", "DC=emea,DC=contoso,DC=example", is_read=False)

    assert whole.unread is None
    assert names_of(world).unread == "not read: emea.contoso.example"


def test_an_account_that_was_lost_may_be_one_more_holder() -> None:
    world = World()
    world.domain("CONTOSO", "DC=contoso,DC=example")
    world.gap("users of contoso.example", "the server closed the connection")

    assert "users of contoso.example" in (names_of(world).unread or "")

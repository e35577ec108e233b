"""What a report says of a target beside its findings."""

from adaudit.checks import Context, catalogue
from adaudit.findings import Outcome
from tests.builders import World

ORGANISATION = "CN=Contoso,CN=Microsoft Exchange,CN=Services"


def context(*, control: int, serial_number: str) -> Context:
    world = World()
    contoso = world.domain("CONTOSO", "DC=contoso,DC=example")
    contoso.computer("EX01", 1101, control=control, dNSHostName="ex01.contoso.example")
    world.add(
        f"CN=EX01,CN=Servers,CN=Head Office,{ORGANISATION},{world.configuration}",
        "msExchExchangeServer",
        "O:DAG:DAD:(A;;CR;;;AU)",
        serialNumber=serial_number,
        networkAddress=["netbios:EX01", "ncacn_ip_tcp:ex01.contoso.example"],
    )
    return Context(world.snapshot(), ("x.snapshot",))


def test_a_disabled_account_of_a_server_is_a_warning() -> None:
    known = context(control=0x1002, serial_number="Version 6.5 (Build 7638.2)")
    assert known.warnings == ("CONTOSO\\EX01$, an account of EX01, is disabled: it cannot log on",)


def test_an_enabled_account_is_none() -> None:
    assert context(control=0x1000, serial_number="Version 6.5").warnings == ()


def test_the_versions_of_the_servers_are_a_fact() -> None:
    facts = context(control=0x1000, serial_number="Version 6.0 (Build 6249.4)").facts
    assert facts[:4] == (
        "1 Exchange server",
        "0 SMTP virtual servers",
        "1 domain",
        "1 of Exchange 2000",
    )


def test_of_a_whole_directory_its_size_is_told_and_not_that_it_has_no_mail_servers() -> None:
    world = World(scope="all")
    contoso = world.domain("CONTOSO", "DC=contoso,DC=example")
    contoso.computer("WS01", 1101)
    facts = Context(world.snapshot(), ("x.snapshot",)).facts

    assert "1 account" in facts
    assert not any("Exchange" in fact for fact in facts)


def test_a_check_of_the_mail_has_nothing_to_judge_without_a_server() -> None:
    world = World()
    world.domain("CONTOSO", "DC=contoso,DC=example")
    known = Context(world.snapshot(), ("x.snapshot",))
    results = {check.id: check.result(known) for check in catalogue() if check.of_exchange}

    assert results["smtp-name"].outcome is Outcome.NOT_APPLICABLE
    assert results["smtp-name"].reason == "there is no Exchange server"
    assert {each.outcome for each in results.values()} == {Outcome.NOT_APPLICABLE}


def test_that_next_to_nothing_was_checked_is_a_warning() -> None:
    world = World()
    world.domain("CONTOSO", "DC=contoso,DC=example")
    (warning,) = Context(world.snapshot(), ("x.snapshot",)).warnings

    assert "`scope: all`" in warning


def test_a_whole_directory_without_mail_servers_has_no_such_warning() -> None:
    world = World(scope="all")
    world.domain("CONTOSO", "DC=contoso,DC=example")

    assert Context(world.snapshot(), ("x.snapshot",)).warnings == ()

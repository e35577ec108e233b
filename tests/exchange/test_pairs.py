"""Who is asked about, and on which server access is checked."""

from adaudit.directory.dn import Dn
from tests.exchange.conftest import Organisation


def test_a_later_version_sends_and_is_not_asked_about_as_a_receiver(
    organisation: Organisation,
) -> None:
    organisation.server("EX01")
    organisation.server("EX07", version="Version 8.1 (Build 30240.6)")
    pairs = organisation.flow().pairs

    assert [(pair.sender.name, pair.receiver.name) for pair in pairs] == [("EX07", "EX01")]


def test_a_server_can_be_judged_with_itself(organisation: Organisation) -> None:
    organisation.server("EX01", "netbios:EX01")
    organisation.contoso.computer("EX01", 1101)
    flow = organisation.flow()
    (server,) = flow.servers
    answers = tuple(flow.verdicts(server, server))

    assert [answer.object.dn.name for answer in answers] == ["EX01", "1"]
    assert {answer.account.name for answer in answers} == {"CONTOSO\\EX01$"}


def test_a_server_checks_access_in_the_domain_of_its_account(organisation: Organisation) -> None:
    emea = organisation.world.domain("EMEA", "DC=emea,DC=contoso,DC=example")
    organisation.server("EX01", "netbios:EX01")
    emea.computer("EX01", 1101)
    flow = organisation.flow()
    place = flow.place(flow.servers[0])

    assert place.domain is not None
    assert place.domain.netbios_name == "EMEA"
    assert not place.is_domain_controller


def test_the_domain_of_a_doubtful_account_is_not_taken_for_the_servers(
    organisation: Organisation,
) -> None:
    emea = organisation.world.domain("EMEA", "DC=emea,DC=contoso,DC=example")
    organisation.server("EX01", "netbios:EX01", "ncacn_ip_tcp:ex01.contoso.example")
    emea.computer("EX01", 1101, control=0x82000, dNSHostName="ex01.emea.contoso.example")
    flow = organisation.flow()
    place = flow.place(flow.servers[0])

    assert place.domain is None
    assert not place.is_domain_controller


def test_where_there_is_one_domain_the_server_is_in_it(organisation: Organisation) -> None:
    organisation.server("EX01")
    flow = organisation.flow()
    place = flow.place(flow.servers[0])

    assert place.domain is not None
    assert place.domain.netbios_name == "CONTOSO"


def test_a_server_that_is_a_controller_is_one(organisation: Organisation) -> None:
    organisation.server("DC01", "netbios:DC01")
    organisation.contoso.computer("DC01", 1101, control=0x82000)
    flow = organisation.flow()

    assert flow.place(flow.servers[0]).is_domain_controller


def test_what_belongs_to_no_server_is_checked_by_a_controller(organisation: Organisation) -> None:
    server = organisation.server("EX01")
    flow = organisation.flow()
    below = flow.place_for(Dn(f"CN=SMTP,CN=Protocols,{server.dn}"))
    beside = flow.place_for(Dn(organisation.dn))

    assert below.name == "EX01"
    assert beside.name == "a controller of contoso.example"
    assert beside.is_domain_controller

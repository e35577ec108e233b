"""What the name of a virtual server is to its server."""

import pytest

from adaudit.exchange.smtp_name import NameState, SmtpName, smtp_name
from tests.exchange.conftest import Organisation

ADDRESSES = ("netbios:EX01", "ncacn_ip_tcp:ex01.contoso.example")


def found(organisation: Organisation, name: str | None) -> SmtpName:
    for made in organisation.world.objects:
        if made.dn.name == "1" and name is not None:
            made.put(msExchSmtpFullyQualifiedDomainName=name)
    flow = organisation.flow()
    (server,) = flow.servers
    return smtp_name(server.virtual_servers[0], server, flow.accounts[server.label])


@pytest.fixture
def mapped(organisation: Organisation) -> Organisation:
    organisation.server("EX01", *ADDRESSES)
    organisation.contoso.computer("EX01", 1101, dNSHostName="ex01.contoso.example")
    return organisation


@pytest.mark.parametrize(
    "name", ["ex01.contoso.example", "EX01.Contoso.Example.", " EX01 ", "ex01"]
)
def test_the_full_and_the_short_name_are_its_own(mapped: Organisation, name: str) -> None:
    assert found(mapped, name).state is NameState.OWN


@pytest.mark.parametrize("name", ["mail.contoso.com", "ex01.contoso.com", "EX02", "ex01.contoso"])
def test_any_other_name_is_not(mapped: Organisation, name: str) -> None:
    assert found(mapped, name).state is NameState.OTHER


@pytest.mark.parametrize("name", [None, "", " "])
def test_no_name_is_absent(mapped: Organisation, name: str | None) -> None:
    assert found(mapped, name).state is NameState.ABSENT


def test_another_name_is_in_doubt_where_the_account_is_not_known(
    organisation: Organisation,
) -> None:
    organisation.server("EX01", *ADDRESSES)

    assert found(organisation, "mail.contoso.com").state is NameState.UNSURE


def test_another_name_is_in_doubt_where_no_full_name_is_known(organisation: Organisation) -> None:
    organisation.server("EX01", "netbios:EX01")
    organisation.contoso.computer("EX01", 1101)

    assert found(organisation, "mail.contoso.com").state is NameState.UNSURE


def test_the_dns_name_of_the_account_is_its_own_too(organisation: Organisation) -> None:
    organisation.server("EX01", "netbios:EX01")
    organisation.contoso.computer("EX01", 1101, dNSHostName="ex01.contoso.example")

    assert found(organisation, "ex01.contoso.example").state is NameState.OWN


def test_the_right_name_is_the_full_one(mapped: Organisation) -> None:
    assert found(mapped, "mail.contoso.com").right_name == "ex01.contoso.example"

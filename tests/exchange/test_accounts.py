"""Which computer account is a server's: by evidence, and never by a guess."""

import pytest

from adaudit.exchange.accounts import MappingState
from tests.exchange.conftest import Organisation

MAPPED, AMBIGUOUS, UNMAPPED = MappingState
ADDRESSES = ("netbios:EX01", "ncacn_ip_tcp:ex01.contoso.example")


def mapping(organisation: Organisation) -> tuple[MappingState, list[str]]:
    (found,) = organisation.flow().accounts.values()
    return found.state, [candidate.principal.name for candidate in found.candidates]


def test_the_dns_name_names_the_account(organisation: Organisation) -> None:
    organisation.server("EX01", *ADDRESSES)
    organisation.contoso.computer("MAIL", 1101, dNSHostName="EX01.contoso.EXAMPLE")

    assert mapping(organisation) == (MAPPED, ["CONTOSO\\MAIL$"])


def test_a_link_names_the_account(organisation: Organisation) -> None:
    account = organisation.contoso.computer("MAIL", 1101)
    organisation.server("EX01", msExchComputerLink=account)

    assert mapping(organisation) == (MAPPED, ["CONTOSO\\MAIL$"])


def test_a_link_that_is_no_name_leaves_the_other_signs(organisation: Organisation) -> None:
    organisation.server("EX01", *ADDRESSES, msExchComputerLink="no DN")
    organisation.contoso.computer("EX01", 1101, dNSHostName="ex01.contoso.example")

    assert mapping(organisation) == (MAPPED, ["CONTOSO\\EX01$"])


def test_the_short_name_is_enough_where_nothing_says_more(organisation: Organisation) -> None:
    organisation.server("EX01", "netbios:EX01")
    organisation.contoso.computer("ex01", 1101, dNSHostName="ex01.contoso.example")

    assert mapping(organisation) == (MAPPED, ["CONTOSO\\ex01$"])


def test_the_short_name_is_not_enough_against_another_dns_name(
    organisation: Organisation,
) -> None:
    organisation.server("EX01", *ADDRESSES)
    organisation.contoso.computer("EX01", 1101, dNSHostName="ex01.fabrikam.example")

    assert mapping(organisation) == (AMBIGUOUS, ["CONTOSO\\EX01$"])


def test_a_service_name_alone_is_not_enough_against_another_dns_name(
    organisation: Organisation,
) -> None:
    organisation.server("EX01", *ADDRESSES)
    organisation.contoso.computer(
        "NODE1",
        1101,
        dNSHostName="node1.contoso.example",
        servicePrincipalName="SMTPSVC/ex01.contoso.example:25",
    )

    assert mapping(organisation) == (AMBIGUOUS, ["CONTOSO\\NODE1$"])


def test_signs_for_two_accounts_are_no_answer(organisation: Organisation) -> None:
    organisation.server("EX01", *ADDRESSES)
    organisation.contoso.computer("EX01", 1101, dNSHostName="old.contoso.example")
    organisation.contoso.computer("MAIL", 1102, dNSHostName="ex01.contoso.example")

    assert mapping(organisation) == (AMBIGUOUS, ["CONTOSO\\EX01$", "CONTOSO\\MAIL$"])


def test_two_accounts_of_one_dns_name_are_no_answer(organisation: Organisation) -> None:
    organisation.server("EX01", *ADDRESSES)
    organisation.contoso.computer("EX01", 1101, dNSHostName="ex01.contoso.example")
    organisation.contoso.computer("EX01-OLD", 1102, dNSHostName="ex01.contoso.example")

    assert mapping(organisation) == (AMBIGUOUS, ["CONTOSO\\EX01$", "CONTOSO\\EX01-OLD$"])


def test_the_full_name_tells_accounts_of_one_short_name_apart(organisation: Organisation) -> None:
    emea = organisation.world.domain("EMEA", "DC=emea,DC=contoso,DC=example")
    organisation.server("EX01", *ADDRESSES)
    emea.computer("EX01", 1101, dNSHostName="ex01.emea.contoso.example")
    organisation.contoso.computer("EX01", 1101, dNSHostName="ex01.contoso.example")
    state, names = mapping(organisation)

    assert (state, names) == (MAPPED, ["CONTOSO\\EX01$"])


def test_a_service_name_of_another_account_beside_is_no_doubt(organisation: Organisation) -> None:
    organisation.server("EX01", *ADDRESSES)
    organisation.contoso.computer("EX01", 1101, dNSHostName="ex01.contoso.example")
    organisation.contoso.computer(
        "OLD01", 1102, servicePrincipalName="SMTPSVC/ex01.contoso.example"
    )

    assert mapping(organisation) == (MAPPED, ["CONTOSO\\EX01$"])


def test_accounts_of_one_short_name_in_two_domains_are_no_answer(
    organisation: Organisation,
) -> None:
    emea = organisation.world.domain("EMEA", "DC=emea,DC=contoso,DC=example")
    organisation.server("EX01", "netbios:EX01")
    emea.computer("EX01", 1101)
    organisation.contoso.computer("EX01", 1101)

    assert mapping(organisation) == (AMBIGUOUS, ["CONTOSO\\EX01$", "EMEA\\EX01$"])


def test_a_user_of_the_servers_name_is_no_account_of_it(organisation: Organisation) -> None:
    organisation.server("EX01", *ADDRESSES)
    organisation.contoso.user("EX01$", 1101)

    assert mapping(organisation) == (UNMAPPED, [])


@pytest.mark.parametrize("service", ["SMTPSVC", "SMTPSVC/", "/", ""])
def test_half_a_service_name_is_no_sign(organisation: Organisation, service: str) -> None:
    organisation.server("EX01", *ADDRESSES)
    organisation.contoso.computer("MAIL", 1101, servicePrincipalName=service)

    assert mapping(organisation) == (UNMAPPED, [])

"""Where SMTP connectors lead, and whether they authenticate."""

import pytest

from adaudit.exchange.connectors import SmtpConnector, smtp_connectors
from tests.exchange.conftest import Organisation


def connector(organisation: Organisation, **attributes: object) -> SmtpConnector:
    dn = f"CN=Outside,CN=Connections,{organisation.dn}"
    organisation.world.add(dn, "msExchRoutingSMTPConnector", **attributes)
    (found,) = smtp_connectors(organisation.world.snapshot())
    return found


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("mail.fabrikam.example", ("mail.fabrikam.example",)),
        ("[192.0.2.7]", ("192.0.2.7",)),
        ("a.example; [192.0.2.7],b.example", ("a.example", "192.0.2.7", "b.example")),
        ("", ()),
    ],
)
def test_smart_hosts_are_read_without_brackets(
    organisation: Organisation, text: str, hosts: tuple[str, ...]
) -> None:
    assert connector(organisation, msExchSmtpSmartHost=text).smart_hosts == hosts


def test_only_smtp_address_spaces_count(organisation: Organisation) -> None:
    found = connector(organisation, routingList=["SMTP:*.Fabrikam.example;1", "X400:c=us;a= ;1"])

    assert found.domains == ("*.fabrikam.example",)


@pytest.mark.parametrize(
    ("space", "host", "is_covered"),
    [
        ("SMTP:*;1", "mail.partner.example", True),
        ("SMTP:fabrikam.example;1", "mail.fabrikam.example", True),
        ("SMTP:*.fabrikam.example;1", "Mail.Fabrikam.example.", True),
        ("SMTP:@fabrikam.example;1", "fabrikam.example", True),
        ("SMTP:fabrikam.example;1", "mail.notfabrikam.example", False),
        ("SMTP:mail.fabrikam.example;1", "fabrikam.example", False),
        ("X400:c=us;1", "mail.fabrikam.example", False),
    ],
)
def test_an_address_space_covers_the_hosts_of_its_domain(
    organisation: Organisation, space: str, host: str, *, is_covered: bool
) -> None:
    assert connector(organisation, routingList=[space]).covers(host) is is_covered


@pytest.mark.parametrize(
    ("flag", "account", "is_silent"),
    [(None, None, True), (0, None, True), (2, None, False), (0, r"FABRIKAM\mail", False)],
)
def test_a_connector_is_silent_without_flag_and_account(
    organisation: Organisation, flag: int | None, account: str | None, *, is_silent: bool
) -> None:
    given = {
        "msExchSmtpOutboundSecurityFlag": flag,
        "msExchSmtpOutboundSecurityUserName": account,
    }
    found = connector(organisation, **{name: value for name, value in given.items() if value})

    assert found.is_silent is is_silent
    assert found.account == account


def test_a_connector_starts_at_its_bridgeheads(organisation: Organisation) -> None:
    bridgehead = organisation.server("EX01")
    organisation.server("EX02")
    virtual_server = f"CN=1,CN=SMTP,CN=Protocols,{bridgehead.dn}"
    found = connector(organisation, msExchSourceBridgeheadServersDN=[virtual_server])

    ex01, ex02 = organisation.flow().servers
    assert found.starts_at(ex01)
    assert not found.starts_at(ex02)


def test_a_connector_without_bridgeheads_starts_anywhere(organisation: Organisation) -> None:
    organisation.server("EX01")
    found = connector(organisation)

    assert all(map(found.starts_at, organisation.flow().servers))


def test_a_bridgehead_that_is_no_dn_is_no_server(organisation: Organisation) -> None:
    organisation.server("EX01")
    found = connector(organisation, msExchSourceBridgeheadServersDN=["nonsense"])

    assert not any(map(found.starts_at, organisation.flow().servers))


def test_a_password_in_the_directory_is_not_shown(organisation: Organisation) -> None:
    found = connector(
        organisation,
        msExchSmtpOutboundSecurityUserName=r"FABRIKAM\mail",
        msExchSmtpOutboundSecurityPassword="open sesame",
    )

    assert r"`FABRIKAM\mail`" in str(found)
    assert "sesame" not in str(found)

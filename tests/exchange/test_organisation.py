"""Servers of an organisation, read off the configuration."""

import pytest

from adaudit.directory.dn import Dn
from adaudit.exchange.organisation import Version, servers_of
from tests.exchange.conftest import Organisation


@pytest.mark.parametrize(
    ("serial_number", "version"),
    [
        ("Version 5.5 (Build 2653.23: Service Pack 4)", Version.EXCHANGE_55),
        ("Version 6.0 (Build 6249.4: Service Pack 3)", Version.EXCHANGE_2000),
        ("Version 6.5 (Build 6944.4)", Version.EXCHANGE_2003),
        ("Version 8.1 (Build 30240.6)", Version.LATER),
        ("Version 14.3 (Build 30123.4)", Version.LATER),
        ("Version 15.2 (Build 31118.7)", Version.LATER),
        ("Version 7.0 (Build 1.0)", Version.UNKNOWN),
        ("Build 7638.2", Version.UNKNOWN),
        ("", Version.UNKNOWN),
        (None, Version.UNKNOWN),
    ],
)
def test_the_version_is_read_off_the_serial_number(
    serial_number: str | None, version: Version
) -> None:
    assert Version.of(serial_number) is version


def test_servers_come_by_name_whatever_their_order(organisation: Organisation) -> None:
    for name in ("ex10", "EX2", "EX1"):
        organisation.server(name)

    assert [server.label for server in organisation.flow().servers] == ["EX1", "ex10", "EX2"]


def test_two_servers_of_one_name_are_told_by_their_groups(organisation: Organisation) -> None:
    organisation.server("EX01", group="Head Office")
    organisation.server("ex01", group="Branches")
    organisation.server("EX02")
    labels = [server.label for server in organisation.flow().servers]

    assert labels == ["ex01 (Branches)", "EX01 (Head Office)", "EX02"]


def test_names_are_read_off_the_network_addresses(organisation: Organisation) -> None:
    organisation.server(
        "EX01",
        "ncacn_vns_spp:EX01",
        "netbios:EX01",
        "NCACN_IP_TCP:ex01.Contoso.example",
        "ncacn_ip_tcp:mail.contoso.example",
        "ncacn_ip_tcp:",
        "nonsense",
    )
    (server,) = organisation.flow().servers

    assert server.dns_names == {"ex01.contoso.example", "mail.contoso.example"}
    assert server.netbios_names == {"ex01"}


def test_the_object_gives_its_name_where_no_address_does(organisation: Organisation) -> None:
    organisation.server("EX01")
    (server,) = organisation.flow().servers

    assert server.netbios_names == {"ex01"}
    assert server.dns_names == frozenset()


def test_a_server_holds_its_own_virtual_servers_alone(organisation: Organisation) -> None:
    one, other = organisation.server("EX1"), organisation.server("EX10")
    (first, second) = servers_of(organisation.world.snapshot())

    assert [str(entry.dn) for entry in first.smtp_objects] == [
        str(one.dn),
        f"CN=1,CN=SMTP,CN=Protocols,{one.dn}",
    ]
    assert first.holds(one.dn)
    assert first.holds(Dn(f"CN=Protocols,{one.dn}"))
    assert not first.holds(other.dn)
    assert second.holds(other.dn)

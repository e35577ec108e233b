"""Which receive connectors take mail of other servers, and who gets it by them."""

import pytest

from adaudit.checks._context import Context
from adaudit.checks.exchange import receive_connector
from adaudit.directory.entry import Gap
from adaudit.exchange.organisation import servers_of
from adaudit.exchange.receive_connectors import (
    ReceiveConnector,
    receive_connectors,
    takes_mail,
)
from adaudit.exchange.well_known_groups import EXCHANGE_SERVERS, LEGACY_INTEROP, well_known_groups
from adaudit.findings import NotApplicable
from tests.exchange.conftest import Organisation

LATER = "Version 8.1 (Build 30240.6)"
LEGACY = "B:32:9C5B963F67F14A4B936CB8EFB19C4784:"


def connector(organisation: Organisation, **attributes: object) -> ReceiveConnector:
    server = organisation.server("EX07", version=LATER)
    organisation.server("EX01")
    dn = f"CN=Default EX07,CN=SMTP Receive Connectors,CN=Protocols,{server.dn}"
    organisation.world.add(dn, "msExchSmtpReceiveConnector", **attributes)
    snapshot = organisation.world.snapshot()
    of_each = [receive_connectors(each, snapshot) for each in servers_of(snapshot)]
    ((found,),) = [of_one for of_one in of_each if of_one]
    return found


@pytest.mark.parametrize(
    ("bindings", "is_for_servers"),
    [
        (["0.0.0.0:25"], True),
        (["[::]:25", "0.0.0.0:587"], True),
        (["0.0.0.0:587"], False),
        ([], True),
    ],
)
def test_other_servers_come_by_port_25(
    organisation: Organisation, bindings: list[str], *, is_for_servers: bool
) -> None:
    found = connector(organisation, msExchSmtpReceiveBindings=bindings)

    assert found.is_for_servers is is_for_servers


def test_nobody_comes_by_a_disabled_connector(organisation: Organisation) -> None:
    assert not connector(organisation, msExchSmtpReceiveEnabled="FALSE").is_for_servers


def test_what_a_connector_listens_on_and_for_whom_is_shown(organisation: Organisation) -> None:
    found = connector(
        organisation,
        msExchSmtpReceiveBindings="0.0.0.0:25",
        msExchSmtpReceiveRemoteIPRanges="192.0.2.0-192.0.2.255",
    )

    assert str(found) == (
        "receive connector Default EX07: bindings `0.0.0.0:25`, remote IP ranges"
        " `192.0.2.0-192.0.2.255`"
    )


@pytest.mark.parametrize(
    ("roles", "is_transport"),
    [("32", True), ("38", True), ("64", True), ("2", False), ("many", None), (None, None)],
)
def test_transport_servers_are_known_by_their_roles(
    organisation: Organisation, roles: str | None, *, is_transport: bool | None
) -> None:
    attributes = {} if roles is None else {"msExchCurrentServerRoles": roles}
    organisation.server("EX07", version=LATER, **attributes)
    (server,) = servers_of(organisation.world.snapshot())

    assert takes_mail(server) is is_transport


def ran(organisation: Organisation) -> list[object]:
    return list(receive_connector.run(Context(organisation.world.snapshot(), ())))


def test_a_transport_server_owes_its_receive_connectors(organisation: Organisation) -> None:
    organisation.server("EX07", version=LATER, msExchCurrentServerRoles="36")

    assert ran(organisation) == [
        Gap("EX07", "no receive connector of EX07 that takes mail of servers was read")
    ]


def test_a_server_of_another_role_owes_none(organisation: Organisation) -> None:
    organisation.server("EX07", version=LATER, msExchCurrentServerRoles="2")

    (said,) = ran(organisation)
    assert isinstance(said, NotApplicable)


def test_the_groups_are_found_by_their_guid_whatever_they_are_called(
    organisation: Organisation,
) -> None:
    group = organisation.contoso.group("Renamed", 1201, "universal")
    organisation.world.add(
        f"CN=Microsoft Exchange,CN=Services,{organisation.world.configuration}",
        "msExchConfigurationContainer",
        otherWellKnownObjects=[f"{LEGACY}{group.dn}", "B:32:0:CN=nobody", "no value"],
    )
    found = well_known_groups(organisation.flow().view)

    assert found[LEGACY_INTEROP].name == "CONTOSO\\Renamed"
    assert EXCHANGE_SERVERS not in found

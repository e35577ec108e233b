"""Servers by the names and addresses that logs give them: identified by signs, or not at all."""

import pytest

from adaudit.directory.evidence import EvidenceBase, Observed
from adaudit.directory.observations import EvidenceSource, ResolvedName, SourceKind
from adaudit.exchange.peers import Peer, Peers, Standing
from tests.builders import TAKEN_AT
from tests.exchange.conftest import Organisation

DNS = EvidenceSource(SourceKind.NAMES, "hosts.txt", TAKEN_AT)


def evidence(**addresses: tuple[str, ...]) -> EvidenceBase:
    names = (ResolvedName(name.replace("_", "."), found) for name, found in addresses.items())
    return EvidenceBase((DNS,), names=tuple(Observed(DNS, name) for name in names))


@pytest.fixture
def peers(organisation: Organisation) -> Peers:
    """EX01 and EX02 with one address each, and one that both have."""
    organisation.contoso.computer("EX01", 1101, dNSHostName="EX01.contoso.example")
    organisation.server("EX01", "netbios:EX01", "ncacn_ip_tcp:ex01.contoso.example")
    organisation.server("EX02", "netbios:EX02", "ncacn_ip_tcp:ex02.contoso.example")
    virtual_server = organisation.world.objects[-1]
    virtual_server.put(msExchSmtpFullyQualifiedDomainName="Mail.Contoso.Com.")
    known = evidence(
        ex01_contoso_example=("192.0.2.1", "192.0.2.9"),
        ex02_contoso_example=("192.0.2.2", "192.0.2.9", "2001:DB8::2"),
        mail_partner_example=("198.51.100.7",),
    )
    return Peers.of(organisation.flow(), known)


def label(peer: Peer) -> str | None:
    return peer.server.label if peer.server else None


@pytest.mark.parametrize(
    ("name", "server"),
    [
        ("EX01", "EX01"),
        ("ex01", "EX01"),
        ("EX01.Contoso.Example", "EX01"),
        ("ex01.contoso.example.", "EX01"),
        (" ex01.contoso.example ", "EX01"),
        ("mail.contoso.com", "EX02"),
        ("192.0.2.1", "EX01"),
        ("[192.0.2.2]", "EX02"),
        ("2001:db8:0:0::2", "EX02"),
    ],
)
def test_a_server_is_known_by_each_of_its_names(peers: Peers, name: str, server: str) -> None:
    found = peers.find(name)

    assert (found.standing, label(found)) == (Standing.MEMBER, server)
    assert found.signs


def test_an_address_is_tied_to_a_server_by_the_name_that_resolves_to_it(peers: Peers) -> None:
    assert (
        "`ex01.contoso.example` has the address 192.0.2.1 (hosts.txt)"
        in peers.find("192.0.2.1").signs
    )


def test_an_address_of_two_servers_is_neither(peers: Peers) -> None:
    found = peers.find("192.0.2.9")

    assert (found.standing, found.server) == (Standing.AMBIGUOUS, None)
    assert [sign.partition(":")[0] for sign in found.signs] == ["EX01", "EX02"]


def test_a_full_name_that_no_server_has_is_a_stranger(peers: Peers) -> None:
    assert peers.find("mail.partner.example").standing is Standing.STRANGER


def test_an_address_whose_name_no_server_has_is_a_stranger(peers: Peers) -> None:
    found = peers.find("198.51.100.7")

    assert found.standing is Standing.STRANGER
    assert found.signs == ("`mail.partner.example` has that address (hosts.txt)",)


@pytest.mark.parametrize(
    "name", ["198.51.100.8", "EX77", "", "*****2***", "a b.c", "\x1b[31m.example", "-a.example"]
)
def test_a_name_that_says_nothing_is_not_known(peers: Peers, name: str) -> None:
    assert peers.find(name).standing is Standing.UNKNOWN


def test_a_name_that_two_servers_bear_is_ambiguous(organisation: Organisation) -> None:
    for name in ("EX01", "EX02"):
        organisation.server(name, f"netbios:{name}", "ncacn_ip_tcp:mail.contoso.example")
    peers = Peers.of(organisation.flow(), EvidenceBase())

    assert peers.find("mail.contoso.example").standing is Standing.AMBIGUOUS
    assert label(peers.find("EX02")) == "EX02"


def test_the_name_of_an_account_counts_only_where_the_account_is_sure(
    organisation: Organisation,
) -> None:
    organisation.server("EX01", "netbios:EX01", "ncacn_ip_tcp:ex01.contoso.example")
    organisation.contoso.computer("EX01", 1101, dNSHostName="other.contoso.example")
    peers = Peers.of(organisation.flow(), EvidenceBase())

    assert peers.find("other.contoso.example").standing is Standing.STRANGER

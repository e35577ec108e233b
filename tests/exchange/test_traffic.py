"""Which sessions and probes are those of a pair."""

from datetime import UTC, datetime

import pytest

from adaudit.directory.evidence import EvidenceBase, Observed
from adaudit.directory.observations import (
    EvidenceSource,
    ResolvedName,
    SmtpExchange,
    SmtpProbe,
    SmtpSession,
    SourceKind,
)
from adaudit.exchange.peers import Peers, Route
from adaudit.exchange.traffic import Traffic
from tests.exchange.conftest import Organisation

NOON = datetime(2004, 11, 24, 12, 0, tzinfo=UTC)
LOG = EvidenceSource(SourceKind.SMTP_LOG, "ex01.log", NOON)
PROBES = EvidenceSource(SourceKind.PROBE, "probe.json", NOON)
HOSTS = EvidenceSource(SourceKind.NAMES, "hosts.txt", NOON)
EHLO = SmtpExchange("EHLO", "ex02.contoso.example", ("250 ",))
GREETING = SmtpExchange("", "", ("220 ex01.contoso.example Microsoft ESMTP MAIL Service ready",))


@pytest.fixture
def organisation() -> Organisation:
    made = Organisation()
    for name in ("EX01", "EX02"):
        made.server(name, f"netbios:{name}", f"ncacn_ip_tcp:{name.lower()}.contoso.example")
    return made


def session(client: str, server: str, *exchanges: SmtpExchange) -> SmtpSession:
    return SmtpSession(client, server, exchanges)


def probe(host: str, seen_from: str = "EX02", address: str | None = None) -> SmtpProbe:
    return SmtpProbe(host, 25, seen_from, NOON, address)


def traffic(
    organisation: Organisation,
    *records: SmtpSession | SmtpProbe,
    names: dict[str, str] | None = None,
) -> Traffic:
    resolved = (ResolvedName(name, (address,)) for name, address in (names or {}).items())
    known = EvidenceBase(
        sessions=tuple(Observed(LOG, each) for each in records if isinstance(each, SmtpSession)),
        probes=tuple(Observed(PROBES, each) for each in records if isinstance(each, SmtpProbe)),
        names=tuple(Observed(HOSTS, each) for each in resolved),
    )
    return Traffic.of(Peers.of(organisation.flow(), known), known)


def between(found: Traffic, sender: str, receiver: str) -> list[SmtpSession]:
    route = Route(found.peers.find(sender), found.peers.find(receiver))
    return [seen.record for seen in found.sessions(route)]


def test_a_session_belongs_to_the_pair_in_its_direction_only(organisation: Organisation) -> None:
    spoken = session("EX02", "ex01.contoso.example")
    found = traffic(organisation, spoken)

    assert between(found, "ex02", "EX01") == [spoken]
    assert between(found, "EX01", "EX02") == []


def test_an_address_is_the_server_that_has_it(organisation: Organisation) -> None:
    spoken = session("192.0.2.2", "EX01")
    found = traffic(organisation, spoken, names={"ex02.contoso.example": "192.0.2.2"})

    assert between(found, "EX02", "EX01") == [spoken]


def test_the_name_in_ehlo_counts_where_nothing_tells_whose_the_address_is(
    organisation: Organisation,
) -> None:
    spoken = session("192.0.2.2", "192.0.2.1", GREETING, EHLO)

    assert between(traffic(organisation, spoken), "EX02", "EX01") == [spoken]


def test_the_name_in_ehlo_does_not_outweigh_an_address_that_is_known(
    organisation: Organisation,
) -> None:
    spoken = session("192.0.2.9", "EX01", GREETING, EHLO)
    found = traffic(organisation, spoken, names={"mail.partner.example": "192.0.2.9"})

    assert between(found, "EX02", "EX01") == []
    assert between(found, "mail.partner.example", "EX01") == [spoken]


def test_a_stranger_is_the_same_by_its_name_in_any_case(organisation: Organisation) -> None:
    spoken = session("EX01", "Mail.Partner.example.")

    assert between(traffic(organisation, spoken), "EX01", "mail.partner.example") == [spoken]


def test_two_sides_without_a_name_are_not_the_same(organisation: Organisation) -> None:
    assert between(traffic(organisation, session("", "EX01")), "", "EX01") == []


def test_a_session_is_found_once_by_name_and_address(organisation: Organisation) -> None:
    spoken = session("EX01", "192.0.2.9")
    found = traffic(organisation, spoken, names={"mail.partner.example": "192.0.2.9"})

    assert between(found, "EX01", "192.0.2.9") == [spoken]


@pytest.mark.parametrize(
    "asked", [probe("ex01"), probe("ex01.contoso.example"), probe("mx", address="192.0.2.1")]
)
def test_a_probe_belongs_to_its_host_by_name_or_address(
    organisation: Organisation, asked: SmtpProbe
) -> None:
    found = traffic(organisation, asked, names={"ex01.contoso.example": "192.0.2.1"})

    assert [seen.record for seen in found.probes(found.peers.find("EX01"))] == [asked]
    assert found.probes(found.peers.find("EX02")) == ()


@pytest.mark.parametrize(
    ("seen_from", "is_near"), [("ex02.contoso.example", True), ("EX02", True), ("auditor", False)]
)
def test_a_probe_is_seen_from_the_sender_if_that_is_its_name(
    organisation: Organisation, seen_from: str, *, is_near: bool
) -> None:
    found = traffic(organisation)

    sender = found.peers.find("EX02")
    assert found.is_seen_from(sender, probe("EX01", seen_from)) is is_near


def test_a_source_in_which_anyone_authenticates_is_known_to_log_it() -> None:
    noisy, silent = (EvidenceSource(SourceKind.SMTP_LOG, name, NOON) for name in ("a.log", "b.log"))
    refused = SmtpSession("x", "y", (SmtpExchange("X-EXPS", "GSSAPI", ("535",)),))
    plain = SmtpSession("x", "y", (SmtpExchange("XEXCH50", "1 2", ("504",)),))
    seen = (Observed(noisy, refused), Observed(silent, plain))
    known = EvidenceBase((noisy, silent), sessions=seen)
    traffic = Traffic.of(Peers.of(Organisation().flow(), known), known)

    assert traffic.logging_authentication == {"a.log"}

"""Refused XEXCH50 commands: who sent, who refused, and what shows it."""

from datetime import UTC, datetime

import pytest

from adaudit.directory.evidence import EvidenceBase, Observed
from adaudit.directory.observations import (
    EvidenceSource,
    LogEvent,
    RegistryValue,
    SmtpExchange,
    SmtpSession,
    SourceKind,
)
from adaudit.exchange.logging_level import logging_level
from adaudit.exchange.peers import Peers
from adaudit.exchange.refusals import Refusal, refusals
from tests.exchange.conftest import Organisation

NOON = datetime(2004, 11, 24, 12, 0, tzinfo=UTC)
LOG = EvidenceSource(SourceKind.EVENT_LOG, "ex01.evt", NOON, "EX01")
SMTP_LOG = EvidenceSource(SourceKind.SMTP_LOG, "ex01.log", NOON, "EX01")
REGISTRY = EvidenceSource(SourceKind.REGISTRY, "ex01.reg", NOON, "EX01")
DIAGNOSTICS = r"HKLM\SYSTEM\CurrentControlSet\Services\MSExchangeTransport\Diagnostics"


@pytest.fixture
def organisation() -> Organisation:
    made = Organisation()
    for name in ("EX01", "EX02"):
        made.server(name, f"netbios:{name}", f"ncacn_ip_tcp:{name.lower()}.contoso.example")
    return made


def event(event_id: int, peer: str, *, computer: str = "EX01", **changes: str) -> LogEvent:
    given = {"command": "xexch50", "response": "504 Need to authenticate first "} | changes
    strings = ("1", "4", peer, given["command"], given["response"], "XEXCH50 2336 3 ")
    return LogEvent(12, NOON, event_id, "MSExchangeTransport", computer, strings)


def of_events(organisation: Organisation, *events: LogEvent) -> tuple[Refusal, ...]:
    known = EvidenceBase((LOG,), events=tuple(Observed(LOG, each) for each in events))
    return refusals(known, Peers.of(organisation.flow(), known))


@pytest.mark.parametrize("event_id", [7002, 7004])
def test_the_sender_logs_what_a_receiver_refused(organisation: Organisation, event_id: int) -> None:
    (found,) = of_events(organisation, event(event_id, "EX02.contoso.example"))

    assert found.route.label == "EX01 → EX02"
    assert (found.reply, found.at) == ("504 Need to authenticate first", NOON)
    assert found.where == f"event {event_id}, record 12 of ex01.evt"


def test_the_receiver_logs_what_it_refused_to_a_client(organisation: Organisation) -> None:
    (found,) = of_events(organisation, event(7010, "192.0.2.7"))

    assert found.route.label == "192.0.2.7 → EX01"


def test_a_log_whose_events_name_no_computer_is_of_the_one_that_its_source_names(
    organisation: Organisation,
) -> None:
    (found,) = of_events(organisation, event(7004, "EX02", computer=""))

    assert found.route.label == "EX01 → EX02"


@pytest.mark.parametrize(
    "other",
    [
        event(7004, "EX02", command="rcpt", response="550 5.7.1 Unable to relay"),
        event(7004, "EX02", response="354 Send binary data"),
        event(1706, "EX02"),
        LogEvent(12, NOON, 7004, "SomethingElse", "EX01", ("1", "4", "EX02", "xexch50", "504 x")),
    ],
)
def test_no_other_event_is_a_refusal_of_xexch50(
    organisation: Organisation, other: LogEvent
) -> None:
    assert of_events(organisation, other) == ()


@pytest.mark.parametrize(
    ("reply", "count"), [("504", 1), ("505 Authentication required", 1), ("354", 0)]
)
def test_a_session_shows_a_refusal_too(organisation: Organisation, reply: str, count: int) -> None:
    exchanges = (SmtpExchange("EHLO", "ex02", ("250",)), SmtpExchange("XEXCH50", "9 2", (reply,)))
    seen = Observed(SMTP_LOG, SmtpSession("EX02", "EX01", exchanges, NOON))
    known = EvidenceBase((SMTP_LOG,), sessions=(seen,))
    found = refusals(known, Peers.of(organisation.flow(), known))

    assert [(each.route.label, each.where) for each in found] == [
        ("EX02 → EX01", "session in ex01.log")
    ] * count


@pytest.mark.parametrize(
    ("key", "name", "value", "computer", "level"),
    [
        (DIAGNOSTICS, "7 SMTP Protocol", 5, "EX01", 5),
        (DIAGNOSTICS.upper(), "6 smtp protocol", 0, "ex01.contoso.example", 0),
        (DIAGNOSTICS, "7 SMTP Protocol", "5", "EX01", None),
        (DIAGNOSTICS, "7 SMTP Protocol", None, "EX01", None),
        (DIAGNOSTICS, "3 Categorizer", 5, "EX01", None),
        (DIAGNOSTICS, "7 SMTP Protocol", 5, "EX02", None),
        (DIAGNOSTICS, "7 SMTP Protocol", 5, None, None),
        (r"HKLM\SYSTEM\CurrentControlSet\Services\Other", "7 SMTP Protocol", 5, "EX01", None),
    ],
)
def test_the_logging_level_is_read_off_the_registry_of_the_server(
    organisation: Organisation,
    key: str,
    name: str,
    value: int | str | None,
    computer: str | None,
    level: int | None,
) -> None:
    seen = Observed(REGISTRY, RegistryValue(computer, key, name, "REG_DWORD", value))
    known = EvidenceBase((REGISTRY,), registry=(seen,))
    flow = organisation.flow()
    found = logging_level(flow.servers[0], known, Peers.of(flow, known))

    assert (found.level if found else None) == level

"""Which failures of EXPS belong to the refusals of a pair."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adaudit.directory.evidence import EvidenceBase, Observed
from adaudit.directory.observations import EvidenceSource, LogEvent, SourceKind
from adaudit.exchange.exps import WINDOW, ExpsEvents, ExpsLog
from adaudit.exchange.peers import Peers
from tests.exchange.conftest import Organisation

NOON = datetime(2004, 11, 24, 12, 0, tzinfo=UTC)
LOG = EvidenceSource(SourceKind.EVENT_LOG, "ex02.evt", NOON, "EX02")
FAILURE = LogEvent(
    7,
    NOON,
    1706,
    "MSExchangeTransport",
    "EX02",
    ("EX01.contoso.example", "HrNegotiate", "InitializeSecurityContext", "0x8009030c", "x.cpp"),
)
"""In the layout of KB 914137"""
REFUSAL = LogEvent(
    8,
    NOON,
    7004,
    "MSExchangeTransport",
    "EX02",
    ("1", "4", "ex01.contoso.example", "xexch50", "504 Need to authenticate first ", "XEXCH50 9 2"),
)
"""In the layout of KB 843106"""


@pytest.fixture
def organisation() -> Organisation:
    made = Organisation()
    for name in ("EX01", "EX02", "EX03"):
        made.server(name, f"netbios:{name}", f"ncacn_ip_tcp:{name.lower()}.contoso.example")
    return made


def logged(
    organisation: Organisation, *events: LogEvent, sender: str = "EX02", receiver: str = "EX01"
) -> ExpsEvents:
    known = EvidenceBase((LOG,), events=tuple(Observed(LOG, each) for each in events))
    flow = organisation.flow()
    servers = {server.label: server for server in flow.servers}
    log = ExpsLog.of(Peers.of(flow, known), known)
    return log.between(servers[sender], servers[receiver])


def later(event: LogEvent, by: timedelta) -> LogEvent:
    return replace(event, at=NOON + by)


@pytest.mark.parametrize("by", [timedelta(), WINDOW, -WINDOW])
def test_a_failure_near_a_refusal_belongs_to_it(organisation: Organisation, by: timedelta) -> None:
    found = logged(organisation, REFUSAL, later(FAILURE, by))

    assert [event.code for event in found.with_refusal] == [0x8009030C]
    assert found.alone == found.refusals == ()


@pytest.mark.parametrize("by", [WINDOW + timedelta(seconds=1), timedelta(days=-1)])
def test_a_failure_far_from_any_refusal_stands_alone(
    organisation: Organisation, by: timedelta
) -> None:
    found = logged(organisation, REFUSAL, later(FAILURE, by))

    assert found.with_refusal == ()
    assert len(found.alone) == len(found.refusals) == 1


def test_a_failure_between_two_refusals_is_near_to_the_nearer_one(
    organisation: Organisation,
) -> None:
    hour = timedelta(hours=1)
    found = logged(organisation, later(REFUSAL, -hour), FAILURE, later(REFUSAL, timedelta(60)))
    near = logged(organisation, later(REFUSAL, -hour), FAILURE, later(REFUSAL, WINDOW))

    assert (len(found.with_refusal), len(near.with_refusal)) == (0, 1)


def test_a_failure_without_a_time_is_near_to_nothing(organisation: Organisation) -> None:
    assert logged(organisation, REFUSAL, replace(FAILURE, at=None)).with_refusal == ()


def test_a_failure_with_another_server_does_not_count(organisation: Organisation) -> None:
    strings = ("ex03.contoso.example", *FAILURE.strings[1:])
    found = logged(organisation, REFUSAL, replace(FAILURE, strings=strings))

    assert found.with_refusal == found.alone == ()
    assert len(found.refusals) == 1


def test_a_failure_that_names_no_host_counts_near_a_refusal_only(
    organisation: Organisation,
) -> None:
    nameless = replace(FAILURE, event_id=7006, strings=())

    assert len(logged(organisation, REFUSAL, nameless).with_refusal) == 1
    assert logged(organisation, nameless).alone == ()


def test_a_failure_of_the_receiver_with_the_sender_is_that_of_the_other_pair(
    organisation: Organisation,
) -> None:
    found = logged(organisation, REFUSAL, FAILURE, sender="EX01", receiver="EX02")

    assert found == ExpsEvents((), (), ())


def test_authentication_answered_535_needs_no_other_event(organisation: Organisation) -> None:
    strings = (
        "1",
        "4",
        "ex01.contoso.example",
        "x-exps",
        "535 5.7.3 unsuccessful",
        "X-EXPS GSSAPI",
    )
    found = logged(organisation, replace(REFUSAL, strings=strings))

    assert [event.seen.record.event_id for event in found.with_refusal] == [7004]


def test_what_the_receiver_refused_counts_for_the_sender(organisation: Organisation) -> None:
    strings = ("1", "4", "EX02", "xexch50", "504 Need to authenticate first", "XEXCH50 9 2")
    refused = replace(REFUSAL, event_id=7010, computer="EX01", strings=strings)

    assert len(logged(organisation, refused, FAILURE).with_refusal) == 1


def test_the_refusal_of_another_command_says_nothing_of_exps(organisation: Organisation) -> None:
    strings = ("1", "4", "ex01.contoso.example", "rcpt", "550 5.7.1 Unable to relay", "RCPT TO:<a>")

    assert logged(organisation, replace(REFUSAL, strings=strings)).refusals == ()

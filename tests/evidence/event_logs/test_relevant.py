from datetime import UTC, datetime

import pytest

from adaudit.directory.observations import LogEvent, SourceKind
from adaudit.evidence.event_logs import relevant as relevant_events
from adaudit.evidence.event_logs.record_numbers import lost, span
from adaudit.evidence.event_logs.relevant import Tally, bounded_strings, is_relevant

NOON = datetime(2004, 11, 24, 12, 0, tzinfo=UTC)


def event(number: int = 1, computer: str = "EX01", provider: str = "MSExchangeSA") -> LogEvent:
    return LogEvent(number, NOON, 9186, provider, computer, ())


@pytest.mark.parametrize("event_id", [7002, 7004, 7006, 7010, 1704, 1706, 1709])
def test_events_of_the_transport_are_relevant(event_id: int) -> None:
    assert is_relevant("MSExchangeTransport", event_id)


@pytest.mark.parametrize("event_id", [9186, 9187, 9188])
def test_events_of_the_system_attendant_are_relevant(event_id: int) -> None:
    assert is_relevant("MSExchangeSA", event_id)


@pytest.mark.parametrize("provider", ["msexchangetransport", "MSEXCHANGETRANSPORT"])
def test_the_provider_goes_by_any_case(provider: str) -> None:
    assert is_relevant(provider, 7004)


@pytest.mark.parametrize(
    ("provider", "event_id"),
    [
        ("MSExchangeTransport", 7001),
        ("MSExchangeTransport", 9186),
        ("MSExchangeSA", 7004),
        ("MSExchangeIS Mailbox", 7004),
        ("", 7004),
    ],
)
def test_nothing_else_is(provider: str, event_id: int) -> None:
    assert not is_relevant(provider, event_id)


def test_only_so_many_strings_are_drawn() -> None:
    strings = iter(map(str, range(1000)))

    kept = bounded_strings(strings)

    assert (len(kept), next(strings)) == (64, "64")


def test_one_that_is_not_relevant_is_only_counted() -> None:
    tally = Tally()

    tally.add(event(provider="ESENT"))

    assert (tally.total, tally.events) == (1, [])


def test_events_beyond_the_most_are_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relevant_events, "MOST_KEPT", 2)
    tally = Tally()

    for number in range(5):
        tally.add(event(number))

    assert (tally.total, len(tally.events)) == (5, 2)
    assert [gap.reason for gap in tally.gaps("ex01.evt")] == [
        "only 2 events were kept, 3 more were not"
    ]


def test_the_source_is_an_event_log_with_the_times_of_all_records() -> None:
    tally = Tally()
    tally.count(NOON)
    tally.count(None)

    source = tally.source("ex01.evt", None)

    assert (source.kind, source.total) == (SourceKind.EVENT_LOG, 2)
    assert (source.first, source.last) == (NOON, NOON)


def test_a_log_of_several_computers_is_of_none() -> None:
    tally = Tally()
    for computer in ("EX01", "EX02", "EX03"):
        tally.count(NOON, computer)

    assert tally.source("all.evtx", None).computer is None


def test_names_of_a_computer_in_another_case_are_one() -> None:
    tally = Tally()
    for computer in ("EX01", "ex01", ""):
        tally.count(NOON, computer)

    assert tally.source("ex01.evt", None).computer == "EX01"


def test_nothing_is_lost_when_all_numbers_are_there() -> None:
    assert lost({3, 4, 5}, range(3, 6), 0, 100) is None


def test_a_hole_in_the_numbers_is_a_loss() -> None:
    assert lost({3, 6}, span({3, 6}), 0, 100) == "2 of 4 records could not be read"


def test_what_was_seen_and_not_understood_is_not_counted_twice() -> None:
    assert lost({3, 6}, span({3, 6}), 1, 100) == "2 of 4 records could not be read"
    assert lost({3, 4}, span({3, 4}), 1, 100) == "1 of 3 records could not be read"


def test_numbers_that_a_file_cannot_hold_give_no_count() -> None:
    reason = lost({1, 1 << 62}, span({1, 1 << 62}), 0, 100)

    assert reason == "it cannot hold as many records as their numbers tell: some may be missing"


def test_no_numbers_span_nothing() -> None:
    assert lost(set(), span(set()), 0, 0) is None

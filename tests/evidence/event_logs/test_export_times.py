from datetime import UTC, datetime, timedelta, timezone

import pytest

from adaudit.evidence.event_logs.export_times import (
    DateOrder,
    date_order,
    has_zone,
    is_date,
    parse_time,
)

MORNING = datetime(2004, 11, 24, 10, 15, 32, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "11/24/2004 10:15:32 AM",
        "11/24/04 10:15:32 AM",
        "24/11/2004 10:15:32",
        "24.11.2004 10:15:32",
        "24.11.2004, 10:15:32",
        "24-11-2004 10:15:32",
        "2004-11-24 10:15:32",
        "2004-11-24T10:15:32.000",
        "2004/11/24 10:15:32",
        "2004. 11. 24. 10:15:32",
        "2004. 11. 24. de. 10:15:32",
        "2004-11-24T10:15:32.0000000Z",
    ],
)
def test_a_time_is_read_in_the_form_of_any_country(text: str) -> None:
    assert parse_time(text, date_order([text])) == MORNING


@pytest.mark.parametrize("half", ["PM", "pm", "p.m.", "P. M."])
def test_afternoons_are_twelve_hours_later(half: str) -> None:
    at = parse_time(f"11/24/2004 10:15:32 {half}", DateOrder.MONTH_FIRST)

    assert at == MORNING + timedelta(hours=12)


@pytest.mark.parametrize(("text", "hour"), [("12:00:00 AM", 0), ("12:00:00 PM", 12)])
def test_twelve_o_clock_is_midnight_or_noon(text: str, hour: int) -> None:
    at = parse_time(f"11/24/2004 {text}", DateOrder.MONTH_FIRST)

    assert at is not None
    assert at.hour == hour


def test_a_zone_that_is_named_counts() -> None:
    at = parse_time("2004-11-24T11:15:32+01:00", DateOrder.MONTH_FIRST)

    assert at == datetime(2004, 11, 24, 11, 15, 32, tzinfo=timezone(timedelta(hours=1)))


def test_one_date_decides_for_all() -> None:
    assert date_order(["3/4/2004", "4/4/2004", "13/4/2004"]) is DateOrder.DAY_FIRST
    assert date_order(["3/4/2004", "4/4/2004", "4/13/2004"]) is DateOrder.MONTH_FIRST


def test_dates_that_decide_nothing_are_told() -> None:
    assert date_order(["3/4/2004 10:00", "2/4/2004 10:00"]) is DateOrder.EITHER


@pytest.mark.parametrize("text", ["", "yesterday", "24.11.2004", "10:15:32", "99/99/2004 10:15:32"])
def test_what_is_no_time_is_none(text: str) -> None:
    assert parse_time(text, date_order([text])) is None


def test_only_a_zone_makes_a_time_that_has_one() -> None:
    assert has_zone("2004-11-24T10:15:32Z")
    assert not has_zone("2004-11-24T10:15:32")
    assert not has_zone("11/24/2004")


@pytest.mark.parametrize("text", ["7004", "EX01", "1.2", "", "SMTP Protocol"])
def test_other_cells_are_no_dates(text: str) -> None:
    assert not is_date(text)

"""Exports of one refusal in the layouts of several tools; see `event_exports`."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adaudit.directory.observations import LogEvent
from adaudit.errors import EvidenceError
from adaudit.evidence.event_logs import export as event_text
from adaudit.evidence.reading import Reading
from tests.evidence.event_exports import (
    COPIED,
    DUMPEL,
    EVENT_VIEWER_2003,
    EVENT_VIEWER_2008,
    EVENTQUERY,
    GERMAN,
    HUNGARIAN,
    LOG_PARSER,
    MESSAGE,
    POLISH,
    POWERSHELL,
    STRINGS,
    TABLES,
    WEVTUTIL,
    XML,
    table,
)

Read = Callable[..., Reading]

AT = datetime(2004, 11, 24, 10, 15, 32, tzinfo=UTC)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(text: str | bytes, encoding: str = "utf-8") -> Reading:
        path = tmp_path / "ex01.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return event_text.read(path, None)

    return read


def only(reading: Reading) -> LogEvent:
    (event,) = reading.records
    assert isinstance(event, LogEvent)
    return event


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("rows", TABLES.values(), ids=TABLES.keys())
def test_a_table_gives_its_event_with_strings_and_time(
    read: Read, rows: Sequence[Sequence[str]], delimiter: str
) -> None:
    reading = read(table(rows, delimiter))

    event = only(reading)
    assert (event.event_id, event.provider, event.at) == (7004, "MSExchangeTransport", AT)
    assert [text.strip() for text in event.strings] == [text.strip() for text in STRINGS]
    assert reading.gaps == ()


@pytest.mark.parametrize(
    "rows",
    [EVENT_VIEWER_2003, DUMPEL, EVENTQUERY, LOG_PARSER, POWERSHELL],
    ids=["Event Viewer", "dumpel", "eventquery", "Log Parser", "PowerShell"],
)
def test_a_table_with_a_column_of_computers_says_whose_log_it_is(
    read: Read, rows: Sequence[Sequence[str]]
) -> None:
    reading = read(table(rows))

    assert (only(reading).computer, reading.source.computer) == ("EX01", "EX01")


@pytest.mark.parametrize("rows", [EVENT_VIEWER_2008, POLISH], ids=["English", "Polish"])
def test_no_computer_is_made_up(read: Read, rows: Sequence[Sequence[str]]) -> None:
    assert read(table(rows)).source.computer is None


@pytest.mark.parametrize("rows", [LOG_PARSER, POWERSHELL], ids=["Log Parser", "PowerShell"])
def test_a_record_number_is_kept(read: Read, rows: Sequence[Sequence[str]]) -> None:
    assert only(read(table(rows))).number == 77


def test_without_record_numbers_rows_are_counted(read: Read) -> None:
    rows = [EVENT_VIEWER_2003[1], EVENT_VIEWER_2003[0]]

    assert only(read(table(rows))).number == 2


@pytest.mark.parametrize("text", [WEVTUTIL, COPIED, XML], ids=["wevtutil", "copied", "XML"])
def test_a_listing_gives_its_event_with_strings_and_time(read: Read, text: str) -> None:
    reading = read(text)

    event = only(reading)
    assert (event.event_id, event.provider, event.at) == (7004, "MSExchangeTransport", AT)
    assert (event.strings, event.computer) == (STRINGS, "EX01")
    assert reading.gaps == ()


def test_a_listing_in_another_language_goes_by_the_order_of_its_lines(read: Read) -> None:
    labels = ("Log Name", "Source", "Date", "Event ID", "Task", "Computer", "Description")
    text = WEVTUTIL
    for number, label in enumerate(labels):
        text = text.replace(f"  {label}:", f"  ラベル{number}:")

    event = only(read(text))

    assert (event.event_id, event.at, event.strings) == (7004, AT, STRINGS)


def test_all_events_are_counted_with_their_times(read: Read) -> None:
    source = read(table(EVENT_VIEWER_2003)).source

    assert (source.total, source.last) == (2, AT)
    assert source.first == datetime(2004, 11, 24, 9, 0, tzinfo=UTC)


def test_times_without_zone_are_told(read: Read) -> None:
    source = read(table(EVENT_VIEWER_2003)).source

    assert source.notes == ("its times are local and name no zone: they are read as UTC",)


def test_times_with_zone_need_no_note(read: Read) -> None:
    assert read(XML).source.notes == ()


def test_dates_that_can_be_read_two_ways_are_told(read: Read) -> None:
    rows = [["3/4/2004", *EVENT_VIEWER_2003[0][1:]]]

    reading = read(table(rows))

    assert only(reading).at == datetime(2004, 3, 4, 10, 15, 32, tzinfo=UTC)
    assert "its dates are day first or month first: they are read month first" in (
        reading.source.notes
    )


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1250", "cp1252"]
)
def test_any_encoding_of_windows_is_read(read: Read, encoding: str) -> None:
    rows = GERMAN if encoding == "cp1252" else HUNGARIAN

    event = only(read(table(rows), encoding))

    assert (event.strings, event.at) == (STRINGS, AT)


def test_a_guessed_encoding_is_told(read: Read) -> None:
    reading = read(table(HUNGARIAN), "cp1250")

    assert any("no Unicode encoding" in note for note in reading.source.notes)


def test_a_message_that_is_not_quoted_may_hold_delimiters_and_line_ends(read: Read) -> None:
    rows = [",".join(row) for row in EVENT_VIEWER_2003]

    reading = read("\r\n".join(rows) + "\r\n")

    assert (only(reading).strings, reading.source.total) == (STRINGS, 2)


def test_such_a_message_is_put_together_under_a_header_not_understood_too(read: Read) -> None:
    reading = read("\r\n".join(",".join(row) for row in POLISH) + "\r\n")

    assert only(reading).strings == STRINGS


def test_an_export_without_messages_is_a_gap(read: Read) -> None:
    header = ["Type", "Date", "Time", "Source", "Category", "Event", "User", "Computer"]
    row = ["Error", "11/24/2004", "10:15:32 AM", "MSExchangeTransport", "SMTP", "7004", "", "EX01"]

    reading = read(table([header, row]))

    assert only(reading).strings == ()
    assert [gap.reason for gap in reading.gaps] == [
        "1 of 1 events have no message that can be read: hosts, commands and answers are not known"
    ]


def test_a_message_that_is_not_understood_is_a_gap(read: Read) -> None:
    row = [*EVENT_VIEWER_2003[0][:-1], "The description for Event ID ( 7004 ) cannot be found."]

    assert read(table([row])).gaps != ()


def test_an_event_without_a_time_is_a_gap(read: Read) -> None:
    rows = [EVENT_VIEWER_2008[0], ["Error", "?", *EVENT_VIEWER_2008[1][2:]]]

    reading = read(table(rows))

    assert only(reading).at is None
    assert [gap.reason for gap in reading.gaps] == ["1 of 1 events have no time that can be read"]


def test_a_table_that_is_cut_off_in_a_message_is_a_gap(read: Read) -> None:
    reading = read(table(EVENT_VIEWER_2003)[:150])

    assert any("ends inside a quoted text" in gap.reason for gap in reading.gaps)


def test_a_row_with_a_time_and_no_id_is_a_gap(read: Read) -> None:
    rows = [*EVENT_VIEWER_2003, ["11/24/2004", "10:15:33 AM", "MSExchangeTransport", "Error"]]

    (gap,) = read(table(rows)).gaps
    assert gap.reason == "1 part could not be read: row 3 has no event id"


def test_a_field_without_end_costs_no_more_than_itself(read: Read) -> None:
    rows = table([EVENT_VIEWER_2003[0]])

    reading = read(f'{rows}"{"x" * 300_000}\r\n{rows}')

    assert len(reading.records) >= 1
    assert reading.gaps != ()


def test_events_in_xml_follow_one_another_or_have_a_root(read: Read) -> None:
    assert read(XML * 3).source.total == 3
    assert read(f'<?xml version="1.0"?>\n<Events>{XML * 3}</Events>').source.total == 3


def test_damaged_xml_costs_no_other_event(read: Read) -> None:
    reading = read(XML + XML.replace("</System>", "") + XML[:200] + XML + XML[:300])

    assert len(reading.records) == 2
    (gap,) = reading.gaps
    assert gap.reason.startswith("3 parts could not be read: event 2: mismatched tag")


def test_entities_of_a_document_type_are_not_taken_up(read: Read) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'

    reading = read(bomb + XML.replace("ex02.contoso.example", "&b;") + XML)

    assert only(reading).strings == STRINGS
    assert "undefined entity" in reading.gaps[0].reason


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\r\n\r\n",
        b"hello world\r\nthis is, no, table, of, events\r\n",
        b"id,date,amount\r\n7004,11/24/2004,12.50\r\n",
        b'[HKEY_LOCAL_MACHINE\\SYSTEM]\r\n"a"=dword:00000001\r\n',
        b"<html><body>Event</body></html>",
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8,
        bytes(range(256)) * 8,
        bytes(5000),
    ],
    ids=["empty", "blank", "text", "other table", "registry", "HTML", "PNG", "binary", "zeros"],
)
def test_what_is_no_event_log_is_refused(read: Read, content: bytes) -> None:
    with pytest.raises(EvidenceError, match=r"`ex01.csv` is no event log"):
        read(content)


FRAGMENTS = st.sampled_from(
    [
        table(EVENT_VIEWER_2003),
        table(POLISH, ";"),
        WEVTUTIL,
        COPIED,
        XML,
        MESSAGE,
        "MSExchangeTransport",
        "7004",
        "Event[0]:",
        "<Event ",
        "</Event>",
        '"',
        ",",
        "\t",
        "\r\n",
        "\x00",
        "#TYPE ",
    ]
)


@settings(max_examples=300)
@given(parts=st.lists(FRAGMENTS | st.text(max_size=20), max_size=6), cut=st.integers(0, 1500))
def test_no_text_makes_the_reader_fail_otherwise_than_it_says(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str], cut: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.csv"
    path.write_bytes("".join(parts).encode("utf-8", "surrogatepass")[: cut or None])

    try:
        reading = event_text.read(path, None)
    except EvidenceError:
        return
    assert len(reading.records) <= reading.source.total

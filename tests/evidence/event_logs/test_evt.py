"""Logs from a writer of our own after libyal's description; tests/live has those of Samba."""

import builtins
import contextlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adaudit.errors import EvidenceError
from adaudit.evidence.event_logs import evt
from adaudit.evidence.event_logs.relevant import LARGEST_DATA, LONGEST_STRING
from adaudit.evidence.reading import Reading
from tests.evt_builder import (
    REFUSAL,
    Event,
    dirty,
    log,
    numbered,
    wrapped_log,
)

Read = Callable[[bytes], Reading]
RECORD_SIZE = 276
"""Bytes of each record of `numbered`, up to the ninth"""


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(content: bytes, computer: str | None = None) -> Reading:
        path = tmp_path / "ex01.evt"
        path.write_bytes(content)
        return evt.read(path, computer)

    return read


def reasons(reading: Reading) -> list[str]:
    assert {gap.subject for gap in reading.gaps} <= {"ex01.evt"}
    return [gap.reason for gap in reading.gaps]


def numbers(reading: Reading) -> list[int]:
    return [event.number for event in reading.records]


def test_an_event_is_read_with_its_strings(read: Read) -> None:
    (event,) = read(log([Event()])).records

    assert event.strings == REFUSAL


def test_the_id_is_the_low_half_of_what_is_stored(read: Read) -> None:
    (event,) = read(log([Event(event_id=0xC0041B5C)])).records

    assert event.event_id == 7004


def test_an_event_has_its_time_in_utc(read: Read) -> None:
    (event,) = read(log([Event()])).records

    assert event.at == datetime(2004, 7, 5, 4, 0, tzinfo=UTC)


def test_an_event_names_its_number_provider_computer_and_data(read: Read) -> None:
    (event,) = read(log([Event(data=b"\x05\x00\x07\x80")], oldest=41)).records

    assert (event.number, event.provider, event.computer) == (41, "MSExchangeTransport", "EX01")
    assert event.data == b"\x05\x00\x07\x80"


def test_text_in_any_script_is_kept(read: Read) -> None:
    strings = ("1", "15", "münchen.exämple.test", "xexch50", "504 認証が必要 ", "XEXCH50 1 3 ")

    (event,) = read(log([Event(strings=strings)])).records

    assert event.strings == strings


@pytest.mark.parametrize("computer", ["EX1", "EX01", "EX001"])
def test_data_are_read_whatever_padding_is_before_them(read: Read, computer: str) -> None:
    event = Event(event_id=1709, computer=computer, data=b"\5\0\7\x80")

    (found,) = read(log([event])).records

    assert found.data == b"\5\0\7\x80"


def test_a_record_with_the_sid_of_a_user_is_read(read: Read) -> None:
    (event,) = read(log([Event(sid=bytes.fromhex("010100000000000512000000"))])).records

    assert event.strings == REFUSAL


def test_events_that_bear_on_nothing_are_counted(read: Read) -> None:
    other = Event(provider="MSExchangeIS Mailbox")
    harmless = Event(event_id=0x40041B59)

    reading = read(log([other, Event(), harmless]))

    assert (reading.source.total, numbers(reading)) == (3, [2])


def test_the_source_covers_the_times_of_all_records(read: Read) -> None:
    other = Event(provider="EventLog")

    source = read(log([other, Event(), other])).source

    assert source.first == datetime(2004, 7, 5, 4, 0, tzinfo=UTC)
    assert source.last == datetime(2004, 7, 5, 4, 2, tzinfo=UTC)


def test_the_log_is_of_the_computer_that_its_records_name(read: Read) -> None:
    assert read(log([Event()])).source.computer == "EX01"


def test_the_target_list_may_name_the_computer(tmp_path: Path) -> None:
    path = tmp_path / "ex01.evt"
    path.write_bytes(log([Event(computer="EX01")]))

    source = evt.read(path, "ex01.contoso.example").source

    assert (source.computer, source.notes) == ("ex01.contoso.example", ())


def test_a_target_list_that_names_another_computer_is_told(tmp_path: Path) -> None:
    path = tmp_path / "ex01.evt"
    path.write_bytes(log([Event(computer="EX01")]))

    source = evt.read(path, "EX02").source

    assert source.computer == "EX02"
    assert source.notes == ("its records were logged by EX01, not by EX02",)


def test_an_empty_log_has_no_records_and_no_gap(read: Read) -> None:
    reading = read(log([]))

    assert (reading.source.total, reading.records, reading.gaps) == (0, (), ())


def test_a_sound_log_has_no_gap_and_no_note(read: Read) -> None:
    reading = read(log(numbered(20)))

    assert (len(reading.records), reading.gaps, reading.source.notes) == (20, (), ())


@pytest.mark.parametrize("size", range(4096, 4096 + RECORD_SIZE, 20))
def test_a_wrapped_log_is_read_from_its_oldest_record_on(read: Read, size: int) -> None:
    reading = read(wrapped_log(numbered(40), size))

    found = numbers(reading)
    assert found == list(range(found[0], 41))
    assert found[0] > 20
    assert reading.gaps == ()


@pytest.mark.parametrize("size", range(4096, 4096 + RECORD_SIZE, 20))
def test_a_wrapped_log_that_was_copied_while_open_is_read_as_well(read: Read, size: int) -> None:
    closed = wrapped_log(numbered(40), size)

    reading = read(dirty(closed))

    assert (numbers(reading), reading.gaps) == (numbers(read(closed)), ())


def test_a_wrapped_log_says_from_where_on_it_is(read: Read) -> None:
    reading = read(wrapped_log(numbered(40), 4096))

    (note,) = reading.source.notes
    assert note == f"it begins with record {numbers(reading)[0]}: older ones are no longer in it"


def test_a_log_that_was_copied_while_open_is_read_and_says_so(read: Read) -> None:
    reading = read(dirty(log(numbered(5))))

    assert (numbers(reading), reading.gaps) == ([1, 2, 3, 4, 5], ())
    assert "copied while the log was open" in reading.source.notes[0]


def test_a_log_that_is_cut_off_tells_how_many_records_are_lost(read: Read) -> None:
    reading = read(log(numbered(9))[: 48 + 5 * RECORD_SIZE + 100])

    assert numbers(reading) == [1, 2, 3, 4, 5]
    assert reasons(reading) == ["4 of 9 records could not be read"]


def test_an_open_log_that_is_cut_off_says_that_records_may_be_missing(read: Read) -> None:
    reading = read(dirty(log(numbered(9)))[: 48 + 5 * RECORD_SIZE])

    assert numbers(reading) == [1, 2, 3, 4, 5]
    assert reasons(reading) == [
        "it has no end record: it is cut off, and newer records may be missing"
    ]


def test_records_behind_a_damage_are_recovered(read: Read) -> None:
    content = bytearray(log(numbered(9)))
    damaged = slice(48 + 2 * RECORD_SIZE, 48 + 4 * RECORD_SIZE - 100)
    content[damaged] = b"\xaa" * (damaged.stop - damaged.start)

    reading = read(bytes(content))

    assert numbers(reading) == [1, 2, 5, 6, 7, 8, 9]
    assert reading.source.notes == ("5 of 7 records were recovered",)
    assert reasons(reading) == ["2 of 9 records could not be read"]


def test_a_log_with_a_damaged_header_is_read_all_the_same(read: Read) -> None:
    reading = read(b"\xaa" * 48 + log(numbered(5))[48:])

    assert numbers(reading) == [1, 2, 3, 4, 5]
    assert reading.source.notes == ("its header is damaged: the records were looked for",)


def test_records_that_claim_a_wrong_length_cost_no_other(read: Read) -> None:
    content = bytearray(log(numbered(9)))
    for number in (2, 4, 6):
        at = 48 + number * RECORD_SIZE
        content[at : at + 4] = b"\xff\xff\0\x10"

    assert numbers(read(bytes(content))) == [1, 2, 4, 6, 8, 9]


def test_a_header_that_lies_about_offsets_loses_nothing(read: Read) -> None:
    content = bytearray(log(numbered(5)))
    content[16:24] = b"\xff" * 8

    assert numbers(read(bytes(content))) == [1, 2, 3, 4, 5]


def test_a_header_that_tells_of_more_records_than_fit_is_not_believed(read: Read) -> None:
    content = bytearray(log(numbered(5)))
    content[24:28] = b"\xff" * 4

    assert reasons(read(bytes(content))) == [
        "it cannot hold as many records as their numbers tell: some may be missing"
    ]


def test_strings_that_point_outside_the_record_are_a_gap(read: Read) -> None:
    content = bytearray(log([Event()]))
    strings_at = 48 + 36
    content[strings_at : strings_at + 4] = (5000).to_bytes(4, "little")

    reading = read(bytes(content))

    assert reading.gaps != ()


def test_endless_strings_and_data_are_cut(read: Read) -> None:
    (event,) = read(log([Event(strings=("x" * 20_000,), data=b"y" * 20_000)])).records

    assert (len(event.strings[0]), len(event.data)) == (LONGEST_STRING, LARGEST_DATA)


@pytest.mark.parametrize("content", [b"LfLe", b"0\0\0\0LfLe", b"\xaa" * 4 + b"LfLe" + bytes(9000)])
def test_a_file_without_any_record_and_header_is_refused(read: Read, content: bytes) -> None:
    with pytest.raises(EvidenceError, match=r"`ex01.evt` is a .evt file too damaged to read"):
        read(content)


@pytest.mark.parametrize("size", [8, 0xFFFF, 0x10038, 0x400000, 0x7FFFFFFF])
@pytest.mark.parametrize("spacing", [8, 60])
def test_records_that_overlap_do_not_hold_the_reader_up(
    read: Read, size: int, spacing: int
) -> None:
    mark = (size.to_bytes(4, "little") + b"LfLe").ljust(spacing, b"\xff")
    started = process_time()

    with contextlib.suppress(EvidenceError):
        read(dirty(log([]))[:48] + mark * 100_000)

    assert process_time() - started < 5


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="No such file"):
        evt.read(tmp_path / "none.evt", None)


def test_a_missing_library_is_told_with_what_to_install(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def absent(name: str, *args: object) -> object:
        if name == "pyevt":
            raise ImportError(name)
        return real(name, *args)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(EvidenceError) as caught:
        read(log([Event()]))
    assert "pip install 'adaudit[logs]'" in str(caught.value.hint)


BASES = (log(numbered(6)), dirty(log(numbered(4))), wrapped_log(numbered(30), 2048))
CHANGES = st.lists(
    st.tuples(st.integers(0, 4000), st.binary(min_size=0, max_size=8)), min_size=1, max_size=8
)


@settings(max_examples=300)
@given(base=st.sampled_from(BASES), changes=CHANGES, end=st.integers(0, 4000))
def test_no_damage_makes_the_reader_fail_otherwise_than_it_says(
    tmp_path_factory: pytest.TempPathFactory,
    base: bytes,
    changes: list[tuple[int, bytes]],
    end: int,
) -> None:
    content = bytearray(base)
    for at, data in changes:
        content[at : at + len(data)] = data
    path = tmp_path_factory.getbasetemp() / "fuzz.evt"
    path.write_bytes(content[: max(end, 8)])

    try:
        reading = evt.read(path, None)
    except EvidenceError:
        return
    assert len(reading.records) <= reading.source.total

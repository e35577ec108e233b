"""Logs from a writer of our own after libyal's description; tests/live has one of Windows."""

import builtins
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adaudit.errors import EvidenceError
from adaudit.evidence.event_logs import evtx
from adaudit.evidence.event_logs.evtx_record import Json, decode
from adaudit.evidence.reading import Reading
from tests.evt_builder import REFUSAL, Event, numbered
from tests.evtx_builder import CHUNK_SIZE, FIRST_CHUNK
from tests.evtx_builder import evtx as log

Read = Callable[[bytes], Reading]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(content: bytes) -> Reading:
        path = tmp_path / "ex01.evtx"
        path.write_bytes(content)
        return evtx.read(path, None)

    return read


def numbers(reading: Reading) -> list[int]:
    return [event.number for event in reading.records]


def test_an_event_is_read_with_its_strings(read: Read) -> None:
    (event,) = read(log([Event()])).records

    assert event.strings == REFUSAL


def test_empty_strings_keep_their_place(read: Read) -> None:
    strings = ("1", "14", "", "XEXCH50", "505 Authentication required", "")

    (event,) = read(log([Event(strings=strings)])).records

    assert event.strings == strings


@pytest.mark.parametrize("strings", [(), ("192.0.2.4",), ("認証が必要",)])
def test_one_string_or_none_is_read_too(read: Read, strings: tuple[str, ...]) -> None:
    (event,) = read(log([Event(strings=strings)])).records

    assert event.strings == strings


def test_an_event_has_id_number_time_provider_computer_and_data(read: Read) -> None:
    (event,) = read(log([Event(data=b"\x05\x00\x07\x80")], oldest=41)).records

    assert (event.event_id, event.number) == (7004, 41)
    assert event.at == datetime(2004, 7, 5, 4, 40, tzinfo=UTC)
    assert (event.provider, event.computer) == ("MSExchangeTransport", "EX01")
    assert event.data == b"\x05\x00\x07\x80"


def test_events_that_bear_on_nothing_are_counted(read: Read) -> None:
    reading = read(log([Event(provider="ESENT"), Event(), Event(event_id=7001)]))

    assert (reading.source.total, numbers(reading)) == (3, [2])
    assert reading.source.last == datetime(2004, 7, 5, 4, 2, tzinfo=UTC)


def test_a_sound_log_of_several_chunks_has_no_gap(read: Read) -> None:
    reading = read(log(numbered(60)))

    assert (len(reading.records), reading.gaps, reading.source.notes) == (60, (), ())
    assert reading.source.computer == "EX01"


def test_chunks_that_are_not_used_yet_are_no_loss(read: Read) -> None:
    reading = read(log(numbered(5)) + bytes(2 * CHUNK_SIZE))

    assert (len(reading.records), reading.gaps) == (5, ())


def test_a_log_that_lost_its_oldest_records_says_so(read: Read) -> None:
    reading = read(log(numbered(5), oldest=100))

    assert reading.source.notes == ("it begins with record 100: older ones are no longer in it",)
    assert reading.gaps == ()


def test_a_damaged_record_costs_no_other(read: Read) -> None:
    content = bytearray(log(numbered(20)))
    content[9000:9400] = b"\xaa" * 400

    reading = read(bytes(content))

    (gap,) = reading.gaps
    assert (len(reading.records), gap.subject) == (19, "ex01.evtx")
    assert gap.reason.startswith("1 of 20 records could not be read: ")


def test_a_damaged_chunk_costs_no_other(read: Read) -> None:
    content = bytearray(log(numbered(60)))
    content[FIRST_CHUNK + CHUNK_SIZE :][:20] = b""
    content[FIRST_CHUNK + CHUNK_SIZE : FIRST_CHUNK + CHUNK_SIZE + 20] = b"\xaa" * 20

    reading = read(bytes(content))

    assert numbers(reading) == [*range(1, 26), *range(51, 61)]
    assert reading.gaps[0].reason.startswith("25 of 60 records could not be read: ")


def test_a_log_that_is_cut_off_is_read_up_to_there(read: Read) -> None:
    reading = read(log(numbered(20))[:15_000])

    found = numbers(reading)
    assert found == list(range(1, len(found) + 1))
    assert 5 < len(found) < 20
    assert reading.gaps[0].reason.startswith(f"{20 - len(found)} of 20 records could not be read")


def test_a_log_of_which_only_the_header_is_left_is_no_empty_log(read: Read) -> None:
    reading = read(log(numbered(20))[:FIRST_CHUNK])

    assert [gap.reason for gap in reading.gaps] == [
        "it is damaged or cut off, and newer records may be missing"
    ]


def test_a_log_with_a_damaged_header_is_read_all_the_same(read: Read) -> None:
    reading = read(b"\xaa" * 128 + log(numbered(20))[128:])

    assert len(reading.records) == 20
    assert reading.source.notes == ("its header is damaged: all records were looked for",)
    assert reading.gaps != ()


def test_a_log_without_a_readable_chunk_is_refused(read: Read) -> None:
    content = bytearray(log(numbered(5)))
    content[FIRST_CHUNK : FIRST_CHUNK + 8] = b"\xaa" * 8

    with pytest.raises(EvidenceError, match=r"`ex01.evtx` is a .evtx file too damaged to read: "):
        read(bytes(content))


def test_a_missing_library_is_told_with_what_to_install(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def absent(name: str, *args: object) -> object:
        if name == "evtx":
            raise ImportError(name)
        return real(name, *args)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(EvidenceError) as caught:
        read(log([Event()]))
    assert "pip install 'adaudit[logs]'" in str(caught.value.hint)


def document(data: Json) -> Json:
    return {
        "Event": {
            "System": {
                "Provider": {"#attributes": {"Name": "MSExchangeTransport"}},
                "EventID": 7004,
                "EventRecordID": 1,
            },
            "EventData": data,
        }
    }


@pytest.mark.parametrize(
    ("data", "strings"),
    [
        ({"Data": "one", "Binary": None}, ("one",)),
        ({"Data": ["one", "two"]}, ("one", "two")),
        ({"host": "ex02", "code": 504}, ("ex02", "504")),
        ({"Data": [{"#text": "one"}, None]}, ("one", "")),
        (None, ()),
    ],
)
def test_strings_are_found_in_all_forms_of_event_data(data: Json, strings: tuple[str, ...]) -> None:
    assert decode(document(data)).strings == strings


@pytest.mark.parametrize("wrong", [None, [], {}, {"Event": None}, {"Event": {"System": "x"}}])
def test_what_is_no_event_is_refused(wrong: Json) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        decode(wrong)


BASE = log(numbered(4))
USED = 12_000
CHANGES = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 127), st.integers(FIRST_CHUNK, USED)), st.binary(max_size=8)
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=200)
@given(changes=CHANGES, end=st.one_of(st.integers(8, USED), st.just(len(BASE))))
def test_no_damage_makes_the_reader_fail_otherwise_than_it_says(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, bytes]], end: int
) -> None:
    content = bytearray(BASE)
    for at, data in changes:
        content[at : at + len(data)] = data
    path = tmp_path_factory.getbasetemp() / "fuzz.evtx"
    path.write_bytes(content[:end])

    try:
        reading = evtx.read(path, None)
    except EvidenceError:
        return
    assert len(reading.records) <= reading.source.total

"""
Records in the buffer of one read, built here as [MS-EVEN] 2.2.3 describes them.

Those that a real server sends are read in tests/live/test_rpc.py.
"""

import random
import struct
from datetime import UTC, datetime

import pytest

from adaudit.directory.observations import LogEvent
from adaudit.evidence.rpc.event_records import Damaged, decode_records


def wide(text: str) -> bytes:
    return (text + "\0").encode("utf-16-le")


def record(
    number: int = 1, *, strings: tuple[str, ...] = ("1", "7"), sid: bytes = b"", data: bytes = b""
) -> bytes:
    """An EVENTLOGRECORD: fixed fields, names, SID, strings, data, padding, length again."""
    names = wide("MSExchangeTransport") + wide("EX01")
    names += bytes(-(56 + len(names)) % 4)
    sid_at = 56 + len(names)
    texts = b"".join(map(wide, strings))
    strings_at = sid_at + len(sid)
    data_at = strings_at + len(texts)
    padding = bytes(-(data_at + len(data)) % 4)
    length = data_at + len(data) + len(padding) + 4
    fixed = struct.pack(
        "<6I4H6I",
        *(length, 0x654C664C, number, 1089000000, 1089000000, 0xC0041B5C),
        *(1, len(strings), 3, 0),
        *(0, strings_at, len(sid), sid_at, len(data), data_at),
    )
    return fixed + names + sid + texts + data + padding + struct.pack("<I", length)


def events(buffer: bytes) -> list[LogEvent]:
    return [each for each in decode_records(buffer) if isinstance(each, LogEvent)]


def test_a_record_is_read_whole() -> None:
    at = datetime(2004, 7, 5, 4, 0, tzinfo=UTC)
    expected = LogEvent(
        9, at, 7004, "MSExchangeTransport", "EX01", ("1", "ex\u00fc"), b"\5\0\7\x80"
    )
    buffer = record(9, strings=("1", "ex\u00fc"), sid=bytes(28), data=b"\5\0\7\x80")
    assert events(buffer) == [expected]


def test_records_follow_each_other() -> None:
    buffer = b"".join(record(number, strings=("x" * number,)) for number in range(1, 6))
    assert [event.number for event in events(buffer)] == [1, 2, 3, 4, 5]


def test_a_record_without_strings_has_none() -> None:
    assert events(record(strings=()))[0].strings == ()


def test_empty_strings_keep_their_place() -> None:
    assert events(record(strings=("1", "", "x")))[0].strings == ("1", "", "x")


def test_a_text_may_hold_bytes_that_look_like_its_end() -> None:
    assert events(record(strings=("\u0100\u0001a",)))[0].strings == ("\u0100\u0001a",)


def test_an_empty_buffer_holds_nothing() -> None:
    assert list(decode_records(b"")) == []


@pytest.mark.parametrize(
    ("offset", "value"),
    [(0, 0), (0, 60), (0, 0xFFFFFFFF), (4, 0), (-4, 0)],
    ids=["no length", "too short", "too long", "signature", "length at the end"],
)
def test_a_length_that_does_not_bear_out_ends_the_buffer(offset: int, value: int) -> None:
    damaged = bytearray(record(2))
    struct.pack_into("<I", damaged, offset % len(damaged), value)
    found = list(decode_records(record(1) + damaged + record(3)))
    assert [type(each) for each in found] == [LogEvent, Damaged]


@pytest.mark.parametrize(
    ("offset", "form", "value"),
    [(28 - 2, "<H", 60000), (36, "<I", 0xFFFFFFF0), (48, "<I", 5000), (52, "<I", 0xFFFFFFFF)],
    ids=["more strings", "strings elsewhere", "more data", "data elsewhere"],
)
def test_a_record_that_contradicts_itself_is_damaged_and_the_next_is_read(
    offset: int, form: str, value: int
) -> None:
    damaged = bytearray(record(2))
    struct.pack_into(form, damaged, offset, value)
    found = list(decode_records(bytes(damaged) + record(3)))
    assert [type(each) for each in found] == [Damaged, LogEvent]


def test_whatever_comes_every_buffer_comes_to_an_end() -> None:
    chance = random.Random(7)  # noqa: S311 - damage, not secrets
    sound = b"".join(record(number, strings=("a", "b" * 20), data=b"d") for number in range(8))
    for _ in range(2000):
        buffer = bytearray(sound)
        for _ in range(chance.randrange(1, 12)):
            buffer[chance.randrange(len(buffer))] = chance.randrange(256)
        assert 0 < len(list(decode_records(bytes(buffer)))) <= 9

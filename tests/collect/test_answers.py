"""Answers of a server: decoded from bytes of the standard's encoding, and never beyond them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaudit.collect.answers import FoundObject, FoundReference, Result, decode_answer
from adaudit.collect.ber import BerError, length_of

# [RFC4511] 4.5.2, lengths in four octets as Active Directory writes them
ENTRY = bytes.fromhex(
    "30840000002b 020102 648400000022"
    "0404 444e3d78"  # DN=x
    "308400000016"
    "308400000010 0402 636e 318400000006 0401 61 0401 62"  # cn: a, b
)
DONE = bytes.fromhex("300c 020102 65070a0104 0400 0400")
REFERENCE = bytes.fromhex("300f 020103 730a 0408 6c6461703a2f2f78")
PAGE_DONE = bytes.fromhex(
    "3035 020102 65070a0100 0400 0400"
    "a027 3025 0416 312e322e3834302e3131333535362e312e342e333139 040b 3009020100 0404 6d6f7265"
)


def test_an_entry_has_its_name_and_values() -> None:
    assert decode_answer(ENTRY).operation == FoundObject("DN=x", {"cn": (b"a", b"b")})


def test_a_result_has_its_code() -> None:
    answer = decode_answer(DONE)
    assert (answer.message_id, answer.operation, answer.cookie) == (2, Result(4, ""), b"")


def test_a_reference_has_its_urls() -> None:
    assert decode_answer(REFERENCE).operation == FoundReference(("ldap://x",))


def test_the_cookie_of_a_page_is_found() -> None:
    assert decode_answer(PAGE_DONE).cookie == b"more"


@pytest.mark.parametrize(
    "data", [ENTRY, DONE, REFERENCE, PAGE_DONE], ids=["entry", "done", "ref", "page"]
)
def test_a_message_with_a_byte_less_or_more_is_refused(data: bytes) -> None:
    for damaged in (data[:-1], data + b"\0"):
        with pytest.raises(BerError):
            decode_answer(damaged)


@pytest.mark.parametrize(
    "data", [ENTRY, DONE, REFERENCE, PAGE_DONE], ids=["entry", "done", "ref", "page"]
)
def test_the_length_of_a_message_is_told_once_it_can_be(data: bytes) -> None:
    header = 6 if data[1] & 0x80 else 2
    assert [length_of(data[:size]) for size in range(header)] == [None] * header
    assert length_of(data[:header]) == len(data)


@pytest.mark.parametrize("length", ["80", "85", "ff"])
def test_indefinite_and_overlong_lengths_are_refused(length: str) -> None:
    with pytest.raises(BerError):
        length_of(bytes.fromhex("30" + length + "0000000000"))


@given(st.binary(max_size=64), st.sampled_from([ENTRY, DONE, REFERENCE, PAGE_DONE]), st.data())
def test_damage_is_refused_or_decoded_and_nothing_else(
    noise: bytes, message: bytes, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(message)))
    end = data.draw(st.integers(start, len(message)))
    damaged = message[:start] + noise + message[end:]
    try:
        answer = decode_answer(damaged)
    except BerError:
        return
    assert isinstance(answer.operation, FoundObject | FoundReference | Result)

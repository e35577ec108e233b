"""Resource attributes. [MS-DTYP] 2.4.10.1 and 2.5.1.1"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaudit.errors import DescriptorError
from adaudit.security import claim
from adaudit.security.claim import Claim, ClaimType
from adaudit.security.condition.comparison import CaseSensitive
from adaudit.security.sddl_reader import Reader
from adaudit.security.sid import Sid
from tests.strategies import claims

# Laid out by hand: header, two offsets, name, values one behind the other, padding
COLOURS = bytes.fromhex(
    "18000000 0300 0000 02000000 02000000 26000000 30000000"
    "63006f006c006f00750072000000"  # colour
    "62006c00750065000000"  # blue
    "7400650061006c000000"  # teal
    "0000"
)
NAME_AT_START = "61000000"  # a


def read(text: str) -> Claim:
    """The claim that is written so."""
    reader = Reader(text)
    found = claim.read(reader)
    reader.end()
    return found


def one_value(type_code: int, value: str, offset: int = 0x18) -> bytes:
    """A claim named `a` whose single value is these bytes."""
    header = f"14000000 {type_code:02x}00 0000 00000000 01000000 {offset:02x}000000"
    return bytes.fromhex(header + NAME_AT_START + value)


def test_values_are_read_from_their_offsets() -> None:
    assert claim.decode(COLOURS) == Claim("colour", ClaimType.STRING, 2, ("blue", "teal"))


def test_values_are_written_one_behind_the_other_and_padded_at_the_end() -> None:
    assert claim.encode(Claim("colour", ClaimType.STRING, 2, ("blue", "teal"))) == COLOURS


@pytest.mark.parametrize(
    ("type_code", "data", "value"),
    [
        (0x01, "feffffffffffffff", -2),
        (0x02, "feffffffffffffff", 2**64 - 2),
        (0x05, "0c000000 010100000000000512000000", Sid(5, (18,))),
        (0x06, "0100000000000000", 1),
        (0x10, "03000000 abcdef", b"\xab\xcd\xef"),
    ],
)
def test_a_value_is_read_as_its_type_says(type_code: int, data: str, value: object) -> None:
    assert claim.decode(one_value(type_code, data)).values == (value,)


@given(claims())
def test_a_claim_comes_back_from_its_bytes(value: Claim) -> None:
    assert claim.decode(claim.encode(value)) == value


@given(claims())
def test_a_claim_comes_back_from_its_text(value: Claim) -> None:
    assert read(claim.format(value)) == value


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ('("colour",TS,0,"blue", "red")', '("colour",TS,0x0,"blue","red")'),
        ('("a b",TI,0xa,7774,-8)', None),
        ('("a%0020b",TI,0xa,7774,-8)', '("a%0020b",TI,0xa,7774,-8)'),
        ('("a",TU,0x2,0x10)', '("a",TU,0x2,16)'),
        ('("a",TB,0x0,1,0)', '("a",TB,0x0,1,0)'),
        ('("a",TD,0x0,BA,S-1-22-2)', '("a",TD,0x0,BA,S-1-22-2)'),
        # as Windows reads octets: `#` is a digit 0, and an odd number gets one more in front
        ('("a",TX,0x0,abcd)', '("a",TX,0x0,abcd)'),
        ('("a",TX,0x0,abc,#12,f##,##)', '("a",TX,0x0,0abc,0012,0f00,00)'),
        ('("a",TS,0x0)', '("a",TS,0x0)'),
    ],
)
def test_text_is_read_and_written_as_windows_does(text: str, canonical: str | None) -> None:
    assert claim.format(read(text)) == (canonical or text.replace(" ", "%0020"))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (COLOURS[:15], "ends within its header"),
        (COLOURS[:20], "ends within its 2 offsets"),
        (COLOURS[:44], "without an end"),
        (one_value(0x04, "0000000000000000"), "unknown type 4"),
        (one_value(0x01, "00000000"), "ends within the integer"),
        (one_value(0x01, "", 0xFF), "ends within the integer"),
        (one_value(0x03, "6100"), "without an end"),
        (one_value(0x10, "0400"), "ends within the value"),
        (one_value(0x10, "04000000 ababab"), "ends within the value"),
        (one_value(0x05, "04000000 01010000"), "shorter than its header"),
        (one_value(0x06, "0200000000000000"), "2 is no value of type BOOLEAN"),
    ],
)
def test_what_is_no_claim_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(DescriptorError, match=message):
        claim.decode(data)


def test_many_values_cannot_share_the_same_bytes() -> None:
    offsets = b"".join((0x2000).to_bytes(4, "little") for _ in range(1000))
    header = bytes.fromhex("14000000 1000 0000 00000000 e8030000") + offsets
    data = header + bytes(0x2000 - len(header)) + (8000).to_bytes(4, "little") + bytes(8000)
    with pytest.raises(DescriptorError, match="overlap"):
        claim.decode(data)


@given(st.binary(max_size=60))
def test_any_bytes_give_a_claim_or_a_descriptor_error(tail: bytes) -> None:
    try:
        found = claim.decode(COLOURS[:4] + tail)
    except DescriptorError:
        return
    assert claim.decode(claim.encode(found)) == found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('("a",TQ,0x0)', "expected the type"),
        ('("a",TS,0x0,blue)', "double quotes"),
        ('("a",TB,0x0,2)', "2 is no value of type BOOLEAN"),
        ('("a",TU,0x0,-1)', "-1 is no value of type UINT64"),
        ('("a",TI,0x0,0x8000000000000000)', "no value of type INT64"),
        ('("a",TX,0x0,xy)', "hexadecimal digits"),
        ('("a",TS,0x100000000)', "flags of a resource attribute take 32 bits"),
        ('("a%00",TS,0x0)', "four hexadecimal digits"),
        ('("a"TS,0x0)', "expected `,`"),
        ('("a",TS,0x0', r"expected `\)`"),
    ],
)
def test_a_fault_in_the_text_is_told_with_its_place(text: str, message: str) -> None:
    with pytest.raises(DescriptorError, match=message) as raised:
        read(text)
    assert raised.value.message.startswith("SDDL character ")


def test_values_of_another_type_make_no_claim() -> None:
    with pytest.raises(DescriptorError, match="holds others"):
        Claim("a", ClaimType.STRING, 0, (1,))


def test_strings_of_a_claim_that_minds_case_say_so() -> None:
    values = Claim("a", ClaimType.STRING, 0x2, ("Blue",)).comparable_values
    assert [type(value) for value in values] == [CaseSensitive]


def test_boolean_values_compare_as_booleans() -> None:
    assert Claim("a", ClaimType.BOOLEAN, 0, (1, 0)).comparable_values == (True, False)

"""Conditional expressions as bytes. [MS-DTYP] 2.4.4.17"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaudit.errors import DescriptorError
from adaudit.security import condition
from adaudit.security.condition import (
    Attribute,
    AttributeKind,
    Comparison,
    Composite,
    Expression,
    Integer,
    Membership,
    MembershipTest,
    Octets,
    Relation,
    Text,
)
from adaudit.security.condition.expression import Base, Sign
from adaudit.security.sid import Sid
from tests.strategies import expressions

# [MS-DTYP] 2.4.4.17.9, example 1: (Title=="VP")
TITLE_IS_VP = bytes.fromhex(
    "61727478 f80a0000 00540069 0074006c 00650010 04000000 56005000 80000000"
)


def name(text: str, token: int = 0xF9) -> bytes:
    """The token of an attribute."""
    raw = text.encode("utf-16-le")
    return bytes([token]) + len(raw).to_bytes(4, "little") + raw


def padded(tokens: bytes) -> bytes:
    """Application data with these tokens."""
    data = b"artx" + tokens
    return data + bytes(-len(data) % 4)


ONE = bytes.fromhex("04 0100000000000000 03 02")
BUILTIN_ADMINISTRATORS = bytes.fromhex("51 10000000 01020000000000052000000020020000")


def test_the_example_of_the_specification_is_read() -> None:
    title = Attribute(AttributeKind.LOCAL, "Title")
    expected = Comparison(Relation.EQUAL, title, Text("VP"))
    assert condition.decode(TITLE_IS_VP) == expected


def test_the_example_of_the_specification_is_written() -> None:
    assert condition.encode(condition.parse('(Title=="VP")')) == TITLE_IS_VP


def test_the_integer_of_the_specification_is_minus_one() -> None:
    # [MS-DTYP] 2.4.4.17.5
    minus_one = bytes.fromhex("04 ffffffffffffffff 02 02")
    expression = condition.decode(padded(name("a") + minus_one + b"\x80"))
    assert isinstance(expression, Comparison)
    assert expression.right == Integer(-1, Sign.MINUS, Base.DECIMAL)


def test_every_literal_is_read() -> None:
    octets = bytes.fromhex("18 02000000 abcd")
    body = ONE + octets + BUILTIN_ADMINISTRATORS
    composite = b"\x50" + len(body).to_bytes(4, "little") + body
    expression = condition.decode(padded(name("a") + composite + b"\x88"))
    assert isinstance(expression, Comparison)
    assert expression.right == Composite(
        (Integer(1), Octets(b"\xab\xcd"), Sid.parse("S-1-5-32-544"))
    )


def test_a_test_of_membership_takes_a_single_sid() -> None:
    expression = condition.decode(padded(BUILTIN_ADMINISTRATORS + b"\x89"))
    assert expression == Membership(MembershipTest.MEMBER_OF, Sid.parse("S-1-5-32-544"))


@given(expressions)
def test_what_is_encoded_decodes_to_the_same_expression(value: Expression) -> None:
    assert condition.decode(condition.encode(value)) == value


@pytest.mark.parametrize("token", [1, 2, 3, 4])
def test_the_declared_width_of_an_integer_comes_back(token: int) -> None:
    data = padded(name("a") + bytes([token]) + ONE[1:] + b"\x80")
    assert condition.encode(condition.decode(data)) == data


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "does not begin with `artx`"),
        (b"xxxx" + TITLE_IS_VP[4:], "does not begin with `artx`"),
        (b"artx", "leaves 0 results"),
        (padded(name("a") + name("b")), "leaves 2 results"),
        (padded(name("a") + b"\xa0"), "lacks an operand"),
        (padded(b"\x87"), "lacks an operand"),
        (padded(ONE), "a literal where an expression belongs"),
        (padded(ONE + b"\xa2"), "a literal where an expression belongs"),
        (padded(ONE + ONE + b"\x80"), "takes an attribute"),
        (padded(ONE + b"\x87"), "takes an attribute"),
        (padded(name("a") + name("a") + b"\xa2\x80"), "takes a result as its operand"),
        (padded(ONE + b"\x89"), "SIDs only"),
        (padded(name("a") + b"\x89"), "SIDs only"),
        (padded(name("a") + name("b") + b"\xff"), "unknown token 0xFF"),
        (padded(b"\x05"), "token 0x05"),
        (padded(name("a")) + b"\0\0\0\0", "token 0x00"),
        (padded(b"\xf9\xff\xff\xff\xff"), "ends within the token at 4"),
        (padded(b"\xf9\xff"), "ends within the token at 4"),
        (padded(b"\xf9\x01\0\0\0a"), "odd number of bytes"),
        (padded(b"\x04\x01"), "ends within the token at 4"),
        (padded(name("a") + b"\x04" + bytes(8) + b"\x04\x02\x80"), "sign code 4"),
        (padded(name("a") + b"\x04" + bytes(8) + b"\x03\x00\x80"), "base code 0"),
        (padded(b"\x51\x04\0\0\0\1\1\0\0\x89"), "shorter than its header"),
        (padded(name("a") + b"\x50\x05\0\0\0\x50\0\0\0\0\x80"), "0x50 where a literal belongs"),
        (padded(name("a") + b"\xa2" * 200), "more than 100 deep"),
    ],
)
def test_what_is_no_condition_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(DescriptorError, match=message):
        condition.decode(data)


@given(st.binary(max_size=80))
def test_any_bytes_give_an_expression_or_a_descriptor_error(tail: bytes) -> None:
    check_total(b"artx" + tail)


@given(expressions, st.data())
def test_a_damaged_condition_gives_an_expression_or_a_descriptor_error(
    value: Expression, draw: st.DataObject
) -> None:
    damaged = bytearray(condition.encode(value))
    for _ in range(draw.draw(st.integers(1, 3))):
        damaged[draw.draw(st.integers(4, len(damaged) - 1))] = draw.draw(st.integers(0, 255))
    check_total(bytes(damaged))


def check_total(data: bytes) -> None:
    """Decoding gives an expression whose encoding decodes to it again, or `DescriptorError`."""
    try:
        expression = condition.decode(data)
    except DescriptorError:
        return
    assert condition.decode(condition.encode(expression)) == expression
    assert condition.format(expression)

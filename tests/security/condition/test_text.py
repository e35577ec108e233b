"""Conditional expressions as text. [MS-DTYP] 2.5.1.1 to 2.5.1.3"""

import pytest
from hypothesis import given

from adaudit.errors import DescriptorError
from adaudit.security import condition
from adaudit.security.condition import Attribute, AttributeKind, Comparison, Expression, Integer
from adaudit.security.sid import Sid
from tests.strategies import expressions

DOMAIN = Sid.parse("S-1-5-21-1-2-3")


@given(expressions)
def test_an_expression_comes_back_from_its_text(value: Expression) -> None:
    assert condition.parse(condition.format(value)) == value


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        # [MS-DTYP] 2.4.4.17.9
        ('(Title=="VP")', '(Title == "VP")'),
        (
            '((@User.cd==1 || @Device.managed==1) && (@Resource.dept Any_of{"A","HR"}))',
            '(((@USER.cd == 1) || (@DEVICE.managed == 1)) && (@RESOURCE.dept Any_of {"A", "HR"}))',
        ),
        (
            "((@User.clearanceLevel>=@Resource.requiredClearance) || (Member_of{SID(BA)}))",
            "((@USER.clearanceLevel >= @RESOURCE.requiredClearance) || (Member_of {SID(BA)}))",
        ),
        # [MS-DTYP] 2.5.1.3: && before ||, each from left to right, ! before both
        ("(a && b || c)", "(((a) && (b)) || (c))"),
        ("(a || b && c)", "((a) || ((b) && (c)))"),
        ("(a || b || c)", "(((a) || (b)) || (c))"),
        ("(!a && b)", "((!(a)) && (b))"),
        ("(!(a && b))", "(!((a) && (b)))"),
        ("(! ! a)", "(!(!(a)))"),
        # the forms of operators
        ("(member_OF_any{SID(AU),SID(WD)})", "(Member_of_any {SID(AU), SID(WD)})"),
        ("(Member_of SID(BA))", "(Member_of SID(BA))"),
        ("(Member_of(SID(BA)))", "(Member_of SID(BA))"),
        ("(Not_Device_Member_of {SID(DA)})", "(Not_Device_Member_of {SID(S-1-5-21-1-2-3-512)})"),
        ("(exists @User.a)", "(Exists @USER.a)"),
        ("(Not_Exists a)", "(Not_Exists a)"),
        ("(@User.a not_contains {1})", "(@USER.a Not_Contains {1})"),
        ("(a!=-1)", "(a != -1)"),
        # values keep their sign and base
        ("(a == +0x1F)", "(a == +0x1f)"),
        ("(a == 017)", "(a == 017)"),
        ("(a == 0xffffffffffffffff)", "(a == 0xffffffffffffffff)"),
        ("(a == #1#2#)", "(a == #1020)"),
        ("(a == {})", "(a == {})"),
        # names
        ("(@User.ad://ext/Silo == 1)", "(@USER.ad://ext/Silo == 1)"),
        ("(@User.a%0020b == 1)", "(@USER.a%0020b == 1)"),
        ("(@User.\u00e9 == 1)", "(@USER.%00e9 == 1)"),
        ("(@User.\U0001f600 == 1)", "(@USER.%d83d%de00 == 1)"),
    ],
)
def test_an_expression_is_written_as_windows_does(text: str, canonical: str) -> None:
    parsed = condition.parse(text, DOMAIN)
    assert condition.format(parsed) == canonical
    assert condition.parse(canonical) == parsed


def test_a_name_may_begin_like_an_operator() -> None:
    expression = condition.parse("(Contains_x == 1)")
    assert expression == Comparison(
        condition.Relation.EQUAL, Attribute(AttributeKind.LOCAL, "Contains_x"), Integer(1)
    )


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a", 1, r"expected `\("),
        ("()", 2, "expected a condition"),
        ("(a == 1", 8, r"expected `\)`"),
        ("(a == )", 7, "expected a value"),
        ("(a == b)", 7, "expected a value"),
        ("(1 == )", 7, "expected a value"),
        ('(a == "b)', 7, "double quotes"),
        ("(a == #abc)", 7, "two digits"),
        ("(a == 09)", 7, "octal"),
        ("(a == 0x10000000000000000)", 7, "does not fit in 64 bits"),
        ("(a == -9223372036854775809)", 7, "does not fit in 64 bits"),
        ("(a == {1 2})", 10, "expected `,`"),
        ("(Member_of {1})", 12, "SIDs only"),
        ("(Member_of 3)", 12, "SIDs only"),
        ("(Member_of {SID(XX)})", 17, "no alias"),
        ("(Member_of_foo {SID(BA)})", 2, "`Member_of_foo` is no operator"),
        ("(Exists )", 9, "expected the name"),
        ("(@User.%00 == 1)", 2, "four hexadecimal digits"),
        ("(@User.%0000 == 1)", 2, "character 0"),
        ("(a) b", 5, "expected the end"),
        ("(" * 200 + "a" + ")" * 200, 102, "more than 100 deep"),
        ("(" + "!" * 200 + "a)", 102, "more than 100 deep"),
        ("(" + "a && " * 200 + "a)", 1, "more than 100 deep"),
    ],
)
def test_a_fault_is_told_with_its_place(text: str, place: int, message: str) -> None:
    with pytest.raises(DescriptorError, match=message) as raised:
        condition.parse(text)
    assert raised.value.message.startswith(f"SDDL character {place}: ")

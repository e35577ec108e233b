"""Conditional expressions as SDDL text. [MS-DTYP] 2.5.1.1 to 2.5.1.3"""

import re

from adaudit.errors import DescriptorError
from adaudit.security.condition.expression import (
    MAX_DEPTH,
    Attribute,
    AttributeKind,
    Comparison,
    Composite,
    Conjunction,
    Existence,
    Expression,
    Literal,
    Membership,
    MembershipTest,
    Negation,
    Relation,
)
from adaudit.security.condition.values import (
    escape_name,
    format_literal,
    read_literal,
    unescape_name,
)
from adaudit.security.sddl_reader import Reader
from adaudit.security.sid import Sid

_PREFIXED = re.compile(r"@(user|device|resource)\.([^!\"&()<=>|\t-\r ]+)", re.IGNORECASE)
_SIMPLE = re.compile(r"[A-Z0-9:./_][A-Z0-9:./_@]*", re.IGNORECASE)
_SYMBOL = re.compile(r"==|!=|<=|>=|<|>")
_WORD = re.compile(r"(?:Not_)?(?:Contains|Any_of)(?![A-Z0-9:./_@])", re.IGNORECASE)

_TEST_WORDS = {
    MembershipTest.MEMBER_OF: "Member_of",
    MembershipTest.DEVICE_MEMBER_OF: "Device_Member_of",
    MembershipTest.MEMBER_OF_ANY: "Member_of_any",
    MembershipTest.DEVICE_MEMBER_OF_ANY: "Device_Member_of_Any",
    MembershipTest.NOT_MEMBER_OF: "Not_Member_of",
    MembershipTest.NOT_DEVICE_MEMBER_OF: "Not_Device_Member_of",
    MembershipTest.NOT_MEMBER_OF_ANY: "Not_Member_of_Any",
    MembershipTest.NOT_DEVICE_MEMBER_OF_ANY: "Not_Device_Member_of_Any",
}
_TESTS = {word.casefold(): test for test, word in _TEST_WORDS.items()}
_EXISTENCES = {"exists": False, "not_exists": True}
_RELATION_WORDS = {
    Relation.EQUAL: "==",
    Relation.NOT_EQUAL: "!=",
    Relation.LESS: "<",
    Relation.LESS_OR_EQUAL: "<=",
    Relation.GREATER: ">",
    Relation.GREATER_OR_EQUAL: ">=",
    Relation.CONTAINS: "Contains",
    Relation.ANY_OF: "Any_of",
    Relation.NOT_CONTAINS: "Not_Contains",
    Relation.NOT_ANY_OF: "Not_Any_of",
}
_RELATIONS = {word.casefold(): relation for relation, word in _RELATION_WORDS.items()}
_KINDS = {
    "user": AttributeKind.USER,
    "device": AttributeKind.DEVICE,
    "resource": AttributeKind.RESOURCE,
}
_PREFIXES = {kind: f"@{word.upper()}." for word, kind in _KINDS.items()}


def parse(text: str, domain: Sid | None = None, root_domain: Sid | None = None) -> Expression:
    """
    Read an expression in its parentheses: `(@User.Title == "PM" && Member_of {SID(BA)})`.

    Raises `DescriptorError` with the place of the first fault.
    """
    reader = Reader(text, domain, root_domain)
    expression = read(reader)
    reader.end()
    return expression


def read(reader: Reader) -> Expression:
    """Take an expression in its parentheses from an SDDL text."""
    with reader.placing_errors():
        reader.expect("(")
        expression = _read_disjunction(reader, 1)
        reader.expect(")")
        return expression


def format(expression: Expression) -> str:  # noqa: A001, named like sddl.format
    """Write an expression in its parentheses, as Windows does."""
    return f"({_format(expression)})"


def _read_disjunction(reader: Reader, depth: int) -> Expression:
    left = _read_conjunction(reader, depth)
    while reader.take("||"):
        left = Conjunction(left, _read_conjunction(reader, depth), is_disjunction=True)
    return left


def _read_conjunction(reader: Reader, depth: int) -> Expression:
    left = _read_factor(reader, depth)
    while reader.take("&&"):
        left = Conjunction(left, _read_factor(reader, depth))
    return left


def _read_factor(reader: Reader, depth: int) -> Expression:
    if depth > MAX_DEPTH:
        raise reader.error(f"the condition nests operators more than {MAX_DEPTH} deep")
    if reader.take("!"):
        return Negation(_read_factor(reader, depth + 1))
    if reader.take("("):
        expression = _read_disjunction(reader, depth + 1)
        reader.expect(")")
        return expression
    return _read_term(reader)


def _read_term(reader: Reader) -> Expression:
    attribute = _read_prefixed(reader)
    if attribute is None:
        start = reader.position
        word = reader.match(_SIMPLE)
        if word is None:
            raise reader.error("expected a condition")
        if word.casefold() in _TESTS:
            return _read_membership(reader, _TESTS[word.casefold()])
        if word.casefold() in _EXISTENCES:
            return Existence(_read_attribute(reader), _EXISTENCES[word.casefold()])
        if reader.peek("{") or reader.peek('"'):
            raise reader.error(f"`{word}` is no operator", start)
        attribute = Attribute(AttributeKind.LOCAL, word)
    relation = reader.match(_SYMBOL) or reader.match(_WORD)
    if relation is None:
        return attribute
    return Comparison(_RELATIONS[relation.casefold()], attribute, _read_comparable(reader))


def _read_membership(reader: Reader, test: MembershipTest) -> Membership:
    is_enclosed = reader.take("(")
    with reader.placing_errors():
        operand = read_literal(reader)
        if not isinstance(operand, Sid | Composite):
            raise DescriptorError("a test of membership takes SIDs only")
        membership = Membership(test, operand)
    if is_enclosed:
        reader.expect(")")
    return membership


def _read_attribute(reader: Reader) -> Attribute:
    attribute = _read_prefixed(reader)
    if attribute is not None:
        return attribute
    name = reader.match(_SIMPLE)
    if name is None:
        raise reader.error("expected the name of an attribute")
    return Attribute(AttributeKind.LOCAL, name)


def _read_prefixed(reader: Reader) -> Attribute | None:
    with reader.placing_errors():
        word = reader.match(_PREFIXED)
        if word is None:
            return None
        kind, _, name = word[1:].partition(".")
        return Attribute(_KINDS[kind.casefold()], unescape_name(name))


def _read_comparable(reader: Reader) -> Attribute | Literal:
    return _read_prefixed(reader) or read_literal(reader)


def _format(node: Expression) -> str:
    if isinstance(node, Attribute):
        return _format_attribute(node)
    if isinstance(node, Comparison):
        right = node.right
        value = _format_attribute(right) if isinstance(right, Attribute) else format_literal(right)
        return f"{_format_attribute(node.left)} {_RELATION_WORDS[node.relation]} {value}"
    if isinstance(node, Membership):
        return f"{_TEST_WORDS[node.test]} {format_literal(node.operand)}"
    if isinstance(node, Existence):
        word = "Not_Exists" if node.is_negated else "Exists"
        return f"{word} {_format_attribute(node.attribute)}"
    if isinstance(node, Negation):
        return f"!({_format(node.operand)})"
    operator = "||" if node.is_disjunction else "&&"
    return f"({_format(node.left)}) {operator} ({_format(node.right)})"


def _format_attribute(attribute: Attribute) -> str:
    if attribute.kind is AttributeKind.LOCAL:
        return attribute.name
    return _PREFIXES[attribute.kind] + escape_name(attribute.name)

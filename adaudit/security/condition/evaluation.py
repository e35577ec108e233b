"""What a conditional expression can come to. [MS-DTYP] 2.4.4.17.6 and 2.4.4.17.7"""

from collections.abc import Iterable
from enum import Enum, auto
from typing import Protocol

from adaudit.errors import DescriptorError
from adaudit.security.condition.binary import decode
from adaudit.security.condition.comparison import Outcome, Value, compare, literal_values
from adaudit.security.condition.expression import (
    Attribute,
    AttributeKind,
    Comparison,
    Conjunction,
    Existence,
    Expression,
    Membership,
    MembershipTest,
    Negation,
)
from adaudit.security.sid import Sid


class Truth(Enum):
    """What a condition comes to; an UNKNOWN one grants nothing, and denies."""

    TRUE = auto()
    FALSE = auto()
    UNKNOWN = auto()


class Absence(Enum):
    """Why there is no value of an attribute."""

    ABSENT = auto()
    """The attribute is known not to be there"""
    NOT_KNOWN = auto()
    """Nobody can say whether the attribute is there, or what it holds"""


class Operands(Protocol):
    """What a condition is judged on: a token, and the resource attributes of the object."""

    def is_member(self, sid: Sid) -> bool | None:
        """Whether the token holds `sid`; None if that cannot be known."""

    def is_device_member(self, sid: Sid) -> bool | None:
        """Whether the token of the user's device holds `sid`; None if that cannot be known."""

    def attribute(self, kind: AttributeKind, name: str) -> tuple[Value, ...] | Absence:
        """The values of an attribute, whose name is compared without regard to case."""


_TRUTHS = {Outcome.TRUE: Truth.TRUE, Outcome.FALSE: Truth.FALSE}
_ANY_TRUTH = frozenset({Outcome.TRUE, Outcome.FALSE, Outcome.UNKNOWN})
_ANYTHING = frozenset(Outcome)
_INVERSE = {
    Outcome.TRUE: Outcome.FALSE,
    Outcome.FALSE: Outcome.TRUE,
    Outcome.UNKNOWN: Outcome.UNKNOWN,
    Outcome.ERROR: Outcome.ERROR,
}
_NEGATED_TESTS = {
    MembershipTest.NOT_MEMBER_OF: MembershipTest.MEMBER_OF,
    MembershipTest.NOT_DEVICE_MEMBER_OF: MembershipTest.DEVICE_MEMBER_OF,
    MembershipTest.NOT_MEMBER_OF_ANY: MembershipTest.MEMBER_OF_ANY,
    MembershipTest.NOT_DEVICE_MEMBER_OF_ANY: MembershipTest.DEVICE_MEMBER_OF_ANY,
}
_DEVICE_TESTS = frozenset({MembershipTest.DEVICE_MEMBER_OF, MembershipTest.DEVICE_MEMBER_OF_ANY})
_ANY_TESTS = frozenset({MembershipTest.MEMBER_OF_ANY, MembershipTest.DEVICE_MEMBER_OF_ANY})


def evaluate(expression: Expression, operands: Operands) -> frozenset[Truth]:
    """
    All that `expression` can come to, given what is known; one element if that decides it.

    An error in any part (types that cannot be compared, a literal set of no SIDs) makes the whole
    expression UNKNOWN, whatever the rest of it says; a comparison with an attribute that is not
    known may be such an error.
    """
    outcomes = _evaluate(expression, operands)
    return frozenset(_TRUTHS.get(outcome, Truth.UNKNOWN) for outcome in outcomes)


def evaluate_data(application_data: bytes, operands: Operands) -> frozenset[Truth]:
    """`evaluate` for the bytes of a callback entry; what is no valid condition is UNKNOWN."""
    try:
        expression = decode(application_data)
    except DescriptorError:
        return frozenset({Truth.UNKNOWN})  # [MS-DTYP] 2.5.3.1.5
    return evaluate(expression, operands)


def _evaluate(node: Expression, operands: Operands) -> frozenset[Outcome]:
    if isinstance(node, Conjunction):
        combine = _either if node.is_disjunction else _both
        left, right = _evaluate(node.left, operands), _evaluate(node.right, operands)
        return frozenset(combine(a, b) for a in left for b in right)
    if isinstance(node, Negation):
        return _inverse(_evaluate(node.operand, operands))
    if isinstance(node, Membership):
        return _membership(node, operands)
    if isinstance(node, Comparison):
        return _comparison(node, operands)
    if isinstance(node, Existence):
        return _existence(node, operands)
    return _attribute_truth(operands.attribute(node.kind, node.name))


def _inverse(outcomes: Iterable[Outcome]) -> frozenset[Outcome]:
    return frozenset(_INVERSE[outcome] for outcome in outcomes)


def _both(left: Outcome, right: Outcome) -> Outcome:
    for outcome in (Outcome.ERROR, Outcome.FALSE, Outcome.UNKNOWN):
        if outcome in {left, right}:
            return outcome
    return Outcome.TRUE


def _either(left: Outcome, right: Outcome) -> Outcome:
    for outcome in (Outcome.ERROR, Outcome.TRUE, Outcome.UNKNOWN):
        if outcome in {left, right}:
            return outcome
    return Outcome.FALSE


def _membership(node: Membership, operands: Operands) -> frozenset[Outcome]:
    test = _NEGATED_TESTS.get(node.test, node.test)
    holds = operands.is_device_member if test in _DEVICE_TESTS else operands.is_member
    answers = [holds(sid) for sid in node.sids if isinstance(sid, Sid)]
    if not answers:
        return frozenset({Outcome.ERROR})
    decided, rest = (True, Outcome.FALSE) if test in _ANY_TESTS else (False, Outcome.TRUE)
    if decided in answers:
        outcomes = frozenset({Outcome.TRUE if decided else Outcome.FALSE})
    elif None in answers:
        outcomes = frozenset({Outcome.TRUE, Outcome.FALSE})
    else:
        outcomes = frozenset({rest})
    return _inverse(outcomes) if node.test in _NEGATED_TESTS else outcomes


def _comparison(node: Comparison, operands: Operands) -> frozenset[Outcome]:
    left = operands.attribute(node.left.kind, node.left.name)
    right = (
        operands.attribute(node.right.kind, node.right.name)
        if isinstance(node.right, Attribute)
        else literal_values(node.right)
    )
    if Absence.ABSENT in {left, right}:
        return frozenset({Outcome.UNKNOWN})
    if isinstance(left, Absence) or isinstance(right, Absence):
        return _ANYTHING
    return compare(node.relation, left, right)


def _existence(node: Existence, operands: Operands) -> frozenset[Outcome]:
    found = operands.attribute(node.attribute.kind, node.attribute.name)
    if found is Absence.NOT_KNOWN:
        return frozenset({Outcome.TRUE, Outcome.FALSE})
    exists = Outcome.FALSE if found is Absence.ABSENT else Outcome.TRUE
    outcomes = frozenset({exists})
    return _inverse(outcomes) if node.is_negated else outcomes


def _attribute_truth(found: tuple[Value, ...] | Absence) -> frozenset[Outcome]:
    if found is Absence.NOT_KNOWN:
        return _ANY_TRUTH
    if found is Absence.ABSENT or len(found) != 1 or not isinstance(found[0], int | str):
        return frozenset({Outcome.UNKNOWN})
    return frozenset({Outcome.TRUE if found[0] else Outcome.FALSE})

"""Comparing the values of attributes and literals. [MS-DTYP] 2.4.4.17.6"""

import operator
from enum import Enum, auto

from adaudit.security.condition.expression import (
    Composite,
    Integer,
    Literal,
    Octets,
    Relation,
    Text,
)
from adaudit.security.sid import Sid

Value = int | str | bytes | bool | Sid


class CaseSensitive(str):
    """A string of an attribute that minds the case of its values. [MS-DTYP] 2.4.10.1"""

    __slots__ = ()


class Outcome(Enum):
    """What one operator comes to; an ERROR makes the whole expression UNKNOWN."""

    TRUE = auto()
    FALSE = auto()
    UNKNOWN = auto()
    ERROR = auto()


_ORDER = {
    Relation.LESS: operator.lt,
    Relation.LESS_OR_EQUAL: operator.le,
    Relation.GREATER: operator.gt,
    Relation.GREATER_OR_EQUAL: operator.ge,
}
_NEGATED = {
    Relation.NOT_EQUAL: Relation.EQUAL,
    Relation.NOT_CONTAINS: Relation.CONTAINS,
    Relation.NOT_ANY_OF: Relation.ANY_OF,
}
_ANYTHING = frozenset(Outcome)
_ERROR = frozenset({Outcome.ERROR})
_FAILURE = frozenset({Outcome.ERROR, Outcome.UNKNOWN})
_UNKNOWN = frozenset({Outcome.UNKNOWN})

_Key = tuple[type, int | bytes | Sid]


def literal_values(literal: Literal) -> tuple[Value, ...] | None:
    """The values of a literal; None if the specification leaves open what it means."""
    members = literal.members if isinstance(literal, Composite) else (literal,)
    if any(isinstance(one, Integer) and one.is_ambiguous for one in members):
        return None
    return tuple(
        member.value if isinstance(member, Integer | Text | Octets) else member
        for member in members
    )


def compare(
    relation: Relation, left: tuple[Value, ...], right: tuple[Value, ...] | None
) -> frozenset[Outcome]:
    """
    What `left relation right` can come to; a tuple of one is that value, or a set of it alone.

    Several values are a set: neither their order nor repetition counts. `right` is None if nobody
    can say what it means.
    """
    if not left:
        return _UNKNOWN
    if right == ():
        return _FAILURE
    if right is None:
        return _ANYTHING
    values = (*left, *right)
    if relation in {Relation.EQUAL, Relation.NOT_EQUAL}:
        left, right = _without_booleans(left, right)
    minds_case = any(isinstance(value, CaseSensitive) for value in values)
    left_keys = [_key(value, minds_case=minds_case) for value in left]
    right_keys = [_key(value, minds_case=minds_case) for value in right]
    if len({kind for kind, _ in left_keys + right_keys}) > 1:
        return _ERROR
    if relation in _ORDER:
        return _order(relation, left_keys, right_keys)
    holds = _holds(_NEGATED.get(relation, relation), set(left_keys), set(right_keys))
    return _outcome(holds is not (relation in _NEGATED))


def _without_booleans(
    left: tuple[Value, ...], right: tuple[Value, ...]
) -> tuple[tuple[Value, ...], tuple[Value, ...]]:
    """A Boolean value equals the literal integer 1 or 0, if every integer is one of these."""
    values = (*left, *right)
    if not all(isinstance(value, int) and value in {0, 1} for value in values):
        return left, right
    return tuple(map(_number, left)), tuple(map(_number, right))


def _number(value: Value) -> Value:
    return int(value) if isinstance(value, int) else value


def _key(value: Value, *, minds_case: bool) -> _Key:
    if isinstance(value, str):
        text = value if minds_case else "".join(map(_upper, value))
        return str, text.encode("utf-16-be", "surrogatepass")
    return type(value), value


def _upper(character: str) -> str:
    """Upper case as Windows has it: one character for one."""
    upper = character.upper()
    return upper if len(upper) == 1 else character


def _order(relation: Relation, left: list[_Key], right: list[_Key]) -> frozenset[Outcome]:
    if len(left) > 1 or len(right) > 1:
        return _FAILURE
    (_, a), (_, b) = left[0], right[0]
    if isinstance(a, bool | Sid):
        return _ERROR
    return _outcome(_ORDER[relation](a, b))


def _holds(relation: Relation, left: set[_Key], right: set[_Key]) -> bool:
    if relation is Relation.EQUAL:
        return left == right
    if relation is Relation.CONTAINS:
        return right <= left
    return bool(left & right)


def _outcome(holds: bool) -> frozenset[Outcome]:  # noqa: FBT001, the one thing that it is about
    return frozenset({Outcome.TRUE if holds else Outcome.FALSE})

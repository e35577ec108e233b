"""Conditional expressions as bytes: "artx" and tokens in postfix order. [MS-DTYP] 2.4.4.17.4"""

import struct
from collections.abc import Iterator
from functools import lru_cache

from adaudit.errors import DescriptorError
from adaudit.security.condition.expression import (
    Attribute,
    AttributeKind,
    Base,
    Comparison,
    Composite,
    Conjunction,
    Existence,
    Expression,
    Integer,
    Literal,
    Membership,
    MembershipTest,
    Negation,
    Octets,
    Relation,
    Sign,
    Text,
)
from adaudit.security.sid import Sid

SIGNATURE = b"artx"

_INTEGERS = frozenset({0x01, 0x02, 0x03, 0x04})
_TEXT, _OCTETS, _COMPOSITE, _SID = 0x10, 0x18, 0x50, 0x51
_EXISTS, _NOT_EXISTS = 0x87, 0x8D
_AND, _OR, _NOT = 0xA0, 0xA1, 0xA2
_ATTRIBUTES = {int(kind): kind for kind in AttributeKind}
_RELATIONS = {int(relation): relation for relation in Relation}
_MEMBERSHIPS = {int(test): test for test in MembershipTest}
_DWORD = struct.Struct("<I")

_Operand = Expression | Literal
_Stack = list[_Operand]


@lru_cache(maxsize=1 << 10)
def decode(data: bytes) -> Expression:
    """
    Read the application data of a callback entry.

    Raises `DescriptorError` if it is no conditional expression, if a token is cut off or takes
    operands of the wrong kind, or if operators nest deeper than `MAX_DEPTH`.
    """
    if not data.startswith(SIGNATURE):
        raise DescriptorError("the condition does not begin with `artx`")
    stack: _Stack = []
    for token, body in _tokens(data):
        stack.append(_operand(stack, token, body))
    if len(stack) != 1:
        raise DescriptorError(f"the condition leaves {len(stack)} results instead of one")
    return _expression(stack.pop())


def encode(expression: Expression) -> bytes:
    """Write the application data of a callback entry, padded to a multiple of 4."""
    data = SIGNATURE + _encode(expression)
    return data + bytes(-len(data) % 4)


def _tokens(data: bytes) -> Iterator[tuple[int, bytes]]:
    position = len(SIGNATURE)
    while position < len(data):
        if data[position] == 0 and len(data) - position < 4 and not any(data[position:]):
            return
        token, body, position = _token(data, position)
        yield token, body


def _token(data: bytes, position: int) -> tuple[int, bytes, int]:
    """Split off the token at `position`; its length field, if it has one, is checked and gone."""
    token = data[position]
    start = position + 1
    if token in _INTEGERS:
        end = start + 10
    elif token in {_TEXT, _OCTETS, _COMPOSITE, _SID} or token in _ATTRIBUTES:
        start += 4
        if start > len(data):
            raise DescriptorError(f"the condition ends within the token at {position}")
        end = start + _DWORD.unpack_from(data, start - 4)[0]
    else:
        end = start
    if end > len(data):
        raise DescriptorError(f"the condition ends within the token at {position}")
    return token, data[start:end], end


def _operand(stack: _Stack, token: int, body: bytes) -> _Operand:
    if token in _ATTRIBUTES:
        return Attribute(_ATTRIBUTES[token], _string(body))
    if token < 0x80:
        return _literal(token, body)
    return _operation(stack, token)


def _literal(token: int, body: bytes) -> Literal:
    if token == _COMPOSITE:
        return Composite(tuple(_members(body)))
    return _single(token, body)


def _members(body: bytes) -> Iterator[Integer | Text | Octets | Sid]:
    position = 0
    while position < len(body):
        token, inner, position = _token(body, position)
        yield _single(token, inner)


def _single(token: int, body: bytes) -> Integer | Text | Octets | Sid:
    if token in _INTEGERS:
        return _integer(token, body)
    if token == _TEXT:
        return Text(_string(body))
    if token == _OCTETS:
        return Octets(body)
    if token == _SID:
        return Sid.decode(body)
    raise DescriptorError(f"the condition has a token 0x{token:02X} where a literal belongs")


def _integer(token: int, body: bytes) -> Integer:
    sign, base = body[8], body[9]
    if not (1 <= sign <= 3 and 1 <= base <= 3):
        raise DescriptorError(f"an integer has sign code {sign} and base code {base}")
    value = int.from_bytes(body[:8], "little", signed=sign == Sign.MINUS)
    return Integer(value, Sign(sign), Base(base), token)


def _string(body: bytes) -> str:
    if len(body) % 2:
        raise DescriptorError("the condition has a string of an odd number of bytes")
    return body.decode("utf-16-le", "surrogatepass")


def _operation(stack: _Stack, token: int) -> Expression:
    right = _pop(stack)
    if token in _MEMBERSHIPS:
        if not isinstance(right, Sid | Composite):
            raise DescriptorError("a test of membership takes SIDs only")
        return Membership(_MEMBERSHIPS[token], right)
    if token in {_EXISTS, _NOT_EXISTS}:
        return Existence(_attribute(right), token == _NOT_EXISTS)
    if token == _NOT:
        return Negation(_expression(right))
    left = _pop(stack)
    if token in _RELATIONS:
        return Comparison(_RELATIONS[token], _attribute(left), _comparable(right))
    if token in {_AND, _OR}:
        return Conjunction(_expression(left), _expression(right), token == _OR)
    raise DescriptorError(f"the condition has an unknown token 0x{token:02X}")


def _pop(stack: _Stack) -> _Operand:
    if not stack:
        raise DescriptorError("an operator of the condition lacks an operand")
    return stack.pop()


def _attribute(operand: _Operand) -> Attribute:
    if not isinstance(operand, Attribute):
        raise DescriptorError("an operator of the condition takes an attribute, and has none")
    return operand


def _comparable(operand: _Operand) -> Attribute | Literal:
    if isinstance(operand, Attribute | Literal):
        return operand
    raise DescriptorError("a comparison of the condition takes a result as its operand")


def _expression(operand: _Operand) -> Expression:
    if isinstance(operand, Literal):
        raise DescriptorError("the condition has a literal where an expression belongs")
    return operand


def _encode(node: Expression | Literal) -> bytes:
    if isinstance(node, Comparison):
        return _encode(node.left) + _encode(node.right) + bytes([node.relation])
    if isinstance(node, Membership):
        return _encode(node.operand) + bytes([node.test])
    if isinstance(node, Existence):
        token = _NOT_EXISTS if node.is_negated else _EXISTS
        return _encode(node.attribute) + bytes([token])
    if isinstance(node, Negation):
        return _encode(node.operand) + bytes([_NOT])
    if isinstance(node, Conjunction):
        token = _OR if node.is_disjunction else _AND
        return _encode(node.left) + _encode(node.right) + bytes([token])
    return _encode_operand(node)


def _encode_operand(node: Attribute | Literal) -> bytes:
    if isinstance(node, Integer):
        value = (node.value % (1 << 64)).to_bytes(8, "little")
        return bytes([node.token]) + value + bytes([node.sign, node.base])
    if isinstance(node, Attribute):
        return _sized(node.kind, node.name.encode("utf-16-le", "surrogatepass"))
    if isinstance(node, Text):
        return _sized(_TEXT, node.value.encode("utf-16-le", "surrogatepass"))
    if isinstance(node, Octets):
        return _sized(_OCTETS, node.value)
    if isinstance(node, Sid):
        return _sized(_SID, node.encode())
    return _sized(_COMPOSITE, b"".join(map(_encode_operand, node.members)))


def _sized(token: int, body: bytes) -> bytes:
    return bytes([token]) + _DWORD.pack(len(body)) + body

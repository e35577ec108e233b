"""
The conditions of callback entries: as a tree, bytes and text, and what they come to.

[MS-DTYP] 2.4.4.17
"""

from adaudit.security.condition.binary import decode, encode
from adaudit.security.condition.comparison import CaseSensitive, Value
from adaudit.security.condition.evaluation import Absence, Operands, Truth, evaluate, evaluate_data
from adaudit.security.condition.expression import (
    Attribute,
    AttributeKind,
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
    Text,
)
from adaudit.security.condition.text import format, parse  # noqa: A004, named like sddl.format

__all__ = [
    "Absence",
    "Attribute",
    "AttributeKind",
    "CaseSensitive",
    "Comparison",
    "Composite",
    "Conjunction",
    "Existence",
    "Expression",
    "Integer",
    "Literal",
    "Membership",
    "MembershipTest",
    "Negation",
    "Octets",
    "Operands",
    "Relation",
    "Text",
    "Truth",
    "Value",
    "decode",
    "encode",
    "evaluate",
    "evaluate_data",
    "format",
    "parse",
]

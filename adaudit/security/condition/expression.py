"""Conditional expressions as trees. [MS-DTYP] 2.4.4.17"""

from dataclasses import dataclass, field
from enum import IntEnum

from adaudit.errors import DescriptorError
from adaudit.security.sid import Sid

MAX_DEPTH = 100
"""How deep logical operators may nest; people write a handful of levels"""


class AttributeKind(IntEnum):
    """Whose attribute a name means, as its token. [MS-DTYP] 2.4.4.17.8"""

    LOCAL = 0xF8
    USER = 0xF9
    RESOURCE = 0xFA
    DEVICE = 0xFB


class Relation(IntEnum):
    """Operators between an attribute and a value, as their tokens. [MS-DTYP] 2.4.4.17.6"""

    EQUAL = 0x80
    NOT_EQUAL = 0x81
    LESS = 0x82
    LESS_OR_EQUAL = 0x83
    GREATER = 0x84
    GREATER_OR_EQUAL = 0x85
    CONTAINS = 0x86
    ANY_OF = 0x88
    NOT_CONTAINS = 0x8E
    NOT_ANY_OF = 0x8F


class MembershipTest(IntEnum):
    """Operators on SIDs, as their tokens. [MS-DTYP] 2.4.4.17.6"""

    MEMBER_OF = 0x89
    DEVICE_MEMBER_OF = 0x8A
    MEMBER_OF_ANY = 0x8B
    DEVICE_MEMBER_OF_ANY = 0x8C
    NOT_MEMBER_OF = 0x90
    NOT_DEVICE_MEMBER_OF = 0x91
    NOT_MEMBER_OF_ANY = 0x92
    NOT_DEVICE_MEMBER_OF_ANY = 0x93


class Sign(IntEnum):
    """How the sign of an integer was written. [MS-DTYP] 2.4.4.17.5"""

    PLUS = 1
    MINUS = 2
    NONE = 3


class Base(IntEnum):
    """The base in which an integer was written. [MS-DTYP] 2.4.4.17.5"""

    OCTAL = 1
    DECIMAL = 2
    HEXADECIMAL = 3


@dataclass(frozen=True, slots=True)
class Integer:
    """A literal integer: signed if `sign` is MINUS, unsigned otherwise, in 64 bits."""

    value: int
    sign: Sign = Sign.NONE
    base: Base = Base.DECIMAL
    token: int = field(default=0x04, compare=False)
    """The width that was declared, 0x01 to 0x04; the value takes 64 bits with each"""

    def __post_init__(self) -> None:
        low, high = (-(1 << 63), 1 << 63) if self.sign is Sign.MINUS else (0, 1 << 64)
        if not low <= self.value < high:
            raise DescriptorError(f"integer {self.value} does not fit in 64 bits with its sign")

    @property
    def is_ambiguous(self) -> bool:
        """Whether the bits and the sign disagree, which the specification leaves open."""
        return self.value > 0 if self.sign is Sign.MINUS else self.value >= 1 << 63


@dataclass(frozen=True, slots=True)
class Text:
    """A literal string; lone surrogates are kept."""

    value: str


@dataclass(frozen=True, slots=True)
class Octets:
    """A literal octet string."""

    value: bytes


@dataclass(frozen=True, slots=True)
class Composite:
    """A literal set; its members need not be of one type."""

    members: tuple["Integer | Text | Octets | Sid", ...]


Literal = Integer | Text | Octets | Sid | Composite


@dataclass(frozen=True, slots=True)
class Attribute:
    """The value of an attribute; as a term of its own, whether that is neither zero nor empty."""

    kind: AttributeKind
    name: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """An attribute against literals or another attribute: `@USER.Title == "PM"`."""

    relation: Relation
    left: Attribute
    right: Attribute | Literal


@dataclass(frozen=True, slots=True)
class Membership:
    """Whether the user or its device is in groups: `Member_of {SID(BA)}`."""

    test: MembershipTest
    operand: Sid | Composite

    def __post_init__(self) -> None:
        if not all(isinstance(sid, Sid) for sid in self.sids):
            raise DescriptorError("a test of membership takes SIDs only")

    @property
    def sids(self) -> tuple[Integer | Text | Octets | Sid, ...]:
        """The groups; SIDs all of them."""
        return self.operand.members if isinstance(self.operand, Composite) else (self.operand,)


@dataclass(frozen=True, slots=True)
class Existence:
    """Whether an attribute has a value: `Exists @RESOURCE.dept`, or with Not_Exists, has none."""

    attribute: Attribute
    is_negated: bool = False


@dataclass(frozen=True, slots=True)
class Negation:
    """`!(…)`"""

    operand: "Expression"
    depth: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "depth", _depth_above(self.operand))


@dataclass(frozen=True, slots=True)
class Conjunction:
    """`(…) && (…)`, or with `is_disjunction` `(…) || (…)`."""

    left: "Expression"
    right: "Expression"
    is_disjunction: bool = False
    depth: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "depth", _depth_above(self.left, self.right))


Expression = Attribute | Comparison | Membership | Existence | Negation | Conjunction


def _depth_above(*operands: Expression) -> int:
    """The depth of a tree over `operands`; bounded, so that any tree can be walked recursively."""
    depth = 1 + max(one.depth if isinstance(one, Negation | Conjunction) else 1 for one in operands)
    if depth > MAX_DEPTH:
        raise DescriptorError(f"the condition nests operators more than {MAX_DEPTH} deep")
    return depth

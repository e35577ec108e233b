"""Hypothesis strategies for the values of a security descriptor."""

from uuid import UUID

from hypothesis import strategies as st

from adaudit.security import ace_wire
from adaudit.security.ace import OBJECT_TYPES, Ace, AceFlags, AceType, AnyAce
from adaudit.security.claim import Claim, ClaimType
from adaudit.security.condition import (
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
from adaudit.security.condition.expression import Base, Sign
from adaudit.security.descriptor import (
    AbsentAcl,
    Acl,
    ControlFlags,
    NullAcl,
    SecurityDescriptor,
)
from adaudit.security.rights import AccessMask
from adaudit.security.sid import (
    CREATOR_GROUP,
    CREATOR_OWNER,
    EVERYONE,
    OWNER_RIGHTS,
    PRINCIPAL_SELF,
    Sid,
)

_DERIVED = ControlFlags.SELF_RELATIVE | ControlFlags.DACL_PRESENT | ControlFlags.SACL_PRESENT
_FEW_GUIDS = [UUID(int=number) for number in range(4)]

few_sids = st.sampled_from(
    [EVERYONE, CREATOR_OWNER, CREATOR_GROUP, OWNER_RIGHTS, PRINCIPAL_SELF]
    + [Sid(5, (21, 1, 2, 3, rid)) for rid in range(1000, 1004)]
)
sids = few_sids | st.builds(
    Sid,
    st.integers(0, (1 << 48) - 1),
    st.lists(st.integers(0, (1 << 32) - 1), max_size=15).map(tuple),
)
few_guids = st.sampled_from(_FEW_GUIDS)
guids = few_guids | st.uuids()
masks = st.builds(
    AccessMask,
    st.sampled_from([0x10, 0x100, 0x20094, 0xF01FF, 0x10000000]) | st.integers(0, (1 << 32) - 1),
)
flags = st.builds(AceFlags, st.integers(0, 255))
words = st.binary(max_size=5).map(lambda data: data + bytes(-len(data) % 4))


@st.composite
def aces(draw: st.DrawFn, trustees: st.SearchStrategy[Sid] = sids) -> Ace:
    """Entries of every type, with and without GUIDs and application data."""
    ace_type = draw(st.sampled_from(AceType))
    optional = st.none() | guids if ace_type in OBJECT_TYPES else st.none()
    return Ace(
        ace_type,
        draw(flags),
        draw(masks),
        draw(trustees),
        draw(optional),
        draw(optional),
        draw(st.just(b"") | words),
    )


@st.composite
def opaque_aces(draw: st.DrawFn) -> AnyAce:
    """Entries of types without a layout, as the decoder gives them."""
    type_code = draw(st.sampled_from([0x03, 0x04, 0x08, 0x0E, 0x10, 0x14, 0xFF]))
    body = draw(words)
    header = bytes([type_code, draw(flags), len(body) + 4, 0])
    return ace_wire.decode_ace(header + body)


acls = st.builds(
    Acl,
    st.sampled_from([2, 4]),
    st.lists(aces() | opaque_aces(), max_size=6).map(tuple),
    st.just(b"") | st.binary(max_size=5),
)
any_acls = acls | st.just(NullAcl()) | st.just(AbsentAcl())
descriptors = st.builds(
    SecurityDescriptor,
    st.builds(ControlFlags, st.integers(0, 0xFFFF)).map(lambda bits: bits & ~_DERIVED),
    st.none() | sids,
    st.none() | sids,
    any_acls,
    any_acls,
    st.integers(0, 255),
)

names = st.text(st.characters(exclude_characters="\0"), min_size=1, max_size=6)
_simple_names = st.from_regex(r"\Ax[A-Za-z0-9:./_@]{0,4}\Z")
_strings = st.text(st.characters(exclude_characters='"\0'), max_size=6)
attributes = st.builds(Attribute, st.just(AttributeKind.LOCAL), _simple_names) | st.builds(
    Attribute, st.sampled_from(list(AttributeKind)[1:]), names
)


@st.composite
def integers(draw: st.DrawFn) -> Integer:
    """Integers whose bits and sign agree, so that their text stands for them."""
    sign = draw(st.sampled_from(Sign))
    limits = (-(1 << 63), 0) if sign is Sign.MINUS else (0, (1 << 64) - 1)
    value = draw(st.integers(*limits))
    bases = [Base.DECIMAL, Base.HEXADECIMAL] if value == 0 else list(Base)
    return Integer(value, sign, draw(st.sampled_from(bases)))


singles: st.SearchStrategy[Integer | Text | Octets | Sid] = st.one_of(
    integers(),
    st.builds(Text, _strings),
    st.builds(Octets, st.binary(max_size=5)),
    sids,
)
literals: st.SearchStrategy[Literal] = singles | st.builds(
    Composite, st.lists(singles, max_size=3).map(tuple)
)
_right_attributes = attributes.filter(lambda one: one.kind is not AttributeKind.LOCAL)
_terms: st.SearchStrategy[Expression] = st.one_of(
    attributes,
    st.builds(
        Comparison, st.sampled_from(Relation), attributes, st.one_of(literals, _right_attributes)
    ),
    st.builds(
        Membership,
        st.sampled_from(MembershipTest),
        sids | st.builds(Composite, st.lists(sids, max_size=3).map(tuple)),
    ),
    st.builds(Existence, attributes, st.booleans()),
)
expressions: st.SearchStrategy[Expression] = st.recursive(
    _terms,
    lambda inner: st.builds(Negation, inner) | st.builds(Conjunction, inner, inner, st.booleans()),
    max_leaves=6,
)

_claim_values = {
    ClaimType.INT64: st.integers(-(1 << 63), (1 << 63) - 1),
    ClaimType.UINT64: st.integers(0, (1 << 64) - 1),
    ClaimType.STRING: _strings,
    ClaimType.SID: sids,
    ClaimType.BOOLEAN: st.integers(0, 1),
    ClaimType.OCTETS: st.binary(min_size=1, max_size=5),
}


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    """Resource attributes of every type."""
    claim_type = draw(st.sampled_from(ClaimType))
    values = st.lists(_claim_values[claim_type], max_size=4).map(tuple)
    return Claim(draw(names), claim_type, draw(st.integers(0, (1 << 32) - 1)), draw(values))

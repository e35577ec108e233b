"""
The evaluator against the access check of Samba's LDAP server, on random lists.

Samba differs from the specification in ways that are known, and none of them is asked about:
- an object entry that allows CONTROL_ACCESS and names the right grants whatever was asked
  (`check_object_specific_access`), so CONTROL_ACCESS is asked for alone or is in no entry;
- the grants of object entries and of plain ones are added up apart, so one bit is asked at a time;
- OWNER RIGHTS is not known, so there is no entry for it, and the owner is not in the token:
  versions from 4.18 on give the owner another set of implicit rights;
- no DACL is taken for a refusal;
- tokens have no SIDs that only deny, and lists of versions before 4.20 no conditions;
- the tree that is asked with is a single node, so no GUID of a class or a property set is in it;
- SELF is a SID like any other, so nobody has it in his token;
- generic bits of entries are not mapped, as directories do not store them.
"""

from collections.abc import Iterable
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from adaudit.access import Decision, ObjectFacts, Question, Token, evaluate
from adaudit.access.question import TypeNode
from adaudit.security import wire
from adaudit.security.ace import OBJECT_TYPES, Ace, AceFlags, AceType
from adaudit.security.descriptor import Acl, ControlFlags, SecurityDescriptor
from adaudit.security.rights import SEND_AS, AccessMask, Right
from adaudit.security.sid import EVERYONE, PRINCIPAL_SELF, Sid
from tests.differential.conftest import OracleDs
from tests.windows import descriptors

MEMBERS = [Sid(5, (21, 1, 2, 3, 1105)), Sid(5, (21, 1, 2, 3, 1201)), EVERYONE]
STRANGERS = [Sid(5, (21, 1, 2, 3, 1202)), Sid(5, (21, 9, 9, 9, 500))]
OWNER = Sid(5, (32, 544))
GUIDS = [UUID(int=1), UUID(int=2)]
TYPES = [
    AceType.ACCESS_ALLOWED,
    AceType.ACCESS_DENIED,
    AceType.ACCESS_ALLOWED_OBJECT,
    AceType.ACCESS_DENIED_OBJECT,
]
BITS = [1 << number for number in (0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19)]
CONTROL_ACCESS = 0x100
ASKED = settings(max_examples=150, deadline=None)


@st.composite
def aces(draw: st.DrawFn, masks: st.SearchStrategy[int]) -> Ace:
    kind = draw(st.sampled_from(TYPES))
    guids = st.none() | st.sampled_from(GUIDS) if int(kind) in OBJECT_TYPES else st.none()
    flags = draw(st.sampled_from([0x00, 0x02, 0x12, 0x0A, 0x1A, 0x08]))
    return Ace(
        kind,
        AceFlags(flags),
        AccessMask(draw(masks)),
        draw(st.sampled_from(MEMBERS + STRANGERS)),
        draw(guids),
        draw(guids),
    )


def lists(masks: st.SearchStrategy[int]) -> st.SearchStrategy[SecurityDescriptor]:
    return st.lists(aces(masks), max_size=12).map(described)


def described(entries: Iterable[Ace]) -> SecurityDescriptor:
    return SecurityDescriptor(ControlFlags(0), OWNER, OWNER, Acl(4, tuple(entries)))


def is_granted(descriptor: SecurityDescriptor, right: UUID, mask: int) -> bool:
    token = Token(MEMBERS[0], frozenset(MEMBERS), knows_claims=True)
    question = Question(
        Right("a right", AccessMask(mask), right), (TypeNode(0, right),), 0, ObjectFacts()
    )
    return evaluate(descriptor, token, question).decision is Decision.ALLOWED


def asked_of_samba(
    oracle: OracleDs, descriptor: SecurityDescriptor, right: UUID, mask: int
) -> bool:
    return oracle.granted(wire.encode(descriptor), map(str, MEMBERS), str(right), mask)


@ASKED
@given(
    descriptor=lists(st.sets(st.sampled_from(BITS), min_size=1).map(sum)),
    right=st.sampled_from(GUIDS),
    mask=st.sampled_from(BITS),
)
def test_a_right_on_a_property_is_granted_as_samba_does(
    oracle_ds: OracleDs, descriptor: SecurityDescriptor, right: UUID, mask: int
) -> None:
    expected = asked_of_samba(oracle_ds, descriptor, right, mask)
    assert is_granted(descriptor, right, mask) is expected


@ASKED
@given(descriptor=lists(st.just(CONTROL_ACCESS)), right=st.sampled_from(GUIDS))
def test_an_extended_right_is_granted_as_samba_does(
    oracle_ds: OracleDs, descriptor: SecurityDescriptor, right: UUID
) -> None:
    expected = asked_of_samba(oracle_ds, descriptor, right, CONTROL_ACCESS)
    assert is_granted(descriptor, right, CONTROL_ACCESS) is expected


@ASKED
@given(
    descriptor=lists(st.sampled_from([CONTROL_ACCESS, 0xF01FF, 0x20])),
    right=st.sampled_from(GUIDS),
)
def test_an_extended_right_is_granted_as_samba_does_where_entries_hold_more(
    oracle_ds: OracleDs, descriptor: SecurityDescriptor, right: UUID
) -> None:
    expected = asked_of_samba(oracle_ds, descriptor, right, CONTROL_ACCESS)
    assert is_granted(descriptor, right, CONTROL_ACCESS) is expected


def test_real_descriptors_grant_send_as_as_samba_does(oracle_ds: OracleDs) -> None:
    """Each trustee of each descriptor of a Windows Server 2019 domain is asked about."""
    right = SEND_AS.object_type
    assert right is not None
    different, allowed, asked = [], 0, 0
    for body in sorted(set(descriptors().values())):
        descriptor = wire.decode(body)
        assert isinstance(descriptor.dacl, Acl)
        trustees = {ace.trustee for ace in descriptor.dacl.entries if isinstance(ace, Ace)}
        for trustee in sorted(trustees - {descriptor.owner, PRINCIPAL_SELF}):
            token = Token(trustee, frozenset({trustee}), knows_claims=True)
            question = Question(SEND_AS, (TypeNode(0, right),), 0, ObjectFacts())
            ours = evaluate(descriptor, token, question).decision is Decision.ALLOWED
            theirs = oracle_ds.granted(body, [str(trustee)], str(right), CONTROL_ACCESS)
            asked, allowed = asked + 1, allowed + ours
            if ours is not theirs:
                different.append((trustee, body))
    assert (different, asked > 500, allowed > 50) == ([], True, True)

"""
To whom an entry applies on one object: surely, and perhaps.

This is `worlds._match` for all subjects at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from adaudit.access.bitmap import NONE, BitMap, union
from adaudit.access.carriers import Carriers
from adaudit.access.condition import condition_outcomes
from adaudit.access.relevance import Rule
from adaudit.access.token import Token
from adaudit.errors import DescriptorError
from adaudit.security import condition
from adaudit.security.ace import Ace
from adaudit.security.condition import Truth
from adaudit.security.descriptor import SecurityDescriptor
from adaudit.security.sid import NULL, Sid

_ANY_TESTS = frozenset(
    {condition.MembershipTest.MEMBER_OF_ANY, condition.MembershipTest.NOT_MEMBER_OF_ANY}
)
_USER_TESTS = _ANY_TESTS | {
    condition.MembershipTest.MEMBER_OF,
    condition.MembershipTest.NOT_MEMBER_OF,
}


@dataclass(frozen=True, slots=True)
class Reach:
    """To whom an entry applies; nobody is in both sets."""

    sure: BitMap
    doubtful: BitMap = NONE


NOBODY = Reach(NONE)


def reach(rule: Rule, met: Reach, descriptor: SecurityDescriptor, carriers: Carriers) -> Reach:
    """
    To whom an entry with `rule` applies, of those that its trustee means: `met`.

    `met` are the carriers of the SID that the trustee stands for on the object.
    """
    found = met
    if rule.condition is not None:
        found = _under_condition(rule.condition, found, descriptor, carriers)
    return counted(rule, found)


def counted(rule: Rule, met: Reach) -> Reach:
    """Nobody surely, if it is left open whether the entry counts."""
    is_open = rule.is_ambiguous and met.sure
    return Reach(NONE, met.sure | met.doubtful) if is_open else met


def _under_condition(
    ace: Ace, met: Reach, descriptor: SecurityDescriptor, carriers: Carriers
) -> Reach:
    """Those of whom a condition holds. What is UNKNOWN denies, and does not allow."""
    applying = {Truth.TRUE} if ace.allows else {Truth.TRUE, Truth.UNKNOWN}
    sure: list[BitMap] = []
    perhaps: list[BitMap] = []
    for subjects, outcomes in _outcomes(ace, met, descriptor, carriers):
        if outcomes & applying:
            (perhaps if outcomes - applying else sure).append(subjects)
    surely, possibly = union(sure), union(perhaps)
    doubtful = met.sure & possibly | met.doubtful & (surely | possibly)
    return Reach(met.sure & surely, doubtful)


def _outcomes(
    ace: Ace, met: Reach, descriptor: SecurityDescriptor, carriers: Carriers
) -> Iterator[tuple[BitMap, frozenset[Truth]]]:
    """
    What a condition comes to, for sets of subjects of whom all its tests say the same.

    The one thing that a condition can know of a token is which SIDs are in it.
    """
    tests = _tests(ace)
    named = {sid for test in tests for sid in test.sids if isinstance(sid, Sid)}
    blocks = [met.sure | met.doubtful]
    for test in tests:
        sure, possible = _meets(test, carriers)
        blocks = [part for block in blocks for part in _split(block, sure, possible)]
    for block in blocks:
        if block:
            token = _token_of(block.min(), named, carriers)
            yield block, condition_outcomes(ace, descriptor, token)


def _tests(ace: Ace) -> list[condition.Membership]:
    """The tests of membership in a condition; none in what is no condition."""
    try:
        pending = [condition.decode(ace.application_data)]
    except DescriptorError:
        return []
    found: dict[condition.Membership, None] = {}
    while pending:
        node = pending.pop()
        if isinstance(node, condition.Conjunction):
            pending += [node.left, node.right]
        elif isinstance(node, condition.Negation):
            pending.append(node.operand)
        elif isinstance(node, condition.Membership) and node.test in _USER_TESTS:
            found[node] = None
    return list(found)


def _meets(test: condition.Membership, carriers: Carriers) -> tuple[BitMap, BitMap]:
    """Who surely is in the groups of a test, in one or in all as it asks, and who may be."""
    groups = [sid for sid in test.sids if isinstance(sid, Sid)]
    sure = [carriers.sure(sid) for sid in groups]
    possible = [carriers.sure(sid) | carriers.doubtful(sid) for sid in groups]
    if test.test in _ANY_TESTS or not groups:
        return union(sure), union(possible)
    return BitMap.intersection(*sure), BitMap.intersection(*possible)


def _split(block: BitMap, sure: BitMap, possible: BitMap) -> Iterator[BitMap]:
    for part in (block & sure, block & possible - sure, block - possible - sure):
        if part:
            yield part


def _token_of(number: int, named: set[Sid], carriers: Carriers) -> Token:
    """A token that says of the SIDs in a condition what that of a subject says."""
    return Token(
        NULL,
        frozenset(sid for sid in named if number in carriers.sure(sid)),
        doubtful={sid: "not known" for sid in named if number in carriers.doubtful(sid)},
    )

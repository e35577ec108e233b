"""
The access check of directory objects, in stored order, bit by bit. [MS-ADTS] 5.1.3.3.

The steps are those of the specification, with its contradictions settled as follows: the owner
implicitly has READ_CONTROL and WRITE_DAC (not WRITE_OWNER); an empty DACL leaves him these; an
entry without an object type speaks of the whole object, extended rights included.

1. Generic bits of the request are mapped.
2. Privileges: ACCESS_SYSTEM_SECURITY comes from one alone, WRITE_OWNER may.
3. Without a DACL everything is granted.
4. The owner has his implicit rights, unless an effective OWNER RIGHTS entry is there.
5. Entries in stored order: each grants or denies, at its node of the tree, the bits that no
   earlier entry decided. Inherit-only entries, entries for others and entries for GUIDs outside
   the tree do nothing.
6. Access is granted if every bit that was asked for is.

Where it is not known whether an entry applies, all possibilities are tried (`worlds`), and if they
differ the verdict is UNDECIDED.
"""

from collections.abc import Sequence
from functools import reduce
from operator import and_

from adaudit.access.question import Question
from adaudit.access.token import Token
from adaudit.access.tree import Walk
from adaudit.access.verdict import Decision, Doubt, Reason, Verdict
from adaudit.access.worlds import World, worlds
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.rights import FULL_CONTROL, AccessMask, has_generic, map_generic

_SYSTEM_SECURITY = int(AccessMask.ACCESS_SYSTEM_SECURITY)
_MAXIMUM = int(AccessMask.MAXIMUM_ALLOWED)
_WRITE_OWNER = int(AccessMask.WRITE_OWNER)


def evaluate(descriptor: SecurityDescriptor, token: Token, question: Question) -> Verdict:
    """Decide `question` for `token` on an object with `descriptor`, and say why."""
    asked = map_generic(int(question.right.mask))  # step 1
    if asked & _SYSTEM_SECURITY:  # step 2
        if "SeSecurityPrivilege" not in token.privileges:
            return Verdict(Decision.DENIED, Reason.PRIVILEGE, AccessMask(0))
        asked &= ~_SYSTEM_SECURITY
    if not isinstance(descriptor.dacl, Acl):  # step 3
        return Verdict(Decision.ALLOWED, Reason.NO_DACL, FULL_CONTROL)
    outcomes = [
        (world, world.walk(question.node))
        for world in worlds(descriptor, descriptor.dacl, token, question)
    ]
    sure = AccessMask(reduce(and_, (walk.granted for _, walk in outcomes)))
    granted = {_is_granted(walk, asked) for _, walk in outcomes}
    if len(granted) > 1:
        return _undecided(descriptor, token, asked, outcomes, sure)
    if granted == {True}:
        return _allowed(*outcomes[-1], asked, sure)  # only sure entries grant in the last world
    favourable = next(outcome for outcome in reversed(outcomes) if outcome[0].is_favourable)
    return _denied(*favourable, asked, sure)  # only sure entries deny in a favourable world


def _is_granted(walk: Walk, asked: int) -> bool:
    """Step 6."""
    required = asked & ~_MAXIMUM
    return required & ~walk.granted == 0 and bool(walk.granted or not asked & _MAXIMUM)


def _allowed(world: World, walk: Walk, asked: int, sure: AccessMask) -> Verdict:
    positions = [walk.decided[bit] for bit in walk.decided if bit & asked & walk.granted]
    if positions:
        return _by_entry(world, walk, asked, max(positions), Decision.ALLOWED, sure)
    if asked == _MAXIMUM:
        return Verdict(Decision.ALLOWED, Reason.ENTRY, sure)  # of several entries none decides
    is_implicit = asked & world.standing.implicit & ~_WRITE_OWNER
    return Verdict(Decision.ALLOWED, Reason.OWNER if is_implicit else Reason.PRIVILEGE, sure)


def _denied(world: World, walk: Walk, asked: int, sure: AccessMask) -> Verdict:
    missing = asked & ~walk.granted
    positions = [walk.decided[bit] for bit in walk.decided if bit & missing]
    if positions:
        return _by_entry(world, walk, asked, min(positions), Decision.DENIED, sure)
    return Verdict(Decision.DENIED, Reason.NO_ENTRY, sure)


def _by_entry(
    world: World, walk: Walk, asked: int, position: int, decision: Decision, held: AccessMask
) -> Verdict:
    sure = [m for m in world.sure(asked, walk.node) if m.deciding and m.position >= position]
    deciding = sure[0].deciding
    allows = decision is Decision.ALLOWED
    notes = (
        ("the entry carries generic bits, which have no effect",)
        if (deciding and has_generic(int(deciding.ace.mask)))
        else ()
    )
    return Verdict(
        decision,
        Reason.ENTRY,
        held,
        deciding,
        tuple(m.deciding for m in sure[1:] if m.allows is not allows and m.deciding),
        tuple(m.deciding for m in sure[1:] if m.allows is allows and m.deciding),
        notes=notes,
    )


def _undecided(
    descriptor: SecurityDescriptor,
    token: Token,
    asked: int,
    outcomes: Sequence[tuple[World, Walk]],
    sure: AccessMask,
) -> Verdict:
    doubts: dict[Doubt, None] = {}
    if len({(world.standing.implicit & asked, world.matches) for world, _ in outcomes}) > 1:
        doubts[Doubt(None, None, _owner_doubt(descriptor, token))] = None
    for world, walk in outcomes:
        for match in world.matches:
            if match.doubt and world.speaks(match, asked, walk.node):
                doubts[match.doubt] = None
    return Verdict(Decision.UNDECIDED, Reason.DOUBT, sure, doubts=tuple(doubts))


def _owner_doubt(descriptor: SecurityDescriptor, token: Token) -> str:
    why = token.doubt(descriptor.owner) if descriptor.owner else None
    return f"whether the owner is meant: {why}" if why else "what the owner may do is not known"

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

Where it is not known whether an entry applies, all possibilities are tried, and if they differ
the verdict is UNDECIDED. More allowing and fewer denying entries never grant less, so two walks
stand for all: the most favourable and the least favourable one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import TypeGuard
from uuid import UUID

from adaudit.access.condition import condition_outcomes
from adaudit.access.question import Question
from adaudit.access.token import Token
from adaudit.access.tree import TypeTree, Walk, type_tree
from adaudit.access.verdict import Deciding, Decision, Doubt, Reason, Verdict
from adaudit.security.ace import ALLOW_TYPES, DENY_TYPES, Ace, OpaqueAce
from adaudit.security.condition import Truth
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.rights import FULL_CONTROL, AccessMask, has_generic, map_generic
from adaudit.security.sid import OWNER_RIGHTS, PRINCIPAL_SELF, Sid

_ALL_BITS = 0xFFFFFFFF
_ACCESS_TYPES = ALLOW_TYPES | DENY_TYPES
_SYSTEM_SECURITY = int(AccessMask.ACCESS_SYSTEM_SECURITY)
_MAXIMUM = int(AccessMask.MAXIMUM_ALLOWED)
_READ_CONTROL = int(AccessMask.READ_CONTROL)
_WRITE_DAC = int(AccessMask.WRITE_DAC)
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
    worlds = tuple(_worlds(descriptor, descriptor.dacl, token, question))
    outcomes = [(world, world.walk(question.node)) for world in worlds]
    sure = AccessMask(reduce(and_, (walk.granted for _, walk in outcomes)))
    granted = {_is_granted(walk, asked) for _, walk in outcomes}
    if len(granted) > 1:
        return _undecided(descriptor, token, asked, outcomes, sure)
    if granted == {True}:
        return _allowed(*outcomes[-1], asked, sure)  # only sure entries grant in the last world
    favourable = next(outcome for outcome in reversed(outcomes) if outcome[0].is_favourable)
    return _denied(*favourable, asked, sure)  # only sure entries deny in a favourable world


@dataclass(frozen=True, slots=True)
class _Match:
    """An entry that applies to the token, surely or, with a doubt, perhaps."""

    position: int
    allows: bool
    mask: int
    object_type: UUID | None
    deciding: Deciding | None
    doubt: Doubt | None = None


@dataclass(frozen=True, slots=True)
class _Standing:
    """Whether the token is the owner's, and what it holds before any entry."""

    is_owner: bool
    implicit: int


@dataclass(frozen=True, slots=True)
class _World:
    """One of the possibilities: who is owner, and how doubtful entries turn out."""

    standing: "_Standing"
    matches: Sequence[_Match]
    is_favourable: bool
    """Whether doubtful entries apply if they allow, or else if they deny"""
    tree: TypeTree

    def walk(self, node: int) -> Walk:
        """Apply the entries in stored order: step 5."""
        walk = Walk(self.tree, node, self.standing.implicit)
        for match in self.matches:
            if match.doubt is None or match.allows is self.is_favourable:
                walk.apply(match.position, match.allows, match.mask, match.object_type)
        return walk

    def sure(self, asked: int, node: int) -> Iterator[_Match]:
        """The entries that surely apply and speak of what was asked for."""
        for match in self.matches:
            if match.doubt is None and self.speaks(match, asked, node):
                yield match

    def speaks(self, match: _Match, asked: int, node: int) -> bool:
        """Whether an entry can bear on the bits and the node that were asked for."""
        return bool(match.mask & asked) and self.tree.bears_on(match.object_type, node)


def _worlds(
    descriptor: SecurityDescriptor, dacl: Acl, token: Token, question: Question
) -> Iterator[_World]:
    """All possibilities that have to be tried; those where the token is not the owner's last."""
    tree = type_tree(question.type_list)
    for standing in _standings(descriptor, dacl, token, question):
        is_owner = standing.is_owner
        matches = tuple(_matches(descriptor, dacl, token, question, is_owner=is_owner))
        has_doubt = any(match.doubt for match in matches)
        for is_favourable in (True, False) if has_doubt else (True,):
            yield _World(standing, matches, is_favourable, tree)


def _standings(
    descriptor: SecurityDescriptor, dacl: Acl, token: Token, question: Question
) -> Iterator[_Standing]:
    """Steps 2 and 4. A SID that is deny-only makes no owner."""
    bits = _WRITE_OWNER if "SeTakeOwnershipPrivilege" in token.privileges else 0
    owner = descriptor.owner
    is_doubtful = owner is not None and token.doubt(owner) is not None
    if is_doubtful or owner in token.sids:
        for implicit in _owner_bits(dacl, token, question):
            yield _Standing(is_owner=True, implicit=bits | implicit)
    if is_doubtful or owner not in token.sids:
        yield _Standing(is_owner=False, implicit=bits)


def _owner_bits(dacl: Acl, token: Token, question: Question) -> tuple[int, ...]:
    """What the owner holds implicitly: all that it may be."""
    effective = [ace for ace in dacl.entries if not ace.is_inherit_only]
    if any(isinstance(ace, Ace) and ace.trustee == OWNER_RIGHTS for ace in effective):
        return (0,)
    facts = question.facts
    spared = not facts.blocks_owner or bool(facts.owner_exempt & token.sids)
    possible = [_READ_CONTROL | _WRITE_DAC if spared else _READ_CONTROL]
    if not spared and any(token.doubt(sid) for sid in facts.owner_exempt):
        possible.append(_READ_CONTROL | _WRITE_DAC)
    if any(_is_obscure(ace) for ace in effective):
        possible.append(0)  # what is not understood may be an entry for OWNER RIGHTS
    return tuple(possible)


def _is_obscure(ace: AnyAce) -> TypeGuard[OpaqueAce]:
    """Whether an entry allows or denies, and nothing else is known of it."""
    return isinstance(ace, OpaqueAce) and ace.type_code in _ACCESS_TYPES


def _matches(
    descriptor: SecurityDescriptor,
    dacl: Acl,
    token: Token,
    question: Question,
    *,
    is_owner: bool,
) -> Iterator[_Match]:
    """The entries that take effect on the object and apply to the token, or may."""
    for position, ace in enumerate(dacl.entries):
        if ace.is_inherit_only:
            continue
        if _is_obscure(ace):
            yield _opaque_match(position, ace)
        elif isinstance(ace, Ace) and (ace.allows or ace.denies):
            sid = _meant(ace.trustee, descriptor, question, is_owner=is_owner)
            if sid is not None:
                yield from _match(position, ace, sid, descriptor, token, question)


def _opaque_match(position: int, ace: OpaqueAce) -> _Match:
    doubt = Doubt(position, ace, f"the entry is not understood: {ace.reason}")
    return _Match(position, ace.type_code in ALLOW_TYPES, _ALL_BITS, None, None, doubt)


def _meant(
    trustee: Sid, descriptor: SecurityDescriptor, question: Question, *, is_owner: bool
) -> Sid | None:
    """Whom a trustee stands for on this object; None for nobody."""
    if trustee == PRINCIPAL_SELF:
        return question.facts.sid
    if trustee == OWNER_RIGHTS:
        return descriptor.owner if is_owner else None
    return trustee


def _match(
    position: int,
    ace: Ace,
    sid: Sid,
    descriptor: SecurityDescriptor,
    token: Token,
    question: Question,
) -> Iterator[_Match]:
    is_owner_entry = ace.trustee == OWNER_RIGHTS  # whether it applies was settled with the owner
    is_in = sid in token.sids or (ace.denies and sid in token.deny_only) or is_owner_entry
    why = None if is_in else token.doubt(sid)
    if not is_in and why is None:
        return
    if ace.is_callback:
        outcomes = condition_outcomes(ace, descriptor, token)
        applying = {Truth.TRUE} if ace.allows else {Truth.TRUE, Truth.UNKNOWN}
        if not outcomes & applying:
            return
        if outcomes - applying:
            why = why or "its condition hangs on claims that are not known"
    if ace.object_type in question.ambiguous:
        why = why or "whether an entry for the class counts is up to the program that asks"
    yield _Match(
        position,
        ace.allows,
        int(ace.mask),
        ace.object_type,
        Deciding(position, ace, sid),
        Doubt(position, ace, why) if why else None,
    )


def _is_granted(walk: Walk, asked: int) -> bool:
    """Step 6."""
    required = asked & ~_MAXIMUM
    return required & ~walk.granted == 0 and bool(walk.granted or not asked & _MAXIMUM)


def _allowed(world: _World, walk: Walk, asked: int, sure: AccessMask) -> Verdict:
    positions = [walk.decided[bit] for bit in walk.decided if bit & asked & walk.granted]
    if positions:
        return _by_entry(world, walk, asked, max(positions), Decision.ALLOWED, sure)
    implicit = asked & world.standing.implicit
    reason = Reason.OWNER if implicit & ~_WRITE_OWNER else Reason.PRIVILEGE
    if asked == _MAXIMUM:
        reason = Reason.ENTRY
    return Verdict(Decision.ALLOWED, reason, sure)


def _denied(world: _World, walk: Walk, asked: int, sure: AccessMask) -> Verdict:
    missing = asked & ~walk.granted
    positions = [walk.decided[bit] for bit in walk.decided if bit & missing]
    if positions:
        return _by_entry(world, walk, asked, min(positions), Decision.DENIED, sure)
    return Verdict(Decision.DENIED, Reason.NO_ENTRY, sure)


def _by_entry(
    world: _World, walk: Walk, asked: int, position: int, decision: Decision, held: AccessMask
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
    outcomes: Sequence[tuple[_World, Walk]],
    sure: AccessMask,
) -> Verdict:
    doubts: dict[Doubt, None] = {}
    if len({world.standing for world, _ in outcomes}) > 1:
        doubts[Doubt(None, None, _owner_doubt(descriptor, token))] = None
    for world, walk in outcomes:
        for match in world.matches:
            if match.doubt and world.speaks(match, asked, walk.node):
                doubts[match.doubt] = None
    return Verdict(Decision.UNDECIDED, Reason.DOUBT, sure, doubts=tuple(doubts))


def _owner_doubt(descriptor: SecurityDescriptor, token: Token) -> str:
    why = token.doubt(descriptor.owner) if descriptor.owner else None
    return f"whether the owner is meant: {why}" if why else "what the owner may do is not known"

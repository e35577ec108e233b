"""
All that an access check may come to, where not everything is known.

Whether an entry applies may hang on a membership that was not read, on a claim, or on what is not
understood of it; so may who is owner. Each possibility is a world, and the check runs in each.
More allowing and fewer denying entries never grant less, so of the ways in which doubtful entries
may turn out two stand for all: the most favourable and the least favourable one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeGuard
from uuid import UUID

from adaudit.access.condition import condition_outcomes
from adaudit.access.question import Question
from adaudit.access.token import Token
from adaudit.access.tree import TypeTree, Walk, type_tree
from adaudit.access.verdict import Deciding, Doubt
from adaudit.security.ace import ALLOW_TYPES, DENY_TYPES, Ace, AnyAce, OpaqueAce
from adaudit.security.condition import Truth
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.rights import AccessMask
from adaudit.security.sid import OWNER_RIGHTS, PRINCIPAL_SELF, Sid

_ALL_BITS = 0xFFFFFFFF
_ACCESS_TYPES = ALLOW_TYPES | DENY_TYPES
_READ_CONTROL = int(AccessMask.READ_CONTROL)
_WRITE_DAC = int(AccessMask.WRITE_DAC)
_WRITE_OWNER = int(AccessMask.WRITE_OWNER)


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that applies to the token, surely or, with a doubt, perhaps."""

    position: int
    allows: bool
    mask: int
    object_type: UUID | None
    deciding: Deciding | None
    doubt: Doubt | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether the token is the owner's, and what it holds before any entry."""

    is_owner: bool
    implicit: int


@dataclass(frozen=True, slots=True)
class World:
    """One of the possibilities: who is owner, and how doubtful entries turn out."""

    standing: Standing
    matches: Sequence[Match]
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

    def sure(self, asked: int, node: int) -> Iterator[Match]:
        """The entries that surely apply and speak of what was asked for."""
        for match in self.matches:
            if match.doubt is None and self.speaks(match, asked, node):
                yield match

    def speaks(self, match: Match, asked: int, node: int) -> bool:
        """Whether an entry can bear on the bits and the node that were asked for."""
        return bool(match.mask & asked) and self.tree.bears_on(match.object_type, node)


def worlds(
    descriptor: SecurityDescriptor, dacl: Acl, token: Token, question: Question
) -> Iterator[World]:
    """All possibilities that have to be tried; those where the token is not the owner's last."""
    tree = type_tree(question.type_list)
    for standing in _standings(descriptor, dacl, token, question):
        is_owner = standing.is_owner
        matches = tuple(_matches(descriptor, dacl, token, question, tree, is_owner=is_owner))
        has_doubt = any(match.doubt for match in matches)
        for is_favourable in (True, False) if has_doubt else (True,):
            yield World(standing, matches, is_favourable, tree)


def _standings(
    descriptor: SecurityDescriptor, dacl: Acl, token: Token, question: Question
) -> Iterator[Standing]:
    """Steps 2 and 4. A SID that is deny-only makes no owner."""
    bits = _WRITE_OWNER if "SeTakeOwnershipPrivilege" in token.privileges else 0
    owner = descriptor.owner
    is_doubtful = owner is not None and token.doubt(owner) is not None
    if is_doubtful or owner in token.sids:
        for implicit in _owner_bits(dacl, token, question):
            yield Standing(is_owner=True, implicit=bits | implicit)
    if is_doubtful or owner not in token.sids:
        yield Standing(is_owner=False, implicit=bits)


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
    tree: TypeTree,
    *,
    is_owner: bool,
) -> Iterator[Match]:
    """The entries that take effect on what is asked about and apply to the token, or may."""
    for position, ace in enumerate(dacl.entries):
        if ace.is_inherit_only:
            continue
        if _is_obscure(ace):
            yield _opaque_match(position, ace)
        elif (
            isinstance(ace, Ace)
            and tree.node_of(ace.object_type) is not None
            and (ace.allows or ace.denies)
        ):
            sid = _meant(ace.trustee, descriptor, question, is_owner=is_owner)
            if sid is not None:
                yield from _match(position, ace, sid, descriptor, token, question)


def _opaque_match(position: int, ace: OpaqueAce) -> Match:
    doubt = Doubt(position, ace, f"the entry is not understood: {ace.reason}")
    return Match(position, ace.type_code in ALLOW_TYPES, _ALL_BITS, None, None, doubt)


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
) -> Iterator[Match]:
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
    yield Match(
        position,
        ace.allows,
        int(ace.mask),
        ace.object_type,
        Deciding(position, ace, sid),
        Doubt(position, ace, why) if why else None,
    )

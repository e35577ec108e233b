"""
Who holds a right on one object: all subjects at once, as sets, with what decides for each.

`evaluate` is the specification: for every subject the answer, its reason and the deciding entry
are those that it gives for the subject's token.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from adaudit.access.applying import NOBODY, Reach, reach
from adaudit.access.bitmap import NONE, BitMap, union
from adaudit.access.carriers import Carriers
from adaudit.access.ownership import NOT_OWNER, OWNER_BITS, Ownership, Pool
from adaudit.access.pools import Effect, slices
from adaudit.access.question import Question
from adaudit.access.relevance import Scope, is_obscure, scope_of
from adaudit.access.verdict import Deciding, Decision, Reason
from adaudit.security.ace import Ace
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.sid import OWNER_RIGHTS, PRINCIPAL_SELF, Sid


@dataclass(frozen=True, slots=True)
class Part:
    """Subjects for whom the same thing decides alike."""

    subjects: BitMap
    """Numbers of `Carriers`; never empty, and not to be changed"""
    decision: Decision
    reason: Reason
    deciding: Deciding | None = None
    """The entry that decides, None where none does"""


@dataclass(frozen=True, slots=True)
class Holding:
    """The answer to one question on one object, for all subjects."""

    parts: tuple[Part, ...]
    """Each subject is in one of them, and no two are of the same decision, reason and entry"""

    @property
    def allowed(self) -> BitMap:
        """Who holds the right."""
        return self._subjects(Decision.ALLOWED)

    @property
    def denied(self) -> BitMap:
        """Who does not hold it."""
        return self._subjects(Decision.DENIED)

    @property
    def undecided(self) -> BitMap:
        """Those of whom it hangs on what is not known."""
        return self._subjects(Decision.UNDECIDED)

    def part(self, number: int) -> Part | None:
        """The part that a subject is in, None for a number that is no subject's."""
        return next((part for part in self.parts if number in part.subjects), None)

    def _subjects(self, decision: Decision) -> BitMap:
        return union(part.subjects for part in self.parts if part.decision is decision)


def holding(descriptor: SecurityDescriptor, question: Question, carriers: Carriers) -> Holding:
    """Decide `question` on an object with `descriptor` for every subject of `carriers`."""
    scope = scope_of(question)
    if scope.is_privileged:
        return _alike(carriers, Decision.DENIED, Reason.PRIVILEGE)
    if not isinstance(descriptor.dacl, Acl):
        return _alike(carriers, Decision.ALLOWED, Reason.NO_DACL)
    relevant = list(_relevant(descriptor, descriptor.dacl, question, scope, carriers))
    effects = [each.effect for each in relevant]
    found: dict[tuple[Decision, Reason, int | None], list[BitMap]] = defaultdict(list)
    is_owner_special = scope.bits & OWNER_BITS or any(effect.is_for_owner for effect in effects)
    pools = (
        _pools(descriptor, descriptor.dacl, question, carriers)
        if is_owner_special
        else (Pool(carriers.everyone, (NOT_OWNER,)),)
    )
    for pool in pools:
        for part in slices(effects, pool.subjects, pool.standings, scope):
            if part.subjects:
                found[part.decision, part.reason, part.position].append(part.subjects)
    return Holding(
        tuple(
            Part(union(sets), decision, reason, None if index is None else relevant[index].deciding)
            for (decision, reason, index), sets in found.items()
        )
    )


@dataclass(frozen=True, slots=True)
class _Relevant:
    """An entry on which the answer may hang."""

    effect: Effect
    deciding: Deciding | None
    """What to say if it decides; None for one that is not understood, which is doubtful always"""


def _relevant(
    descriptor: SecurityDescriptor,
    dacl: Acl,
    question: Question,
    scope: Scope,
    carriers: Carriers,
) -> Iterator[_Relevant]:
    for position, ace in enumerate(dacl.entries):
        rule = scope.rule(ace)
        if rule is None:
            continue
        if not isinstance(ace, Ace):
            yield _Relevant(Effect(rule, Reach(NONE, carriers.everyone)), None)
            continue
        sid, met = _met(ace.trustee, descriptor, question, carriers)
        found = reach(rule, met, descriptor, carriers)
        if sid is not None and (found.sure or found.doubtful):
            is_for_owner = ace.trustee == OWNER_RIGHTS
            yield _Relevant(Effect(rule, found, is_for_owner), Deciding(position, ace, sid))


def _met(
    trustee: Sid, descriptor: SecurityDescriptor, question: Question, carriers: Carriers
) -> tuple[Sid | None, Reach]:
    """Whom a trustee stands for on the object, and who carries that."""
    if trustee == OWNER_RIGHTS:
        owner = descriptor.owner
        if owner is None:
            return None, NOBODY
        return owner, Reach(carriers.sure(owner) | carriers.doubtful(owner))
    sid = question.facts.sid if trustee == PRINCIPAL_SELF else trustee
    return sid, NOBODY if sid is None else Reach(carriers.sure(sid), carriers.doubtful(sid))


def _pools(
    descriptor: SecurityDescriptor, dacl: Acl, question: Question, carriers: Carriers
) -> Iterator[Pool]:
    effective = [ace for ace in dacl.entries if not ace.is_inherit_only]
    has_entry = any(isinstance(ace, Ace) and ace.trustee == OWNER_RIGHTS for ace in effective)
    has_obscure = any(is_obscure(ace) for ace in effective)
    return Ownership(descriptor.owner, has_entry, has_obscure, question.facts).pools(carriers)


def _alike(carriers: Carriers, decision: Decision, reason: Reason) -> Holding:
    return Holding((Part(carriers.everyone, decision, reason),) if carriers.everyone else ())

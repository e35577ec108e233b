"""Relevant lists evaluated, each for all subjects at once, or for some of them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from adaudit.access.applying import Reach, counted
from adaudit.access.bitmap import NONE, BitMap, union
from adaudit.access.carriers import Carriers
from adaudit.access.inventory import RelevantList
from adaudit.access.kinds import ALLOWS, INTRICATE, NEITHER, RightKinds
from adaudit.access.listing import KIND_BITS, KIND_MASK
from adaudit.access.ownership import NOT_OWNER, OWNER_BITS, Ownership, Pool
from adaudit.access.pools import Effect, Slice, slices
from adaudit.access.trustees import NO_ONE, OBSCURE, OWNER, SELF, Trustees
from adaudit.access.verdict import Decision, Reason


@dataclass(frozen=True, slots=True)
class Plan:
    """All that the answer on an object hangs on, but for whom SELF stands for."""

    relevant: RelevantList
    question: int
    """Which one of the right's questions"""
    owner: int = NO_ONE
    """The trustee who owns it, where that matters"""


class Matcher:
    """Evaluates plans for one right."""

    def __init__(self, kinds: RightKinds, trustees: Trustees, carriers: Carriers) -> None:
        self._kinds = kinds
        self._trustees = trustees
        self._carriers = carriers

    def is_owner_special(self, relevant: RelevantList, question: int) -> bool:
        """Whether the answer on objects with that list hangs on their owner."""
        return OWNER in relevant.trustees or bool(self._kinds.scopes[question].bits & OWNER_BITS)

    def slices(self, plan: Plan, pool: BitMap, selves: Reach | None = None) -> tuple[Slice, ...]:
        """
        Decide for the subjects of `pool`; the positions are those in the list.

        `selves` are those who carry what SELF stands for, None for nobody.
        """
        scope = self._kinds.scopes[plan.question]
        if scope.is_privileged:
            return (Slice(pool, Decision.DENIED, Reason.PRIVILEGE),)
        if not plan.relevant.has_list:
            return (Slice(pool, Decision.ALLOWED, Reason.NO_DACL),)
        if not plan.owner and scope.bits and (selves is None or not selves.doubtful):
            found = self._first_matches(plan, pool, NONE if selves is None else selves.sure)
            if found is not None:
                return tuple(found)
        return tuple(self._intricate(plan, pool, selves))

    def _first_matches(self, plan: Plan, pool: BitMap, selves: BitMap) -> list[Slice] | None:
        """
        The usual case: whoever an entry is for, it decides for, if none before did.

        None where an entry decides not all, or not surely. This is the hot loop: some
        microseconds for each entry, and most of a run is spent in it.
        """
        effects = self._kinds.effects(plan.question)
        plain = self._trustees.plain
        still = pool.copy()
        found: list[Slice] = []
        for position, code in enumerate(plan.relevant.codes):
            effect = effects[code & KIND_MASK]
            if effect >= NEITHER:
                if effect == INTRICATE:
                    return None
                continue
            trustee = code >> KIND_BITS
            members = selves if trustee == SELF else plain[trustee]
            if members is None:
                if trustee == OWNER:
                    continue  # it is for nobody: else the case were none of these
                return None
            if isinstance(members, int):
                if members not in still:
                    continue
                decided = BitMap((members,))
            else:
                decided = members & still
                if not decided:
                    continue
            decision = Decision.ALLOWED if effect == ALLOWS else Decision.DENIED
            found.append(Slice(decided, decision, Reason.ENTRY, position))
            still -= decided
            if not still:
                return found
        found.append(Slice(still, Decision.DENIED, Reason.NO_ENTRY))
        return found

    def _intricate(self, plan: Plan, pool: BitMap, selves: Reach | None) -> Iterator[Slice]:
        relevant = list(self._effects(plan, selves))
        effects = [effect for _, effect in relevant]
        scope = self._kinds.scopes[plan.question]
        found: dict[tuple[Decision, Reason, int | None], list[BitMap]] = defaultdict(list)
        for part in self._pools(plan):
            for one in slices(effects, part.subjects & pool, part.standings, scope):
                if one.subjects:
                    place = None if one.position is None else relevant[one.position][0]
                    found[one.decision, one.reason, place].append(one.subjects)
        for (decision, reason, position), sets in found.items():
            yield Slice(union(sets), decision, reason, position)

    def _effects(self, plan: Plan, selves: Reach | None) -> Iterator[tuple[int, Effect]]:
        rules = self._kinds.rules(plan.question)
        for position, code in enumerate(plan.relevant.codes):
            rule = rules[code & KIND_MASK]
            trustee = code >> KIND_BITS
            reach = None if rule is None else self._reach(trustee, plan, selves)
            if rule is not None and reach is not None:
                yield position, Effect(rule, counted(rule, reach), trustee == OWNER)

    def _reach(self, trustee: int, plan: Plan, selves: Reach | None) -> Reach | None:
        if trustee == SELF:
            return selves
        if trustee == OBSCURE:
            return Reach(NONE, self._carriers.everyone)
        if trustee == OWNER:
            owners = self._trustees.reach(plan.owner) if plan.owner else None
            return Reach(owners.sure | owners.doubtful) if owners else None
        return self._trustees.reach(trustee)

    def _pools(self, plan: Plan) -> Iterator[Pool]:
        if not plan.owner:
            yield Pool(self._carriers.everyone, (NOT_OWNER,))
            return
        trustees = plan.relevant.trustees
        facts = self._kinds.questions[plan.question].facts
        owner = self._trustees.sid(plan.owner)
        ownership = Ownership(owner, OWNER in trustees, OBSCURE in trustees, facts)
        yield from ownership.pools(self._carriers)

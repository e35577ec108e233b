"""Relevant lists evaluated, each for all subjects at once, or for some of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
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
from adaudit.access.worlds import Standing


@dataclass(frozen=True, slots=True)
class Plan:
    """All that the answer on an object hangs on, but for whom SELF stands for."""

    relevant: RelevantList
    question: int
    """Which one of the right's questions"""
    owner: int = NO_ONE
    """The trustee who owns it, where that matters"""


_NO_OWNERS = (NOT_OWNER,)
_MOST_POOLS = 1 << 10
"""Objects have few owners, or many with few objects each"""


class Matcher:
    """Evaluates plans for one right."""

    def __init__(self, kinds: RightKinds, trustees: Trustees, carriers: Carriers) -> None:
        self._kinds = kinds
        self._trustees = trustees
        self._carriers = carriers
        self._known_pools: dict[tuple[int, int, bool, bool], Sequence[Pool]] = {}

    def is_owner_special(self, relevant: RelevantList, question: int) -> bool:
        """Whether the answer on objects with that list hangs on their owner."""
        return OWNER in relevant.special or bool(self._kinds.scopes[question].bits & OWNER_BITS)

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
        pools = [(part.subjects & pool, part.standings) for part in self._pools(plan)]
        found = [
            one
            for subjects, standings in pools
            if subjects
            for one in self._of_pool(plan, subjects, standings, selves)
        ]
        is_merged = len(pools) == 1 or len({one[1:] for one in found}) == len(found)
        return tuple(found) if is_merged else _merged(found)

    def _of_pool(
        self, plan: Plan, pool: BitMap, standings: tuple[Standing, ...], selves: Reach | None
    ) -> Iterable[Slice]:
        scope = self._kinds.scopes[plan.question]
        if standings == _NO_OWNERS and scope.bits and (selves is None or not selves.doubtful):
            found = self._first_matches(plan, pool, NONE if selves is None else selves.sure)
            if found is not None:
                return found
        if len(standings) == 1 and scope.is_granted_by(standings[0].implicit):
            return [Slice(pool, Decision.ALLOWED, Reason.OWNER)]
        relevant = list(self._effects(plan, selves))
        effects = [effect for _, effect in relevant]
        return [
            one if one.position is None else one._replace(position=relevant[one.position][0])
            for one in slices(effects, pool, standings, scope)
            if one.subjects
        ]

    def _first_matches(self, plan: Plan, pool: BitMap, selves: BitMap) -> list[Slice] | None:
        """
        The usual case: none is the owner, and whoever an entry is for, it decides all for them.

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
                    continue  # it is for none of these
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

    def _pools(self, plan: Plan) -> Sequence[Pool]:
        if not plan.owner:
            return (Pool(self._carriers.everyone, _NO_OWNERS),)
        special = plan.relevant.special
        key = (plan.owner, plan.question, OWNER in special, OBSCURE in special)
        known = self._known_pools.get(key)
        if known is None:
            if len(self._known_pools) >= _MOST_POOLS:
                self._known_pools.clear()
            known = self._known_pools[key] = self._owned(
                *key[:2], has_entry=key[2], has_obscure=key[3]
            )
        return known

    def _owned(
        self, owner: int, question: int, *, has_entry: bool, has_obscure: bool
    ) -> Sequence[Pool]:
        facts = self._kinds.questions[question].facts
        ownership = Ownership(self._trustees.sid(owner), has_entry, has_obscure, facts)
        pools = [pool for pool in ownership.pools(self._carriers) if pool.subjects]
        for pool in pools:
            if pool.standings == _NO_OWNERS:
                pool.subjects.run_optimize()  # nearly everyone: the first sets are taken off runs
        return pools


def _merged(found: Iterable[Slice]) -> tuple[Slice, ...]:
    """The same slices, with those in one that are decided by the same."""
    sets: dict[tuple[Decision, Reason, int | None], list[BitMap]] = defaultdict(list)
    for subjects, decision, reason, position in found:
        sets[decision, reason, position].append(subjects)
    return tuple(Slice(union(parts), *decided_by) for decided_by, parts in sets.items())

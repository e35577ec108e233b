"""
The graph that tokens are grown on at one server, for all subjects at once.

A node is a SID at a stage, for which groups may follow on it hangs on both; the arcs are those
that `growth` counts. Whether an arc counts does not depend on the subject: a global group only
counts in the domain of its subject, and whatever it was reached from is of that domain too.

Principals and groups are numbers of the population here, and SIDs are bytes.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from adaudit.access.bitmap import NONE, BitMap, union
from adaudit.access.growth import Server
from adaudit.access.members import member_sets
from adaudit.directory.census import GroupKind
from adaudit.directory.issuing import domain_of
from adaudit.directory.population import Population
from adaudit.directory.principal import GroupScope

AFTER_ACCOUNT = int(GroupScope.DOMAIN_LOCAL)
"""The stage of SIDs that come in when the groups of the account are already found"""
END = len(GroupScope) + 1

ByDomain = Mapping[bytes | None, BitMap]
"""Subjects by the domain that issued their SIDs, None for those that no domain did"""


@dataclass(frozen=True, slots=True)
class Step:
    """A group that tokens hold at the server."""

    node: int
    scope: GroupScope
    domain: bytes | None
    """The domain that issued its SID"""

    @property
    def is_global(self) -> bool:
        """Whether it counts in its domain alone."""
        return self.scope is GroupScope.GLOBAL

    def counts_from(self, domain: bytes | None) -> bool:
        """Whether it counts for a SID of a domain."""
        return self.scope is not GroupScope.GLOBAL or self.domain == domain


class Ascent:
    """All SIDs that subjects reach: `enter` them, `put` what else they hold, then `carriers`."""

    def __init__(self, server: Server, population: Population) -> None:
        self._server = server
        self._population = population
        self._nodes: dict[tuple[bytes, int], int] = {}
        self.keys: list[tuple[bytes, int]] = []
        """The SID and the stage of each node"""
        self.direct: dict[int, list[BitMap]] = defaultdict(list)
        """By node: the subjects that hold it themselves"""
        self._above: dict[int, list[int]] = {}
        self._steps: dict[int, Step | None] = {}
        self._counting: dict[GroupKind, bool] = {}
        self._inner = NONE
        """Principals whose groups are in `_rungs`"""
        self._rungs: dict[int, list[int]] = defaultdict(list)

    def enter(self, subjects: Sequence[bytes]) -> None:
        """Take the groups that each subject is directly in, and its SID history."""
        population = self._population
        direct: dict[int, array[int]] = defaultdict(lambda: array("I"))
        for number, sid in enumerate(subjects):
            principal = population.numbers.get(sid)
            if principal is not None:
                for node in self._entered(principal, domain_of(sid)):
                    direct[node].append(number)
        for node, numbers in direct.items():
            self.direct[node].append(BitMap(numbers))

    def _entered(self, principal: int, domain: bytes | None) -> Iterator[int]:
        for group in self._population.upward.above(principal):
            step = self.step(group)
            if step is not None and step.counts_from(domain):
                yield step.node
        for old in self._population.history.get(principal, ()):
            yield self._node(old, AFTER_ACCOUNT)

    def enter_accounts(self, accounts: BitMap, by_domain: ByDomain) -> None:
        """
        The same for all accounts, under the numbers that the population has for them.

        Lists of members are taken as they are, without a look at each arc.
        """
        population = self._population
        self._inner = BitMap(range(len(accounts), len(population.numbers)))
        self._inner |= by_domain.get(None, NONE)
        self._inner |= self._enter_histories(accounts)
        for lists in (population.members, population.primary_members):
            for group, members in lists.items():
                step = self.step(group)
                if step is not None:
                    found = BitMap(members)
                    for member in found & self._inner:
                        self._rungs[member].append(group)
                    counted = by_domain.get(step.domain, NONE) if step.is_global else accounts
                    self.direct[step.node].append(found & counted)

    def _enter_histories(self, accounts: BitMap) -> BitMap:
        """Put what accounts held before; the principals that are meant by old SIDs."""
        held_before: dict[bytes, array[int]] = defaultdict(lambda: array("I"))
        for number, olds in self._population.history.items():
            for old in olds:
                held_before[old].append(number)
        for old, numbers in held_before.items():
            self.put(old, AFTER_ACCOUNT, BitMap(numbers) & accounts)
        meant = map(self._population.numbers.get, held_before)
        return BitMap(number for number in meant if number is not None)

    def put(self, sid: bytes, stage: int, subjects: BitMap) -> None:
        """Let subjects hold a SID from a stage on."""
        if subjects:
            self.direct[self._node(sid, stage)].append(subjects)

    def carriers(self) -> dict[bytes, BitMap]:
        """For each SID that is reached from another one: the numbers of the subjects below it."""
        below = self._below()
        direct = [union(self.direct.get(node, ())) for node in range(len(below))]
        found: dict[bytes, BitMap] = {}
        for (sid, _), united in zip(self.keys, member_sets(direct, below), strict=True):
            found[sid] = found[sid] | united if sid in found else united
        return found

    def graph(self) -> list[list[int]]:
        """For each node those that follow directly on it; all that are reached are nodes then."""
        return [self.above(node) for node, _ in enumerate(self.keys)]  # which grow meanwhile

    def _below(self) -> list[list[int]]:
        """For each node those that lead directly to it."""
        above = self.graph()
        below: list[list[int]] = [[] for _ in above]
        for node, following in enumerate(above):
            for each in following:
                below[each].append(node)
        return below

    def reached(self, starts: Iterable[int]) -> set[bytes]:
        """All SIDs at and above some nodes."""
        found = set(starts)
        queue = list(found)
        while queue:
            new = set(self.above(queue.pop())) - found
            found |= new
            queue += new
        return {self.keys[node][0] for node in found}

    def above(self, node: int) -> list[int]:
        """The nodes that follow directly on one."""
        known = self._above.get(node)
        if known is None:
            known = self._above[node] = list(self._following(*self.keys[node]))
        return known

    def _following(self, sid: bytes, stage: int) -> Iterator[int]:
        population = self._population
        number = population.numbers.get(sid)
        if number is None:
            return
        domain = domain_of(sid)
        is_inner = number in self._inner
        groups = self._rungs.get(number, ()) if is_inner else population.upward.above(number)
        for step in filter(None, map(self.step, groups)):
            # BUILTIN groups are taken up in one pass: none brings another.
            is_in_turn = step.scope >= stage and stage < GroupScope.BUILTIN
            if is_in_turn and step.counts_from(domain):
                yield step.node
        if stage <= GroupScope.UNIVERSAL:
            for old in population.history.get(number, ()):
                yield self._node(old, AFTER_ACCOUNT)

    def foreign(self, sid: bytes) -> int:
        """The node of a group of another forest, which counts for local groups only."""
        return self._node(sid, AFTER_ACCOUNT)

    def step(self, group: int) -> Step | None:
        """The step up to a group; None if no token holds it here."""
        if group not in self._steps:
            self._steps[group] = self._found(group)
        return self._steps[group]

    def _found(self, group: int) -> Step | None:
        kind = self._population.kinds.get(group)
        if kind is None:
            return None
        if kind not in self._counting:
            self._counting[kind] = self._counts(kind)
        if not self._counting[kind]:
            return None
        sid = self._population.sids[group]
        return Step(self._node(sid, int(kind.scope)), kind.scope, domain_of(sid))

    def _counts(self, kind: GroupKind) -> bool:
        is_here = kind.domain is not None and kind.domain == self._server.domain
        is_local = kind.scope >= GroupScope.DOMAIN_LOCAL
        needs_controller = kind.scope is GroupScope.BUILTIN
        return (
            kind.is_security_enabled
            and (is_here or not is_local)
            and (self._server.is_domain_controller or not needs_controller)
        )

    def _node(self, sid: bytes, stage: int) -> int:
        node = self._nodes.setdefault((sid, stage), len(self._nodes))
        if node == len(self.keys):
            self.keys.append((sid, stage))
        return node

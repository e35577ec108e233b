"""What is above and below each principal of one snapshot, by whatever arc and at any server."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from adaudit.access.growth import READ_ONLY_CONTROLLERS_RID, is_builtin
from adaudit.directory.issuing import domain_of, issuing
from adaudit.directory.population import Population
from adaudit.security.sid import Sid


class Graph:
    """What is above and below each principal of one snapshot, by whatever arc."""

    def __init__(self, population: Population) -> None:
        self.population = population
        self._bearers: dict[bytes, list[int]] = defaultdict(list)
        for number, olds in population.history.items():
            for sid in olds:
                self._bearers[sid].append(number)
        self._alike: dict[bytes, list[int]] = defaultdict(list)
        for number in population.kinds:  # BUILTIN groups are there once in each domain
            self._alike[population.sids[number]].append(number)

    def _numbers(self, sid: bytes) -> set[int]:
        """All objects with a SID."""
        number = self.population.numbers.get(sid)
        return {*self._alike.get(sid, ()), *(() if number is None else (number,))}

    def accounts_below(self, sid: bytes) -> Iterator[bytes] | None:
        """Who may carry a SID; None for anybody."""
        known = Sid.decode(sid)
        domain = domain_of(sid)
        if domain is None and not is_builtin(known):
            return None
        if known.rid == READ_ONLY_CONTROLLERS_RID:
            return None  # which controllers are given without being members
        population = self.population
        starts = [*self._numbers(sid), *self._bearers.get(sid, ())]
        if domain is not None and domain not in self._domains:
            starts += population.issued_by({domain})  # one may be in groups by another
        return (population.sids[number] for number in self._below(starts))

    def sids_above(self, sid: bytes) -> Iterator[bytes]:
        """A SID and all that whoever carries it may carry by it."""
        seen = {sid}
        queue = [sid]
        while queue:
            for number in self._numbers(queue.pop()):
                new = set(self._directly_above(number)) - seen
                seen |= new
                queue += new
        return iter(seen)

    def _directly_above(self, number: int) -> Iterator[bytes]:
        population = self.population
        if number < len(population.numbers):  # others are members by who is meant by their SID
            yield from (population.sids[group] for group in population.upward.above(number))
        yield from population.history.get(number, ())

    @cached_property
    def _domains(self) -> frozenset[bytes]:
        return frozenset(map(issuing, self.population.domains.by_sid))

    def _below(self, starts: list[int]) -> Iterator[int]:
        population = self.population
        seen = set(starts)
        queue = list(seen)
        while queue:
            number = queue.pop()
            yield number
            sid = population.sids[number]
            bearers = self._bearers.get(sid, ())
            below = {*population.members_of(number), *bearers, *self._numbers(sid)}
            queue += below - seen
            seen |= below

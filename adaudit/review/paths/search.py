"""
The search: from an object back to all who come to control it, the shortest ways first.

One level after the other: who controls an object that was reached (accounts and groups, as sets)
is reached himself, and so are the objects that stand for him, what these lie in, and the policies
that they take. Everyone is reached once, on a shortest way.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from adaudit.access.bitmap import NONE, BitMap
from adaudit.directory.population import Population
from adaudit.review.paths.rights import Rights, Role
from adaudit.review.paths.structure import Structure
from adaudit.security.sid import Sid

_ABOVE = "what it lies in was not read: who controls it by that is not known"

Lead = Mapping[int, int]
"""By number of an object in a role, the object that it leads to"""


@dataclass(frozen=True, slots=True)
class Step:
    """Those who are reached by one right, and on which object they hold it."""

    depth: int
    right: str
    role: Role
    number: int
    """The object; the first of several that do the same"""
    subjects: BitMap
    """Numbers of the population"""
    rights: Rights
    """With the controller that checks"""


@dataclass(frozen=True, slots=True)
class Undecided:
    """Those of whom it is not known whether they hold a right by which they would be reached."""

    right: str
    number: int
    """The object; the first of several that do the same"""
    subjects: BitMap


@dataclass(frozen=True)
class Reached:
    """All who come to control the target, and how."""

    target: int
    steps: tuple[Step, ...]
    """The nearest to the target first; nobody is in two of them"""
    leads: Mapping[Role, Lead]
    population: Population = field(repr=False)
    undecided: tuple[Undecided, ...] = ()
    """Some of them may be reached by other steps"""
    unjudged: Mapping[str, BitMap] = field(default_factory=dict)
    """Objects that were come to and of which nothing can be said, by the reason why"""

    @property
    def subjects(self) -> BitMap:
        """All of them."""
        found = BitMap()
        for step in self.steps:
            found |= step.subjects
        return found

    def way(self, step: Step) -> tuple[Step, ...]:
        """The steps from those of `step` to the target."""
        found = [step]
        while (number := self.behind(found[-1])) != self.target:
            principal = self.principal(number)
            found.append(next(s for s in self.steps if principal in s.subjects))
        return tuple(found)

    def behind(self, step: Step) -> int:
        """The object whose control a step gives."""
        return self.leads[step.role].get(step.number, step.number)

    def principal(self, number: int) -> int:
        """The number of the principal that an object stands for."""
        return self._numbers[number]

    @cached_property
    def _numbers(self) -> Mapping[int, int]:
        """The principals by the numbers of their objects."""
        objects = self.population.objects
        return {objects[subject]: subject for subject in self.subjects}


class _Search:
    def __init__(
        self, rights: Sequence[Rights], structure: Structure, population: Population
    ) -> None:
        self._rights = rights
        self._structure = structure
        self._population = population
        self._seen = _nobody(population)
        """Those who were reached, and those who are no principals of their own"""
        self._itself = NONE
        """The principal that the target is, if it is one"""
        self.steps: list[Step] = []
        self.undecided: list[Undecided] = []
        self.unjudged: dict[str, BitMap] = defaultdict(BitMap)
        self.leads: dict[Role, dict[int, int]] = {role: {} for role in Role}

    def run(self, target: int) -> None:
        """Go back level by level; that the target controls itself is no path."""
        objects, depth = BitMap((target,)), 0
        itself = self._population.of_entry(self._population.snapshot.at(target))
        if itself is not None and (number := self._population.number(itself.sid)) is not None:
            self._itself = BitMap((number,))
            self._seen |= self._itself
        while objects:
            depth += 1
            reached = NONE
            for role, alike in self._roles(objects):
                for step in self._steps(alike, role, depth):
                    self.steps.append(step)
                    reached = reached | step.subjects
            objects = self._objects(reached)

    def _steps(self, objects: BitMap, role: Role, depth: int) -> Iterator[Step]:
        for rights in self._rights:
            for name, asked in rights.asked_of(objects, role):
                self._note(rights, name, asked)
                for held, subjects in rights.holders(name, asked):
                    new = subjects - self._seen
                    if new:
                        self._seen |= new
                        yield Step(depth, name, role, held[0], new, rights)

    def _note(self, rights: Rights, name: str, objects: BitMap) -> None:
        """Keep what is not known of a right."""
        for held, subjects in rights.undecided(name, objects):
            self.undecided.append(Undecided(name, held[0], subjects - self._itself))
        for reason, numbers in rights.unjudged(objects):
            self.unjudged[reason] |= numbers

    def _roles(self, objects: BitMap) -> Iterator[tuple[Role, BitMap]]:
        """The objects themselves, and those that lead to them by what they are for them."""
        found: dict[Role, list[int]] = {role: [] for role in Role}
        taking = self._structure.of_class("user")
        holders, domains = self._structure.holders, self._structure.domains
        for number in objects:
            handing_down = list(self._structure.handing_down(number))
            self._lead(Role.CONTAINER, handing_down, number, found)
            self._miss((number, *handing_down)[-1])
            if number in holders:
                self._lead(Role.HOLDER, (holders[number],), number, found)
            if number in domains:
                self._lead(Role.HEAD, (number,), number, found)
            if number in taking:
                above = list(self._structure.above(number))
                self._lead(Role.HEAD, above[-1:], number, found)
                site = self._structure.sites.get(number)
                linked = above if site is None else [*above, site]
                self._lead(Role.LINK, linked, number, found)
                policies = (p for a in linked for p in self._structure.policies.get(a, ()))
                self._lead(Role.POLICY, policies, number, found)
        yield Role.ITSELF, objects
        yield from ((role, BitMap(numbers)) for role, numbers in found.items() if numbers)

    def _miss(self, highest: int) -> None:
        """Note that what hands entries down to an object ends in something that was not read."""
        if self._structure.is_cut_off(highest):
            self.unjudged[_ABOVE].add(highest)

    def _lead(
        self,
        role: Role,
        numbers: "Iterator[int] | Sequence[int]",
        to: int,
        found: dict[Role, list[int]],
    ) -> None:
        for number in numbers:
            if number not in self.leads[role]:
                self.leads[role][number] = to
                found[role].append(number)

    def _objects(self, subjects: BitMap) -> BitMap:
        """The objects that stand for principals: whoever controls these, is them."""
        objects = self._population.objects
        found = BitMap(array("I", [objects[number] for number in subjects]))
        return found - self._structure.of_class("foreignsecurityprincipal")


def search(
    target: int, rights: Sequence[Rights], structure: Structure, population: Population
) -> Reached:
    """Find all who come to control the object of the number `target`."""
    found = _Search(rights, structure, population)
    found.run(target)
    steps, undecided = tuple(found.steps), tuple(found.undecided)
    return Reached(target, steps, found.leads, population, undecided, found.unjudged)


def _nobody(population: Population) -> BitMap:
    """What carries a SID and is no account of a domain, nor a group: Authenticated Users, …"""
    accounts = enumerate(population.sids[: population.account_count])
    return BitMap([number for number, sid in accounts if Sid.decode(sid).domain is None])

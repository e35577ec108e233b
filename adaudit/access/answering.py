"""One right on all objects of a snapshot: each different list evaluated once."""

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from adaudit.access.answer import Answer
from adaudit.access.applying import Reach
from adaudit.access.bitmap import BitMap
from adaudit.access.carriers import Carriers
from adaudit.access.grouping import NO_SUBJECT, Key, ObjectGroups
from adaudit.access.holding import holding
from adaudit.access.inventory import Inventory, Lists
from adaudit.access.kinds import RightKinds
from adaudit.access.matching import Matcher, Plan
from adaudit.access.pools import Slice
from adaudit.access.question import Question
from adaudit.access.trustees import NO_ONE, SELF
from adaudit.errors import DirectoryError
from adaudit.security.ace import Ace
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.sid import PRINCIPAL_SELF, Sid

QuestionOf = Callable[[tuple[str, ...]], Question]
"""
The question for a right on objects of given classes: the values of objectClass in lower case.

Its facts are those of all such objects, without a SID.
"""


def of_object(question: Question, sid: Sid | None) -> Question:
    """The question about an object with that SID."""
    return replace(question, facts=replace(question.facts, sid=sid))


class Questions:
    """What a right asks of objects of each chain of classes."""

    def __init__(self, of: QuestionOf, chains: Mapping[int, tuple[str, ...]]) -> None:
        self.of = of
        asked = {number: of(chain) for number, chain in chains.items()}
        different = {
            question: place for place, question in enumerate(dict.fromkeys(asked.values()))
        }
        self.kinds = RightKinds(list(different))
        self._by_chain = {number: different[question] for number, question in asked.items()}

    def number(self, chain: int) -> int:
        """Which of the questions of `kinds` is asked of objects of a chain."""
        known = self._by_chain.get(chain)
        if known is None:
            raise DirectoryError(f"the snapshot is damaged: it has no chain of classes {chain}")
        return known


@dataclass(frozen=True, slots=True)
class Objects:
    """Objects on which a plan is followed."""

    numbers: "array[int]"
    selves: "array[int]"
    """For each whom SELF stands for, see `ObjectGroups`; empty where no entry for it matters"""


@dataclass(frozen=True, slots=True)
class Answering:
    """One right, with all that its answers are made of."""

    questions: Questions
    lists: Lists
    inventory: Inventory
    groups: ObjectGroups
    carriers: Carriers
    matcher: Matcher
    descriptor_on: Callable[[int], SecurityDescriptor]
    """The descriptor of an object"""

    def answers(self, pool: BitMap) -> Iterator[Answer]:
        """The answers for the subjects of `pool`; each object is in one of them."""
        for plan, objects in self._plans():
            if plan.relevant.descriptor is not None:
                yield from self._under_conditions(plan, pool, objects)
            elif SELF in plan.relevant.special:
                yield from self._with_self(plan, pool, objects)
            else:
                yield Answer(BitMap(objects.numbers), self.matcher.slices(plan, pool))

    def _plans(self) -> Iterator[tuple[Plan, Objects]]:
        """All different plans, with the objects on which each is followed."""
        list_of, number = self.lists.of_descriptor, self.questions.number
        keys: dict[tuple[int, int], list[Key]] = defaultdict(list)
        for key, objects in self.groups.objects.items():
            if objects:
                place, chain = key
                keys[list_of[place], number(chain)].append(key)
        for (listed, question), groups in keys.items():
            relevant = self.lists[listed]
            owners: dict[int, list[Key]] = {NO_ONE: groups}
            if self.matcher.is_owner_special(relevant, question):
                owners = defaultdict(list)
                for key in groups:
                    owners[self.inventory.owners[key[0]]].append(key)
            for owner, owned in owners.items():
                yield Plan(relevant, question, owner), self._objects(owned)

    def _objects(self, groups: list[Key]) -> Objects:
        numbers, selves = array("I"), array("i")
        for key in groups:
            numbers.extend(self.groups.objects[key])
            if key in self.groups.selves:
                selves.extend(self.groups.selves[key])
        return Objects(numbers, selves)

    def _with_self(self, plan: Plan, pool: BitMap, objects: Objects) -> Iterator[Answer]:
        """Entries for SELF matter: what they do hangs on who carries the SID of the object."""
        slices = self.matcher.slices(plan, pool)
        if set(objects.selves) == {NO_SUBJECT}:
            yield Answer(BitMap(objects.numbers), slices)
            return
        alone, rest = _parted(objects)
        if alone.numbers:
            own = BitMap(array("I", alone.selves)) & pool
            yield Answer(
                BitMap(alone.numbers),
                slices,
                self.matcher.slices(plan, own, Reach(own)) if own else (),
                alone.numbers,
                alone.selves,
            )
        nobody = array("I")
        for number, self_code in zip(rest.numbers, rest.selves, strict=True):
            sid = self._sid(self_code)
            if sid is None:
                nobody.append(number)
            else:
                selves = Reach(self.carriers.sure(sid), self.carriers.doubtful(sid))
                yield Answer(BitMap((number,)), self.matcher.slices(plan, pool, selves))
        if nobody:
            yield Answer(BitMap(nobody), slices)

    def _under_conditions(self, plan: Plan, pool: BitMap, objects: Objects) -> Iterator[Answer]:
        """Entries apply under conditions; positions are those in the DACL."""
        descriptor = self.descriptor_on(objects.numbers[0])
        question = self.questions.kinds.questions[plan.question]
        if not _names_self(descriptor):
            found = self._held(descriptor, question, pool)
            yield Answer(BitMap(objects.numbers), found)
            return
        for number, self_code in zip(objects.numbers, objects.selves, strict=True):
            asked = of_object(question, self._sid(self_code))
            yield Answer(BitMap((number,)), self._held(descriptor, asked, pool))

    def _held(
        self, descriptor: SecurityDescriptor, question: Question, pool: BitMap
    ) -> tuple[Slice, ...]:
        parts = holding(descriptor, question, self.carriers).parts
        return tuple(
            Slice(
                part.subjects & pool,
                part.decision,
                part.reason,
                part.deciding.position if part.deciding else None,
            )
            for part in parts
            if part.subjects & pool
        )

    def _sid(self, self_code: int) -> Sid | None:
        """Whom SELF stands for."""
        if self_code == NO_SUBJECT:
            return None
        if self_code < 0:
            return self.groups.shared(self_code)
        return self.carriers.subjects[self_code]


def _parted(objects: Objects) -> tuple[Objects, Objects]:
    """Those of which one subject each carries the SID, and that no other object has; the rest."""
    if min(objects.selves) >= 0:
        distinct = BitMap(array("I", objects.selves))
        if len(distinct) == len(objects.selves):
            return objects, Objects(array("I"), array("i"))
    alone, rest = Objects(array("I"), array("i")), Objects(array("I"), array("i"))
    taken = BitMap()
    for number, self_code in zip(objects.numbers, objects.selves, strict=True):
        is_first = self_code >= 0 and self_code not in taken
        if is_first:
            taken.add(self_code)
        part = alone if is_first else rest
        part.numbers.append(number)
        part.selves.append(self_code)
    return alone, rest


def _names_self(descriptor: SecurityDescriptor) -> bool:
    entries = descriptor.dacl.entries if isinstance(descriptor.dacl, Acl) else ()
    return any(isinstance(ace, Ace) and ace.trustee == PRINCIPAL_SELF for ace in entries)

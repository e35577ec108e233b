"""Who can carry out an operation on an object: one subject, or all of them as sets."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import TypeVar

from adaudit.access.bitmap import NONE, BitMap
from adaudit.access.carriers import Carriers
from adaudit.access.evaluator import evaluate
from adaudit.access.holding import Holding, holding
from adaudit.access.operation import (
    AllOf,
    AnyCheck,
    AnyOf,
    Check,
    ChildCheck,
    IsHead,
    Need,
    On,
    Operation,
)
from adaudit.access.permission import Permission
from adaudit.access.question import ObjectFacts, Question
from adaudit.access.token import Token
from adaudit.access.verdict import Decision, Verdict
from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.directory.snapshot import Unreadable, descriptor_of
from adaudit.errors import DescriptorError, QuestionError
from adaudit.security.descriptor import SecurityDescriptor
from adaudit.security.rights import AccessMask
from adaudit.security.sid import Sid
from adaudit.security.wire import decode

_T = TypeVar("_T", bool, BitMap)
_Sure = tuple[_T, _T]
"""Of whom something is surely true, and of whom it may be: the second holds the first"""


@dataclass(frozen=True, slots=True)
class Asked:
    """One access check, ready to be made: whose descriptor, and what is asked of it."""

    name: str
    on: On
    dn: Dn
    entry: Entry | None
    """None where the object was not read"""
    question: Question

    @property
    def descriptor(self) -> SecurityDescriptor | Unreadable:
        """What is to be asked, or why it cannot be."""
        if self.entry is None:
            return Unreadable(f"{self.dn} was not read")
        return _readers(self.entry) if self.on is On.READERS else descriptor_of(self.entry)

    @property
    def owner(self) -> Sid | None:
        """The owner, None where there is none or nothing can be said."""
        found = self.descriptor
        return found.owner if isinstance(found, SecurityDescriptor) else None


Answer = tuple[Asked, Verdict | Unreadable]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether one subject can carry an operation out, with the verdict of every check."""

    decision: Decision
    answers: tuple[Answer, ...]

    @property
    def telling(self) -> tuple[Answer, ...]:
        """The checks that came out as the whole does: what it hangs on."""
        return tuple(each for each in self.answers if decision_of(each[1]) is self.decision)


@dataclass(frozen=True, slots=True)
class Doers:
    """Who can carry an operation out: all subjects of `Carriers`, by number."""

    allowed: BitMap
    undecided: BitMap
    answers: tuple[tuple[Asked, Holding | Unreadable], ...]
    """Each check, with who passes it"""


@dataclass(frozen=True, slots=True)
class Place:
    """An object with what its operations look at around it."""

    entry: Entry
    view: View
    to: Dn | None = None
    """Under what it would be moved"""

    def target(self, on: On) -> tuple[Dn, Entry | None]:
        """The object that is meant; `QuestionError` where a new parent is, and none is given."""
        dn = self._dn(on)
        return dn, self.entry if dn == self.entry.dn else self.view.snapshot.entry(dn)

    def _dn(self, on: On) -> Dn:
        own = self.entry.dn
        match on:
            case On.OBJECT | On.READERS:
                return own
            case On.PARENT:
                return own.parent or own
            case On.HEAD:
                return self.view.levels(own)[-1].dn
            case On.DESTINATION:
                if self.to is None:
                    raise QuestionError("moving takes a new parent", "name it by --to")
                return self.to

    @property
    def is_head(self) -> bool:
        """Whether the object is the head of a naming context."""
        return self.view.level(self.entry.dn).is_head

    def asked(self, check: AnyCheck) -> Asked:
        """
        The check on this object.

        Raises `QuestionError` where the class of the object or its name is needed and not known.
        """
        dn, entry = self.target(check.on)
        permission = self._permission(check)
        known = ObjectFacts() if check.on is On.READERS else self.view.facts(entry or Entry(dn))
        return Asked(permission.name, check.on, dn, entry, permission.question(known))

    def _permission(self, check: AnyCheck) -> Permission:
        if isinstance(check, Check):
            return check.permission
        if isinstance(check, ChildCheck):
            child = self.view.schema.class_guid(self.entry.object_class)
            return Permission.of_child(f"{check.name}:{self.entry.object_class}", check.mask, child)
        return self._of_name(check.mask)

    def _of_name(self, mask: AccessMask) -> Permission:
        name = self.entry.dn.rdns[0].partition("=")[0] if self.entry.dn.text else ""
        attribute = self.view.schema.attributes.get(name.lower())
        if attribute is None:
            raise QuestionError(f"no attribute `{name}` in the schema that was read")
        return Permission.attribute(f"write:{attribute.name}", mask, attribute)


def decide(operation: Operation, place: Place, token: Token) -> Outcome:
    """
    Decide whether a token can carry an operation out.

    Raises `QuestionError` where it takes a new parent and none is given.
    """
    answers: list[Answer] = []

    def judge(asked: Asked) -> _Sure[bool]:
        descriptor = asked.descriptor
        if isinstance(descriptor, Unreadable):
            answers.append((asked, descriptor))
            return False, True
        verdict = evaluate(descriptor, token, asked.question)
        answers.append((asked, verdict))
        return verdict.decision is Decision.ALLOWED, verdict.decision is not Decision.DENIED

    sure, possible = _weighed(operation.need, place, judge, (True, True), (False, False))
    undecided = Decision.UNDECIDED if possible else Decision.DENIED
    return Outcome(Decision.ALLOWED if sure else undecided, tuple(answers))


def doers(operation: Operation, place: Place, carriers: Carriers) -> Doers:
    """
    Decide for all subjects who of them can carry an operation out.

    Raises `QuestionError` where it takes a new parent and none is given.
    """
    answers: list[tuple[Asked, Holding | Unreadable]] = []

    def judge(asked: Asked) -> _Sure[BitMap]:
        descriptor = asked.descriptor
        if isinstance(descriptor, Unreadable):
            answers.append((asked, descriptor))
            return NONE, carriers.everyone
        found = holding(descriptor, asked.question, carriers)
        answers.append((asked, found))
        return found.allowed, carriers.everyone - found.denied

    everyone = (carriers.everyone, carriers.everyone)
    sure, possible = _weighed(operation.need, place, judge, everyone, (NONE, NONE))
    return Doers(sure, possible - sure, tuple(answers))


def decision_of(verdict: Verdict | Unreadable) -> Decision:
    """What cannot be judged is undecided."""
    return verdict.decision if isinstance(verdict, Verdict) else Decision.UNDECIDED


def _weighed(
    need: Need,
    place: Place,
    judge: Callable[[Asked], _Sure[_T]],
    everyone: _Sure[_T],
    nobody: _Sure[_T],
) -> _Sure[_T]:
    """The logic of three answers: what is sure, and what is possible, each by itself."""
    if isinstance(need, IsHead):
        return everyone if place.is_head else nobody
    if isinstance(need, AllOf | AnyOf):
        found = [_weighed(each, place, judge, everyone, nobody) for each in need.needs]
        unite = and_ if isinstance(need, AllOf) else or_
        return reduce(unite, [sure for sure, _ in found]), reduce(unite, [may for _, may in found])
    if need.on is On.PARENT and place.is_head:
        return nobody  # what is above it is in another naming context, or nowhere
    return judge(place.asked(need))


def _readers(entry: Entry) -> SecurityDescriptor | Unreadable:
    values = entry.values("msDS-GroupMSAMembership")
    if not values:
        return Unreadable("the directory gave no msDS-GroupMSAMembership")
    try:
        return decode(values[0])
    except DescriptorError as error:
        return Unreadable(f"msDS-GroupMSAMembership is damaged: {error.message}", is_damaged=True)

"""What one asks of an object: a right, and the GUIDs that entries may name. [MS-ADTS] 5.1.3.3"""

from dataclasses import dataclass
from typing import Self
from uuid import UUID

from adaudit.errors import QuestionError
from adaudit.security.rights import AccessMask, Right
from adaudit.security.sid import Sid


@dataclass(frozen=True, slots=True)
class TypeNode:
    """One node of an object type list: OBJECT_TYPE_LIST of [MS-DTYP] 2.5.3.1.1."""

    level: int
    guid: UUID


TypeList = tuple[TypeNode, ...]


@dataclass(frozen=True, slots=True)
class ObjectFacts:
    """What an access check needs to know of the object beside its descriptor."""

    sid: Sid | None = None
    """objectSid, which SELF stands for; None for what is no principal"""
    class_guid: UUID | None = None
    """schemaIDGUID of the most specific structural class; None where it is not known"""
    blocks_owner: bool = False
    """Whether BlockOwnerImplicitRights takes WRITE_DAC from its owner. [MS-ADTS] 6.1.3.4"""
    owner_exempt: frozenset[Sid] = frozenset()
    """Domain Admins and Enterprise Admins, whom BlockOwnerImplicitRights spares"""


@dataclass(frozen=True, slots=True)
class Question:
    """
    Does a token hold `right.mask` at `node` of `type_list` on an object?

    The list is in pre-order with the levels of a tree; an empty one stands for an object without
    a class that is known, of which only entries without an object type can speak.
    """

    right: Right
    type_list: TypeList = ()
    node: int = 0
    facts: ObjectFacts = ObjectFacts()
    ambiguous: frozenset[UUID] = frozenset()
    """Object types of which the specification leaves open whether such an entry counts here"""

    def __post_init__(self) -> None:
        previous = -1
        for node in self.type_list:
            if not 0 <= node.level <= previous + 1 or (node.level == 0) != (previous == -1):
                raise QuestionError("an object type list has one root and skips no level")
            previous = node.level
        if not 0 <= self.node < max(len(self.type_list), 1):
            raise QuestionError(f"node {self.node} is not in the object type list")

    @classmethod
    def extended_right(cls, right: Right, facts: ObjectFacts) -> Self:
        """
        Ask for an extended right. [MS-ADTS] 5.1.3.3.4

        The specification does not say whether an entry for the object's class counts: the list of
        a controller begins with the class, that of other programs holds the right alone.
        """
        if right.object_type is None or not right.mask & AccessMask.CONTROL_ACCESS:
            raise QuestionError(f"`{right.name}` is no extended right")
        class_guid = facts.class_guid
        if class_guid is None or class_guid == right.object_type:
            return cls(right, (TypeNode(0, right.object_type),), 0, facts)
        nodes = (TypeNode(0, class_guid), TypeNode(1, right.object_type))
        return cls(right, nodes, 1, facts, frozenset({class_guid}))

    @classmethod
    def whole_object(cls, right: Right, facts: ObjectFacts) -> Self:
        """Ask for a right on the object as a whole: WRITE_DAC, DELETE, … [MS-ADTS] 5.1.3.3.2"""
        nodes = (TypeNode(0, facts.class_guid),) if facts.class_guid else ()
        return cls(right, nodes, 0, facts)

"""
One permission that can be asked of objects of any class: `write:member`, `Send-As`, `create:user`.

What is asked of an object hangs on its class, as the class is the root of the object type list;
a permission holds what stands below the root. [MS-ADTS] 5.1.3.3.3 to 5.1.3.3.6
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from adaudit.access.question import ObjectFacts, Question, TypeList, TypeNode
from adaudit.directory.definitions import AttributeDefinition, ControlRight
from adaudit.directory.schema import Schema
from adaudit.security.rights import AccessMask, Right

PROPERTY_SET_OF_NONE = UUID("771727b1-31b8-4cdf-ae62-4fe39fadf89e")
"""The property set that Windows takes attributes of no set to be in; none has it by itself"""
_NO_CLASS = UUID("e6bdcd5a-9c28-4f9e-8f0c-3f6d2f6d7f51")
"""The root of a list where it is no class: nothing in a directory has this GUID"""


@dataclass(frozen=True, slots=True)
class Permission:
    """A mask, and the node of an object type list that it is asked at."""

    right: Right
    """Its name, for a reader; its mask; and the GUID of the node where it is no root"""
    below: TypeList = ()
    """What stands below the class, from level 1 on"""
    node: int = 0
    """Which node is asked about: 0 is the class, the others are those of `below` in order"""
    child: UUID | None = None
    """The class of the child that is created or deleted, the root of the list in that case"""
    is_of_children: bool = False
    """Whether children of every class are meant where `child` is none"""
    counts_class: bool = True
    """Whether an entry for the class of the object surely counts, see `Question.ambiguous`"""
    ambiguous: frozenset[UUID] = frozenset()
    """Object types below the class of which the specification leaves open whether they count"""

    @property
    def name(self) -> str:
        """What a reader knows it by."""
        return self.right.name

    def question(self, facts: ObjectFacts) -> Question:
        """Ask for it on an object."""
        if self.child is not None:
            return Question(self.right, (TypeNode(0, self.child),), 0, facts)
        if self.is_of_children:
            return self._without_class(facts)
        root = facts.class_guid
        if root is None or (self.node and self.below[self.node - 1].guid == root):
            return self._without_class(facts)
        open_types = self.ambiguous if self.counts_class else self.ambiguous | {root}
        return Question(self.right, (TypeNode(0, root), *self.below), self.node, facts, open_types)

    def _without_class(self, facts: ObjectFacts) -> Question:
        """Ask it where no class is the root: entries for the class of the object say nothing."""
        tops = sum(node.level == 1 for node in self.below)
        if tops == 1 and self.node:
            raised = tuple(TypeNode(node.level - 1, node.guid) for node in self.below)
            return Question(self.right, raised, self.node - 1, facts, self.ambiguous)
        nodes = (TypeNode(0, _NO_CLASS), *self.below) if tops else ()
        return Question(self.right, nodes, self.node, facts, self.ambiguous)

    @classmethod
    def whole(cls, name: str, mask: AccessMask) -> Self:
        """On the object as a whole: WRITE_DAC, DELETE, … [MS-ADTS] 5.1.3.3.2"""
        return cls(Right(name, mask))

    @classmethod
    def extended(cls, name: str, guid: UUID) -> Self:
        """
        To exercise an extended right. [MS-ADTS] 5.1.3.3.4

        Whether an entry for the class of the object counts is left open by the specification.
        """
        right = Right(name, AccessMask.CONTROL_ACCESS, guid)
        return cls(right, (TypeNode(1, guid),), 1, counts_class=False)

    @classmethod
    def attribute(cls, name: str, mask: AccessMask, attribute: AttributeDefinition) -> Self:
        """To read or write one attribute, or use the right to its confidential value."""
        return cls(Right(name, mask, attribute.guid), *_leaf(attribute, attribute.guid))

    @classmethod
    def validated(cls, name: str, right: ControlRight, attribute: AttributeDefinition) -> Self:
        """
        To write an attribute with values that the server checks. [MS-ADTS] 5.1.3.3.5

        Whether an entry for the property set of the attribute or the class of the object counts
        is left open.
        """
        below, node = _leaf(attribute, right.guid)
        opened = frozenset(each.guid for each in below[:-1])
        asked = Right(name, AccessMask.SELF, right.guid)
        return cls(asked, below, node, counts_class=False, ambiguous=opened)

    @classmethod
    def property_set(cls, name: str, mask: AccessMask, guid: UUID, schema: Schema) -> Self:
        """To read or write all attributes of a property set."""
        below = (TypeNode(1, guid), *_nodes(2, schema.in_property_set(guid)))
        return cls(Right(name, mask, guid), below, 1)

    @classmethod
    def all_properties(cls, name: str, mask: AccessMask, schema: Schema) -> Self:
        """To read or write every attribute that the schema defines."""
        sets: dict[UUID, list[AttributeDefinition]] = {}
        for attribute in schema.attributes.values():
            sets.setdefault(attribute.property_set or PROPERTY_SET_OF_NONE, []).append(attribute)
        below: list[TypeNode] = []
        for guid, members in sets.items():
            below += (TypeNode(1, guid), *_nodes(2, members))
        return cls(Right(name, mask), tuple(below), 0)

    @classmethod
    def all_extended(cls, name: str, schema: Schema) -> Self:
        """To exercise every extended right that the schema defines."""
        extended = sorted(right.guid for right in schema.rights.values() if right.is_extended)
        below = tuple(TypeNode(1, guid) for guid in extended)
        return cls(Right(name, AccessMask.CONTROL_ACCESS), below, 0, counts_class=False)

    @classmethod
    def of_child(cls, name: str, mask: AccessMask, child: UUID | None) -> Self:
        """To create or delete children of a class; asked of the parent."""
        return cls(Right(name, mask, child), child=child, is_of_children=True)

    @classmethod
    def all_children(cls, name: str, mask: AccessMask, schema: Schema) -> Self:
        """To create or delete children of every class that the schema defines."""
        classes = sorted({known.guid for known in schema.classes.values()})
        below = tuple(TypeNode(1, guid) for guid in classes)
        return cls(Right(name, mask), below, 0, is_of_children=True)


def _leaf(attribute: AttributeDefinition, guid: UUID) -> tuple[TypeList, int]:
    """The list down to an attribute, whose node has `guid`, and the number of that node."""
    # the GUID of an attribute may be that of its set too: then the set is meant, and is a leaf
    above = attribute.property_set or PROPERTY_SET_OF_NONE
    if above == guid:
        return (TypeNode(1, guid),), 1
    return (TypeNode(1, above), TypeNode(2, guid)), 2


def _nodes(level: int, attributes: Sequence[AttributeDefinition]) -> TypeList:
    return tuple(TypeNode(level, attribute.guid) for attribute in attributes)

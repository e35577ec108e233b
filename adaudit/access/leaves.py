"""
All that one can hold on an object, as few questions: what its entries name, and all the rest.

Whatever no entry names is decided by the same entries, so one question stands for all of it: for
every property set that is not named, every attribute of a set, every class of children.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from uuid import UUID

from adaudit.access.permission import PROPERTY_SET_OF_NONE, Permission
from adaudit.access.permission_names import EVERY, written_by
from adaudit.access.question import TypeNode
from adaudit.directory.definitions import AttributeDefinition, ControlRight
from adaudit.directory.schema import Schema
from adaudit.security.ace import Ace, AnyAce
from adaudit.security.rights import WHOLE_OBJECT_RIGHTS, AccessMask, Right

ALL = UUID("0f5b1a5e-6a1f-4b53-9d0b-52f3ad5d2a10")
_ANY_SET = UUID("6f0e1c9a-3a54-4c4e-8a3e-0d8f3b7c4b21")
"""What stands for all that no entry names: nothing in a directory has these GUIDs"""


class Kind(StrEnum):
    """What can be held, in the order in which it is told."""

    WHOLE = "on the object as a whole"
    CREATE = "create children"
    DELETE = "delete children"
    READ = "read"
    CONFIDENTIAL = "read confidential"
    WRITE = "write"
    VALIDATED = "validated write"
    EXTENDED = "extended right"


_MASKS: Mapping[Kind, AccessMask] = {
    Kind.CREATE: AccessMask.CREATE_CHILD,
    Kind.DELETE: AccessMask.DELETE_CHILD,
    Kind.READ: AccessMask.READ_PROPERTY,
    Kind.CONFIDENTIAL: AccessMask.READ_PROPERTY | AccessMask.CONTROL_ACCESS,
    Kind.WRITE: AccessMask.WRITE_PROPERTY,
    Kind.VALIDATED: AccessMask.SELF,
    Kind.EXTENDED: AccessMask.CONTROL_ACCESS,
}
_OF_ATTRIBUTES = frozenset({Kind.READ, Kind.CONFIDENTIAL, Kind.WRITE})


@dataclass(frozen=True, slots=True)
class Leaf:
    """One question of a kind."""

    kind: Kind
    what: str
    """A right, attribute, property set or class by name; `*` for all that no entry names"""
    permission: Permission
    guid: UUID = ALL
    """Of what it asks for; `ALL` for all that no entry names"""
    above: UUID | None = None
    """What it is a part of, in the same kind: a property set that entries name, or `ALL`"""


_WHOLE = tuple(
    Leaf(Kind.WHOLE, each.name, Permission.whole(each.name, each.mask), UUID(int=int(each.mask)))
    for each in WHOLE_OBJECT_RIGHTS
)


class Vocabulary:
    """What GUIDs in entries stand for, by kind."""

    def __init__(self, schema: Schema) -> None:
        known = schema.attributes.values()
        self.attributes = {attribute.guid: attribute for attribute in known}
        rights = schema.control_rights
        self.sets = {attribute.property_set: "" for attribute in known if attribute.property_set}
        self.sets |= {right.guid: right.name for right in rights if right.is_property_set}
        self.sets[PROPERTY_SET_OF_NONE] = "attributes of no property set"
        self.confidential_sets = {
            attribute.property_set or PROPERTY_SET_OF_NONE
            for attribute in known
            if attribute.is_confidential
        }
        self.extended = {right.guid: right.name for right in rights if right.is_extended}
        self.validated = {
            right.guid: (right, written_by(right, schema))
            for right in rights
            if right.is_validated_write
        }
        self._sets_of_writes = {
            guid: written.property_set or PROPERTY_SET_OF_NONE
            for guid, (_, written) in self.validated.items()
            if written is not None
        }
        """By validated write: the property set of its attribute, which may count for it"""
        self.classes = {each.guid: each.name for each in schema.classes.values()}
        self._known = frozenset(
            {*self.attributes, *self.sets, *self.extended, *self.validated, *self.classes}
        )
        self.leaf = cache(self._leaf)

    def leaves(self, entries: Iterable[AnyAce], class_guid: UUID | None) -> Iterator[Leaf]:
        """
        What to ask on an object of a class with these entries.

        An entry for the class of the object speaks of all of it, one for another class of nothing.
        """
        yield from _WHOLE
        named = _named(entries)
        for kind, mask in _MASKS.items():
            guids = {guid for guid, bits in named.items() if bits & mask and guid != class_guid}
            if kind in (Kind.CREATE, Kind.DELETE):
                guids = {guid for guid, bits in named.items() if bits & mask}
            if kind is Kind.VALIDATED:
                guids |= {guid for guid, above in self._sets_of_writes.items() if above in guids}
            yield self.leaf(kind, None, None)
            sets = frozenset(guids & self.sets.keys()) if kind in _OF_ATTRIBUTES else frozenset()
            for guid in sorted(guids):
                above = self._above(guid, sets)
                leaf = self.leaf(kind, guid, above) if self._means(kind, guid) else None
                if leaf is not None:
                    yield leaf

    def _above(self, guid: UUID, sets: frozenset[UUID]) -> UUID | None:
        """The property set of an attribute, if entries name it too."""
        attribute = self.attributes.get(guid)
        if attribute is None or guid in sets:
            return None
        above = attribute.property_set or PROPERTY_SET_OF_NONE
        return above if above in sets else None

    def _means(self, kind: Kind, guid: UUID) -> bool:
        """Whether an entry for a GUID can say anything of that kind."""
        if guid not in self._known:
            return kind is not Kind.CONFIDENTIAL
        match kind:
            case Kind.CREATE | Kind.DELETE:
                return guid in self.classes
            case Kind.EXTENDED:
                return guid in self.extended
            case Kind.VALIDATED:
                return guid in self.validated
            case Kind.CONFIDENTIAL:
                attribute = self.attributes.get(guid)
                is_secret = attribute is not None and attribute.is_confidential
                return is_secret or guid in self.confidential_sets
            case _:
                return guid in self.attributes or guid in self.sets

    def _leaf(self, kind: Kind, guid: UUID | None, above: UUID | None) -> Leaf:
        if guid is None:
            return Leaf(kind, EVERY, self._permission(kind, EVERY, ALL, _ANY_SET))
        name, parent = self._name(kind, guid), above or ALL
        if kind in _OF_ATTRIBUTES and guid in self.sets:
            return Leaf(kind, name, self._permission(kind, name, ALL, guid), guid, parent)
        attribute = self.attributes.get(guid)
        of_set = attribute.property_set if attribute else None
        return Leaf(kind, name, self._permission(kind, name, guid, of_set), guid, parent)

    def _permission(self, kind: Kind, name: str, guid: UUID, of_set: UUID | None) -> Permission:
        mask = _MASKS[kind]
        if kind in _OF_ATTRIBUTES:
            attribute = AttributeDefinition(name, guid, of_set, is_confidential=False)
            return Permission.attribute(name, mask, attribute)
        if kind is Kind.EXTENDED:
            return Permission.extended(name, guid)
        if kind is Kind.VALIDATED:
            return self._validated(name, guid)
        return Permission.of_child(name, mask, guid)

    def _validated(self, name: str, guid: UUID) -> Permission:
        right, attribute = self.validated.get(guid, (ControlRight(name, guid), None))
        if attribute is not None:
            return Permission.validated(name, right, attribute)
        asked = Right(name, AccessMask.SELF, guid)
        return Permission(asked, (TypeNode(1, guid),), 1, counts_class=False)

    def _name(self, kind: Kind, guid: UUID) -> str:
        if kind in _OF_ATTRIBUTES:
            attribute = self.attributes.get(guid)
            known = self.sets.get(guid) or (attribute.name if attribute else None)
        elif kind is Kind.EXTENDED:
            known = self.extended.get(guid)
        elif kind is Kind.VALIDATED:
            known = self.validated[guid][0].name if guid in self.validated else None
        else:
            known = self.classes.get(guid)
        return known or str(guid)


def _named(entries: Iterable[AnyAce]) -> dict[UUID, int]:
    """The object types of the entries that take effect, with the bits that they are for."""
    found: dict[UUID, int] = {}
    for ace in entries:
        if isinstance(ace, Ace) and ace.object_type is not None and not ace.is_inherit_only:
            found[ace.object_type] = found.get(ace.object_type, 0) | int(ace.mask)
    return found

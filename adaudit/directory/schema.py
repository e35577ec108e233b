"""Classes, attributes and rights as the directory defines them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self
from uuid import UUID

from adaudit.directory.entry import Entry, guid_of
from adaudit.directory.faults import Fault, understood
from adaudit.directory.snapshot import Snapshot
from adaudit.errors import DirectoryError
from adaudit.security.rights import RECEIVE_AS, SEND_AS, SEND_TO, Right

_CONFIDENTIAL = 0x80  # searchFlags fCONFIDENTIAL, [MS-ADTS] 2.2.10
_CONTROL_ACCESS = 0x100
_SELF = 0x8
_PROPERTY_SET = 0x30
_BUILT_IN_RIGHTS = (SEND_AS, RECEIVE_AS, SEND_TO)


@dataclass(frozen=True, slots=True)
class AttributeDefinition:
    """An attribute as access checks see it."""

    name: str
    guid: UUID
    property_set: UUID | None
    is_confidential: bool


@dataclass(frozen=True, slots=True)
class ClassDefinition:
    """A class as access checks see it."""

    name: str
    guid: UUID
    parent: str
    """Name of the class that it is derived from; `top` is derived from itself"""
    default_descriptor: str | None = None
    """The SDDL that a new object of the class gets. [MS-ADTS] 3.1.1.2.3"""


@dataclass(frozen=True, slots=True)
class ControlRight:
    """A controlAccessRight object: an extended right, property set or validated write."""

    name: str
    """Its common name: `User-Force-Change-Password`"""
    guid: UUID
    accesses: int = _CONTROL_ACCESS
    """validAccesses: the bits of entries that its GUID limits. [MS-ADTS] 5.1.3.2.1"""
    display: str | None = None
    """displayName: `Reset Password`"""

    @property
    def is_extended(self) -> bool:
        """Whether it is a right that nothing but an entry for it grants."""
        return bool(self.accesses & _CONTROL_ACCESS)

    @property
    def is_property_set(self) -> bool:
        """Whether it stands for several attributes."""
        return bool(self.accesses & _PROPERTY_SET)

    @property
    def is_validated_write(self) -> bool:
        """Whether it lets an attribute be written with values that the server checks."""
        return bool(self.accesses & _SELF)

    def is_called(self, name: str) -> bool:
        """Whether `name` is one of its names, or its GUID, in whatever case."""
        names = {self.name.lower(), str(self.guid)}
        names |= {
            each.replace(" ", "-") for each in (self.name.lower(), (self.display or "").lower())
        }
        return name.lower().replace(" ", "-") in names


@dataclass(frozen=True)
class Schema:
    """
    What GUIDs in entries mean, by lower-case name and by GUID.

    It holds what the snapshot holds: from an export without the schema it is empty, and names
    are missing rather than guessed.
    """

    classes: Mapping[str, ClassDefinition]
    attributes: Mapping[str, AttributeDefinition]
    rights: Mapping[UUID, ControlRight]
    faults: tuple[Fault, ...] = ()
    """Definitions that could not be understood, and so are missing"""

    @classmethod
    def of(cls, snapshot: Snapshot) -> Self:
        """Read the definitions off a snapshot."""
        faults: list[Fault] = []
        of_right = snapshot.of_class("controlAccessRight")
        classes = understood(snapshot.of_class("classSchema"), _class, faults)
        attributes = understood(snapshot.of_class("attributeSchema"), _attribute, faults)
        rights = [found for _, found in understood(of_right, _right, faults)]
        built_in = {
            right.object_type: ControlRight(right.name, right.object_type)
            for right in _BUILT_IN_RIGHTS
            if right.object_type
        }
        return cls(
            {found.name.lower(): found for _, found in classes},
            {found.name.lower(): found for _, found in attributes},
            built_in | {right.guid: right for right in rights},
            tuple(faults),
        )

    def class_guid(self, name: str | None) -> UUID | None:
        """The schemaIDGUID of a class, None where the snapshot does not define it."""
        known = self.classes.get(name.lower()) if name else None
        return known.guid if known else None

    def is_derived(self, name: str | None, ancestor: str) -> bool:
        """Whether class `name` is `ancestor` or derived from it."""
        seen: set[str] = set()
        current = (name or "").lower()
        while current not in seen:
            if current == ancestor.lower():
                return True
            seen.add(current)
            known = self.classes.get(current)
            current = known.parent.lower() if known else ""
        return False

    def name(self, guid: UUID) -> str | None:
        """What a GUID in an entry stands for: a right, property set, attribute or class."""
        return self._names.get(guid)

    def right(self, name: str) -> Right | None:
        """The extended right of that name or GUID, None where there is none."""
        found = self.control_right(name)
        if found is None or not found.is_extended:
            return None
        return Right(found.name, SEND_AS.mask, found.guid)

    def control_right(self, name: str) -> ControlRight | None:
        """The extended right, property set or validated write of that name or GUID."""
        return next((each for each in self.rights.values() if each.is_called(name)), None)

    def class_of(self, guid: UUID) -> ClassDefinition | None:
        """The class with that schemaIDGUID."""
        return self._classes_by_guid.get(guid)

    def in_property_set(self, guid: UUID) -> Sequence[AttributeDefinition]:
        """The attributes of a property set, by name."""
        return self._by_property_set.get(guid, ())

    @property
    def without_property_set(self) -> Sequence[AttributeDefinition]:
        """The attributes that are in no property set, by name."""
        return self._by_property_set.get(None, ())

    @cached_property
    def _classes_by_guid(self) -> Mapping[UUID, ClassDefinition]:
        return {found.guid: found for found in self.classes.values()}

    @cached_property
    def _by_property_set(self) -> Mapping[UUID | None, Sequence[AttributeDefinition]]:
        found: dict[UUID | None, list[AttributeDefinition]] = defaultdict(list)
        for name in sorted(self.attributes):
            found[self.attributes[name].property_set].append(self.attributes[name])
        return found

    @cached_property
    def _names(self) -> Mapping[UUID, str]:
        names = {found.guid: found.name for found in self.classes.values()}
        names |= {found.guid: found.name for found in self.attributes.values()}
        return names | {guid: right.name for guid, right in self.rights.items()}


def _class(entry: Entry) -> ClassDefinition | None:
    name, guid = entry.text("lDAPDisplayName"), guid_of(entry, "schemaidguid")
    if name is None or guid is None:
        return None
    parent = entry.text("subClassOf") or "top"
    return ClassDefinition(name, guid, parent, entry.text("defaultSecurityDescriptor"))


def _attribute(entry: Entry) -> AttributeDefinition | None:
    name, guid = entry.text("lDAPDisplayName"), guid_of(entry, "schemaidguid")
    if name is None or guid is None:
        return None
    flags = entry.integer("searchFlags") or 0
    property_set = guid_of(entry, "attributesecurityguid")
    return AttributeDefinition(name, guid, property_set, bool(flags & _CONFIDENTIAL))


def _right(entry: Entry) -> ControlRight | None:
    guid, name = entry.text("rightsGuid"), entry.dn.name
    if not guid or not name:
        return None
    accesses = entry.integer("validAccesses")
    known = _CONTROL_ACCESS if accesses is None else accesses
    try:
        return ControlRight(name, UUID(guid), known, entry.text("displayName"))
    except ValueError:
        raise DirectoryError(f"`rightsGuid` of {entry.dn} is `{guid}`, not a GUID") from None

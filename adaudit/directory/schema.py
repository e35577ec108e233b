"""Classes, attributes and rights as the directory defines them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from adaudit.directory.entry import Entry, guid_of
from adaudit.directory.snapshot import Snapshot
from adaudit.security.rights import RECEIVE_AS, SEND_AS, SEND_TO, Right

_CONFIDENTIAL = 0x80  # searchFlags fCONFIDENTIAL, [MS-ADTS] 2.2.10
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


@dataclass(frozen=True)
class Schema:
    """
    What GUIDs in entries mean, by lower-case name and by GUID.

    It holds what the snapshot holds: from an export without the schema it is empty, and names
    are missing rather than guessed.
    """

    classes: Mapping[str, ClassDefinition]
    attributes: Mapping[str, AttributeDefinition]
    rights: Mapping[UUID, str]
    """Names of controlAccessRight objects: extended rights, property sets, validated writes"""

    @classmethod
    def of(cls, snapshot: Snapshot) -> Self:
        """Read the definitions off a snapshot."""
        classes = map(_class, snapshot.of_class("classSchema"))
        attributes = map(_attribute, snapshot.of_class("attributeSchema"))
        rights = dict(_rights(snapshot.of_class("controlAccessRight")))
        return cls(
            {found.name.lower(): found for found in classes if found},
            {found.name.lower(): found for found in attributes if found},
            {right.object_type: right.name for right in _BUILT_IN_RIGHTS if right.object_type}
            | rights,
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
        if guid in self.rights:
            return self.rights[guid]
        for definitions in (self.attributes, self.classes):
            for definition in definitions.values():
                if definition.guid == guid:
                    return definition.name
        return None

    def right(self, name: str) -> Right | None:
        """The extended right of that name or GUID, None where there is none."""
        for guid, known in self.rights.items():
            if name.lower() in {known.lower(), known.lower().replace(" ", "-"), str(guid)}:
                return Right(known, SEND_AS.mask, guid)
        return None


def _class(entry: Entry) -> ClassDefinition | None:
    name, guid = entry.text("lDAPDisplayName"), guid_of(entry, "schemaidguid")
    if name is None or guid is None:
        return None
    return ClassDefinition(name, guid, entry.text("subClassOf") or "top")


def _attribute(entry: Entry) -> AttributeDefinition | None:
    name, guid = entry.text("lDAPDisplayName"), guid_of(entry, "schemaidguid")
    if name is None or guid is None:
        return None
    flags = entry.integer("searchFlags") or 0
    property_set = guid_of(entry, "attributesecurityguid")
    return AttributeDefinition(name, guid, property_set, bool(flags & _CONFIDENTIAL))


def _rights(entries: Iterable[Entry]) -> Iterable[tuple[UUID, str]]:
    for entry in entries:
        guid = entry.text("rightsGuid")
        name = entry.dn.name
        if guid and name:
            yield UUID(guid), name

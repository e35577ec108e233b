"""Classes, attributes and rights as the directory defines them."""

from collections.abc import Mapping
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
    not_extended: frozenset[UUID] = frozenset()
    """Those of them that are property sets or validated writes"""
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
        return cls(
            {found.name.lower(): found for _, found in classes},
            {found.name.lower(): found for _, found in attributes},
            {right.object_type: right.name for right in _BUILT_IN_RIGHTS if right.object_type}
            | {right.guid: right.name for right in rights},
            frozenset(right.guid for right in rights if not right.is_extended),
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
        for guid, known in self.rights.items():
            spellings = {known.lower(), known.lower().replace(" ", "-"), str(guid)}
            if name.lower() in spellings and guid not in self.not_extended:
                return Right(known, SEND_AS.mask, guid)
        return None

    @cached_property
    def _names(self) -> Mapping[UUID, str]:
        names = {found.guid: found.name for found in self.classes.values()}
        names |= {found.guid: found.name for found in self.attributes.values()}
        return names | dict(self.rights)


@dataclass(frozen=True, slots=True)
class _Right:
    guid: UUID
    name: str
    is_extended: bool


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


def _right(entry: Entry) -> _Right | None:
    guid, name = entry.text("rightsGuid"), entry.dn.name
    if not guid or not name:
        return None
    accesses = entry.integer("validAccesses")
    is_extended = accesses is None or bool(accesses & SEND_AS.mask)
    try:
        return _Right(UUID(guid), name, is_extended)
    except ValueError:
        raise DirectoryError(f"`rightsGuid` of {entry.dn} is `{guid}`, not a GUID") from None

"""Classes, attributes and rights as the directory defines them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Self, TypeVar
from uuid import UUID

from adaudit.directory.definitions import AttributeDefinition, ClassDefinition, ControlRight
from adaudit.directory.entry import Entry, guid_of
from adaudit.directory.faults import Fault, understood
from adaudit.directory.known_schema import known_schema
from adaudit.directory.snapshot import Snapshot
from adaudit.errors import DirectoryError
from adaudit.security.rights import RECEIVE_AS, SEND_AS, SEND_TO, Right

_CONFIDENTIAL = 0x80  # searchFlags fCONFIDENTIAL, [MS-ADTS] 2.2.10
_CONTROL_ACCESS = 0x100
_RIGHTS_OF_MAIL = tuple(
    ControlRight(right.name, right.object_type)
    for right in (SEND_AS, RECEIVE_AS, SEND_TO)
    if right.object_type
)
_CLASSES = frozenset({"user", "group", "computer", "organizationalunit"})
_ATTRIBUTES = frozenset({"member", "serviceprincipalname", "useraccountcontrol", "gplink"})
_RESET_PASSWORD = UUID("00299570-246d-11d0-a768-00aa006e0529")
_Found = TypeVar("_Found")
_Named = TypeVar("_Named", ClassDefinition, AttributeDefinition)


class Kind(Enum):
    """One of the three lots of definitions, by the class of the objects that hold them."""

    CLASSES = "classSchema"
    ATTRIBUTES = "attributeSchema"
    RIGHTS = "controlAccessRight"


@dataclass(frozen=True)
class Schema:
    """
    What GUIDs in entries mean, by lower-case name and by GUID.

    Definitions of a kind are those of the directory, or those that Microsoft publishes where the
    snapshot holds none of the kind: never some of these and some of those, as what a forest has
    not got could not be told from what was not read. Only the three rights of mail are always
    known.
    """

    classes: Mapping[str, ClassDefinition]
    attributes: Mapping[str, AttributeDefinition]
    control_rights: Sequence[ControlRight]
    """All of them: a property set and a validated write can share one GUID"""
    faults: tuple[Fault, ...] = ()
    """Definitions that could not be understood, and so are missing"""
    built_in: frozenset[Kind] = frozenset()
    """The kinds of which the published definitions are used, as the snapshot holds none"""

    @classmethod
    def of(cls, snapshot: Snapshot) -> Self:
        """Read the definitions off a snapshot."""
        faults: list[Fault] = []
        classes = _read(snapshot, Kind.CLASSES, _class, faults)
        attributes = _read(snapshot, Kind.ATTRIBUTES, _attribute, faults)
        rights = _read(snapshot, Kind.RIGHTS, _right, faults)
        found = zip(Kind, (classes, attributes, rights), strict=True)
        return cls(
            known_schema().classes if classes is None else _by_name(classes),
            known_schema().attributes if attributes is None else _by_name(attributes),
            known_schema().rights if rights is None else _with_rights_of_mail(rights),
            tuple(faults),
            frozenset(kind for kind, definitions in found if definitions is None),
        )

    @property
    def is_built_in(self) -> bool:
        """Whether any kind of definition is not that of the directory itself."""
        return bool(self.built_in)

    @property
    def is_partial(self) -> bool:
        """Whether something is missing that every directory defines: more may be, then."""
        is_whole = self.classes.keys() >= _CLASSES and self.attributes.keys() >= _ATTRIBUTES
        return not is_whole or all(right.guid != _RESET_PASSWORD for right in self.control_rights)

    @cached_property
    def rights(self) -> Mapping[UUID, ControlRight]:
        """
        By GUID; of two that share one the property set, as its node is looked for first.

        [MS-ADTS] 5.1.3.3.3
        """
        ordered = sorted(self.control_rights, key=lambda right: right.is_property_set)
        return {right.guid: right for right in ordered}

    def class_guid(self, name: str | None) -> UUID | None:
        """The schemaIDGUID of a class, None where it is not defined."""
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
        by_guid = (*self.rights.values(), *self.control_rights)
        return next((each for each in by_guid if each.is_called(name)), None)

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
        """A validated write has the GUID of its attribute, whose name says what is written."""
        writes = (right for right in self.rights.values() if right.is_validated_write)
        others = (right for right in self.rights.values() if not right.is_validated_write)
        named = (writes, self.classes.values(), self.attributes.values(), others)
        return {each.guid: each.name for definitions in named for each in definitions}


def _read(
    snapshot: Snapshot, kind: Kind, read: Callable[[Entry], _Found | None], faults: list[Fault]
) -> list[_Found] | None:
    """The definitions of a kind, None where the snapshot holds no object of the kind."""
    entries = list(snapshot.of_class(kind.value))
    return [found for _, found in understood(entries, read, faults)] if entries else None


def _by_name(definitions: Iterable[_Named]) -> Mapping[str, _Named]:
    return {found.name.lower(): found for found in definitions}


def _with_rights_of_mail(rights: Sequence[ControlRight]) -> Sequence[ControlRight]:
    known = {right.guid for right in rights}
    return (*rights, *(right for right in _RIGHTS_OF_MAIL if right.guid not in known))


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

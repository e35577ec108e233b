"""What new objects get by their class: `defaultSecurityDescriptor`. [MS-ADTS] 3.1.1.2.3, 6.1.3"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache, lru_cache

from adaudit.directory.definitions import ClassDefinition
from adaudit.directory.known_schema import known_schema
from adaudit.directory.schema import Kind, Schema
from adaudit.errors import DescriptorError
from adaudit.review.defaults.covering import Covering
from adaudit.review.defaults.partitions import Partition
from adaudit.security.ace import Ace, AceFlags, AnyAce
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.rights import AccessMask, has_generic, map_generic
from adaudit.security.sddl import parse
from adaudit.security.sid import CREATOR_GROUP, CREATOR_OWNER, Sid

_MANY = 1 << 12
"""Objects have few creators, or many with few objects each"""
_INHERITABLE = int(AceFlags.OBJECT_INHERIT | AceFlags.CONTAINER_INHERIT)
_INHERITANCE = _INHERITABLE | int(AceFlags.NO_PROPAGATE_INHERIT | AceFlags.INHERIT_ONLY)


class ClassDefaults:
    """
    The default descriptors of a schema, with the SIDs of the partition that an object is in.

    `are_published` tells whether what Microsoft publishes stands in for what was not read.
    """

    def __init__(self, schema: Schema) -> None:
        self._classes, self.are_published = _with_defaults(schema)
        self.faults: dict[str, str] = {}
        """By class: why its default cannot be told"""
        self.descriptor = cache(self._descriptor)
        self.covering = lru_cache(_MANY)(self._covering)

    def _covering(
        self, name: str, partition: Partition, creators: frozenset[Sid]
    ) -> Covering | None:
        """
        What a new object of a class gets, made by one of `creators`.

        None where the snapshot does not tell; `faults` then says why.
        """
        descriptor = self.descriptor(name, partition)
        if descriptor is None:
            return None
        entries = descriptor.dacl.entries if isinstance(descriptor.dacl, Acl) else ()
        return Covering(ace for entry in entries for ace in _placed(entry, creators))

    def is_protected(self, name: str, partition: Partition) -> bool:
        """Whether a new object of a class takes nothing from its parent."""
        descriptor = self.descriptor(name, partition)
        return descriptor is not None and descriptor.is_dacl_protected

    def _descriptor(self, name: str, partition: Partition) -> SecurityDescriptor | None:
        definition = self._classes.get(name.lower())
        if definition is None:
            self.faults[name] = "no definition of the class is known"
            return None
        try:
            return _parsed(definition, partition)
        except DescriptorError as error:
            self.faults[name] = f"its default descriptor cannot be read: {error.message}"
            return None


def _with_defaults(schema: Schema) -> tuple[Mapping[str, ClassDefinition], bool]:
    """The classes of a schema; those that are published where no default was read of any."""
    if any(each.default_descriptor is not None for each in schema.classes.values()):
        return schema.classes, Kind.CLASSES in schema.built_in
    return known_schema().classes, True


def _parsed(definition: ClassDefinition, partition: Partition) -> SecurityDescriptor:
    return parse(definition.default_descriptor or "", partition.domain, partition.root)


def _placed(ace: AnyAce, creators: frozenset[Sid]) -> Iterator[AnyAce]:
    """
    An entry as it comes to stand on an object.

    Generic rights take effect mapped, and CREATOR OWNER is whoever made the object; what goes on to
    objects below stays as it is. [MS-DTYP] 2.5.3.4.4
    """
    if not isinstance(ace, Ace) or ace.is_inherit_only or not _is_resolved(ace):
        yield ace
        return
    flags = int(ace.flags)
    for trustee in creators if ace.trustee == CREATOR_OWNER else {ace.trustee}:
        effective = AceFlags(flags & ~_INHERITANCE)
        mask = AccessMask(map_generic(int(ace.mask)))
        yield replace(ace, flags=effective, mask=mask, trustee=trustee)
    if flags & _INHERITABLE:
        yield replace(ace, flags=AceFlags(flags | int(AceFlags.INHERIT_ONLY)))


def _is_resolved(ace: Ace) -> bool:
    """Whether an entry takes effect in another form than it is written in."""
    return has_generic(int(ace.mask)) or ace.trustee in {CREATOR_OWNER, CREATOR_GROUP}

"""Single bits of entries as permissions that one can ask for."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from adaudit.access.permission import Permission
from adaudit.access.permission_names import permission_of
from adaudit.directory.schema import Schema
from adaudit.errors import QuestionError
from adaudit.security.rights import AccessMask

_OF_WHOLE = int(
    AccessMask.LIST_CONTENTS
    | AccessMask.DELETE_TREE
    | AccessMask.LIST_OBJECT
    | AccessMask.DELETE
    | AccessMask.READ_CONTROL
    | AccessMask.WRITE_DAC
    | AccessMask.WRITE_OWNER
)
"""Bits that no object type limits. [MS-ADTS] 5.1.3.3.2"""
_OF_CHILDREN = int(AccessMask.CREATE_CHILD | AccessMask.DELETE_CHILD)
_VERBS = {
    AccessMask.CREATE_CHILD: "create",
    AccessMask.DELETE_CHILD: "delete",
    AccessMask.READ_PROPERTY: "read",
    AccessMask.WRITE_PROPERTY: "write",
}


def bits_of(mask: int) -> Iterator[int]:
    """Each bit of a mask by itself."""
    while mask:
        bit = mask & -mask
        yield bit
        mask ^= bit


def asked_for(
    bit: int, object_type: UUID | None, object_class: UUID | None, schema: Schema
) -> Permission | None:
    """
    What an entry with that bit and object type speaks of, on objects of a class.

    None where no access check asks for it, so that such an entry has no effect.
    """
    is_class = object_type is not None and object_type == object_class
    if object_type is None or (is_class and not bit & _OF_CHILDREN):
        return Permission.whole(_name(bit, None, schema), AccessMask(bit))
    if bit & _OF_WHOLE or (not bit & _OF_CHILDREN and schema.class_of(object_type)):
        return None
    try:
        found = permission_of(f"0x{bit:X}:{object_type}", schema)
    except QuestionError:
        return None
    return replace(found, right=replace(found.right, name=_name(bit, object_type, schema)))


def narrower(one: UUID | None, other: UUID | None, schema: Schema) -> tuple[UUID | None, ...]:
    """The object type of all that two entries both speak of; nothing where there is none."""
    if one == other or other is None:
        return (one,)
    if one is None:
        return (other,)
    for whole, part in ((one, other), (other, one)):
        if any(each.guid == part for each in schema.in_property_set(whole)):
            return (part,)
    return ()


def _name(bit: int, object_type: UUID | None, schema: Schema) -> str:
    """`write:member`, `Send-As`, `write dac`."""
    mask = AccessMask(bit)
    if object_type is None:
        return (mask.name or f"0x{bit:X}").replace("_", " ").lower()
    name = schema.name(object_type) or str(object_type)
    return f"{_VERBS[mask]}:{name}" if mask in _VERBS else name

"""
Permissions by the names that people give them: one access check, on objects of any class.

`Send-As`, `WriteDacl`, `write:member`, `create:user`, or a mask with the name or GUID of what it is
limited to: `0x100`, `CR:ab721a54-…`, `WP:member`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from adaudit.access.name_hints import folded, meant
from adaudit.access.permission import Permission
from adaudit.directory.definitions import AttributeDefinition, ClassDefinition, ControlRight
from adaudit.directory.schema import Schema
from adaudit.errors import QuestionError
from adaudit.security.rights import (
    FULL_CONTROL,
    WHOLE_OBJECT_RIGHTS,
    AccessMask,
    map_generic,
)
from adaudit.security.sddl_tokens import RIGHTS

EVERY = "*"
"""Stands for every attribute or class: `write:*`"""

_CONTROL = AccessMask.CONTROL_ACCESS
_OF_PROPERTIES = {"read": AccessMask.READ_PROPERTY, "write": AccessMask.WRITE_PROPERTY}
_OF_CHILDREN = {"create": AccessMask.CREATE_CHILD, "delete": AccessMask.DELETE_CHILD}
_CHILDREN = AccessMask.CREATE_CHILD | AccessMask.DELETE_CHILD
_WHOLE = {
    **{right.name: right.mask for right in WHOLE_OBJECT_RIGHTS},
    "WriteDacl": AccessMask.WRITE_DAC,
    "FullControl": FULL_CONTROL,
    "GenericAll": FULL_CONTROL,
    "GenericRead": AccessMask(map_generic(AccessMask.GENERIC_READ)),
    "GenericWrite": AccessMask(map_generic(AccessMask.GENERIC_WRITE)),
}
"""Bits of the object as a whole"""
_ALL_EXTENDED = "AllExtendedRights"
_ALIASES = {
    "ResetPassword": "User-Force-Change-Password",
    "ForceChangePassword": "User-Force-Change-Password",
    "ChangePassword": "User-Change-Password",
    "GetChanges": "DS-Replication-Get-Changes",
    "GetChangesAll": "DS-Replication-Get-Changes-All",
    "Enroll": "Certificate-Enrollment",
    "AutoEnroll": "Certificate-AutoEnrollment",
    "WriteSPN": "write:servicePrincipalName",
    "WriteGPLink": "write:gPLink",
    "WriteAccountRestrictions": "write:User-Account-Restrictions",
    "AddKeyCredentialLink": "write:msDS-KeyCredentialLink",
    "AddAllowedToAct": "write:msDS-AllowedToActOnBehalfOfOtherIdentity",
}
"""Names in common use, some of other tools, and what they are called in the schema"""
NAMES = (*_WHOLE, _ALL_EXTENDED, *_ALIASES)
"""The names that no schema defines"""
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

_WRITTEN_BY: Mapping[UUID, str] = {
    UUID("bf9679c0-0de6-11d0-a285-00aa003049e2"): "member",
    UUID("72e39547-7b18-11d1-adef-00c04fd8d5cd"): "dNSHostName",
    UUID("80863791-dbe9-4eb8-837e-7f0ab55d9ac7"): "msDS-AdditionalDnsHostName",
    UUID("f3a64788-5306-11d1-a9c5-0000f80367c1"): "servicePrincipalName",
    UUID("d31a8757-2447-4545-8081-3bb610cacbf2"): "msDS-Behavior-Version",
    UUID("9b026da6-0d3c-465c-8bee-5199d7165cba"): "msDS-KeyCredentialLink",
}
"""The attribute that a validated write is about. [MS-ADTS] 3.1.1.5.3.1.1"""


def permission_of(name: str, schema: Schema, also: Iterable[str] = ()) -> Permission:
    """
    The permission of that name, asked of the object itself.

    Raises `QuestionError` where there is none, with what may have been meant: names of permissions,
    or those given in `also`.
    """
    kind, colon, what = name.partition(":")
    if colon and kind.lower() in _OF_PROPERTIES:
        return _of_property(name, _OF_PROPERTIES[kind.lower()], what, schema)
    if colon and kind.lower() in _OF_CHILDREN:
        return _of_child(name, _OF_CHILDREN[kind.lower()], what, schema)
    mask = _mask(kind)
    if mask is not None:
        return _by_mask(name, mask, what, schema)
    found = None if colon else _by_name(name, schema)
    if found is None:
        raise QuestionError(f"no right `{name}`", _hint(name, schema, also))
    return found


def attribute_named(name: str, schema: Schema) -> AttributeDefinition | None:
    """The attribute of that name or GUID, None where there is none."""
    known = schema.attributes.get(name.lower())
    if known is None and _GUID.fullmatch(name):
        guid = UUID(name)
        return next((each for each in schema.attributes.values() if each.guid == guid), None)
    return known


def class_named(name: str, schema: Schema) -> ClassDefinition | None:
    """The class of that name or GUID, None where there is none."""
    known = schema.classes.get(name.lower())
    return known or (schema.class_of(UUID(name)) if _GUID.fullmatch(name) else None)


def written_by(right: ControlRight, schema: Schema) -> AttributeDefinition | None:
    """The attribute that a validated write is about, None where it is not known."""
    name = _WRITTEN_BY.get(right.guid)
    return schema.attributes.get(name.lower()) if name else None


def _by_name(name: str, schema: Schema) -> Permission | None:
    plain = folded(name)
    for known, mask in _WHOLE.items():
        if folded(known) == plain:
            return Permission.whole(known, mask)
    if plain == folded(_ALL_EXTENDED):
        return Permission.all_extended(_ALL_EXTENDED, schema)
    alias = next((known for known in _ALIASES if folded(known) == plain), None)
    meaning = _ALIASES[alias] if alias else name
    return permission_of(meaning, schema) if ":" in meaning else _by_right(meaning, schema)


def _by_right(name: str, schema: Schema) -> Permission | None:
    right = schema.control_right(name) or _written_otherwise(name, schema)
    if right is None:
        return None
    if right.is_extended:
        return Permission.extended(right.name, right.guid)
    if right.is_validated_write and (written := written_by(right, schema)):
        return Permission.validated(right.name, right, written)
    raise QuestionError(
        f"`{name}` is no right but a property set", f"ask for `read:{name}` or `write:{name}`"
    )


def _written_otherwise(name: str, schema: Schema) -> ControlRight | None:
    """The right of that name without its hyphens and spaces: `SendAs`."""
    plain = folded(name)
    for right in schema.control_rights:
        if plain in (folded(right.name), folded(right.display or "")):
            return right
    return None


def _of_property(name: str, mask: AccessMask, what: str, schema: Schema) -> Permission:
    if what == EVERY:
        return Permission.all_properties(name, mask, schema)
    attribute = attribute_named(what, schema)
    if attribute is not None:
        return Permission.attribute(name, mask, attribute)
    right = _control_right(what, schema, AccessMask.READ_PROPERTY | AccessMask.WRITE_PROPERTY)
    if right is not None:
        return Permission.property_set(name, mask, right.guid, schema)
    sets = (each.name for each in schema.control_rights if each.is_property_set)
    names = (*(each.name for each in schema.attributes.values()), *sets)
    prefix = name.removesuffix(what)
    raise QuestionError(
        f"no attribute or property set `{what}` in the schema",
        meant(what, names, prefix) or "attributes have their lDAPDisplayName: write:member",
    )


def _of_child(name: str, mask: AccessMask, what: str, schema: Schema) -> Permission:
    if what == EVERY:
        return Permission.all_children(name, mask, schema)
    child = class_named(what, schema)
    if child is None:
        names = (each.name for each in schema.classes.values())
        hint = meant(what, names, name.removesuffix(what))
        raise QuestionError(
            f"no class `{what}` in the schema",
            hint or "classes have their lDAPDisplayName: create:user",
        )
    return Permission.of_child(name, mask, child.guid)


def _by_mask(name: str, mask: AccessMask, what: str, schema: Schema) -> Permission:
    """A mask, of the object as a whole or limited to what a GUID or name stands for."""
    if not what:
        return Permission.whole(name, mask)
    if mask & _CHILDREN:
        if mask & ~_CHILDREN:
            raise QuestionError(f"`{name}` asks for more than children of a class")
        return _of_child(name, mask, what, schema)
    right = _control_right(what, schema, mask)
    if right is not None and mask == _CONTROL:
        return Permission.extended(name, right.guid)
    if right is not None and mask == AccessMask.SELF and (written := written_by(right, schema)):
        return Permission.validated(name, right, written)
    is_unknown = attribute_named(what, schema) is None and schema.control_right(what) is None
    if is_unknown and _GUID.fullmatch(what):
        return _of_unknown(name, mask, UUID(what))
    return _of_property(name, mask, what, schema)


def _control_right(what: str, schema: Schema, mask: AccessMask) -> ControlRight | None:
    """The one of that name or GUID for which `mask` means something: two may share a GUID."""
    named = (each for each in schema.control_rights if each.is_called(what))
    return next((each for each in named if each.accesses & mask), None)


def _of_unknown(name: str, mask: AccessMask, guid: UUID) -> Permission:
    """Limited to a GUID that the schema does not define: what entries for it say."""
    unknown = AttributeDefinition(str(guid), guid, None, is_confidential=False)
    if mask == _CONTROL:
        return Permission.extended(name, guid)
    return Permission.attribute(name, mask, unknown)


def _mask(text: str) -> AccessMask | None:
    """`0x100`, or letters of SDDL: `RPWP`."""
    if re.fullmatch(r"0x[0-9a-f]{1,8}", text, re.IGNORECASE):
        mask = int(text, 16)
        if not mask:
            raise QuestionError(f"`{text}` asks for nothing")
        return AccessMask(map_generic(mask))
    letters = [text[place : place + 2] for place in range(0, len(text), 2)]
    if text and all(pair in RIGHTS for pair in letters):
        return AccessMask(map_generic(sum({RIGHTS[pair] for pair in letters})))
    return None


def _hint(name: str, schema: Schema, also: Iterable[str]) -> str:
    """What may have been meant; else all that there is."""
    if attribute_named(name, schema):
        return f"`{name}` is an attribute: ask for `read:{name}` or `write:{name}`"
    if class_named(name, schema):
        return f"`{name}` is a class: ask for `create:{name}` or `delete:{name}` on its parent"
    known = tuple(dict.fromkeys((*also, *known_names(schema))))
    rights = ", ".join(known)
    return meant(name, known) or (
        f"rights: {rights}; read: and write: take an attribute, create: and delete: a class"
    )


def known_names(schema: Schema) -> Iterator[str]:
    """The names of all permissions that are not limited to an attribute or class."""
    yield from NAMES
    rights = (right for right in schema.control_rights if not right.is_property_set)
    yield from sorted({right.name for right in rights})

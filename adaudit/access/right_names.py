"""
Rights and operations by the names that people give them.

`Send-As`, `WriteDacl`, `write:member`, `read:ms-Mcs-AdmPwd`, `create:user`, `DCSync`, `Delete`;
or a mask with the GUID or name that limits it: `0x100`, `CR:ab721a54-…`, `WP:member`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from uuid import UUID

from adaudit.access.operation import AllOf, AnyOf, Check, ChildCheck, IsHead, Need, On, Operation
from adaudit.access.permission import Permission
from adaudit.access.view import View
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

_READ, _WRITE = AccessMask.READ_PROPERTY, AccessMask.WRITE_PROPERTY
_CONTROL = AccessMask.CONTROL_ACCESS
_CREATE, _DELETE_CHILD = AccessMask.CREATE_CHILD, AccessMask.DELETE_CHILD
_PROPERTIES = {"read": _READ, "write": _WRITE}
_CHILDREN = {"create": _CREATE, "delete": _DELETE_CHILD}

_PLAIN = {
    "fullcontrol": FULL_CONTROL,
    "genericall": FULL_CONTROL,
    "writedacl": AccessMask.WRITE_DAC,
}
_EXTENDED = {
    "resetpassword": "User-Force-Change-Password",
    "changepassword": "User-Change-Password",
    "getchanges": "DS-Replication-Get-Changes",
    "getchangesall": "DS-Replication-Get-Changes-All",
    "enroll": "Certificate-Enrollment",
    "autoenroll": "Certificate-AutoEnrollment",
}
_OWN_NAMES = (
    *("FullControl", "WriteDacl", "AllExtendedRights", "Delete", "Rename", "Move", "See"),
    *("ResetPassword", "ChangePassword", "DCSync", "AddMember", "AddSelf"),
)
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def operation_of(name: str, view: View) -> Operation:
    """
    What `name` asks for: a permission on the object, or all the checks that an operation takes.

    Raises `QuestionError` where the name means nothing, or a class or attribute is not defined.
    """
    of_operation = _OPERATIONS.get(_folded(name))
    if of_operation is not None:
        return Operation(name, of_operation(view))
    kind, _, what = name.partition(":")
    if kind.lower() == "read" and what:
        return Operation(name, _reading(name, what, view))
    return Operation(name, Check(permission_of(name, view.schema)))


def permission_of(name: str, schema: Schema) -> Permission:
    """
    The permission of that name, asked of the object itself.

    Raises `QuestionError` where there is none.
    """
    kind, colon, what = name.partition(":")
    if colon and kind.lower() in _PROPERTIES:
        return _of_property(name, _PROPERTIES[kind.lower()], what, schema)
    if colon and kind.lower() in _CHILDREN:
        return _of_child(name, _CHILDREN[kind.lower()], what, schema)
    mask = _mask(kind)
    if mask is not None:
        return _by_mask(name, mask, what, schema)
    found = None if colon else _plain(name) or _by_right(name, schema)
    if found is None:
        raise QuestionError(f"no right `{name}`", _known(schema))
    return found


def _plain(name: str) -> Permission | None:
    folded = _folded(name)
    for right in WHOLE_OBJECT_RIGHTS:
        if right.name.lower() == folded:
            return Permission.whole(right.name, right.mask)
    mask = _PLAIN.get(folded)
    return None if mask is None else Permission.whole(name, mask)


def _by_right(name: str, schema: Schema) -> Permission | None:
    folded = _folded(name)
    if folded == "allextendedrights":
        return Permission.all_extended(name, schema)
    right = schema.control_right(_EXTENDED.get(folded, name))
    if right is None:
        return None
    if right.is_extended:
        return Permission.extended(right.name, right.guid)
    if right.is_validated_write and (written := _written(right, schema)):
        return Permission.validated(right.name, right, written)
    raise QuestionError(f"`{name}` is a property set", f"ask for read:{name} or write:{name}")


def _of_property(name: str, mask: AccessMask, what: str, schema: Schema) -> Permission:
    if what == EVERY:
        return Permission.all_properties(name, mask, schema)
    attribute = _attribute(what, schema)
    if attribute is not None:
        return Permission.attribute(name, mask, attribute)
    right = schema.control_right(what)
    if right is not None and right.is_property_set:
        return Permission.property_set(name, mask, right.guid, schema)
    raise QuestionError(
        f"no attribute or property set `{what}` in the schema that was read",
        "names are those of lDAPDisplayName: write:member",
    )


def _of_child(name: str, mask: AccessMask, what: str, schema: Schema) -> Permission:
    if what == EVERY:
        return Permission.of_child(name, mask, None)
    child = _class(what, schema)
    if child is None:
        raise QuestionError(f"no class `{what}` in the schema that was read", "create:user")
    return Permission.of_child(name, mask, child.guid)


def _by_mask(name: str, mask: AccessMask, what: str, schema: Schema) -> Permission:
    """A mask, of the object as a whole or limited to what a GUID or name stands for."""
    if not what:
        return Permission.whole(name, mask)
    if mask & (_CREATE | _DELETE_CHILD):
        return _of_child(name, mask, what, schema)
    right = schema.control_right(what)
    if right is not None and mask == _CONTROL:
        return Permission.extended(name, right.guid)
    if right is not None and mask == AccessMask.SELF and (written := _written(right, schema)):
        return Permission.validated(name, right, written)
    if right is None and _attribute(what, schema) is None and _GUID.fullmatch(what):
        return _of_unknown(name, mask, UUID(what))
    return _of_property(name, mask, what, schema)


def _of_unknown(name: str, mask: AccessMask, guid: UUID) -> Permission:
    """Limited to a GUID that the schema does not define: what entries for it say."""
    unknown = AttributeDefinition(str(guid), guid, guid, is_confidential=False)
    return Permission.attribute(name, mask, unknown)


def _reading(name: str, what: str, view: View) -> Need:
    """To read takes that the object is seen; a confidential value takes CONTROL_ACCESS as well."""
    needs: list[Need] = [_seeing(view), Check(permission_of(name, view.schema))]
    attribute = _attribute(what, view.schema)
    if attribute is not None and attribute.is_confidential:
        confidential = Permission.attribute(f"{name} (confidential)", _CONTROL, attribute)
        needs.append(Check(confidential))
    return AllOf(tuple(needs))


def _seeing(view: View) -> Need:
    """To know that the object exists. [MS-ADTS] 5.1.3.3.6"""
    list_object = Permission.whole("ListObject", AccessMask.LIST_OBJECT)
    contents = Check(Permission.whole("ListContents", AccessMask.LIST_CONTENTS), On.PARENT)
    if not view.lists_objects:
        return AnyOf((IsHead(), contents))
    by_object = AllOf((Check(list_object, On.PARENT), Check(list_object)))
    return AnyOf((IsHead(), contents, by_object))


def _deletion() -> Need:
    """Two checks that know nothing of each other. [MS-ADTS] 3.1.1.5.5.4"""
    of_parent = ChildCheck("delete", _DELETE_CHILD, On.PARENT)
    return AnyOf((Check(Permission.whole("Delete", AccessMask.DELETE)), of_parent))


def _renaming(view: View) -> Need:
    """[MS-ADTS] 3.1.1.5.4.1; controllers check the attribute of the relative name as well."""
    return Check(permission_of("write:name", view.schema))


def _moving(view: View) -> Need:
    create = ChildCheck("create", _CREATE, On.DESTINATION)
    return AllOf((_renaming(view), _deletion(), create))


def _replicating(view: View) -> Need:
    """Both rights on the head of the naming context, secrets included. [MS-DRSR] 4.1.10.5.2"""
    names = ("DS-Replication-Get-Changes", "DS-Replication-Get-Changes-All")
    return AllOf(tuple(Check(permission_of(name, view.schema), On.HEAD) for name in names))


def _joining(view: View) -> Need:
    """To add oneself takes less than to add others. [MS-ADTS] 3.1.1.5.3.1.1.4"""
    adding = Check(permission_of("write:member", view.schema))
    return AnyOf((adding, Check(permission_of("Self-Membership", view.schema))))


_OPERATIONS: Mapping[str, Callable[[View], Need]] = {
    "see": _seeing,
    "delete": lambda _: _deletion(),
    "rename": _renaming,
    "move": _moving,
    "dcsync": _replicating,
    "addmember": lambda view: Check(permission_of("write:member", view.schema)),
    "addself": _joining,
}


def _mask(text: str) -> AccessMask | None:
    """`0x100`, or letters of SDDL: `RPWP`."""
    if re.fullmatch(r"0x[0-9a-f]{1,8}", text, re.IGNORECASE):
        return AccessMask(map_generic(int(text, 16)))
    letters = [text[place : place + 2] for place in range(0, len(text), 2)]
    if text and all(pair in RIGHTS for pair in letters):
        return AccessMask(map_generic(sum({RIGHTS[pair] for pair in letters})))
    return None


_WRITTEN_BY: Mapping[UUID, str] = {
    UUID("bf9679c0-0de6-11d0-a285-00aa003049e2"): "member",
    UUID("72e39547-7b18-11d1-adef-00c04fd8d5cd"): "dNSHostName",
    UUID("80863791-dbe9-4eb8-837e-7f0ab55d9ac7"): "msDS-AdditionalDnsHostName",
    UUID("f3a64788-5306-11d1-a9c5-0000f80367c1"): "servicePrincipalName",
    UUID("d31a8757-2447-4545-8081-3bb610cacbf2"): "msDS-Behavior-Version",
    UUID("9b026da6-0d3c-465c-8bee-5199d7165cba"): "msDS-KeyCredentialLink",
}
"""The attribute that a validated write is about. [MS-ADTS] 3.1.1.5.3.1.1"""


def _written(right: ControlRight, schema: Schema) -> AttributeDefinition | None:
    name = _WRITTEN_BY.get(right.guid)
    return schema.attributes.get(name.lower()) if name else None


def _attribute(name: str, schema: Schema) -> AttributeDefinition | None:
    known = schema.attributes.get(name.lower())
    if known is None and _GUID.fullmatch(name):
        guid = UUID(name)
        return next((each for each in schema.attributes.values() if each.guid == guid), None)
    return known


def _class(name: str, schema: Schema) -> ClassDefinition | None:
    known = schema.classes.get(name.lower())
    return known or (schema.class_of(UUID(name)) if _GUID.fullmatch(name) else None)


def _folded(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "").replace(" ", "")


def _known(schema: Schema) -> str:
    names = ", ".join(_names(schema))
    return f"rights: {names}; read: and write: take an attribute, create: and delete: a class"


def _names(schema: Schema) -> Iterator[str]:
    yield from _OWN_NAMES
    yield from (right.name for right in WHOLE_OBJECT_RIGHTS)
    yield from sorted(right.name for right in schema.rights.values() if not right.is_property_set)

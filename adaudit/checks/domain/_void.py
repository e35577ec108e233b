"""Why an entry means nothing wherever it takes effect."""

from uuid import UUID

from adaudit.access.view import View
from adaudit.checks.domain._asking import asked_for, bits_of
from adaudit.directory.definitions import ClassDefinition
from adaudit.directory.schema import Schema
from adaudit.review.delegations import Delegation
from adaudit.security.ace import Ace, AceFlags
from adaudit.security.rights import FULL_CONTROL, AccessMask, has_generic, map_generic
from adaudit.security.sid import CREATOR_GROUP, CREATOR_OWNER, NULL, PRINCIPAL_SELF

_CONTAINER_INHERIT = int(AceFlags.CONTAINER_INHERIT)
_CREATORS = frozenset({CREATOR_OWNER, CREATOR_GROUP})
_OF_PROPERTIES = AccessMask.READ_PROPERTY | AccessMask.WRITE_PROPERTY


def why_void(ace: Ace, delegation: Delegation, view: View) -> str | None:
    """Why an entry is for nobody or for nothing, None if it may mean something somewhere."""
    return _of_nobody(ace, delegation, view) or _of_nothing(ace, delegation, view)


def _of_nobody(ace: Ace, delegation: Delegation, view: View) -> str | None:
    is_handed_on = bool(int(ace.flags) & _CONTAINER_INHERIT)
    if ace.trustee == NULL or (ace.trustee in _CREATORS and not is_handed_on):
        return f"no token holds {view.name(ace.trustee)}"
    if ace.trustee == PRINCIPAL_SELF and not is_handed_on:
        entry = view.snapshot.entry(delegation.example)
        if entry is not None and not entry.values("objectSid"):
            return "the object is no principal that Self could stand for"
    known = view.membership.principals.get(ace.trustee)
    if known is not None and not known.is_security_enabled:
        return f"{known.name} is a distribution group, which no token holds"
    return None


def _of_nothing(ace: Ace, delegation: Delegation, view: View) -> str | None:
    schema, mask = view.schema, map_generic(int(ace.mask)) & FULL_CONTROL
    if has_generic(int(ace.mask)) and not ace.is_inherit_only:
        return None  # another check tells of it
    if not mask:
        return "it names no right"
    own = schema.class_guid(delegation.object_class)
    classes: list[UUID | None] = [] if ace.is_inherit_only else [own]
    if int(ace.flags) & _CONTAINER_INHERIT:
        limit = ace.inherited_object_type
        # on objects of any class an entry for one class means something on those of that class
        classes.append(limit or ace.object_type)
        if why := _of_no_object(ace, delegation, view):
            return why
    if any(_means(bit, ace.object_type, each, schema) for each in classes for bit in bits_of(mask)):
        return None
    return _about(ace.object_type, own, schema)


def _of_no_object(ace: Ace, delegation: Delegation, view: View) -> str | None:
    """Whether all objects below are of classes derived from the one that it is limited to."""
    limit = ace.inherited_object_type and view.schema.class_of(ace.inherited_object_type)
    if not limit or not ace.is_inherit_only or delegation.reach:
        return None
    derived = sorted(_derived_below(limit, delegation, view))
    if not derived:
        return None
    return f"it is for class {limit.name} alone, and objects below are of {', '.join(derived)}"


def _derived_below(limit: ClassDefinition, delegation: Delegation, view: View) -> set[str]:
    snapshot, name = view.snapshot, limit.name.lower()
    chains = (snapshot.chains[chain] for chain, _ in snapshot.chains_below(delegation.example.path))
    return {chain[-1] for chain in chains if name in chain and chain[-1] != name}


def _means(bit: int, object_type: UUID | None, object_class: UUID | None, schema: Schema) -> bool:
    """Whether an access check asks for what the entry speaks of."""
    if asked_for(bit, object_type, object_class, schema) is None:
        return False
    if object_type is None or object_type == object_class:
        return True
    rights = [right for right in schema.control_rights if right.guid == object_type]
    if bit & _OF_PROPERTIES:
        is_attribute = any(each.guid == object_type for each in schema.attributes.values())
        return is_attribute or bool(schema.in_property_set(object_type))
    if bit == AccessMask.CONTROL_ACCESS:
        is_confidential = any(
            each.is_confidential
            for each in schema.attributes.values()
            if object_type in {each.guid, each.property_set}
        )
        return is_confidential or any(right.is_extended for right in rights)
    if bit == AccessMask.SELF:
        return any(right.is_validated_write or right.is_property_set for right in rights)
    return True


def _about(object_type: UUID | None, own: UUID | None, schema: Schema) -> str | None:
    if object_type is None:
        return None
    name, known = schema.name(object_type), schema.class_of(object_type)
    if name is None:
        # the schema of the directory may know what the published one does not
        return None if schema.is_built_in else f"nothing in the schema has the GUID {object_type}"
    if known is None:
        return f"no access check asks for these rights of {name}"
    of = schema.class_of(own) if own else None
    above = of is not None and schema.is_derived(of.name, known.name)
    why = f", and the object is of class {of.name}" if of else ""
    return f"it counts on objects of class {name} itself{why}{', derived from it' * above}"

"""
What a child object inherits from the access control list of its parent.

[MS-DTYP] 2.5.3.4 as directory objects, all of them containers, have it; where its pseudocode
contradicts its own table, the table and real Windows data are followed.
"""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from adaudit.security.ace import Ace, AceFlags, AceType, AnyAce, OpaqueAce
from adaudit.security.descriptor import Acl
from adaudit.security.rights import FULL_CONTROL, AccessMask, has_generic, map_generic
from adaudit.security.sid import CREATOR_GROUP, CREATOR_OWNER, Sid

_OBJECT_INHERIT = int(AceFlags.OBJECT_INHERIT)
_CONTAINER_INHERIT = int(AceFlags.CONTAINER_INHERIT)
_NO_PROPAGATE = int(AceFlags.NO_PROPAGATE_INHERIT)
_INHERIT_ONLY = int(AceFlags.INHERIT_ONLY)
_INHERITED = int(AceFlags.INHERITED)
_INHERITABLE = _OBJECT_INHERIT | _CONTAINER_INHERIT
_INHERITANCE = _INHERITABLE | _NO_PROPAGATE | _INHERIT_ONLY

_PLAIN_TYPES = {
    AceType.ACCESS_ALLOWED_OBJECT: AceType.ACCESS_ALLOWED,
    AceType.ACCESS_DENIED_OBJECT: AceType.ACCESS_DENIED,
    AceType.SYSTEM_AUDIT_OBJECT: AceType.SYSTEM_AUDIT,
    AceType.ACCESS_ALLOWED_CALLBACK_OBJECT: AceType.ACCESS_ALLOWED_CALLBACK,
    AceType.ACCESS_DENIED_CALLBACK_OBJECT: AceType.ACCESS_DENIED_CALLBACK,
    AceType.SYSTEM_AUDIT_CALLBACK_OBJECT: AceType.SYSTEM_AUDIT_CALLBACK,
}


def inherit(
    parent_acl: Acl,
    child_class: UUID | frozenset[UUID],
    owner: Sid | None,
    group: Sid | None,
) -> tuple[AnyAce, ...]:
    """
    The inherited entries of a child of the object that holds `parent_acl`, in their order.

    `child_class` is the schemaIDGUID of the child's most specific structural class, or that with
    those of its dynamic auxiliary classes; `owner` and `group` are the child's, for the entries of
    CREATOR OWNER and CREATOR GROUP. A protected child and the head of a naming context inherit
    nothing; the caller knows which these are. [MS-ADTS] 6.1.3
    """
    inherited = (
        copy for ace in parent_acl.entries for copy in inherit_entry(ace, child_class, owner, group)
    )
    return _without_subsumed(inherited)


def inherit_entry(
    ace: AnyAce,
    child_class: UUID | frozenset[UUID],
    owner: Sid | None,
    group: Sid | None,
) -> tuple[AnyAce, ...]:
    """
    What a child inherits from one entry of its parent: none, one or two entries.

    Two if the entry takes effect on the child in a form of its own: generic rights mapped, CREATOR
    OWNER replaced. The second one is for the grandchildren.
    """
    flags = int(ace.flags)
    if not flags & _INHERITABLE:
        return ()
    classes = child_class if isinstance(child_class, frozenset) else frozenset({child_class})
    applies = bool(flags & _CONTAINER_INHERIT) and _matches(ace, classes)
    if flags & _NO_PROPAGATE:
        return (_effective(ace, owner, group),) if applies else ()
    if not applies:
        return (_with_flags(ace, flags | _INHERIT_ONLY | _INHERITED),)
    if isinstance(ace, Ace) and (
        has_generic(ace.mask) or ace.trustee in {CREATOR_OWNER, CREATOR_GROUP}
    ):
        heir = _with_flags(ace, flags | _INHERIT_ONLY | _INHERITED)
        return _effective(ace, owner, group), heir
    return (_with_flags(ace, (flags | _INHERITED) & ~_INHERIT_ONLY),)


def normalise(ace: AnyAce) -> AnyAce:
    """
    The form in which entries are equal if they mean the same to a directory object.

    An object entry without GUIDs is a plain one, generic rights are mapped, and bits that mean
    nothing on directory objects are cleared.
    """
    if isinstance(ace, OpaqueAce):
        return ace
    return replace(
        ace,
        type=_plain_type(ace.type, ace.object_type, ace.inherited_object_type),
        mask=AccessMask(map_generic(ace.mask) & FULL_CONTROL),
    )


def _matches(ace: AnyAce, classes: frozenset[UUID]) -> bool:
    if isinstance(ace, OpaqueAce) or ace.inherited_object_type is None:
        return True
    return ace.inherited_object_type in classes


def _effective(ace: AnyAce, owner: Sid | None, group: Sid | None) -> AnyAce:
    """The copy that takes effect on the child and goes no further."""
    flags = AceFlags(int(ace.flags) & ~_INHERITANCE | _INHERITED)
    if isinstance(ace, OpaqueAce):
        return replace(ace, flags=flags)
    ace_type = ace.type
    if ace.inherited_object_type is not None:
        ace_type = _plain_type(ace_type, ace.object_type, None)
    return replace(
        ace,
        type=ace_type,
        flags=flags,
        mask=AccessMask(map_generic(ace.mask)),
        trustee=_resolve_creator(ace.trustee, owner, group),
        inherited_object_type=None,
    )


def _resolve_creator(trustee: Sid, owner: Sid | None, group: Sid | None) -> Sid:
    if trustee == CREATOR_OWNER and owner is not None:
        return owner
    if trustee == CREATOR_GROUP and group is not None:
        return group
    return trustee


def _plain_type(
    ace_type: AceType, object_type: UUID | None, inherited_object_type: UUID | None
) -> AceType:
    if object_type is not None or inherited_object_type is not None:
        return ace_type
    return _PLAIN_TYPES.get(ace_type, ace_type)


def _with_flags(ace: AnyAce, flags: int) -> AnyAce:
    return replace(ace, flags=AceFlags(flags))


def _without_subsumed(entries: Iterable[AnyAce]) -> tuple[AnyAce, ...]:
    """Drop what an earlier entry of the same kind, GUIDs and trustee says as well, as Windows."""
    kept: dict[AnyAce, None] = {}
    alike: dict[tuple[object, ...], list[Ace]] = {}
    for ace in entries:
        if isinstance(ace, Ace):
            earlier = alike.setdefault(_kind(ace), [])
            if any(_subsumes(other, ace) for other in earlier):
                continue
            earlier.append(ace)
        kept[ace] = None
    return tuple(kept)


def _kind(ace: Ace) -> tuple[object, ...]:
    return (
        ace.type,
        ace.trustee,
        ace.object_type,
        ace.inherited_object_type,
        ace.application_data,
    )


def _subsumes(wider: Ace, narrower: Ace) -> bool:
    return not narrower.mask & ~wider.mask and not _reach(narrower) & ~_reach(wider)


def _reach(ace: Ace) -> int:
    """The flags of `ace` with the sense of INHERIT_ONLY turned round, so that a bit adds reach."""
    return int(ace.flags) ^ _INHERIT_ONLY

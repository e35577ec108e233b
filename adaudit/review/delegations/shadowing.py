"""
Entries that decide nothing on the object itself, because earlier ones decide.

An entry is shadowed if every bit of it is decided before it, at each node of the object type tree
that it speaks of, for everyone who holds its trustee: by effective, unconditional entries for the
same trustee, or for one that whoever holds the trustee holds as well. Those are the groups that
the trustee is in where the controllers of its domain check access, and, but for guests and
anonymous users, Everyone and Authenticated Users. What an entry of one property decides for a
question about all properties is not looked at. [MS-ADTS] 5.1.3.3.2, 5.1.3.3.3
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from typing import TypeGuard
from uuid import UUID

from adaudit.access.view import View
from adaudit.directory.domains import Domain
from adaudit.directory.schema import Schema
from adaudit.security.ace import Ace, AnyAce
from adaudit.security.descriptor import Acl
from adaudit.security.rights import FULL_CONTROL, AccessMask
from adaudit.security.sid import (
    ANONYMOUS,
    AUTHENTICATED_USERS,
    CREATOR_GROUP,
    CREATOR_OWNER,
    EVERYONE,
    OWNER_RIGHTS,
    PRINCIPAL_SELF,
    Sid,
)

_NOT_HELD = frozenset({CREATOR_OWNER, CREATOR_GROUP, OWNER_RIGHTS})
"""What is in no token: entries for it match nobody, or the owner in his own way"""
_ALONE = frozenset({ANONYMOUS, EVERYONE})
_OF_SET = int(AccessMask.READ_PROPERTY | AccessMask.WRITE_PROPERTY)
"""The bits that a property set carries over to its properties"""


@dataclass(frozen=True, slots=True)
class Shadow:
    """Why an entry decides nothing on the object that it stands on."""

    earlier: tuple[int, ...]
    """The positions of the entries that decide in its place"""
    is_overruled: bool
    """Whether one of them says the contrary, so that the entry has not the effect that it shows"""


class Shadows:
    """Finds them; what the trustees of a forest are in is looked up once for each."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._wider = cache(self._find_wider)

    def of(self, dacl: Acl, position: int, domain: Domain | None) -> Shadow | None:
        """The shadow over the entry at `position`, None if it decides anything at all."""
        ace = dacl.entries[position]
        if not _decides(ace) or ace.trustee in _NOT_HELD:
            return None
        held = self._wider(ace.trustee, domain)
        return shadow(dacl, position, held, self._view.schema)

    def _find_wider(self, sid: Sid, domain: Domain | None) -> AbstractSet[Sid]:
        """All SIDs that whoever holds `sid` holds as well."""
        if sid in _ALONE:
            return frozenset({sid})
        if sid in self._view.membership.principals and sid != PRINCIPAL_SELF:
            return self._view.token(sid, self._view.controller_of(domain)).sids
        return frozenset({sid, EVERYONE, AUTHENTICATED_USERS})


def shadow(dacl: Acl, position: int, held: AbstractSet[Sid], schema: Schema) -> Shadow | None:
    """The shadow over an entry for those who hold the SIDs `held`, None if there is none."""
    ace = dacl.entries[position]
    if not _decides(ace):
        return None
    missing = int(ace.mask) & FULL_CONTROL
    earlier: list[int] = []
    is_overruled = False
    for number, other in enumerate(dacl.entries[:position]):
        if not _decides(other) or other.is_callback or other.trustee not in held:
            continue
        decided = missing & _carried(other, ace.object_type, schema)
        if decided:
            missing &= ~decided
            earlier.append(number)
            is_overruled |= other.allows is not ace.allows
    return None if missing or not earlier else Shadow(tuple(earlier), is_overruled)


def _decides(ace: AnyAce) -> TypeGuard[Ace]:
    return isinstance(ace, Ace) and (ace.allows or ace.denies) and not ace.is_inherit_only


def _carried(ace: Ace, object_type: UUID | None, schema: Schema) -> int:
    """The bits that an entry decides wherever one of that object type speaks."""
    if ace.object_type in {None, object_type}:
        return int(ace.mask)
    if object_type is None:
        return 0
    of_set = {each.guid for each in schema.in_property_set(ace.object_type)}
    return int(ace.mask) & _OF_SET if object_type in of_set else 0

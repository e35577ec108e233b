"""What earlier entries leave of an entry that was set by hand."""

from collections.abc import Sequence
from dataclasses import replace

from adaudit.checks._context import Context
from adaudit.checks.domain._asking import bits_of
from adaudit.directory.snapshot import descriptor_of
from adaudit.review.delegations import Delegation
from adaudit.review.delegations.shadowing import Shadows
from adaudit.security.ace import Ace, AceFlags, AnyAce
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.rights import FULL_CONTROL, AccessMask, map_generic

_CONTAINER_INHERIT = int(AceFlags.CONTAINER_INHERIT)
_INHERIT_ONLY = int(AceFlags.INHERIT_ONLY)
_REVISION = 4  # [MS-DTYP] 2.4.5: of lists with object entries


class InEffect:
    """Which bits of entries decide for whomever holds the trustee, there or on objects below."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._shadows = Shadows(context.view)

    def of(self, delegation: Delegation) -> int:
        """The bits that no earlier entry decides on the first of the objects and below it."""
        ace, position = delegation.ace, delegation.position
        entry = self._context.snapshot.entry(delegation.example)
        known = descriptor_of(entry) if entry else None
        if (
            not isinstance(ace, Ace)
            or position is None
            or not isinstance(known, SecurityDescriptor)
            or not isinstance(known.dacl, Acl)
        ):
            return 0
        earlier = known.dacl.entries[:position]
        found = 0 if ace.is_inherit_only else self._undecided(earlier, ace, delegation)
        if int(ace.flags) & _CONTAINER_INHERIT:
            mapped = replace(_below(ace), mask=AccessMask(map_generic(int(ace.mask))))
            found |= self._undecided(_handed_down(earlier, ace), mapped, delegation)
        return found

    def _undecided(self, earlier: Sequence[AnyAce], ace: Ace, delegation: Delegation) -> int:
        domain = self._context.view.domains.containing(delegation.example)
        found = 0
        for bit in bits_of(int(ace.mask) & FULL_CONTROL):
            alone = replace(ace, mask=AccessMask(bit))
            entries = Acl(_REVISION, (*earlier, alone))
            if self._shadows.of(entries, len(earlier), domain) is None:
                found |= bit
        return found


def _handed_down(earlier: Sequence[AnyAce], ace: Ace) -> list[AnyAce]:
    """What of earlier entries stands before an entry wherever that is inherited."""
    limits = {None, ace.inherited_object_type}
    return [
        _below(other)
        for other in earlier
        if isinstance(other, Ace)
        and int(other.flags) & _CONTAINER_INHERIT
        and other.inherited_object_type in limits
    ]


def _below(ace: Ace) -> Ace:
    """An inheritable entry as it takes effect on an object below."""
    return replace(ace, flags=AceFlags(int(ace.flags) & ~_INHERIT_ONLY))

"""Where it was set what lets someone in: the one thing to change."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from adaudit.access.origin import Found
from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.directory.snapshot import descriptor_of
from adaudit.review.grants import Grant
from adaudit.review.tier_zero import Kind, TierZero
from adaudit.security.ace import Ace, AceFlags
from adaudit.security.descriptor import SecurityDescriptor
from adaudit.security.rights import AccessMask, has_generic, map_generic
from adaudit.security.sid import NULL, Sid
from adaudit.security.wire import encode_ace

_HANDING_DOWN = AceFlags.INHERIT_ONLY | AceFlags.CONTAINER_INHERIT | AceFlags.OBJECT_INHERIT


@dataclass(frozen=True, slots=True)
class Source:
    """An entry on the object that it was set on, or that someone owns objects."""

    trustee: Sid
    found: Found | None
    """None for an owner"""

    @property
    def order(self) -> tuple[str, str]:
        """By the object, then by the trustee; owners come first."""
        return self.found.dn.path if self.found else "", str(self.trustee)

    def identity(self, view: View) -> Iterator[str | bytes]:
        """What a fingerprint is made of."""
        if self.found:
            entry = view.snapshot.entry(self.found.dn)
            yield str(entry.guid) if entry and entry.guid else self.found.dn.path
            yield encode_ace(self.found.ace)
        yield str(self.trustee)


class Sources:
    """Where to look for what decides grants; one look for objects that inherit alike."""

    def __init__(self, view: View, tier_zero: TierZero) -> None:
        self._view = view
        self._tier_zero = tier_zero
        self._known: dict[tuple[Dn | None, Ace, str | None], Source] = {}

    def of(self, grant: Grant) -> Source:
        """The source of a grant."""
        deciding, entry = grant.part.deciding, grant.entry
        if deciding is None:
            return Source(grant.trustee or NULL, None)
        key = (entry.dn.parent, deciding.ace, entry.object_class)
        is_common = deciding.ace.is_inherited and not _is_protected(entry)
        if is_common and key in self._known:
            return self._known[key]
        found = Source(deciding.ace.trustee, self.entry(entry.dn, deciding.position))
        if is_common and found.found and found.found.dn != entry.dn:
            self._known[key] = found
        return found

    def entry(self, dn: Dn, position: int) -> Found:
        """Where to look for an entry of an object: the entry to change."""
        found = self._view.origin(dn, position).source
        found = self._effective_twin(found) or found
        return self._on_holder(found) or found

    def _effective_twin(self, found: Found) -> Found | None:
        """
        The other half of an entry that was set with generic rights for an object and what is below.

        A controller stores it as two: one with the rights mapped that is in effect, and one as it
        was that is handed down. [MS-DTYP] 2.5.3.4.4
        """
        dacl, ace = self._view.level(found.dn).dacl, found.ace
        if dacl is None or not isinstance(ace, Ace) or not has_generic(ace.mask):
            return None
        mapped = AccessMask(map_generic(ace.mask))
        effective = replace(ace, flags=ace.flags & ~_HANDING_DOWN, mask=mapped)
        if not ace.is_inherit_only or effective not in dacl.entries:
            return None
        return Found(found.dn, dacl.entries.index(effective), effective)

    def _on_holder(self, found: Found) -> Found | None:
        """The entry of AdminSDHolder that one of a protected object is a copy of, if it is one."""
        descriptor = self._view.level(found.dn).descriptor
        if not isinstance(descriptor, SecurityDescriptor) or not descriptor.is_dacl_protected:
            return None
        head = self._view.levels(found.dn)[-1].dn
        for asset in self._tier_zero.assets:
            if asset.kind is Kind.ADMIN_SD_HOLDER and asset.dn.is_below(head):
                holder = self._view.level(asset.dn).dacl
                if holder and found.ace in holder.entries:
                    return Found(asset.dn, holder.entries.index(found.ace), found.ace)
        return None


def _is_protected(entry: Entry) -> bool:
    descriptor = descriptor_of(entry)
    return isinstance(descriptor, SecurityDescriptor) and descriptor.is_dacl_protected

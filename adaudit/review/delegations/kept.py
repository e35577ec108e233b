"""
Defaults that an object keeps as its own since inheritance was blocked on it.

Whoever blocks inheritance is asked whether to keep what was inherited. What the parent hands down
by default is then no choice of his: the entries are listed only where the parent's were set by hand
as well, as they stay when these are removed.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.directory.snapshot import descriptor_of
from adaudit.review.defaults import Covering
from adaudit.review.delegations.lots import Lots
from adaudit.review.delegations.sorting import Placed, Sorter
from adaudit.security.ace import AceFlags, AnyAce
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.inheritance import inherit_entry

_INHERITED = int(AceFlags.INHERITED)


class Kept:
    """Tells what of the entries of a protected object is such a default."""

    def __init__(self, view: View, lots: Lots, sorter: Sorter) -> None:
        self._view = view
        self._lots = lots
        self._sorter = sorter
        self._by_hand = cache(self._find_by_hand)

    def own(self, entry: Entry, entries: tuple[Placed, ...]) -> tuple[Placed, ...]:
        """The entries of an object without those that its parent hands down by default."""
        covering = Covering(self._handed_down(entry))
        return tuple(each for each in entries if not covering.covers(each[1]))

    def _handed_down(self, entry: Entry) -> Iterator[AnyAce]:
        parent, descriptor = entry.dn.parent, descriptor_of(entry)
        above = self._view.snapshot.entry(parent) if parent is not None else None
        known = descriptor_of(above) if above else None
        if not (
            above
            and isinstance(descriptor, SecurityDescriptor)
            and isinstance(known, SecurityDescriptor)
            and isinstance(known.dacl, Acl)
        ):
            return
        own_class = self._view.schema.class_guid(entry.object_class)
        classes = frozenset([own_class] if own_class else [])
        for position, ace in enumerate(known.dacl.entries):
            heirs = inherit_entry(ace, classes, descriptor.owner, descriptor.group)
            if heirs and self._is_default(above.dn, position, ace):
                for heir in heirs:
                    yield replace(heir, flags=AceFlags(int(heir.flags) & ~_INHERITED))

    def _is_default(self, dn: Dn, position: int, ace: AnyAce) -> bool:
        """Whether nobody set an entry by hand where it comes from."""
        if ace.is_inherited:
            last = self._view.origin(dn, position).way[-1]
            if last.ace.is_inherited:
                return False  # where it was set is not known
            dn, position = last.dn, last.position
        return position not in self._by_hand(dn)

    def _find_by_hand(self, dn: Dn) -> frozenset[int]:
        """The positions of the entries of an object that were set by hand."""
        entry = self._view.snapshot.entry(dn)
        lot = self._lots.of(entry) if entry else None
        if entry is None or lot is None:
            return frozenset()
        return frozenset(position for position, _ in self._sorter.left_of(lot, entry).entries)

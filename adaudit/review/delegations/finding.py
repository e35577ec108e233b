"""Find what was set by hand: lot by lot, and what is alike on several objects together."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from adaudit.access.bitmap import BitMap
from adaudit.access.view import View
from adaudit.directory.entry import Entry, Gap
from adaudit.directory.snapshot import descriptor_of
from adaudit.review.delegations.delegation import Delegation, Delegations, Kind, Origin
from adaudit.review.delegations.holders import Holders
from adaudit.review.delegations.kept import Kept
from adaudit.review.delegations.lots import Lot, Lots, Spot
from adaudit.review.delegations.ownership import Ownership
from adaudit.review.delegations.reach import Reach
from adaudit.review.delegations.shadowing import Shadow, Shadows
from adaudit.review.delegations.sorting import Left, Sorter
from adaudit.review.delegations.trustees import Trustees
from adaudit.security.ace import Ace, AnyAce
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.sid import Sid

_PLACES = frozenset({"organizationalunit", "container"})
"""Classes of what holds other objects, even if nothing is in it"""


def find_delegations(view: View) -> Delegations:
    """
    All that was set by hand in a forest.

    Raises `DirectoryError` when the snapshot is damaged.
    """
    return _Search(view).delegations()


@dataclass(frozen=True, slots=True)
class _Key:
    """What is the same of things that are told together."""

    kind: Kind
    trustee: Sid | None
    ace: AnyAce | None
    spot: Spot
    name: str
    own: int | None
    """The number of an object that is a place by itself, and is told alone"""
    is_shadowed: bool = False


@dataclass(slots=True)
class _Found:
    """The objects on which one thing was set."""

    example: Entry
    position: int | None
    shadow: Shadow | None
    numbers: BitMap = field(default_factory=BitMap)


class _Search:
    def __init__(self, view: View) -> None:
        self._view = view
        self._lots = Lots(view)
        self._sorter = Sorter(view)
        self._kept = Kept(view, self._lots, self._sorter)
        self._owned = Ownership(view, self._lots, self._sorter)
        self._trustees = Trustees(view)
        self._shadows = Shadows(view)
        self._reach = Reach(view, self._lots.blocked)
        self._found: dict[_Key, _Found] = {}
        self._defaults: Counter[Origin] = Counter()
        self._copies: Counter[tuple[str, AnyAce]] = Counter()
        self._unknown: Counter[str] = Counter()

    def delegations(self) -> Delegations:
        described = 0
        for lot, numbers in self._lots.objects.items():
            described += len(numbers)
            for some, left in self._sorter.sort(lot, numbers):
                self._take(lot, some, left)
        made = (self._made(key, found) for key, found in self._found.items())
        return Delegations(
            sorted(made, key=_order),
            dict(self._defaults),
            described,
            tuple(self._gaps()),
            self._sorter.uses_published,
        )

    def _take(self, lot: Lot, numbers: Sequence[int], left: Left) -> None:
        for origin, count in (left.defaults or {}).items():
            self._defaults[origin] += count * len(numbers)
        for ace in left.copies:
            self._copies[lot.spot.partition.path, ace] += len(numbers)
        self._unknown[lot.name] += left.unknown * len(numbers)
        if left.owner:
            self._tell_owner(lot, numbers, left.owner)
        if left.entries or left.is_blocked:
            for some, own in self._together(lot, numbers):
                self._tell(lot, some, left, own)

    def _tell_owner(self, lot: Lot, numbers: Sequence[int], owner: Sid) -> None:
        example = self._view.snapshot.at(numbers[0])
        if lot.spot.is_head or not self._owned.takes(owner, example.dn.parent, len(numbers)):
            self._add(_Key(Kind.OWNER, owner, None, lot.spot, lot.name, None), example, numbers)

    def _together(
        self, lot: Lot, numbers: Sequence[int]
    ) -> Iterator[tuple[Sequence[int], int | None]]:
        """Objects that are places by themselves one by one, and then all others."""
        if lot.name in _PLACES:
            yield from (([number], number) for number in numbers)
            return
        others = []
        for number in numbers:
            if self._reach.is_any_below(self._view.snapshot.at(number).dn.path):
                yield [number], number
            else:
                others.append(number)
        if others:
            yield others, None

    def _tell(self, lot: Lot, numbers: Sequence[int], left: Left, own: int | None) -> None:
        example = self._view.snapshot.at(numbers[0])
        entries = left.entries
        if left.is_blocked:
            entries = self._kept.own(example, entries)
            self._defaults[Origin.KEPT] += (len(left.entries) - len(entries)) * len(numbers)
            self._add(_Key(Kind.BLOCKED, None, None, lot.spot, lot.name, own), example, numbers)
        for position, ace in entries:
            shadow = self._shadow(lot, example, position, is_alone=len(numbers) == 1)
            trustee = ace.trustee if isinstance(ace, Ace) else None
            is_shadowed = shadow is not None
            key = _Key(_kind(ace), trustee, ace, lot.spot, lot.name, own, is_shadowed)
            self._add(key, example, numbers, position, shadow)

    def _shadow(self, lot: Lot, example: Entry, position: int, *, is_alone: bool) -> Shadow | None:
        descriptor = descriptor_of(example)
        dacl = descriptor.dacl if isinstance(descriptor, SecurityDescriptor) else None
        if not isinstance(dacl, Acl):
            return None
        domain = lot.spot.partition.domain
        known = self._view.domains.by_sid.get(domain) if domain else None
        found = self._shadows.of(dacl, position, known)
        explicit = {position for position, _ in lot.explicit.entries}
        # what other objects of the lot inherit may differ
        return found if found is None or is_alone or explicit.issuperset(found.earlier) else None

    def _add(
        self,
        key: _Key,
        example: Entry,
        numbers: Sequence[int],
        position: int | None = None,
        shadow: Shadow | None = None,
    ) -> None:
        found = self._found.setdefault(key, _Found(example, position, shadow))
        found.numbers.update(numbers)

    def _made(self, key: _Key, found: _Found) -> Delegation:
        is_alone = len(found.numbers) == 1
        parent = found.example.dn.parent
        return Delegation(
            key.kind,
            found.example.dn if is_alone or parent is None else parent,
            found.numbers,
            found.example.dn,
            found.example.object_class or "",
            self._trustees.trustee(key.trustee) if key.trustee else None,
            key.ace,
            found.position,
            found.shadow,
            self._reached(key, found),
            self._copied(key, found),
        )

    def _reached(self, key: _Key, found: _Found) -> int | None:
        if key.kind is Kind.OWNER and key.trustee is not None:
            return self._owned.below(key.trustee, found.numbers)
        if key.ace is None or key.own is None:
            return 0
        return self._reach.of(found.example.dn.path, key.ace)

    def _copied(self, key: _Key, found: _Found) -> int:
        if key.ace is None or not self._is_holder(key, found):
            return 0
        return self._copies[key.spot.partition.path, key.ace]

    def _is_holder(self, key: _Key, found: _Found) -> bool:
        domain = key.spot.partition.domain
        known = self._view.domains.by_sid.get(domain) if domain else None
        return known is not None and found.example.dn == Holders.place(known.dn)

    def _gaps(self) -> Iterator[Gap]:
        yield from self._view.snapshot.gaps
        yield from (Gap(str(dn), why) for dn, why in self._view.faults)
        yield from self._lots.gaps()
        for name, count in sorted(self._unknown.items()):
            if count:
                entries = "1 entry" if count == 1 else f"{count} entries"
                why = f"{self._sorter.why_unknown(name)}: {entries} may be a default"
                yield Gap(f"class {name}", why)


def _kind(ace: AnyAce) -> Kind:
    if isinstance(ace, Ace) and ace.allows:
        return Kind.ALLOW
    return Kind.DENY if isinstance(ace, Ace) and ace.denies else Kind.OTHER


def _order(each: Delegation) -> tuple[object, ...]:
    """From the head down, and in an object in stored order."""
    position = -1 if each.position is None else each.position
    return each.place.path, each.kind is not Kind.BLOCKED, position, each.example.path

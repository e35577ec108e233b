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
from adaudit.review.delegations.reach import Reach
from adaudit.review.delegations.shadowing import Shadow, Shadows
from adaudit.review.delegations.sorting import Left, Placed, Sorter
from adaudit.review.delegations.trustees import Trustees
from adaudit.security.ace import Ace, AceFlags, AnyAce
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.sid import Sid

_CONTAINER_INHERIT = int(AceFlags.CONTAINER_INHERIT)


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
    is_shadowed: bool


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
        if not (left.entries or left.owner or left.is_blocked):
            return
        example = self._view.snapshot.at(numbers[0])
        entries = left.entries
        if left.is_blocked:
            entries = self._kept.own(example, entries)
            self._defaults[Origin.KEPT] += (len(left.entries) - len(entries)) * len(numbers)
            key = _Key(Kind.BLOCKED, None, None, lot.spot, lot.name, is_shadowed=False)
            self._add(key, example, numbers)
        if left.owner:
            key = _Key(Kind.OWNER, left.owner, None, lot.spot, lot.name, is_shadowed=False)
            self._add(key, example, numbers)
        self._add_entries(lot, entries, example, numbers)

    def _add_entries(
        self, lot: Lot, entries: Sequence[Placed], example: Entry, numbers: Sequence[int]
    ) -> None:
        descriptor = descriptor_of(example)
        dacl = descriptor.dacl if isinstance(descriptor, SecurityDescriptor) else None
        explicit = {position for position, _ in lot.explicit.entries}
        for position, ace in entries:
            shadow = self._shadow(dacl, position, lot) if isinstance(dacl, Acl) else None
            if shadow and len(numbers) > 1 and not explicit.issuperset(shadow.earlier):
                shadow = None  # what the others inherit may differ
            trustee = ace.trustee if isinstance(ace, Ace) else None
            key = _Key(_kind(ace), trustee, ace, lot.spot, lot.name, shadow is not None)
            self._add(key, example, numbers, position, shadow)

    def _shadow(self, dacl: Acl, position: int, lot: Lot) -> Shadow | None:
        domain = lot.spot.partition.domain
        known = self._view.domains.by_sid.get(domain) if domain else None
        return self._shadows.of(dacl, position, known)

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
        ace = key.ace
        return Delegation(
            key.kind,
            found.example.dn if is_alone or parent is None else parent,
            found.numbers,
            found.example.dn,
            found.example.object_class or "",
            self._trustees.trustee(key.trustee) if key.trustee else None,
            ace,
            found.position,
            found.shadow,
            0 if ace is None else self._total_reach(found.numbers, ace),
            self._copied(key, found),
        )

    def _copied(self, key: _Key, found: _Found) -> int:
        if key.ace is None or not self._is_holder(key, found):
            return 0
        return self._copies[key.spot.partition.path, key.ace]

    def _is_holder(self, key: _Key, found: _Found) -> bool:
        domain = key.spot.partition.domain
        known = self._view.domains.by_sid.get(domain) if domain else None
        return known is not None and found.example.dn == Holders.place(known.dn)

    def _total_reach(self, numbers: BitMap, ace: AnyAce) -> int | None:
        if not int(ace.flags) & _CONTAINER_INHERIT:
            return 0
        total = 0
        for number in numbers:
            reached = self._reach.of(self._view.snapshot.at(number).dn.path, ace)
            if reached is None:
                return None
            total += reached
        return total

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

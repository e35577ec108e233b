"""Which explicit entries of objects are defaults, and which are left as set by hand."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from adaudit.access.view import View
from adaudit.directory.entry import Entry
from adaudit.errors import AdauditError
from adaudit.review.defaults import COMPUTER_ABOVE, PROTECTED, Covering, Defaults, Partition, Row
from adaudit.review.defaults.above import Above
from adaudit.review.defaults.covering import bits_of
from adaudit.review.delegations.delegation import Origin
from adaudit.review.delegations.explicit import Explicit
from adaudit.review.delegations.holders import Holders
from adaudit.review.delegations.lots import Lot
from adaudit.security.ace import Ace, AnyAce
from adaudit.security.sid import Sid

_FIRST_OWN_RID = 1000  # [MS-SAMR] 3.1.1.9.1: below are the accounts that every domain has
_CREATOR = "mS-DS-CreatorSID"
_COMPUTER = "computer"
_ORIGINS = {"system": Origin.SYSTEM, "products": Origin.PRODUCT}

Placed = tuple[int, AnyAce]
"""An entry and its position in the DACL"""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What of single objects decides which of their entries are defaults."""

    rows: tuple[Row, ...] = ()
    creator: Sid | None = None
    """Who made a computer account by his quota. [MS-ADTS] 3.1.1.5.2.4"""
    above: Sid | None = None
    """The account of the computer that they lie below"""
    is_protected: bool = False
    """Whether the entries of AdminSDHolder are copied to them"""

    @property
    def blocks(self) -> bool:
        """Whether they take nothing from their parent by default."""
        return any(row.what == PROTECTED for row in self.rows)


@dataclass(frozen=True, slots=True)
class Left:
    """What is no default on objects that are alike."""

    entries: tuple[Placed, ...] = ()
    owner: Sid | None = None
    """The owner, where it is none by default"""
    is_blocked: bool = False
    """Whether they take nothing from their parent, and not by default"""
    unknown: int = 0
    """How many entries more may be defaults or not, as the default of the class is not known"""
    copies: tuple[AnyAce, ...] = ()
    """Entries that are copies of AdminSDHolder's"""
    defaults: Counter[Origin] | None = None
    """How many entries are defaults"""


class Sorter:
    """Takes the defaults away from the explicit entries of objects."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._defaults = Defaults(view)
        self._holders = Holders(view)
        self._above = Above(view)
        self._by_class = cache(self._sort_by_class)
        self._from_tables = cache(self._find_in_tables)
        self._copied = cache(self._find_copied)

    @property
    def uses_published(self) -> bool:
        """Whether defaults are those that Microsoft publishes, not those of the directory."""
        return self._defaults.classes.are_published

    def why_unknown(self, name: str) -> str:
        """Why the default of a class is not known."""
        return self._defaults.classes.faults.get(name, "its default is not known")

    def sort(self, lot: Lot, numbers: Sequence[int]) -> Iterator[tuple[Sequence[int], Left]]:
        """What is left on the objects of a lot, in one or more lots of their numbers."""
        entries = self._by_class(lot.explicit, lot.name, lot.spot.partition)
        if entries is not None and not entries and not self._has_more(lot):
            yield numbers, Left(defaults=Counter({Origin.CLASS: len(lot.explicit.entries)}))
            return
        for circumstances, some in self._parted(lot, numbers):
            yield some, self._left(lot, circumstances)

    def left_of(self, lot: Lot, entry: Entry) -> Left:
        """What is left on one object of a lot."""
        return self._left(lot, self._circumstances(lot, entry))

    def _sort_by_class(
        self, explicit: Explicit, name: str, partition: Partition
    ) -> tuple[Placed, ...] | None:
        """The entries that the class does not explain; None where its default is not known."""
        makers = frozenset([explicit.owner] if explicit.owner else [])
        known = self._defaults.classes.covering(name, partition, makers)
        if known is None:
            return None
        return tuple(each for each in explicit.entries if not known.covers(each[1]))

    def _has_more(self, lot: Lot) -> bool:
        """Whether there is something beside the entries that may have been set by hand."""
        owner = lot.explicit.owner
        is_owned = owner is None or owner in self._defaults.owners(lot.spot.partition)
        return not is_owned or self._is_blocked(lot)

    def _is_blocked(self, lot: Lot) -> bool:
        is_natural = self._defaults.classes.is_protected(lot.name, lot.spot.partition)
        return lot.explicit.is_protected and not lot.spot.is_head and not is_natural

    def _rows(self, lot: Lot) -> Sequence[Row]:
        spot = lot.spot
        if spot.is_head:
            return self._defaults.of_head(spot.partition, lot.name)
        return self._defaults.under(spot.partition, spot.parent, lot.name)

    def _parted(
        self, lot: Lot, numbers: Sequence[int]
    ) -> Iterator[tuple[Circumstances, Sequence[int]]]:
        """The objects of a lot by their circumstances, which are looked at where they matter."""
        if not self._needs_look(lot):
            yield Circumstances(tuple(self._rows(lot))), numbers
            return
        found: dict[Circumstances, list[int]] = defaultdict(list)
        for number in numbers:
            found[self._circumstances(lot, self._view.snapshot.at(number))].append(number)
        yield from found.items()

    def _needs_look(self, lot: Lot) -> bool:
        return (
            lot.explicit.is_protected
            or self._has_more(lot)
            or self._is_computer(lot)
            or any(not row.is_for_any_name or COMPUTER_ABOVE in row.what for row in self._rows(lot))
        )

    def _is_computer(self, lot: Lot) -> bool:
        return self._view.schema.is_derived(lot.name, _COMPUTER)

    def _circumstances(self, lot: Lot, entry: Entry) -> Circumstances:
        partition = lot.spot.partition
        relative = partition.relative(entry.dn.path)
        rows = tuple(row for row in self._rows(lot) if row.is_at(relative))
        creator, is_protected = None, False
        with suppress(AdauditError):  # what is damaged tells nothing that would excuse an entry
            values = entry.values(_CREATOR) if self._is_computer(lot) else ()
            creator = Sid.decode(values[0]) if values else None
            is_protected = lot.explicit.is_protected and self._holders.protects(entry, partition)
        return Circumstances(rows, creator, self._above.account(entry), is_protected)

    def _left(self, lot: Lot, circumstances: Circumstances) -> Left:
        makers = frozenset(sid for sid in (lot.explicit.owner, circumstances.creator) if sid)
        partition = lot.spot.partition
        of_class = self._defaults.classes.covering(lot.name, partition, makers)
        lists = [
            (Origin.CLASS, of_class),
            *self._from_tables(partition, circumstances.rows, circumstances.above),
            (Origin.HOLDER, self._copied(partition) if circumstances.is_protected else None),
        ]
        entries, unknown, copies, defaults = [], 0, [], Counter[Origin]()
        for position, ace in lot.explicit.entries:
            origin = _origin(ace, lists)
            if origin is not None:
                defaults[origin] += 1
            elif of_class is None and _may_be_default(ace):
                unknown += 1
            else:
                entries.append((position, ace))
            if origin is Origin.HOLDER:
                copies.append(ace)
        return Left(
            tuple(entries),
            self._owner(lot, circumstances),
            self._is_blocked(lot) and not circumstances.is_protected and not circumstances.blocks,
            unknown,
            tuple(copies),
            defaults,
        )

    def _find_in_tables(
        self, partition: Partition, rows: tuple[Row, ...], above: Sid | None
    ) -> Sequence[tuple[Origin, Covering]]:
        found: dict[Origin, list[AnyAce]] = {origin: [] for origin in _ORIGINS.values()}
        for row in rows:
            ace = self._defaults.entry(row, partition, above)
            if ace is not None:
                found[_ORIGINS[row.table]].append(ace)
        return [(origin, Covering(known)) for origin, known in found.items()]

    def _find_copied(self, partition: Partition) -> Covering:
        return Covering(self._holders.entries(partition.domain))

    def _owner(self, lot: Lot, circumstances: Circumstances) -> Sid | None:
        owner, partition = lot.explicit.owner, lot.spot.partition
        if owner is None or owner == circumstances.above:
            return None
        is_usual = self._defaults.is_owner(owner, circumstances.rows, partition)
        return None if is_usual else owner


def _origin(ace: AnyAce, lists: Iterable[tuple[Origin, Covering | None]]) -> Origin | None:
    """What explains the last bit of an entry that nothing before explains; None if nothing does."""
    bits = bits_of(ace)
    for origin, known in lists:
        bits = bits if known is None else known.missing(ace, bits)
        if not bits:
            return origin
    return None


def _may_be_default(ace: AnyAce) -> bool:
    """Whether a default of a class can name the trustee: it is one that every domain has."""
    if not isinstance(ace, Ace):
        return False
    rid = ace.trustee.rid
    return ace.trustee.domain is None or rid is None or rid < _FIRST_OWN_RID

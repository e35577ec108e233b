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
        makers = [explicit.owner] if explicit.owner else []
        known = self._defaults.classes.entries(name, partition, makers)
        return None if known is None else _not_covered(explicit.entries, known)

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
        entries, defaults = lot.explicit.entries, Counter[Origin]()
        copies: tuple[Placed, ...] = ()
        known: list[AnyAce] = []
        makers = [sid for sid in (lot.explicit.owner, circumstances.creator) if sid]
        of_class = self._defaults.classes.entries(lot.name, lot.spot.partition, makers)
        for origin, more in (
            (Origin.CLASS, of_class or ()),
            *self._from_tables(lot, circumstances),
            (Origin.HOLDER, self._copied(lot, circumstances)),
        ):
            known.extend(more)
            rest = _not_covered(entries, known)
            defaults[origin] += len(entries) - len(rest)
            if origin is Origin.HOLDER:
                copies = tuple(each for each in entries if each not in rest)
            entries = rest
        unknown = () if of_class is not None else tuple(filter(_may_be_default, entries))
        return Left(
            tuple(each for each in entries if each not in unknown),
            self._owner(lot, circumstances),
            self._is_blocked(lot)
            and not circumstances.is_protected
            and not _protects(circumstances),
            len(unknown),
            tuple(ace for _, ace in copies),
            defaults,
        )

    def _from_tables(
        self, lot: Lot, circumstances: Circumstances
    ) -> Iterator[tuple[Origin, Sequence[AnyAce]]]:
        for table, origin in _ORIGINS.items():
            found = (
                self._defaults.entry(row, lot.spot.partition, circumstances.above)
                for row in circumstances.rows
                if row.table == table
            )
            yield origin, [ace for ace in found if ace is not None]

    def _copied(self, lot: Lot, circumstances: Circumstances) -> Sequence[AnyAce]:
        domain = lot.spot.partition.domain
        return self._holders.entries(domain) if circumstances.is_protected else ()

    def _owner(self, lot: Lot, circumstances: Circumstances) -> Sid | None:
        owner, partition = lot.explicit.owner, lot.spot.partition
        if owner is None or owner == circumstances.above:
            return None
        is_usual = self._defaults.is_owner(owner, circumstances.rows, partition)
        return None if is_usual else owner


def _protects(circumstances: Circumstances) -> bool:
    return any(row.what == PROTECTED for row in circumstances.rows)


def _not_covered(entries: Sequence[Placed], known: Iterable[AnyAce]) -> tuple[Placed, ...]:
    covering = Covering(known)
    return tuple(each for each in entries if not covering.covers(each[1]))


def _may_be_default(placed: Placed) -> bool:
    """Whether a default of a class can name the trustee: it is one that every domain has."""
    ace = placed[1]
    if not isinstance(ace, Ace):
        return False
    rid = ace.trustee.rid
    return ace.trustee.domain is None or rid is None or rid < _FIRST_OWN_RID

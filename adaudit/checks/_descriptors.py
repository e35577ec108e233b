"""The security descriptors that are out of the ordinary, each distinct one looked at once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.directory.snapshot import Snapshot, Unreadable, descriptor_of
from adaudit.security.ace import AnyAce, OpaqueAce
from adaudit.security.canonical import find_disorder
from adaudit.security.descriptor import AbsentAcl, NullAcl
from adaudit.security.rights import has_generic

_NOWHERE = Dn("")


@dataclass(frozen=True, slots=True)
class Descriptors:
    """The numbers that a snapshot has for its unusual descriptors; one may be in several lists."""

    damaged: tuple[int, ...]
    """They break [MS-DTYP], or their DACL has entries that are not understood"""
    without_dacl: tuple[int, ...]
    """Their DACL is NULL or absent"""
    out_of_order: tuple[int, ...]
    """The entries of their DACL are not in canonical order"""
    unmapped: frozenset[int] = frozenset()
    """An entry of their DACL takes effect with generic rights as they are"""

    @classmethod
    def of(cls, snapshot: Snapshot) -> Self:
        """Decode every distinct descriptor, which many objects share, once for all checks."""
        damaged, without_dacl, out_of_order, unmapped = [], [], [], []
        for number, body in snapshot.descriptors():
            known = descriptor_of(Entry(_NOWHERE, descriptor=body))
            if isinstance(known, Unreadable):
                damaged.append(number)
            elif isinstance(known.dacl, NullAcl | AbsentAcl):
                without_dacl.append(number)
            else:
                if any(isinstance(ace, OpaqueAce) for ace in known.dacl.entries):
                    damaged.append(number)
                if find_disorder(known.dacl):
                    out_of_order.append(number)
                if any(map(is_unmapped, known.dacl.entries)):
                    unmapped.append(number)
        return cls(tuple(damaged), tuple(without_dacl), tuple(out_of_order), frozenset(unmapped))


def is_unmapped(ace: AnyAce) -> bool:
    """
    Whether an entry takes effect, and carries generic rights that should stand as others do.

    A controller maps them when it stores an entry, but for one on objects below only. An access
    check maps those of the request alone. [MS-DTYP] 2.4.3, [MS-ADTS] 5.1.3.2
    """
    if isinstance(ace, OpaqueAce) or ace.is_inherit_only:
        return False
    return (ace.allows or ace.denies) and has_generic(int(ace.mask))


def objects_with(descriptors: Iterable[int], snapshot: Snapshot) -> Iterator[Entry]:
    """All objects that have one of the descriptors, parents before children."""
    numbers = (number for each in descriptors for number in snapshot.numbers_with(each))
    yield from sorted(map(snapshot.at, numbers), key=lambda entry: entry.dn.path)

"""The security descriptors that are out of the ordinary, each distinct one looked at once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.directory.snapshot import Snapshot, Unreadable, descriptor_of
from adaudit.security.ace import OpaqueAce
from adaudit.security.canonical import find_disorder
from adaudit.security.descriptor import AbsentAcl, NullAcl

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

    @classmethod
    def of(cls, snapshot: Snapshot) -> Self:
        """Decode every distinct descriptor, which many objects share, once for all checks."""
        damaged, without_dacl, out_of_order = [], [], []
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
        return cls(tuple(damaged), tuple(without_dacl), tuple(out_of_order))


def objects_with(descriptors: Iterable[int], snapshot: Snapshot) -> Iterator[Entry]:
    """All objects that have one of the descriptors, parents before children."""
    numbers = (number for each in descriptors for number in snapshot.numbers_with(each))
    yield from sorted(map(snapshot.at, numbers), key=lambda entry: entry.dn.path)

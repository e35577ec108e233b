"""Who may be the owner of an object, and what that gives: `worlds._standings` for all subjects."""

from collections.abc import Iterator
from dataclasses import dataclass

from adaudit.access.bitmap import BitMap, union
from adaudit.access.carriers import Carriers
from adaudit.access.question import ObjectFacts
from adaudit.access.worlds import Standing
from adaudit.security.rights import AccessMask
from adaudit.security.sid import Sid

_READ_CONTROL = int(AccessMask.READ_CONTROL)
OWNER_BITS = _READ_CONTROL | int(AccessMask.WRITE_DAC)
"""What an owner holds implicitly"""
NOT_OWNER = Standing(is_owner=False, implicit=0)


@dataclass(frozen=True, slots=True)
class Pool:
    """Subjects of whom the same is possible."""

    subjects: BitMap
    standings: tuple[Standing, ...]
    """In the order of `worlds`: not to be the owner comes last"""


@dataclass(frozen=True, slots=True)
class Ownership:
    """Who is the owner of an object, and what takes his implicit rights from him."""

    owner: Sid | None
    has_entry: bool
    """Whether an entry for OWNER RIGHTS is in effect"""
    has_obscure: bool
    """Whether an entry is in effect that is not understood, and so may be one"""
    facts: ObjectFacts

    def pools(self, carriers: Carriers) -> Iterator[Pool]:
        """All subjects, parted by what is possible of them."""
        if self.owner is None:
            yield Pool(carriers.everyone, (NOT_OWNER,))
            return
        sure, doubtful = carriers.sure(self.owner), carriers.doubtful(self.owner)
        for subjects, implicit in self._by_implicit(sure, carriers):
            yield Pool(subjects, tuple(Standing(is_owner=True, implicit=bits) for bits in implicit))
        for subjects, implicit in self._by_implicit(doubtful, carriers):
            standings = (Standing(is_owner=True, implicit=bits) for bits in implicit)
            yield Pool(subjects, (*standings, NOT_OWNER))
        yield Pool(carriers.everyone - sure - doubtful, (NOT_OWNER,))

    def _by_implicit(
        self, owners: BitMap, carriers: Carriers
    ) -> Iterator[tuple[BitMap, tuple[int, ...]]]:
        """Who of the owners holds what implicitly: all that it may be."""
        if self.has_entry:
            yield owners, (0,)
            return
        perhaps_none = (0,) if self.has_obscure else ()
        if not self.facts.blocks_owner:
            yield owners, (OWNER_BITS, *perhaps_none)
            return
        exempt = self.facts.owner_exempt
        spared = union(carriers.sure(sid) for sid in exempt)
        perhaps_spared = union(carriers.doubtful(sid) for sid in exempt) - spared
        yield owners & spared, (OWNER_BITS, *perhaps_none)
        yield owners & perhaps_spared, (_READ_CONTROL, OWNER_BITS, *perhaps_none)
        yield owners - spared - perhaps_spared, (_READ_CONTROL, *perhaps_none)

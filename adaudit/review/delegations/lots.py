"""The objects of a snapshot in lots that are judged together."""

from array import array
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from adaudit.access.view import View
from adaudit.directory.entry import Entry, Gap
from adaudit.errors import DescriptorError, DirectoryError
from adaudit.review.defaults import Partition, Partitions
from adaudit.review.delegations.explicit import Explicit, explicit_part, explicit_parts

_NOT_READ = "no security descriptor was read"
_NOT_ASKED = "`scope: all` on the target has those of all objects read"


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """Where objects stand: under one parent, or at the head of a partition."""

    partition: Partition
    parent: str
    """The path of the object above; of a head it is its own"""
    is_head: bool


@dataclass(frozen=True, slots=True)
class Lot:
    """Objects of one class under one parent, alike in what of their descriptors is explicit."""

    spot: Spot
    name: str
    """Their most specific class, in lower case"""
    explicit: Explicit


class Lots:
    """All objects of a snapshot: nothing is kept of one but its number."""

    def __init__(self, view: View) -> None:
        self._snapshot = view.snapshot
        self._partitions = Partitions.of(view)
        self._explicit, self._damaged = explicit_parts(view.snapshot)
        self._spots: dict[str, Spot | None] = {}
        self.objects: dict[Lot, array[int]] = {}
        self.blocked: dict[str, str | None] = dict.fromkeys(self._partitions.heads)
        """
        The paths of what takes nothing from its parent, with its class in lower case.

        None for the head of a partition that was not read itself.
        """
        self.unjudged: Counter[str] = Counter()
        """How many objects could not be judged, by the reason why"""
        self._read()

    def of(self, entry: Entry) -> Lot | None:
        """The lot of one object; None where it could not be judged."""
        path = entry.dn.path
        is_head = path in self._partitions.heads
        spot = self._spot(f",{path}" if is_head else path.rpartition(",")[0])
        if spot is None or entry.descriptor is None:
            return None
        try:
            explicit = explicit_part(entry.descriptor)
        except DescriptorError:
            return None
        return Lot(spot, (entry.object_class or "").lower(), explicit)

    def gaps(self) -> list[Gap]:
        """What could not be judged."""
        return [
            Gap(f"{count} object{'' if count == 1 else 's'}", why)
            for why, count in sorted(self.unjudged.items())
        ]

    def _read(self) -> None:
        chains: Mapping[int, tuple[str, ...]] = self._snapshot.chains
        found: dict[tuple[int, int, str], array[int]] = {}
        heads = self._partitions.heads
        try:
            for number, path, chain, descriptor in self._snapshot.placed_rows():
                if path in heads:
                    self.blocked[path] = _most_specific(chains[chain])
                if descriptor is None:
                    self._leave_undescribed(path, chains[chain])
                    continue
                parent = path if path in heads else path.rpartition(",")[0]
                key = descriptor, chain, parent if parent != path else f",{path}"
                objects = found.get(key)
                if objects is None:
                    objects = found[key] = array("I")
                objects.append(number)
                explicit = self._explicit.get(descriptor)
                if explicit is not None and explicit.is_protected:
                    self.blocked[path] = _most_specific(chains[chain])
        except OverflowError as error:
            raise DirectoryError("the snapshot is damaged: the number of an object") from error
        for (descriptor, chain, parent), objects in found.items():
            self._take(descriptor, _most_specific(chains[chain]), parent, objects)

    def _take(self, descriptor: int, name: str, parent: str, objects: "array[int]") -> None:
        spot, explicit = self._spot(parent), self._explicit.get(descriptor)
        if explicit is None:
            damage = self._damaged.get(descriptor, "the snapshot lacks it")
            self.unjudged[f"the security descriptor is damaged: {damage}"] += len(objects)
        elif spot is None:
            self.unjudged["the domain that it lies in is not known"] += len(objects)
        else:
            lot = Lot(spot, name, explicit)
            known = self.objects.setdefault(lot, objects)
            if known is not objects:
                known.extend(objects)

    def _leave_undescribed(self, path: str, classes: tuple[str, ...]) -> None:
        if path and classes:  # a server's own entry is no object
            is_all = self._snapshot.scope == "all"
            self.unjudged[_NOT_READ if is_all else f"{_NOT_READ}: {_NOT_ASKED}"] += 1

    def _spot(self, parent: str) -> Spot | None:
        if parent not in self._spots:
            is_head = parent.startswith(",")
            path = parent.removeprefix(",")
            partition = self._partitions.containing(path)
            self._spots[parent] = Spot(partition, path, is_head) if partition else None
        return self._spots[parent]


def _most_specific(classes: tuple[str, ...]) -> str:
    return classes[-1] if classes else ""

"""What lies in what, and which policies are linked where: by number, for a million objects."""

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache

from adaudit.access.bitmap import BitMap
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.directory.snapshot import Snapshot, descriptor_of
from adaudit.errors import DirectoryError
from adaudit.review.tier_zero.policies import parse_links
from adaudit.security.descriptor import SecurityDescriptor

_LINKED_TO = ("organizationalUnit", "domainDNS", "site")
_NOWHERE = Dn("")
_NONE = 0


class Structure:
    """The tree of objects of a snapshot, under the numbers that it has for them."""

    def __init__(self, snapshot: Snapshot, heads: Collection[int]) -> None:
        """`heads` are those of naming contexts, which lie in nothing."""
        self._snapshot = snapshot
        self._parents = _parents(snapshot.paths(), heads)
        self._protected, self._by_chain = _read(snapshot)
        self.of_class = cache(self._of_class)
        self.policies: Mapping[int, tuple[int, ...]] = dict(_policies(snapshot))
        """The policies that are linked to an object, by its number"""

    def above(self, number: int) -> Iterator[int]:
        """What an object lies in, the nearest first."""
        parent = self._parent(number)
        while parent is not None:
            yield parent
            parent = self._parent(parent)

    def head(self, number: int) -> int:
        """The highest object that an object lies in, or itself: the head of its context."""
        return next(reversed((number, *self.above(number))))

    def handing_down(self, number: int) -> Iterator[int]:
        """Those of them whose entries come down to the object: nothing between is protected."""
        current, parent = number, self._parent(number)
        while parent is not None and current not in self._protected:
            yield parent
            current, parent = parent, self._parent(parent)

    def _parent(self, number: int) -> int | None:
        return (self._parents[number] or None) if number < len(self._parents) else None

    def _of_class(self, name: str) -> BitMap:
        """The objects of a class, or one that is derived from it; by its name in lower case."""
        chains = (n for n, chain in self._snapshot.chains.items() if name in chain)
        found = BitMap()
        for chain in chains:
            found |= BitMap(self._by_chain.get(chain, array("I")))
        return found


def _parents(rows: Iterable[tuple[int, str]], heads: Collection[int]) -> "array[int]":
    """By number of an object, that of the one it lies in; 0 for none that was read."""
    found = array("I")
    line: list[tuple[str, int]] = []
    for number, path in rows:
        while line and not path.startswith(line[-1][0]):
            line.pop()
        if number >= len(found):
            found.extend([_NONE] * (2 * number + 1 - len(found)))
        # a comma in a name is escaped as a number in a path
        is_in = bool(line) and line[-1][0].count(",") == path.count(",")
        if is_in and number not in heads:
            found[number] = line[-1][1]
        line.append((f"{path},", number))
    return found


def _read(snapshot: Snapshot) -> tuple[BitMap, dict[int, "array[int]"]]:
    """The objects that inherit nothing, and those of each chain of classes."""
    protected = {number for number, body in snapshot.descriptors() if _is_protected(body)}
    alone = array("I")
    by_chain: dict[int, array[int]] = defaultdict(lambda: array("I"))
    for number, chain, descriptor, _ in snapshot.object_rows():
        by_chain[chain].append(number)
        if descriptor in protected:
            alone.append(number)
    return BitMap(alone), dict(by_chain)


def _is_protected(body: bytes) -> bool:
    known = descriptor_of(Entry(_NOWHERE, descriptor=body))
    return isinstance(known, SecurityDescriptor) and known.is_dacl_protected


def _policies(snapshot: Snapshot) -> Iterator[tuple[int, tuple[int, ...]]]:
    for container in snapshot.of_class(*_LINKED_TO):
        number, text = snapshot.number(container.dn), container.text("gPLink")
        if number is not None and text:
            yield number, tuple(filter(None, map(snapshot.number, _linked(text))))


def _linked(text: str) -> Iterator[Dn]:
    """The policies that take effect; of a damaged text none: another check tells of it."""
    try:
        yield from (Dn(link.policy) for link in parse_links(text) if link.is_enabled)
    except DirectoryError:
        return

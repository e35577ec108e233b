"""What lies in what, and which policies are linked where: by number, for a million objects."""

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from types import MappingProxyType

from adaudit.access.bitmap import BitMap
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.directory.snapshot import Snapshot, descriptor_of
from adaudit.errors import DirectoryError
from adaudit.review.paths.stored import Stored, alike
from adaudit.review.tier_zero.policies import parse_links
from adaudit.security.descriptor import SecurityDescriptor

_LINKED_TO = ("organizationalUnit", "domainDNS", "site")
_NOWHERE = Dn("")
_NONE = 0
_OF_PARTITIONS = ("dc=", "cn=configuration", "cn=schema")
"""How the names of naming contexts begin in the one that they are below"""


class Structure:
    """The tree of objects of a snapshot, under the numbers that it has for them."""

    def __init__(
        self,
        snapshot: Snapshot,
        heads: Collection[int],
        domains: Collection[int] = (),
        holders: Mapping[int, int] = MappingProxyType({}),
    ) -> None:
        """`heads` are those of naming contexts, which lie in nothing."""
        self._snapshot = snapshot
        self.domains = frozenset(domains)
        """The heads of domains, which hold the secrets of all accounts"""
        self.holders = holders
        """By number of a protected object, the AdminSDHolder whose descriptor it is given"""
        self._parents, self._orphans = _parents(snapshot.paths(), heads)
        self._protected, self._by_chain = _read(snapshot)
        self._inheriting_nothing = self._protected | self._orphans
        self.of_class = cache(self._of_class)
        self.alike = cache(self._alike)
        self.policies: Mapping[int, tuple[int, ...]] = dict(_policies(snapshot))
        """The policies that are linked to an object, by its number"""
        self.sites: Mapping[int, int] = dict(_sites(snapshot))
        """By number of a controller, the site that it is in"""

    def above(self, number: int) -> Iterator[int]:
        """What an object lies in, the nearest first, as far as it was read."""
        parent = self._parent(number)
        while parent is not None:
            yield parent
            parent = self._parent(parent)

    def head(self, number: int) -> int:
        """The highest object that an object lies in, or itself: the head of its context."""
        return next(reversed((number, *self.above(number))))

    def handing_down(self, number: int) -> Iterator[int]:
        """
        Those of them whose entries come down to the object: nothing between is protected.

        Where something between was not read, that is not known of what is above it.
        """
        current, parent = number, self._parent(number)
        while parent is not None and current not in self._inheriting_nothing:
            yield parent
            current, parent = parent, self._parent(parent)

    def is_cut_off(self, number: int) -> bool:
        """Whether an object inherits from something that was not read."""
        return number in self._orphans and number not in self._protected

    def _parent(self, number: int) -> int | None:
        return (self._parents[number] or None) if number < len(self._parents) else None

    @cached_property
    def plain_computers(self) -> BitMap:
        """The computers that are no accounts of services, whose classes are derived from theirs."""
        known = self._snapshot.chains.items()
        return self._of_chains(n for n, chain in known if chain[-1:] == ("computer",))

    def _of_class(self, name: str) -> BitMap:
        """The objects of a class, or one that is derived from it; by its name in lower case."""
        return self._of_chains(n for n, chain in self._snapshot.chains.items() if name in chain)

    def _of_chains(self, chains: Iterable[int]) -> BitMap:
        found = BitMap()
        for chain in chains:
            found |= BitMap(self._by_chain.get(chain, array("I")))
        return found

    def _alike(self, stored: Stored) -> tuple[BitMap, ...]:
        return tuple(alike(stored, self._snapshot))


def _parents(
    rows: Iterable[tuple[int, str]], heads: Collection[int]
) -> tuple["array[int]", BitMap]:
    """
    By number of an object, that of the nearest it lies in, 0 for none that was read.

    Beside them stand those that lie in something that was not read.
    """
    found, orphans = array("I"), array("I")
    line: list[tuple[str, int]] = []
    """Paths that the last one begins with: `ou=a b` comes between `ou=a` and what lies in that"""
    for number, path in rows:
        while line and not path.startswith(line[-1][0]):
            line.pop()
        if number >= len(found):
            found.extend([_NONE] * (2 * number + 1 - len(found)))
        if number not in heads:
            above, between = _nearest(path, line)
            found[number] = above
            if between:
                orphans.append(number)
        line.append((path, number))
    return found, BitMap(orphans)


def _nearest(path: str, line: Sequence[tuple[str, int]]) -> tuple[int, str]:
    """What an object lies in, and the names between that were not read."""
    for above, number in reversed(line):
        if path.startswith(f"{above},"):
            # a comma in a name is escaped as a number in a path
            between = path[len(above) + 1 :].rpartition(",")[0]
            return (_NONE if between.startswith(_OF_PARTITIONS) else number), between
    return _NONE, path.rpartition(",")[0]


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


def _sites(snapshot: Snapshot) -> Iterator[tuple[int, int]]:
    """[MS-ADTS] 6.1.1.2.2.1: the object of a server is two below that of its site."""
    for server in snapshot.of_class("server"):
        container = server.dn.parent
        above = container.parent if container is not None else None
        number = _number(server.text("serverReference") or "", snapshot)
        site = snapshot.number(above) if above is not None else None
        if number is not None and site is not None:
            yield number, site


def _number(name: str, snapshot: Snapshot) -> int | None:
    try:
        return snapshot.number(Dn(name)) if name else None
    except DirectoryError:
        return None


def _linked(text: str) -> Iterator[Dn]:
    """The policies that take effect; of a damaged text none: another check tells of it."""
    try:
        yield from (Dn(link.policy) for link in parse_links(text) if link.is_enabled)
    except DirectoryError:
        return

"""Pairs of servers by the hundred thousand: who cannot send to whom, as sets and not as a list."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import overload

from adaudit.access.bitmap import NONE, BitMap

ARROW = " → "


@dataclass(frozen=True, slots=True)
class Block:
    """Every one of the senders with every one of the receivers, but none with itself."""

    senders: BitMap
    """Numbers of servers; like all sets that are shared, never changed"""
    receivers: BitMap

    def __len__(self) -> int:
        itself = self.senders.intersection_cardinality(self.receivers)
        return len(self.senders) * len(self.receivers) - int(itself)


@dataclass(frozen=True, slots=True, eq=False)
class Pairs(Sequence[str]):
    """
    Names of pairs, `EX02 → EX01`, by sender and then receiver in the order of the servers.

    It is a sequence of texts like any other, of which none is made before somebody looks at it.
    """

    servers: tuple[str, ...]
    """The name of each number"""
    blocks: tuple[Block, ...]
    """No two of them have a pair in common"""

    @classmethod
    def of(cls, servers: tuple[str, ...], senders: Mapping[int, BitMap]) -> "Pairs":
        """Pairs by the number of the receiver; that of itself among its senders does not count."""
        receivers: dict[bytes, tuple[BitMap, list[int]]] = {}
        for receiver, found in sorted(senders.items()):
            if found - BitMap((receiver,)):
                receivers.setdefault(found.serialize(), (found, []))[1].append(receiver)
        blocks = (Block(found, BitMap(numbers)) for found, numbers in receivers.values())
        return cls(servers, tuple(blocks))

    @property
    def senders(self) -> dict[int, BitMap]:
        """For each receiver its senders, without itself."""
        return {
            receiver: block.senders - BitMap((receiver,))
            for block in self.blocks
            for receiver in block.receivers
        }

    def rows(self) -> Iterator[tuple[int, BitMap]]:
        """Each sender with its receivers, in the order of the servers."""
        for sender in reduce(or_, (block.senders for block in self.blocks), NONE):
            found = (block.receivers for block in self.blocks if sender in block.senders)
            receivers = reduce(or_, found, NONE) - BitMap((sender,))
            if receivers:
                yield sender, receivers

    def __len__(self) -> int:
        return sum(map(len, self.blocks))

    def __iter__(self) -> Iterator[str]:
        for sender, receivers in self.rows():
            for receiver in receivers:
                yield f"{self.servers[sender]}{ARROW}{self.servers[receiver]}"

    def __contains__(self, name: object) -> bool:
        numbers = {server: number for number, server in enumerate(self.servers)}
        return isinstance(name, str) and any(
            (first := numbers.get(sender)) is not None
            and (last := numbers.get(receiver)) is not None
            and first != last
            and any(first in block.senders and last in block.receivers for block in self.blocks)
            for sender, receiver in splits(name)
        )

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        return tuple(self)[index]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str) or len(self) != len(other):
            return False
        return all(mine == its for mine, its in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash(tuple(self))


def splits(name: str) -> Iterator[tuple[str, str]]:
    """All that a name can mean: servers may have arrows in their names."""
    at = name.find(ARROW)
    while at >= 0:
        yield name[:at], name[at + len(ARROW) :]
        at = name.find(ARROW, at + 1)


def united_pairs(parts: Iterable[Sequence[str]]) -> Sequence[str]:
    """All that is named in one of `parts`, each once; pairs of one organisation stay sets."""
    given = [part for part in parts if part]
    pairs = [part for part in given if isinstance(part, Pairs)]
    if len(pairs) < len(given) or len({part.servers for part in pairs}) != 1:
        return tuple(dict.fromkeys(name for part in given for name in part))
    if len(pairs) == 1:
        return pairs[0]
    found: dict[int, BitMap] = defaultdict(BitMap)
    for part in pairs:
        for block in part.blocks:
            for receiver in block.receivers:
                found[receiver] = found[receiver] | block.senders
    return Pairs.of(pairs[0].servers, found)

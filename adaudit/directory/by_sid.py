"""Mappings by SID that make what they hold when it is looked at."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from adaudit.directory.population import Population
from adaudit.security.sid import Sid

_V = TypeVar("_V")


@dataclass(frozen=True, eq=False)
class BySid(Mapping[Sid, _V]):
    """What is known of some principals."""

    population: Population
    numbers: Collection[int]
    """The principals in it"""
    make: Callable[[int], _V]
    """What is known of one, by its number"""

    def __getitem__(self, sid: Sid) -> _V:
        number = self.population.number(sid)
        if number is None or number not in self.numbers:
            raise KeyError(sid)
        return self.make(number)

    def __contains__(self, sid: object) -> bool:
        number = self.population.number(sid) if isinstance(sid, Sid) else None
        return number is not None and number in self.numbers

    def __iter__(self) -> Iterator[Sid]:
        return map(self.population.sid, self.numbers)

    def __len__(self) -> int:
        return len(self.numbers)

"""Subjects by number: whoever the question is about, half a million accounts or one."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import overload

from adaudit.access.bitmap import BitMap
from adaudit.directory.issuing import domain_of
from adaudit.directory.population import Population
from adaudit.security.sid import Sid


class Subjects(Sequence[Sid]):
    """The SIDs of subjects in the order of their numbers, made when they are looked at."""

    def __init__(
        self, sids: Sequence[bytes], numbers: Mapping[bytes, int], *, are_accounts: bool
    ) -> None:
        self.sids = sids
        """As bytes"""
        self.are_accounts = are_accounts
        """Whether they are all accounts, under the numbers that the population has for them"""
        self._numbers = numbers
        """By SID; there may be more of them"""

    @classmethod
    def of(cls, subjects: Iterable[Sid]) -> "Subjects":
        """Those given, each once."""
        numbers = {sid: number for number, sid in enumerate(dict.fromkeys(subjects))}
        encoded = {sid.encode(): number for sid, number in numbers.items()}
        return cls(list(encoded), encoded, are_accounts=False)

    @classmethod
    def accounts(cls, population: Population) -> "Subjects":
        """All principals that are no groups, under the numbers that the population has for them."""
        sids = population.sids[: population.account_count]
        return cls(sids, population.numbers, are_accounts=True)

    def number(self, sid: bytes) -> int | None:
        """The number of a subject, None for what is none."""
        number = self._numbers.get(sid)
        return number if number is not None and number < len(self.sids) else None

    def by_domain(self) -> dict[bytes | None, BitMap]:
        """The subjects of each domain, and under None those whose SIDs no domain issued."""
        found: dict[bytes | None, array[int]] = defaultdict(lambda: array("I"))
        for number, sid in enumerate(self.sids):
            found[domain_of(sid)].append(number)
        return {domain: BitMap(numbers) for domain, numbers in found.items()}

    @overload
    def __getitem__(self, index: int) -> Sid: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Sid]: ...

    def __getitem__(self, index: int | slice) -> Sid | Sequence[Sid]:
        if isinstance(index, slice):
            return tuple(map(Sid.decode, self.sids[index]))
        return Sid.decode(self.sids[index])

    def __iter__(self) -> Iterator[Sid]:
        return map(Sid.decode, self.sids)

    def __len__(self) -> int:
        return len(self.sids)


class SubjectNumbers(Mapping[Sid, int]):
    """The number of each subject."""

    def __init__(self, subjects: Subjects) -> None:
        self._subjects = subjects

    def __getitem__(self, sid: Sid) -> int:
        number = self._subjects.number(sid.encode())
        if number is None:
            raise KeyError(sid)
        return number

    def __iter__(self) -> Iterator[Sid]:
        return iter(self._subjects)

    def __len__(self) -> int:
        return len(self._subjects)

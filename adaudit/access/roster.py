"""What every principal of a snapshot is, as sets, and what each is called."""

from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from adaudit.access.bitmap import NONE, BitMap
from adaudit.directory.issuing import is_issued
from adaudit.directory.known_names import bare_name
from adaudit.directory.places import Places
from adaudit.directory.population import Population
from adaudit.directory.principal import ACCOUNT_DISABLE, PrincipalKind, kind_of, qualified
from adaudit.directory.snapshot import PrincipalRow
from adaudit.security.sid import Sid

WELL_KNOWN = "well-known"
"""The kind of a SID that no domain issued: Everyone, Authenticated Users, …"""
UNREAD = "unread"
"""The kind of a SID of which no object was read"""
_ONE_BY_ONE = 1 << 10
"""Of more than these the names are read in one pass over all rows"""


@dataclass(frozen=True, slots=True)
class Named:
    """A principal as a list has it."""

    name: str
    kind: str
    """A `PrincipalKind`, `WELL_KNOWN` or `UNREAD`"""
    sid: str
    dn: str = ""
    is_disabled: bool = False
    """Whether the account cannot log on at present; its rights are what they are"""


@dataclass(frozen=True)
class Roster:
    """The principals of a population by number."""

    population: Population

    @property
    def kinds(self) -> Mapping[PrincipalKind, BitMap]:
        """Who is what; a kind that nobody is of may be missing."""
        return self._read[0]

    @property
    def disabled(self) -> BitMap:
        """The accounts that cannot log on at present."""
        return self._read[1]

    @cached_property
    def by_kind(self) -> Mapping[str, BitMap]:
        """Likewise, with what is well-known told apart."""
        found = {str(kind): numbers - self.well_known for kind, numbers in self.kinds.items()}
        return found | {WELL_KNOWN: self.well_known}

    @cached_property
    def well_known(self) -> BitMap:
        """What stands for a SID that no domain issued."""
        sids = self.population.sids
        foreign = self.kinds.get(PrincipalKind.FOREIGN, NONE)
        return BitMap([number for number in foreign if not is_issued(sids[number])])

    def named(self, numbers: BitMap) -> Iterator[tuple[int, Named]]:
        """What some are called, by their numbers, in the order of reading where they are many."""
        if len(numbers) <= _ONE_BY_ONE:
            return ((number, self._one(number)) for number in numbers)
        return self._all(numbers)

    def _one(self, number: int) -> Named:
        found = self.population.principal(number)
        kind = WELL_KNOWN if number in self.well_known else found.kind
        return Named(found.name, kind, str(found.sid), str(found.dn), found.is_disabled)

    def _all(self, numbers: BitMap) -> Iterator[tuple[int, Named]]:
        places, kinds = Places(self.population.domains), self._kinds_of_chains
        for row in self._rows():
            number = self.population.of_row(row)
            if number is None or number not in numbers:
                continue
            is_foreign = kinds[row[2]] is PrincipalKind.FOREIGN
            name = bare_name(row, is_foreign=is_foreign)
            if not is_foreign:
                name = qualified(name, places.domain(row[1]), is_builtin=not is_issued(row[3]))
            kind = WELL_KNOWN if number in self.well_known else kinds[row[2]]
            sid = str(Sid.decode(row[3]))
            yield number, Named(name, kind, sid, row[1], number in self.disabled)

    @cached_property
    def _kinds_of_chains(self) -> Mapping[int, PrincipalKind]:
        chains = self.population.snapshot.chains
        return {number: kind_of(chain) for number, chain in chains.items()}

    @cached_property
    def _read(self) -> tuple[Mapping[PrincipalKind, BitMap], BitMap]:
        """Kinds and disabled accounts, in one pass."""
        kinds, disabled = self._kinds_of_chains, array("I")
        found: dict[PrincipalKind, array[int]] = defaultdict(lambda: array("I"))
        for row in self._rows():
            number = self.population.of_row(row)
            if number is not None:
                found[kinds[row[2]]].append(number)
                if row[5] is not None and int(row[5]) & ACCOUNT_DISABLE:
                    disabled.append(number)
        return {kind: BitMap(numbers) for kind, numbers in found.items()}, BitMap(disabled)

    def _rows(self) -> Iterator[PrincipalRow]:
        return self.population.snapshot.principal_rows()

"""Principals by the names that readers know: sAMAccountName, and the domain before it."""

from collections.abc import Collection, Iterator

from adaudit.directory.dn import Dn
from adaudit.directory.layout import values_in
from adaudit.directory.population import Population
from adaudit.directory.snapshot import PrincipalRow
from adaudit.security.sid import WELL_KNOWN_NAMES, Sid


def spellings(name: str) -> set[str]:
    r"""The ways to write a name, in lower case: `contoso\ex01$` and `ex01$`."""
    return {name.lower(), _last(name)}


def numbers_named(names: Collection[str], population: Population) -> Iterator[int]:
    """
    Those who may have one of some names: all who do, and perhaps a few others.

    Every row is looked at, as nothing else asks for the names of everybody.
    """
    wanted = {_last(name) for name in names}
    chains = population.snapshot.chains
    foreign = {number for number, chain in chains.items() if "foreignsecurityprincipal" in chain}
    for row in population.snapshot.principal_rows():
        if _last(bare_name(row, is_foreign=row[2] in foreign)) in wanted:
            number = population.of_row(row)
            if number is not None:
                yield number


def bare_name(row: PrincipalRow, *, is_foreign: bool) -> str:
    """The name of a principal without its domain."""
    _, dn, _, sid, _, _, _, attributes = row
    if is_foreign:
        return WELL_KNOWN_NAMES.get(Sid.decode(sid), str(Sid.decode(sid)))
    values = values_in(attributes, "samaccountname")
    name = values[0].decode("utf-8", "surrogateescape") if values else ""
    return name or Dn(dn).name


def _last(name: str) -> str:
    return name.rpartition("\\")[2].lower()

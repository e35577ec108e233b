"""Domains of which a part was read from a global catalog, and what is not known of them for it."""

from collections.abc import Iterable

from adaudit.directory.dn import Dn
from adaudit.directory.domains import Domain
from adaudit.directory.entry import Gap
from adaudit.directory.population import Population
from adaudit.directory.principal import GroupScope
from adaudit.directory.snapshot import Snapshot

FROM_CATALOG = (
    "read from a global catalog, which knows the members of universal groups alone and not every "
    "attribute: add a server of it to `ldap:`"
)
"""The reason of a gap by which such a domain is known, in whichever file it comes"""


def without_members(snapshot: Snapshot, population: Population) -> dict[int, str]:
    """By number: the groups whose members a global catalog does not hold, and that it is so."""
    known = partly_known(snapshot.gaps, population.domains.all)
    why = {each: _why(each) for each in population.domains.all if each.dn in known}
    if not why:
        return {}
    return {
        number: why[kind.domain]
        for number, kind in population.kinds.items()
        if kind.scope is not GroupScope.UNIVERSAL and kind.domain in why
    }


def _why(domain: Domain) -> str:
    return (
        f"who is in groups of {domain.dns_name} that are not universal is not known, as it was "
        "read from a global catalog"
    )


def partly_known(gaps: Iterable[Gap], domains: Iterable[Domain]) -> dict[Dn, str]:
    """The domains that gaps say were read from a global catalog, and the subjects of these."""
    subjects = {gap.subject.lower(): gap.subject for gap in gaps if gap.reason == FROM_CATALOG}
    found: dict[Dn, str] = {}
    for domain in domains if subjects else ():
        by_dn = ".".join(rdn.partition("=")[2] for rdn in domain.dn.rdns)
        subject = subjects.get(f"domain {by_dn}".lower())
        if subject is not None:
            found[domain.dn] = subject
    return found

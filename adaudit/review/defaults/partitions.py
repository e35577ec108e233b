"""The partitions of a forest, and which domain the aliases of SDDL mean in each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.directory.domains import Domains
from adaudit.directory.entry import Entry
from adaudit.directory.faults import understood
from adaudit.security.sid import Sid


class PartitionKind(StrEnum):
    """What a naming context holds. [MS-ADTS] 3.1.1.1.5"""

    DOMAIN = "domain"
    CONFIGURATION = "configuration"
    SCHEMA = "schema"
    APPLICATION = "application"


@dataclass(frozen=True, slots=True, eq=False)
class Partition:
    """One naming context, known by its identity."""

    path: str
    """The path of its head, see `Dn`"""
    kind: PartitionKind
    domain: Sid | None
    """
    The domain that aliases such as DA mean in it, None where that was not read.

    Of configuration and schema it is the root of the forest, of an application partition the one
    that msDS-SDReferenceDomain names. [MS-ADTS] 3.1.1.2.3, 6.1.1.2.1.1
    """
    root: Sid | None
    """The domain that aliases such as EA mean"""

    def relative(self, path: str) -> str:
        """The path of an object in it, from the head down and without it; empty for the head."""
        return path[len(self.path) + 1 :]


class Partitions:
    """The partitions that a snapshot knows of, by the paths of their heads."""

    def __init__(self, heads: Mapping[str, Partition]) -> None:
        self.heads = heads
        self._by_parent: dict[str, Partition | None] = {}

    @classmethod
    def of(cls, view: View) -> Self:
        """Read them off domains, cross references and heads."""
        domains = view.domains
        root = domains.root.sid if domains.root else None
        found = {
            domain.dn.path: Partition(domain.dn.path, PartitionKind.DOMAIN, domain.sid, root)
            for domain in domains.all
        }
        for dn, kind in _of_forest(domains):
            found.setdefault(dn.path, Partition(dn.path, kind, root, root))
        for dn, named in _of_applications(view):
            domain = domains.containing(named or dn)
            sid = domain.sid if domain else None
            partition = Partition(dn.path, PartitionKind.APPLICATION, sid, root)
            found.setdefault(dn.path, partition)
        return cls(found)

    def containing(self, path: str) -> Partition | None:
        """The partition that an object of that path is in."""
        own = self.heads.get(path)
        if own is not None:
            return own
        parent = path.rpartition(",")[0]
        if parent not in self._by_parent:
            self._by_parent[parent] = self._above(parent)
        return self._by_parent[parent]

    def _above(self, path: str) -> Partition | None:
        while path and path not in self.heads:
            path = path.rpartition(",")[0]
        return self.heads.get(path)


def _of_forest(domains: Domains) -> Iterator[tuple[Dn, PartitionKind]]:
    if domains.root is None:
        return
    configuration = domains.root.dn.child("CN=Configuration")
    yield configuration, PartitionKind.CONFIGURATION
    yield configuration.child("CN=Schema"), PartitionKind.SCHEMA


def _of_applications(view: View) -> Iterator[tuple[Dn, Dn | None]]:
    """The other partitions, with the reference domains that are named for them."""
    references = view.snapshot.of_class("crossRef")
    for _, (dn, named) in understood(references, _referred, []):
        yield dn, named
    for head in view.snapshot.of_class("domainDNS"):  # a file may lack the cross references
        yield head.dn, None


def _referred(reference: Entry) -> tuple[Dn, Dn | None] | None:
    name, named = reference.text("nCName"), reference.text("msDS-SDReferenceDomain")
    return (Dn(name), Dn(named) if named else None) if name else None

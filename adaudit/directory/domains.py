"""The domains of a forest, as far as they were read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.directory.faults import Fault, understood
from adaudit.directory.snapshot import Snapshot
from adaudit.errors import DirectoryError
from adaudit.security.sid import Sid

_NAMING_CONTEXT_DOMAIN = 0x2  # FLAG_CR_NTDS_DOMAIN, [MS-ADTS] 6.1.1.2.1.1


@dataclass(frozen=True, slots=True)
class Domain:
    """One domain of the forest."""

    dn: Dn
    dns_name: str
    netbios_name: str
    sid: Sid | None
    """None where the domain itself was not read"""


@dataclass(frozen=True, slots=True)
class Domains:
    """All domains of the forest that the snapshot knows of."""

    all: tuple[Domain, ...]
    by_sid: Mapping[Sid, Domain]
    root_dn: Dn | None = None
    """The domain that the configuration lies under, None where no cross reference was read"""
    faults: tuple[Fault, ...] = ()
    """Heads and cross references that could not be understood"""

    @classmethod
    def of(cls, snapshot: Snapshot) -> Self:
        """Read the domains off their cross references and heads."""
        faults: list[Fault] = []
        candidates = [e for e in snapshot.of_class("domainDNS") if e.values("objectSid")]
        heads: dict[Dn, Sid | None] = {head.dn: None for head in candidates}
        heads |= {head.dn: sid for head, sid in understood(candidates, _sid, faults)}
        references = list(snapshot.of_class("crossRef"))
        named = {dn: entry for entry, dn in understood(references, _domain_named, faults)}
        found = tuple(
            _domain(dn, named.get(dn), heads.get(dn)) for dn in dict.fromkeys([*named, *heads])
        )
        by_sid = {domain.sid: domain for domain in found if domain.sid}
        return cls(found, by_sid, _above_configuration(references), tuple(faults))

    @property
    def unread(self) -> tuple[Domain, ...]:
        """The domains that are known to exist and were not read."""
        return tuple(domain for domain in self.all if domain.sid is None)

    @property
    def root(self) -> Domain | None:
        """The root of the forest: the configuration lies under its name."""
        for domain in self.all:
            if domain.dn == self.root_dn:
                return domain
        return min(self.all, key=lambda domain: len(domain.dn.rdns), default=None)

    def containing(self, dn: Dn) -> Domain | None:
        """The domain under whose name `dn` lies, which of the configuration is the forest root."""
        around = [d for d in self.all if d.dn == dn or dn.is_below(d.dn)]
        return max(around, key=lambda domain: len(domain.dn.path), default=None)

    def named(self, name: str) -> Domain:
        """
        The domain of that DNS or NetBIOS name or SID.

        Raises `DirectoryError` when there is none.
        """
        for domain in self.all:
            names = (domain.dns_name, domain.netbios_name, str(domain.sid or ""))
            if name and name.lower() in map(str.lower, names):
                return domain
        known = ", ".join(domain.dns_name for domain in self.all) or "none"
        raise DirectoryError(f"no domain `{name}` in the snapshot", f"known domains: {known}")


def _above_configuration(references: Sequence[Entry]) -> Dn | None:
    """What CN=Configuration lies under: cross references are in CN=Partitions of it."""
    for reference in references:
        return Dn(",".join(reference.dn.rdns[3:]))
    return None


def _sid(head: Entry) -> Sid | None:
    return head.sid


def _domain_named(reference: Entry) -> Dn | None:
    """The domain that a cross reference stands for, None if it stands for no domain."""
    is_domain = (reference.integer("systemFlags") or 0) & _NAMING_CONTEXT_DOMAIN
    name = reference.text("nCName")
    return Dn(name) if is_domain and name else None


def _domain(dn: Dn, reference: Entry | None, sid: Sid | None) -> Domain:
    dns_name = ".".join(rdn.partition("=")[2] for rdn in dn.rdns)
    netbios = reference.text("nETBIOSName") if reference else None
    return Domain(
        dn,
        (reference.text("dnsRoot") if reference else None) or dns_name,
        netbios or dn.name.upper(),
        sid,
    )

"""The domains of a forest, as far as they were read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
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

    @classmethod
    def of(cls, snapshot: Snapshot) -> Self:
        """Read the domains off their cross references and heads."""
        heads = {head.dn: head for head in snapshot.of_class("domainDNS") if head.sid}
        named = {
            Dn(name): reference
            for reference in snapshot.of_class("crossRef")
            if (reference.integer("systemFlags") or 0) & _NAMING_CONTEXT_DOMAIN
            and (name := reference.text("nCName"))
        }
        found = tuple(
            _domain(dn, named.get(dn), heads.get(dn)) for dn in dict.fromkeys([*named, *heads])
        )
        return cls(found, {domain.sid: domain for domain in found if domain.sid})

    @property
    def unread(self) -> tuple[Domain, ...]:
        """The domains that are known to exist and were not read."""
        return tuple(domain for domain in self.all if domain.sid is None)

    @property
    def root(self) -> Domain | None:
        """The domain above all others, as far as that can be told by names."""
        return min(self.all, key=lambda domain: len(domain.dn.rdns), default=None)

    def containing(self, dn: Dn) -> Domain | None:
        """The domain whose naming context holds `dn`, None for the configuration and schema."""
        around = [d for d in self.all if d.dn == dn or dn.is_below(d.dn)]
        return max(around, key=lambda domain: len(domain.dn.path), default=None)

    def named(self, name: str) -> Domain:
        """
        The domain of that DNS or NetBIOS name or SID.

        Raises `DirectoryError` when there is none.
        """
        for domain in self.all:
            names = (domain.dns_name, domain.netbios_name, str(domain.sid))
            if name.lower() in map(str.lower, names):
                return domain
        known = ", ".join(domain.dns_name for domain in self.all) or "none"
        raise DirectoryError(f"no domain `{name}` in the snapshot", f"known domains: {known}")


def _domain(dn: Dn, reference: Entry | None, head: Entry | None) -> Domain:
    dns_name = ".".join(rdn.partition("=")[2] for rdn in dn.rdns)
    netbios = reference.text("nETBIOSName") if reference else None
    return Domain(
        dn,
        (reference.text("dnsRoot") if reference else None) or dns_name,
        netbios or dn.name.upper(),
        head.sid if head else None,
    )

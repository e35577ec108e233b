"""Which computer account is which Exchange server: evidence, never a guess."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.directory.membership import Membership
from adaudit.directory.principal import Principal
from adaudit.directory.snapshot import Snapshot
from adaudit.errors import DirectoryError
from adaudit.exchange.organisation import ExchangeServer


class Sign(StrEnum):
    """What says that an account belongs to a server."""

    LINK = "msExchComputerLink names it"
    DNS_NAME = "its dNSHostName is the server's networkAddress"
    NETBIOS_NAME = "its sAMAccountName is the server's NetBIOS name"
    SERVICE_NAME = "its servicePrincipalName holds the server's networkAddress"


class MappingState(StrEnum):
    """Whether the account of a server is known."""

    MAPPED = "mapped"
    AMBIGUOUS = "ambiguous"
    UNMAPPED = "unmapped"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A computer account that something ties to a server."""

    principal: Principal
    signs: frozenset[Sign]
    dns_name: str | None
    """Its dNSHostName in lower case"""

    @property
    def is_named_in_full(self) -> bool:
        """Whether a sign names the very account, not only one of that short name."""
        return bool(self.signs & {Sign.LINK, Sign.DNS_NAME})

    @property
    def has_only_a_weak_sign(self) -> bool:
        """
        Whether nothing points to it but what another account may have too.

        Another domain may use the NetBIOS name, and a service principal name may be doubled.
        """
        return self.signs in ({Sign.NETBIOS_NAME}, {Sign.SERVICE_NAME})

    def __str__(self) -> str:
        return f"{self.principal.name} ({'; '.join(sorted(self.signs))})"


@dataclass(frozen=True, slots=True)
class AccountMapping:
    """The accounts that a server may have; exactly one if it is mapped."""

    state: MappingState
    candidates: tuple[Candidate, ...]
    why: str


@dataclass(frozen=True)
class Accounts:
    """The computer accounts of a snapshot that something ties to a server, by what does."""

    by_sign: Mapping[tuple[Sign, str], frozenset[Principal]]
    dns_names: Mapping[Principal, str]

    @classmethod
    def of(
        cls, snapshot: Snapshot, membership: Membership, servers: Iterable[ExchangeServer]
    ) -> Self:
        """Find the computer accounts that may be those of some servers."""
        wanted = {key for server in servers for key in _signs_wanted(server)}
        found: dict[tuple[Sign, str], set[Principal]] = defaultdict(set)
        dns_names = {}
        for entry in snapshot.of_class("computer"):
            signs = wanted.intersection(_signs_of(entry))
            principal = membership.of_entry(entry) if signs else None
            if principal is not None:
                for key in signs:
                    found[key].add(principal)
                dns_names[principal] = (entry.text("dNSHostName") or "").lower()
        return cls({key: frozenset(principals) for key, principals in found.items()}, dns_names)

    def map(self, server: ExchangeServer) -> AccountMapping:
        """Find the computer account of a server."""
        signs: dict[Principal, set[Sign]] = defaultdict(set)
        for key in _signs_wanted(server):
            for principal in self.by_sign.get(key, ()):
                signs[principal].add(key[0])
        candidates = tuple(
            Candidate(principal, frozenset(found), self.dns_names.get(principal) or None)
            for principal, found in sorted(signs.items(), key=lambda item: item[0].name)
        )
        return _judge(server, candidates)


def _judge(server: ExchangeServer, candidates: tuple[Candidate, ...]) -> AccountMapping:
    if not candidates:
        return AccountMapping(MappingState.UNMAPPED, (), _no_match(server))
    named = [candidate for candidate in candidates if candidate.is_named_in_full]
    others = [candidate for candidate in candidates if not candidate.is_named_in_full]
    if len(named) == 1 and _is_alone(named[0], others):
        return AccountMapping(MappingState.MAPPED, (named[0],), str(named[0]))
    if not named and len(others) == 1 and not (others[0].dns_name and server.dns_names):
        return AccountMapping(MappingState.MAPPED, (others[0],), str(others[0]))
    listed = ", ".join(map(str, candidates))
    if len(candidates) == 1:
        address, name = ", ".join(sorted(server.dns_names)), candidates[0].dns_name
        why = f"networkAddress says `{address}`, but {listed} has the dNSHostName `{name}`"
    else:
        why = f"several accounts could be meant: {listed}"
    return AccountMapping(MappingState.AMBIGUOUS, candidates, why)


def _is_alone(named: Candidate, others: Iterable[Candidate]) -> bool:
    """
    Whether nothing points to another account.

    An account of the same short name in another domain contradicts nothing, nor does one that
    holds a service principal name of the server beside its own account, as long as the account
    that is named in full has that short name too.
    """
    has_short_name = Sign.NETBIOS_NAME in named.signs
    return all(other.has_only_a_weak_sign and has_short_name for other in others)


def _no_match(server: ExchangeServer) -> str:
    names = ", ".join(f"`{name}`" for name in sorted(server.dns_names)) or "none"
    short = ", ".join(f"`{name.upper()}$`" for name in sorted(server.netbios_names))
    return f"no computer account matches networkAddress {names} or the name {short}"


def _signs_of(entry: Entry) -> Iterable[tuple[Sign, str]]:
    """All that can tie a computer account to a server."""
    yield Sign.LINK, entry.dn.path
    if host := entry.text("dNSHostName"):
        yield Sign.DNS_NAME, host.lower()
    if name := entry.text("sAMAccountName"):
        yield Sign.NETBIOS_NAME, name.removesuffix("$").lower()
    for service in entry.texts("servicePrincipalName"):
        host = service.partition("/")[2].partition("/")[0].partition(":")[0]
        if host:
            yield Sign.SERVICE_NAME, host.lower()


def _signs_wanted(server: ExchangeServer) -> Iterable[tuple[Sign, str]]:
    """All that a server says of its account."""
    for link in server.entry.texts("msExchComputerLink"):
        with suppress(DirectoryError):  # what is no DN names no account; the other signs are left
            yield Sign.LINK, Dn(link).path
    for name in server.dns_names:
        yield Sign.DNS_NAME, name
        yield Sign.SERVICE_NAME, name
    for name in server.netbios_names:
        yield Sign.NETBIOS_NAME, name

"""
The name that an SMTP virtual server gives of itself, held against the names of its server.

A sender looks at that name: it authenticates only to one that it finds in the organisation
(KB 843106, KB 301401). The article lets it be the FQDN of the server or its NetBIOS name.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from adaudit.directory.entry import Entry
from adaudit.exchange.accounts import AccountMapping, MappingState
from adaudit.exchange.organisation import ExchangeServer
from adaudit.exchange.peers import FQDN


class NameState(Enum):
    """What the name of a virtual server is to its server."""

    OWN = "a name of the server"
    OTHER = "no name of the server"
    UNSURE = "not all names of the server are known"
    ABSENT = "no name is stored"


@dataclass(frozen=True, slots=True)
class OwnName:
    """One name of a server, in lower case."""

    name: str
    sign: str
    """What gives it that name"""
    is_full: bool

    def __str__(self) -> str:
        return f"`{self.name}` ({self.sign})"


@dataclass(frozen=True, slots=True)
class SmtpName:
    """The name of a virtual server, and what it is to the server."""

    name: str
    """As it is stored, without blanks and a dot at the end; empty where there is none"""
    state: NameState
    own: tuple[OwnName, ...]
    """The names that it might be"""

    @property
    def signs(self) -> tuple[str, ...]:
        """What gives the server that name."""
        return tuple(own.sign for own in self.own if own.name == self.name.lower())

    @property
    def right_name(self) -> str | None:
        """The name that it should be: the FQDN where one is known."""
        ranked = sorted(self.own, key=lambda own: not own.is_full)
        return ranked[0].name if ranked else None


def smtp_name(virtual_server: Entry, server: ExchangeServer, mapping: AccountMapping) -> SmtpName:
    """Hold the name of a virtual server against the names of its server."""
    name, own = stored_name(virtual_server), own_names(server, mapping)
    return SmtpName(name, _state(name, own, mapping), own)


def stored_name(virtual_server: Entry) -> str:
    """The msExchSmtpFullyQualifiedDomainName without what does not matter; empty if absent."""
    return (virtual_server.text(FQDN) or "").strip().rstrip(".")


def own_names(server: ExchangeServer, mapping: AccountMapping) -> tuple[OwnName, ...]:
    """The full names of a server and its NetBIOS names."""
    return tuple(_own_names(server, mapping))


def _own_names(server: ExchangeServer, mapping: AccountMapping) -> Iterator[OwnName]:
    for name in sorted(server.dns_names):
        yield OwnName(name, "networkAddress", is_full=True)
    if mapping.state is MappingState.MAPPED and (host := mapping.candidates[0].dns_name):
        account = mapping.candidates[0].principal.name
        yield OwnName(host, f"dNSHostName of {account}", is_full=True)
    for name in sorted(server.netbios_names):
        yield OwnName(name, "NetBIOS name", is_full=False)


def _state(name: str, own: tuple[OwnName, ...], mapping: AccountMapping) -> NameState:
    if not name:
        return NameState.ABSENT
    if any(known.name == name.lower() for known in own):
        return NameState.OWN
    is_known = mapping.state is MappingState.MAPPED and any(known.is_full for known in own)
    return NameState.OTHER if is_known else NameState.UNSURE

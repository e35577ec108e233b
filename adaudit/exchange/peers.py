"""
Which Exchange server a host name or IP address of the evidence is: by signs, never by a guess.

Logs name servers as they were seen on the wire: by the name that a greeting gave, by an address.
Whatever ties such a name to a server of the organisation is kept as a sign, so that a reader can
judge it. [KB 843106, events 7004 and 7010]
"""

import ipaddress
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from adaudit.directory.evidence import EvidenceBase
from adaudit.endpoint import is_host_name
from adaudit.exchange.accounts import MappingState
from adaudit.exchange.organisation import ExchangeServer
from adaudit.exchange.pairs import MailFlow

FQDN = "msExchSmtpFullyQualifiedDomainName"


class Standing(StrEnum):
    """What a name is to the organisation."""

    MEMBER = "a server of the organisation"
    STRANGER = "no server of the organisation"
    AMBIGUOUS = "more than one server could be meant"
    UNKNOWN = "nothing says which server this is"


@dataclass(frozen=True, slots=True)
class Peer:
    """One side of a connection, as far as it can be identified."""

    name: str
    """As the evidence gives it: a host name or an IP address; may be empty"""
    standing: Standing
    server: ExchangeServer | None = None
    """Only of a member"""
    signs: tuple[str, ...] = ()
    """What ties the name to the server or servers"""

    @property
    def label(self) -> str:
        """The server's label, or else the name itself, the same in whatever case it was logged."""
        if self.server:
            return self.server.label
        return self.name.strip().rstrip(".").lower() or "(no name)"

    @property
    def is_identified(self) -> bool:
        """Whether it is known which server it is, or that it is none of the organisation."""
        return self.standing in (Standing.MEMBER, Standing.STRANGER)

    def may_be(self, server: ExchangeServer) -> bool:
        """Whether it is that server, or nothing says that it is not."""
        return self.server is server or not self.is_identified


@dataclass(frozen=True, slots=True)
class Route:
    """The mail from one server to another."""

    sender: Peer
    receiver: Peer

    @property
    def label(self) -> str:
        """The pair in words: `EX02 → EX01`."""
        return f"{self.sender.label} → {self.receiver.label}"

    @property
    def is_internal(self) -> bool:
        """Whether both are servers of the organisation."""
        return self.sender.server is not None and self.receiver.server is not None

    @property
    def is_identified(self) -> bool:
        """Whether it is known of both who they are."""
        return self.sender.is_identified and self.receiver.is_identified

    def may_be(self, sender: ExchangeServer, receiver: ExchangeServer) -> bool:
        """Whether it leads from the one to the other, or nothing says that it does not."""
        return self.sender.may_be(sender) and self.receiver.may_be(receiver)


@dataclass(frozen=True)
class Peers:
    """The names and addresses of all servers of an organisation."""

    by_name: Mapping[str, Mapping[str, tuple[str, ...]]]
    """Labels of servers by a name in lower case, each with the signs for it"""
    addresses: Mapping[str, tuple[tuple[str, str], ...]]
    """Names by IP address, each with the source that says so"""
    servers: Mapping[str, ExchangeServer]
    half_named: Mapping[str, str]
    """Labels of servers whose full name is not known, by their short names in lower case"""

    @classmethod
    def of(cls, flow: MailFlow, evidence: EvidenceBase) -> Self:
        """Gather all that names a server."""
        by_name: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
        for server in flow.servers:
            for name, sign in _names_of(server, flow):
                known = by_name[name].get(server.label, ())
                by_name[name][server.label] = tuple(dict.fromkeys((*known, sign)))
        addresses: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for seen in evidence.names:
            for address in map(_address, seen.record.addresses):
                if address is not None:
                    addresses[address].append((seen.record.name, seen.source.name))
        servers = {server.label: server for server in flow.servers}
        full = {label for name, found in by_name.items() if "." in name for label in found}
        half_named = {
            name: label for name, found in by_name.items() for label in found if label not in full
        }
        return cls(
            by_name,
            {key: tuple(found) for key, found in addresses.items()},
            servers,
            half_named,
        )

    def find(self, name: str) -> Peer:
        """Identify a host name, NetBIOS name, label or IP address, brackets left aside."""
        plain = name.strip().strip("[]").rstrip(".").lower()
        address = _address(plain)
        found = self._at(address) if address is not None else self.by_name.get(plain, {})
        if len(found) == 1:
            ((label, signs),) = found.items()
            return Peer(name, Standing.MEMBER, self.servers[label], tuple(signs))
        if found:
            signs = tuple(f"{label}: {'; '.join(why)}" for label, why in found.items())
            return Peer(name, Standing.AMBIGUOUS, None, signs)
        return self._unidentified(name, plain, address)

    def find_side(self, name: str, said: str | None) -> Peer:
        """Identify a side of a session: by what it calls itself only where nothing else tells."""
        peer = self.find(name)
        if peer.standing is not Standing.UNKNOWN or said is None:
            return peer
        named = self.find(said)
        if named.server is None:
            return peer
        return Peer(name, named.standing, named.server, (f"it says `{said}`", *named.signs))

    def member(self, server: ExchangeServer) -> Peer:
        """A server of the organisation that is known already."""
        return Peer(server.label, Standing.MEMBER, server)

    def _at(self, address: str) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for name, source in self.addresses.get(address, ()):
            for label, signs in self.by_name.get(name.lower().rstrip("."), {}).items():
                said = f"`{name}` has the address {address} ({source})"
                found[label] = (*found.get(label, ()), said, *signs)
        return found

    def _unidentified(self, name: str, plain: str, address: str | None) -> Peer:
        if address is not None:
            names = self.addresses.get(address, ())
            signs = tuple(f"`{other}` has that address ({source})" for other, source in names)
            doubts = tuple(doubt for other, _ in names if (doubt := self._doubt(other.lower())))
            is_known = names and not doubts
            standing = Standing.STRANGER if is_known else Standing.UNKNOWN
            return Peer(name, standing, None, (*signs, *doubts))
        if doubt := self._doubt(plain):
            return Peer(name, Standing.UNKNOWN, None, (doubt,))
        if "." in plain and is_host_name(plain):
            why = "no server of the organisation has that name"
            return Peer(name, Standing.STRANGER, None, (why,))
        return Peer(name, Standing.UNKNOWN)

    def _doubt(self, plain: str) -> str | None:
        """Why a full name that no server is known by may still be that of one."""
        label = self.half_named.get(plain.partition(".")[0])
        return f"it may be {label}, whose full name is not known" if label else None


def _names_of(server: ExchangeServer, flow: MailFlow) -> Iterator[tuple[str, str]]:
    """All names that a server goes by, in lower case, with what gives it that name."""
    yield server.label.lower(), "the name of its object"
    yield server.name.lower(), "the name of its object"
    for name in server.netbios_names:
        yield name, "its NetBIOS name (networkAddress)"
    for name in server.dns_names:
        yield name, "its networkAddress"
    mapping = flow.accounts[server.label]
    if mapping.state is MappingState.MAPPED and (host := mapping.candidates[0].dns_name):
        yield host, f"dNSHostName of its account {mapping.candidates[0].principal.name}"
    for virtual_server in server.virtual_servers:
        if name := (virtual_server.text(FQDN) or "").strip().rstrip("."):
            yield name.lower(), f"{FQDN} of its virtual server {virtual_server.dn.name}"


def _address(text: str) -> str | None:
    """The usual form of an IP address, None if it is none."""
    if ":" not in text and not text[:1].isdigit():
        return None  # a name, which most of them are: told without an exception
    try:
        return str(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return None

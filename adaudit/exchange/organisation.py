"""The Exchange organisation in the configuration of a forest: its servers and virtual servers."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.directory.objects import Objects

SERVER_CLASS = "msExchExchangeServer"
VIRTUAL_SERVER_CLASS = "protocolCfgSMTPServer"
ORGANISATION_CLASS = "msExchOrganizationContainer"
_VERSION = re.compile(r"Version (\d+)\.(\d+)")


class Version(StrEnum):
    """The product, as far as `serialNumber` tells it."""

    EXCHANGE_55 = "Exchange 5.5"
    EXCHANGE_2000 = "Exchange 2000"
    EXCHANGE_2003 = "Exchange 2003"
    LATER = "Exchange 2007 or later"
    UNKNOWN = "unknown version"

    @classmethod
    def of(cls, serial_number: str | None) -> Self:
        """Read `Version 6.5 (Build 7638.2: Service Pack 2)`."""
        match = _VERSION.search(serial_number or "")
        if match is None:
            return cls("unknown version")
        major, minor = int(match[1]), int(match[2])
        if major >= 8:
            return cls("Exchange 2007 or later")
        known = {(5, 5): "Exchange 5.5", (6, 0): "Exchange 2000", (6, 5): "Exchange 2003"}
        return cls(known.get((major, minor), "unknown version"))


@dataclass(frozen=True, slots=True)
class ExchangeServer:
    """A server of the organisation, as its object in the configuration describes it."""

    entry: Entry
    label: str
    """Its name; with the administrative group where two servers share one"""
    version: Version
    administrative_group: str
    virtual_servers: tuple[Entry, ...]
    """Its SMTP virtual servers"""

    @property
    def dn(self) -> Dn:
        """The name of the server object."""
        return self.entry.dn

    @property
    def name(self) -> str:
        """The name of the server, which is its NetBIOS name unless the directory says otherwise."""
        return self.entry.dn.name

    @property
    def dns_names(self) -> frozenset[str]:
        """Fully qualified names that it is reached by, in lower case."""
        return frozenset(_addresses(self.entry, "ncacn_ip_tcp"))

    @property
    def netbios_names(self) -> frozenset[str]:
        """NetBIOS names, in lower case: those of `networkAddress`, else the object's name."""
        return frozenset(_addresses(self.entry, "netbios")) or frozenset({self.name.lower()})

    @property
    def smtp_objects(self) -> tuple[Entry, ...]:
        """The objects that Send-As is asked on: the server and its virtual servers."""
        return (self.entry, *self.virtual_servers)

    def holds(self, dn: Dn) -> bool:
        """Whether `dn` is the server object or lies below it."""
        return dn == self.dn or dn.is_below(self.dn)

    @property
    def decides_by_send_as(self) -> bool:
        """Whether the server lets others in by Send-As; later ones have receive connectors."""
        return self.version is not Version.LATER


def servers_of(objects: Objects) -> tuple[ExchangeServer, ...]:
    """All Exchange servers of the forest, by label."""
    entries = list(objects.of_class(SERVER_CLASS))
    names = Counter(entry.dn.name.lower() for entry in entries)
    below = _virtual_servers(objects, {entry.dn for entry in entries})
    servers = (
        _server(entry, tuple(below[entry.dn]), is_unique=names[entry.dn.name.lower()] == 1)
        for entry in entries
    )
    return tuple(sorted(servers, key=lambda server: server.label.lower()))


def _virtual_servers(objects: Objects, servers: AbstractSet[Dn]) -> dict[Dn, list[Entry]]:
    """The SMTP virtual servers by each server that they lie below."""
    found: dict[Dn, list[Entry]] = defaultdict(list)
    for entry in objects.of_class(VIRTUAL_SERVER_CLASS):
        above = entry.dn.parent
        while above is not None:
            if above in servers:
                found[above].append(entry)
            above = above.parent
    return found


def _server(entry: Entry, virtual_servers: tuple[Entry, ...], *, is_unique: bool) -> ExchangeServer:
    group = _administrative_group(entry.dn)
    return ExchangeServer(
        entry,
        entry.dn.name if is_unique else f"{entry.dn.name} ({group})",
        Version.of(entry.text("serialNumber")),
        group,
        virtual_servers,
    )


def _administrative_group(dn: Dn) -> str:
    """The name two levels up: CN=server,CN=Servers,CN=administrative group."""
    servers = dn.parent
    group = servers.parent if servers else None
    return group.name if group else ""


def _addresses(entry: Entry, protocol: str) -> Iterable[str]:
    for address in entry.texts("networkAddress"):
        kind, _, name = address.partition(":")
        if kind.lower() == protocol and name.strip():
            yield name.strip().lower()

"""
SMTP connectors: where they lead, and as whom the sender logs on there.

The stored password, msExchSmtpOutboundSecurityPassword, is neither read nor known here.
"""

import re
from contextlib import suppress
from dataclasses import dataclass

from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.directory.snapshot import Snapshot
from adaudit.errors import DirectoryError
from adaudit.exchange.organisation import ExchangeServer

CONNECTOR_CLASS = "msExchRoutingSMTPConnector"
_ACCOUNT = "msExchSmtpOutboundSecurityUserName"
_FLAG = "msExchSmtpOutboundSecurityFlag"


@dataclass(frozen=True, slots=True)
class SmtpConnector:
    """One SMTP connector of the organisation."""

    entry: Entry
    smart_hosts: tuple[str, ...]
    """Names and addresses that all its mail is handed to; empty where DNS finds the way"""
    domains: tuple[str, ...]
    """Its SMTP address spaces in lower case: `fabrikam.example`, `*.fabrikam.example`, `*`"""
    bridgeheads: tuple[Dn, ...] | None
    """The virtual servers that it sends from; None for any"""

    @property
    def name(self) -> str:
        """The name of its object."""
        return self.entry.dn.name

    @property
    def account(self) -> str | None:
        """The user name by which it logs on to the other side."""
        return (self.entry.text(_ACCOUNT) or "").strip() or None

    @property
    def is_silent(self) -> bool:
        """Whether it surely does not authenticate; the bits of its flag are not documented."""
        return self.account is None and self.entry.text(_FLAG) in (None, "0")

    def starts_at(self, server: ExchangeServer) -> bool:
        """Whether a server may send by it."""
        return self.bridgeheads is None or any(map(server.holds, self.bridgeheads))

    def covers(self, host: str) -> bool:
        """Whether the mail domain of a host is in its address spaces."""
        name = host.strip().rstrip(".").lower()
        return any(_covers(domain, name) for domain in self.domains)

    def __str__(self) -> str:
        hosts = ", ".join(f"`{host}`" for host in self.smart_hosts) or "none"
        spaces = ", ".join(f"`{domain}`" for domain in self.domains) or "none"
        flag = self.entry.text(_FLAG)
        return (
            f"SMTP connector {self.name}: smart host {hosts}, SMTP address space {spaces}, {_FLAG}"
            f" {'absent' if flag is None else flag}, {_ACCOUNT}"
            f" {f'`{self.account}`' if self.account else 'absent'}"
        )


def smtp_connectors(snapshot: Snapshot) -> tuple[SmtpConnector, ...]:
    """All SMTP connectors of a snapshot, by name."""
    found = (
        SmtpConnector(
            entry,
            tuple(_smart_hosts(entry.text("msExchSmtpSmartHost") or "")),
            tuple(_domains(entry.texts("routingList"))),
            _bridgeheads(entry.texts("msExchSourceBridgeheadServersDN")),
        )
        for entry in snapshot.of_class(CONNECTOR_CLASS)
    )
    return tuple(sorted(found, key=lambda connector: connector.entry.dn.path))


def _covers(domain: str, name: str) -> bool:
    plain = domain.removeprefix("*").removeprefix("@").removeprefix(".")
    return not plain or name == plain or name.endswith(f".{plain}")


def _smart_hosts(text: str) -> list[str]:
    """Hosts are listed with commas or semicolons, addresses stand in brackets."""
    return [host.strip().strip("[]") for host in re.split(r"[;,]", text) if host.strip()]


def _domains(spaces: tuple[str, ...]) -> list[str]:
    """The domains of `SMTP:*.fabrikam.example;1`, where the number is a cost."""
    parts = (space.partition(":") for space in spaces)
    smtp = (rest.partition(";")[0] for kind, _, rest in parts if kind.strip().upper() == "SMTP")
    return [domain.strip().lower() for domain in smtp if domain.strip()]


def _bridgeheads(values: tuple[str, ...]) -> tuple[Dn, ...] | None:
    found = []
    for value in values:
        with suppress(DirectoryError):  # what is no DN names no virtual server
            found.append(Dn(value))
    return tuple(found) if values else None

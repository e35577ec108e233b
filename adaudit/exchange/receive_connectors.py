"""
Receive connectors: how Exchange 2007 and later let other servers in.

Who may submit XEXCH50 is decided by two extended rights on the connector that takes the session,
not by Send-As on a virtual server.
"""

from dataclasses import dataclass
from uuid import UUID

from adaudit.directory.entry import Entry
from adaudit.directory.snapshot import Snapshot
from adaudit.exchange.organisation import ExchangeServer
from adaudit.security.rights import AccessMask, Right

CONNECTOR_CLASS = "msExchSmtpReceiveConnector"
ACCEPT_EXCH50 = Right(
    "ms-Exch-SMTP-Accept-Exch50",
    AccessMask.CONTROL_ACCESS,
    UUID("e373fb21-d851-4d15-af23-982f09f2400b"),
)
"""Allows to submit XEXCH50 commands on the connector"""
SUBMIT = Right(
    "ms-Exch-SMTP-Submit",
    AccessMask.CONTROL_ACCESS,
    UUID("a18293f1-0685-4540-aa63-e32df421b3a2"),
)
"""Allows to submit mail on the connector at all"""
_SMTP_PORT = "25"
_HUB_TRANSPORT, _EDGE_TRANSPORT = 32, 64  # msExchCurrentServerRoles


@dataclass(frozen=True, slots=True)
class ReceiveConnector:
    """One receive connector of a server."""

    entry: Entry

    @property
    def name(self) -> str:
        """The name of its object: `Default EX07`."""
        return self.entry.dn.name

    @property
    def is_for_servers(self) -> bool:
        """
        Whether it may take sessions of other servers: it is enabled, and listens on port 25.

        Clients submit on another port (587), where servers hold no rights and need none.
        """
        bindings = self.entry.texts("msExchSmtpReceiveBindings")
        is_on_port = not bindings or any(_port(binding) == _SMTP_PORT for binding in bindings)
        return is_on_port and not self._is_disabled

    @property
    def _is_disabled(self) -> bool:
        return (self.entry.text("msExchSmtpReceiveEnabled") or "").upper() == "FALSE"

    def __str__(self) -> str:
        bindings = _listed(self.entry.texts("msExchSmtpReceiveBindings"))
        ranges = _listed(self.entry.texts("msExchSmtpReceiveRemoteIPRanges"))
        state = "disabled, " if self._is_disabled else ""
        return (
            f"receive connector {self.name}: {state}bindings {bindings}, remote IP ranges {ranges}"
        )


def receive_connectors(server: ExchangeServer, snapshot: Snapshot) -> tuple[ReceiveConnector, ...]:
    """All receive connectors of a server, by name."""
    found = snapshot.of_class(CONNECTOR_CLASS)
    return tuple(ReceiveConnector(entry) for entry in found if server.holds(entry.dn))


def takes_mail(server: ExchangeServer) -> bool | None:
    """Whether a server has the role of a transport server, None where its roles are not known."""
    roles = server.entry.text("msExchCurrentServerRoles") or ""
    if not (roles.isascii() and roles.isdecimal() and len(roles) < 20):
        return None
    return bool(int(roles) & (_HUB_TRANSPORT | _EDGE_TRANSPORT))


def _port(binding: str) -> str:
    return binding.rpartition(":")[2].strip()


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(f"`{value}`" for value in values) or "not read"

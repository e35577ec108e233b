"""How SMTP servers are asked."""

import re
import socket
from dataclasses import dataclass, field
from pathlib import Path

from adaudit.endpoint import is_host_name
from adaudit.errors import EvidenceError

_ADDRESS_LITERAL = re.compile(r"\[[0-9A-Za-z.:]{2,60}\]")


def own_name() -> str:
    """The name of this computer; `localhost` where it has none that can be given in EHLO."""
    name = socket.gethostname()
    return name if is_host_name(name) else "localhost"


@dataclass(frozen=True, slots=True)
class ProbeOptions:
    """How servers are asked. Raises `EvidenceError` for what they cannot be asked with."""

    timeout: float = 10.0
    """Seconds for the name, for the connection and for each answer"""
    starttls: bool = True
    """Whether to look inside TLS where it is offered"""
    xexch50: bool = False
    """Whether to ask about XEXCH50 too, which a server that refuses it may log as event 7010"""
    ehlo_name: str = field(default_factory=own_name)
    ca_file: Path | None = None
    """Certificates of authorities (PEM) to trust instead of those of the system"""

    def __post_init__(self) -> None:
        if not self.timeout > 0:
            raise EvidenceError(f"a time limit of {self.timeout:g} s leaves no time")
        if not (is_host_name(self.ehlo_name) or _ADDRESS_LITERAL.fullmatch(self.ehlo_name)):
            raise EvidenceError(
                f"`{self.ehlo_name}` is no name for EHLO", "give a host name, or `[10.0.0.1]`"
            )

    @property
    def whole(self) -> float:
        """Seconds for all that one server is asked, over all connections."""
        return 4 * self.timeout

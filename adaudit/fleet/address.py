"""Where the scheduler of a fleet listens, and how it is known to be the right one."""

from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, Self

from adaudit.endpoint import Endpoint, parse_endpoint
from adaudit.errors import AddressError, ConfigError

_PORT = 8786
_FORM = "`dask://127.0.0.1:8786` on this computer, `tls://HOST:PORT` on others"
_LOOPBACK_HINT = (
    "whoever reaches such a scheduler can run programs on its workers: use `tls://`, or a tunnel "
    "that begins on this computer"
)


@dataclass(frozen=True, slots=True)
class FleetTls:
    """The certificates of a fleet; None where Dask's own configuration names them."""

    ca_file: Path | None = None
    """PEM file with the one authority whose certificates the fleet trusts"""
    cert: Path | None = None
    """PEM file with the certificate that shows who we are"""
    key: Path | None = None
    """PEM file with its key, if the certificate's file does not hold it"""


@dataclass(frozen=True, slots=True)
class FleetAddress:
    """
    The address of a scheduler.

    `dask` is plain TCP, on which nobody proves who he is: raises `ConfigError` for it on any but
    a loopback address.
    """

    scheme: Literal["dask", "tls"]
    endpoint: Endpoint

    def __post_init__(self) -> None:
        if self.scheme == "dask" and not _is_loopback(self.endpoint.host):
            raise ConfigError(f"`{self}` leaves this computer unprotected", _LOOPBACK_HINT)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `dask://host[:port]` or `tls://host[:port]`. Raises `ConfigError`."""
        start, separator, server = text.partition("://")
        if not separator or start not in {"dask", "tls"}:
            raise ConfigError(f"`{text}` is no address of a fleet", _FORM)
        scheme: Literal["dask", "tls"] = "tls" if start == "tls" else "dask"
        try:
            return cls(scheme, parse_endpoint(server, _PORT))
        except AddressError as error:
            raise ConfigError(
                f"`{text}` is no address of a fleet: {error.message}", _FORM
            ) from error

    @property
    def url(self) -> str:
        """The address as Dask writes it."""
        return f"{'tls' if self.scheme == 'tls' else 'tcp'}://{self.endpoint}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.endpoint}"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:  # a name, and this one is reserved for it: [RFC6761] 6.3
        return host.lower().rstrip(".") == "localhost"

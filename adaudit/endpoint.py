"""Where a computer is found on the network: its name or IP address, and a port."""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv6Address, ip_address

from adaudit.errors import AddressError

SMTP_PORT = 25
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_\-]{0,61}[A-Za-z0-9_])?"
NAME = rf"(?![A-Za-z0-9_.\-]{{254}}){_LABEL}(?:\.{_LABEL})*"
"""A DNS or NetBIOS name, or an IPv4 address; in Python and in ECMAScript. [RFC 1035] 2.3.4"""
IPV6 = r"[0-9A-Fa-f:.]+"
"""What stands inside the brackets of an IPv6 address"""
PORT = r"(?::[0-9]{1,5})?"
_BARE_IPV6 = r"[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*"
HOST_PATTERN = rf"^(?:{NAME}|\[{IPV6}\]|{_BARE_IPV6})$"
ENDPOINT_PATTERN = rf"^(?:{NAME}{PORT}|\[{IPV6}\]{PORT}|{_BARE_IPV6})$"
"""What JSON Schema can say about a host, and about one with or without a port"""
_ZONE = r"(?:%[A-Za-z0-9_.\-]+)?"
_HOST_NAME = re.compile(rf"{NAME}\.?")
_ADDRESS = re.compile(rf"{IPV6}{_ZONE}")
_PARTS = re.compile(
    rf"(?:({NAME}\.?)|\[({IPV6}{_ZONE})\])(?::([0-9]{{1,5}}))?|({_BARE_IPV6}{_ZONE})"
)
_FORMS = (
    "write `ex01.contoso.example`, `192.0.2.1` or `[2001:db8::1]`; an international name in its"
    " xn-- form"
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """
    A host, by name or IP address, and a TCP port.

    Raises `AddressError` for what is neither: nothing but a name or address may reach a resolver
    or a TLS library.
    """

    host: str
    """An IPv6 address stands here without its brackets, and may have a zone: `fe80::1%eth0`"""
    port: int

    def __post_init__(self) -> None:
        if not (is_host_name(self.host) or is_address(self.host)):
            raise _no_host(self.host)
        if not 1 <= self.port <= 65535:
            raise AddressError(f"port {self.port} is not between 1 and 65535")

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_endpoint(text: str, port: int) -> Endpoint:
    """
    Read `ex01.contoso.example`, `ex01:2525`, `10.0.0.1`, `::1` or `[::1]:25`.

    `port` is that of a text which names none. Raises `AddressError` for anything else.
    """
    host, own_port = _split(text)
    return Endpoint(host, port if own_port is None else own_port)


def parse_host(text: str) -> str:
    """Read a name or an address, an IPv6 one with or without brackets. Or `AddressError`."""
    host, port = _split(text)
    if port is not None:
        raise AddressError("a port has no meaning here: give the host alone")
    return host


def is_host_name(text: str) -> bool:
    """Whether a text can be a name in DNS, with the underscores of Windows. [RFC 1123] 2.1"""
    return _HOST_NAME.fullmatch(text) is not None


def is_address(text: str) -> bool:
    """Whether a text is an IPv4 or IPv6 address; the latter may have a zone, `fe80::1%eth0`."""
    if _ADDRESS.fullmatch(text) is None:
        return False
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _split(text: str) -> tuple[str, int | None]:
    match = _PARTS.fullmatch(text)
    if match is None:
        raise _no_host(text)
    name, bracketed, port, bare = match.groups()
    return name or _ipv6(bracketed or bare), None if port is None else int(port)


def _ipv6(text: str) -> str:
    """The one way to write an IPv6 address. [RFC 5952]"""
    try:
        return str(IPv6Address(text))
    except AddressValueError as error:
        raise AddressError(f"`[{text}]` is no IPv6 address: {error}") from error


def _no_host(text: str) -> AddressError:
    return AddressError(f"`{text}` is no host name and no IP address", _FORMS)

"""Where a computer is found on the network: by name or address, for SMTP with a port."""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv6Address
from typing import Self

from adaudit.errors import ConfigError

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_\-]{0,61}[A-Za-z0-9_])?"
NAME = rf"(?![A-Za-z0-9_.\-]{{254}}){_LABEL}(?:\.{_LABEL})*"
"""A DNS or NetBIOS name, or an IPv4 address; in Python and in ECMAScript. [RFC 1035] 2.3.4"""
IPV6 = r"[0-9A-Fa-f:.]+"
"""What stands inside the brackets of an IPv6 address"""
PORT = r"(?::[0-9]{1,5})?"
_BARE_IPV6 = r"[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*"
HOST_PATTERN = rf"^(?:{NAME}|\[{IPV6}\]|{_BARE_IPV6})$"
SMTP_PATTERN = rf"^(?:{NAME}{PORT}|\[{IPV6}\]{PORT}|{_BARE_IPV6})$"
"""What JSON Schema can say about a host, and about one with or without a port"""
_PARTS = re.compile(rf"(?:({NAME})|\[({IPV6})\])(?::([0-9]{{1,5}}))?|({_BARE_IPV6})")
_FORM = "`ex01.contoso.example`, `192.0.2.1` or `[2001:db8::1]`"
_SMTP = 25


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where one server takes mail."""

    host: str
    """A DNS name or an IP address, an IPv6 address without its brackets"""
    port: int = _SMTP

    def __post_init__(self) -> None:
        check_port(self.port)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `host[:port]`; an IPv6 address with a port stands in brackets. Or ConfigError."""
        host, port = _split(text, f"{_FORM}, with or without `:port`")
        return cls(host, _SMTP if port is None else int(port))

    def __str__(self) -> str:
        if self.port == _SMTP:
            return self.host
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_host(text: str) -> str:
    """Read a name or an address, an IPv6 one with or without brackets. Or ConfigError."""
    host, port = _split(text, _FORM)
    if port is not None:
        raise ConfigError("a port has no meaning here: give the host alone")
    return host


def ipv6(text: str) -> str:
    """Read an IPv6 address that stands in brackets, or raise ConfigError."""
    try:
        return str(IPv6Address(text))
    except AddressValueError as error:
        raise ConfigError(f"`[{text}]` is no IPv6 address: {error}") from error


def check_port(port: int) -> None:
    """Raise ConfigError if no TCP port has this number."""
    if not 1 <= port <= 65535:
        raise ConfigError(f"port {port} is not between 1 and 65535")


def _split(text: str, form: str) -> tuple[str, str | None]:
    if "://" in text:
        raise ConfigError(f"a host is no URL: write {form}")
    match = _PARTS.fullmatch(text)
    if match is None:
        raise ConfigError(f"not a host of the form {form}")
    return match[1] or ipv6(match[2] or match[4]), match[3]

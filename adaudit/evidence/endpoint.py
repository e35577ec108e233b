"""Where an SMTP server is asked: a host and a port, as a user writes them."""

import ipaddress
import re
from dataclasses import dataclass

from adaudit.errors import EvidenceError

SMTP_PORT = 25
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST_NAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*\.?")
_ADDRESS = re.compile(r"[0-9A-Fa-f:.]+(?:%[A-Za-z0-9_.-]+)?")
_BRACKETED = re.compile(r"\[([^]]*)\](?::([0-9]+))?")
_NAMED = re.compile(r"([^:]*)(?::([0-9]+))?")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """
    A host, by name or IP address, and a port.

    Raises `EvidenceError` for what is neither: nothing but a name or address may reach a resolver
    or a TLS library.
    """

    host: str
    port: int = SMTP_PORT

    def __post_init__(self) -> None:
        if not (is_host_name(self.host) or is_address(self.host)):
            raise EvidenceError(
                f"`{self.host}` is no host name and no IP address",
                "an international name is written in its xn-- form",
            )
        if not 0 < self.port < 1 << 16:
            raise EvidenceError(f"`{self.port}` is no TCP port", "ports go from 1 to 65535")

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_endpoint(text: str, port: int = SMTP_PORT) -> Endpoint:
    """
    Read `ex01.contoso.example`, `ex01:2525`, `10.0.0.1`, `::1` or `[::1]:25`.

    `port` is that of a text which names none. Raises `EvidenceError` for anything else.
    """
    if is_address(text):
        return Endpoint(text, port)
    match = _BRACKETED.fullmatch(text) or _NAMED.fullmatch(text)
    if match is None:
        raise EvidenceError(f"`{text}` is not HOST or HOST:PORT", "IPv6 is written `[::1]:25`")
    digits = match[2]
    return Endpoint(match[1], port if digits is None else int(digits[:6]))


def is_host_name(text: str) -> bool:
    """Whether a text can be a name in DNS, with the underscores of Windows. [RFC1123] 2.1"""
    return _HOST_NAME.fullmatch(text) is not None


def is_address(text: str) -> bool:
    """Whether a text is an IPv4 or IPv6 address; the latter may have a zone, `fe80::1%eth0`."""
    if _ADDRESS.fullmatch(text) is None:
        return False
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True

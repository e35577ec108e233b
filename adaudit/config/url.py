"""The address of a domain controller: scheme, host and port of an LDAP URL. [RFC 4516]"""

import re
from dataclasses import dataclass
from typing import Literal, Self

from adaudit.config.host import IPV6, NAME, PORT, check_port, ipv6
from adaudit.errors import ConfigError

_PORTS = {"ldap": 389, "ldaps": 636}
URL_PATTERN = rf"^[Ll][Dd][Aa][Pp][Ss]?://(?:{NAME}|\[{IPV6}\]){PORT}$"
"""What JSON Schema can say about such a URL"""
_PARTS = re.compile(
    rf"(ldaps?)://(?:({NAME})|\[({IPV6})\])(?::([0-9]{{1,5}}))?", re.IGNORECASE | re.ASCII
)
_FORM = "`ldap://host`, `ldaps://host`, with or without `:port`"


@dataclass(frozen=True, slots=True)
class LdapUrl:
    """Where one domain controller listens."""

    scheme: Literal["ldap", "ldaps"]
    host: str
    """A DNS name or an IP address, an IPv6 address without its brackets"""
    port: int

    def __post_init__(self) -> None:
        check_port(self.port)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `ldap://host[:port]`; raises ConfigError, which repeats no password in a URL."""
        if "@" in text:
            raise ConfigError("a URL holds no user or password: they belong into `auth`")
        match = _PARTS.fullmatch(text)
        if match is None:
            raise ConfigError(f"not a URL of the form {_FORM}")
        scheme: Literal["ldap", "ldaps"] = "ldaps" if match[1].lower() == "ldaps" else "ldap"
        host = match[2] or ipv6(match[3])
        return cls(scheme, host, int(match[4] or _PORTS[scheme]))

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"

"""The address of a domain controller: scheme, host and port of an LDAP URL. [RFC 4516]"""

import re
from dataclasses import dataclass
from typing import Literal, Self

from adaudit.endpoint import IPV6, NAME, PORT, Endpoint, parse_endpoint
from adaudit.errors import ConfigError

_PORTS = {"ldap": 389, "ldaps": 636}
URL_PATTERN = rf"^[Ll][Dd][Aa][Pp][Ss]?://(?:{NAME}|\[{IPV6}\]){PORT}$"
"""What JSON Schema can say about such a URL"""
_FORM = "`ldap://host`, `ldaps://host`, with or without `:port`"


@dataclass(frozen=True, slots=True)
class LdapUrl:
    """Where one domain controller listens. Raises AddressError for no host or no port."""

    scheme: Literal["ldap", "ldaps"]
    host: str
    """A DNS name or an IP address, an IPv6 address without its brackets"""
    port: int

    def __post_init__(self) -> None:
        Endpoint(self.host, self.port)

    @classmethod
    def parse(cls, text: str) -> Self:
        """
        Read `ldap://host[:port]`.

        Raises `ConfigError`, which repeats no password in a URL, for what has another form, and
        `AddressError` for an address or port that there cannot be.
        """
        if "@" in text:
            raise ConfigError("a URL holds no user or password: they belong into `auth`")
        if not re.fullmatch(URL_PATTERN, text):
            raise ConfigError(f"not a URL of the form {_FORM}")
        start, _, server = text.partition("://")
        scheme: Literal["ldap", "ldaps"] = "ldaps" if start.lower() == "ldaps" else "ldap"
        found = parse_endpoint(server, _PORTS[scheme])
        return cls(scheme, found.host, found.port)

    def __str__(self) -> str:
        server = str(Endpoint(self.host, self.port)).removesuffix(f":{_PORTS[self.scheme]}")
        return f"{self.scheme}://{server}"

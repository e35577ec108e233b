"""The address of a domain controller: scheme, host and port of an LDAP URL. [RFC 4516]"""

import re
from dataclasses import dataclass
from typing import Literal, Self, TypeAlias

from adaudit.endpoint import IPV6, NAME, PORT, Endpoint, parse_endpoint
from adaudit.errors import ConfigError

_PORTS = {"ldap": 389, "ldaps": 636, "gc": 3268, "gcs": 3269}
_OF_CATALOGS = {3268, 3269}
URL_PATTERN = rf"^(?:[Ll][Dd][Aa][Pp]|[Gg][Cc])[Ss]?://(?:{NAME}|\[{IPV6}\]){PORT}$"
"""What JSON Schema can say about such a URL"""
_FORM = "`ldap://host`, `ldaps://host`, `gc://host`, `gcs://host`, with or without `:port`"
Scheme: TypeAlias = Literal["ldap", "ldaps", "gc", "gcs"]


_SCHEMES: dict[str, Scheme] = {"ldap": "ldap", "ldaps": "ldaps", "gc": "gc", "gcs": "gcs"}


@dataclass(frozen=True, slots=True)
class LdapUrl:
    """Where one domain controller listens. Raises AddressError for no host or no port."""

    scheme: Scheme
    host: str
    """A DNS name or an IP address, an IPv6 address without its brackets"""
    port: int

    def __post_init__(self) -> None:
        Endpoint(self.host, self.port)

    @classmethod
    def parse(cls, text: str) -> Self:
        """
        Read `ldap://host[:port]`, and the same of `ldaps`, `gc` and `gcs`.

        Raises `ConfigError`, which repeats no password in a URL, for what has another form, and
        `AddressError` for an address or port that there cannot be.
        """
        if "@" in text:
            raise ConfigError("a URL holds no user or password: they belong into `auth`")
        if not re.fullmatch(URL_PATTERN, text):
            raise ConfigError(f"not a URL of the form {_FORM}")
        start, _, server = text.partition("://")
        scheme = _SCHEMES[start.lower()]
        found = parse_endpoint(server, _PORTS[scheme])
        return cls(scheme, found.host, found.port)

    @property
    def uses_tls(self) -> bool:
        """Whether it is TLS from the start."""
        return self.scheme.endswith("s")

    @property
    def is_catalog(self) -> bool:
        """Whether a global catalog answers, which its ports alone tell too."""
        return self.scheme.startswith("gc") or self.port in _OF_CATALOGS

    def __str__(self) -> str:
        server = str(Endpoint(self.host, self.port)).removesuffix(f":{_PORTS[self.scheme]}")
        return f"{self.scheme}://{server}"

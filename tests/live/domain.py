"""The domains that the tests set up, and the passwords of their throw-away accounts."""

from dataclasses import dataclass

PASSWORD = "Passw0rd.Lab1"
"""Of every account: nothing but tests on a loopback address ever sees these domains."""


@dataclass(frozen=True, slots=True)
class Domain:
    """An Active Directory domain that is a forest of its own, with one domain controller."""

    realm: str
    netbios_name: str
    sid: str
    """Fixed, so that the SIDs in security descriptors are the same in every run."""
    host: str = "dc1"

    @property
    def dns_name(self) -> str:
        """The realm as a DNS name: `example.test`."""
        return self.realm.lower()

    @property
    def fqdn(self) -> str:
        """The domain controller's full name: `dc1.example.test`."""
        return f"{self.host}.{self.dns_name}"

    @property
    def base(self) -> str:
        """The distinguished name of the domain's head: `DC=example,DC=test`."""
        return ",".join(f"DC={label}" for label in self.dns_name.split("."))

    @property
    def configuration(self) -> str:
        """The distinguished name of the configuration partition."""
        return f"CN=Configuration,{self.base}"


EXAMPLE = Domain("EXAMPLE.TEST", "EXAMPLE", "S-1-5-21-1004336348-1177238915-682003330")
CONTOSO = Domain("CONTOSO.EXAMPLE", "CONTOSO", "S-1-5-21-2052111302-1960408961-725345543")
TAILSPIN = Domain("TAILSPIN.EXAMPLE", "TAILSPIN", "S-1-5-21-1757981266-1645522239-839522115")

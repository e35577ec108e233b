"""A domain with an organisation in it, to which tests add what they are about."""

from dataclasses import dataclass, field

import pytest

from adaudit.access.view import View
from adaudit.exchange.pairs import MailFlow
from tests.builders import Made, MadeDomain, World

SERIAL_NUMBER = "Version 6.5 (Build 7638.2: Service Pack 2)"


@dataclass
class Organisation:
    """The domain CONTOSO and the organisation of its forest."""

    world: World = field(default_factory=World)
    contoso: MadeDomain = field(init=False)

    def __post_init__(self) -> None:
        self.contoso = self.world.domain("CONTOSO", "DC=contoso,DC=example")
        self.dn = f"CN=Contoso,CN=Microsoft Exchange,CN=Services,{self.world.configuration}"
        self.world.add(self.dn, "msExchOrganizationContainer")

    def server(
        self,
        name: str,
        *addresses: str,
        group: str = "Head Office",
        version: str = SERIAL_NUMBER,
        **attributes: object,
    ) -> Made:
        """Add a server with one virtual server; `addresses` are its networkAddress."""
        made = self.world.add(
            f"CN={name},CN=Servers,CN={group},CN=Administrative Groups,{self.dn}",
            "msExchExchangeServer",
            "O:DAG:DAD:(A;;CR;;;AU)",
            serialNumber=version,
            networkAddress=list(addresses),
            **attributes,
        )
        smtp = f"CN=1,CN=SMTP,CN=Protocols,{made.dn}"
        self.world.add(smtp, "protocolCfgSMTPServer", "O:DAG:DAD:(A;;CR;;;AU)")
        return made

    def flow(self) -> MailFlow:
        """The mail flow of what was made so far."""
        return MailFlow(View(self.world.snapshot()))


@pytest.fixture
def organisation() -> Organisation:
    """An organisation without servers."""
    return Organisation()

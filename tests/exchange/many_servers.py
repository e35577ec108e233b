"""
An Exchange organisation of very many servers, in memory, sound or with pairs broken on purpose.

    snapshot = organisation(servers=1000, denied=500)

All servers are in *Exchange Domain Servers*, which is granted Send-As on the organisation. The
first `denied` servers are also in a group with a deny on the organisation, by way of another one.
"""

from pathlib import Path

from adaudit.directory.snapshot import Snapshot
from adaudit.security.rights import SEND_AS
from tests.builders import Made, World

SERIAL_NUMBER = "Version 6.5 (Build 7638.2: Service Pack 2)"
FIRST_RID = 10_000
OWNER = "O:DAG:DAD:"
SEND_AS_GUID = SEND_AS.object_type
SENDER_GROUPS = 25
"""Into how many administrative groups the servers are divided"""


def organisation(
    servers: int = 1000,
    denied: int = 0,
    *,
    not_granted: int = 0,
    are_different: bool = False,
    path: Path | None = None,
) -> Snapshot:
    """
    The snapshot of an organisation of one domain with `servers` servers of Exchange 2003.

    The first `denied` are denied Send-As on all, the last `not_granted` are granted it nowhere.
    With `are_different` no two server objects have equal security descriptors.
    """
    world = World()
    domain = world.domain("CONTOSO", "DC=contoso,DC=example")
    accounts = [
        domain.computer(name(number), FIRST_RID + number, dNSHostName=host(number))
        for number in range(servers)
    ]
    senders = domain.group(
        "Exchange Domain Servers", 1601, members=accounts[: servers - not_granted]
    )
    nested = domain.group("Branch Servers", 1602, members=accounts[:denied])
    restricted = domain.group("Mail Restrictions", 1603, members=[nested])
    allow = f"(OA;CI{{flags}};CR;{SEND_AS_GUID};;{senders.sid})"
    deny = f"(OD;CI{{flags}};CR;{SEND_AS_GUID};;{restricted.sid})" if denied else ""
    entries = deny + allow
    top = f"CN=Contoso,CN=Microsoft Exchange,CN=Services,{world.configuration}"
    world.add(top, "msExchOrganizationContainer", OWNER + entries.format(flags=""))
    inherited = entries.format(flags="ID")
    groups = f"CN=Administrative Groups,{top}"
    world.add(groups, "container", OWNER + inherited)
    for group in range(SENDER_GROUPS):
        world.add(f"CN=Site {group:02},{groups}", "msExchAdminGroup", OWNER + inherited)
        world.add(f"CN=Servers,CN=Site {group:02},{groups}", "container", OWNER + inherited)
    for number, account in enumerate(accounts):
        own = f"(A;;RP;;;{account.sid})" if are_different else ""
        container = f"CN=Servers,CN=Site {number % SENDER_GROUPS:02},{groups}"
        _server(world, container, number, OWNER + own + inherited, OWNER + inherited)
    return world.snapshot(path)


def name(number: int) -> str:
    """The name of a server."""
    return f"EX{number:04}"


def host(number: int) -> str:
    """Its DNS name."""
    return f"{name(number).lower()}.contoso.example"


def _server(world: World, container: str, number: int, own: str, below: str) -> Made:
    """A server with one virtual server, and the containers between, which inherit."""
    server = world.add(
        f"CN={name(number)},{container}",
        "msExchExchangeServer",
        own,
        serialNumber=SERIAL_NUMBER,
        networkAddress=[f"netbios:{name(number)}", f"ncacn_ip_tcp:{host(number)}"],
    )
    protocols = world.add(f"CN=Protocols,{server.dn}", "container", below)
    smtp = world.add(f"CN=SMTP,{protocols.dn}", "protocolCfgSMTPContainer", below)
    return world.add(f"CN=1,{smtp.dn}", "protocolCfgSMTPServer", below)

"""An Exchange organisation's objects in the configuration partition, as its setup makes them."""

from dataclasses import dataclass, field

from exchange_schema import PROBE
from sam import Sam

SEND_AS = "ab721a54-1e2f-11d0-9819-00aa0040529b"
RECEIVE_AS = "ab721a56-1e2f-11d0-9819-00aa0040529b"
ACCEPT_EXCH50 = "e373fb21-d851-4d15-af23-982f09f2400b"  # ms-Exch-SMTP-Accept-Exch50
SUBMIT = "a18293f1-0685-4540-aa63-e32df421b3a2"  # ms-Exch-SMTP-Submit
_SERVER_CLASS = "01a9aa9c-a981-11d2-a9ff-00c04f8eedd8"

EXCHANGE_2000 = "Version 6.0 (Build 6249.4: Service Pack 3)"
EXCHANGE_2003 = "Version 6.5 (Build 7638.2: Service Pack 2)"
EXCHANGE_2007 = "Version 8.0 (Build 30535.16)"

ORGANISATION_ACES = "".join(
    [
        "(A;CI;RPLCLORC;;;AU)",
        *(
            f"(OD;CI;CR;{right};;{who})"
            for who in ("DA", "EA", "LA")
            for right in (SEND_AS, RECEIVE_AS)
        ),
        "(A;CI;RPLCLORC;;;{Exchange Domain Servers})",
        "(A;CI;RPLC;;;{Exchange Enterprise Servers})",
        f"(OA;CI;CR;{SEND_AS};;{{Exchange Domain Servers}})",
        f"(OA;CI;CR;{RECEIVE_AS};;{{Exchange Domain Servers}})",
        f"(OA;CIIO;CR;{SEND_AS};{_SERVER_CLASS};{{Exchange Enterprise Servers}})",
    ]
)
"""
The denies are Microsoft's documented ones (for Exchange 2003, TechNet bb123738); where exactly
setup grants Send-As to Exchange Domain Servers is not documented, so the organisation does here.
"""


@dataclass(frozen=True)
class Server:
    """A server object, and what was done to its permissions after setup."""

    name: str
    group: str
    """Its administrative group."""
    sddl: str = ""
    """ACEs added to the server object; `{name}` stands for an account's SID."""
    in_order: bool = True
    """Whether the server object's DACL is put in canonical order, as Windows' tools do."""
    protected: bool = False
    """Whether `sddl` is the whole DACL, and nothing is inherited."""
    virtual_servers: dict[str, str] = field(default_factory=lambda: {"1": ""})
    """ACEs added to each SMTP virtual server, by the virtual server's number."""
    version: str = EXCHANGE_2003
    smtp: dict[str, str] = field(default_factory=dict)
    """Attributes of its first SMTP virtual server that are not as setup makes them."""


@dataclass(frozen=True)
class Organisation:
    """An organisation object below CN=Microsoft Exchange."""

    sam: Sam
    name: str

    @property
    def dn(self) -> str:
        """The organisation's distinguished name."""
        return f"CN={self.name},CN=Microsoft Exchange,CN=Services,{self.sam.configuration}"

    def group_dn(self, group: str) -> str:
        """The distinguished name of an administrative group."""
        return f"CN={group},CN=Administrative Groups,{self.dn}"

    def server_dn(self, server: Server) -> str:
        """The distinguished name of a server object."""
        return f"CN={server.name},CN=Servers,{self.group_dn(server.group)}"

    def smtp_dn(self, server: Server) -> str:
        """The distinguished name of the container of a server's SMTP virtual servers."""
        return f"CN=SMTP,CN=Protocols,{self.server_dn(server)}"

    def create(self, groups: list[str]) -> None:
        """Add the organisation and its administrative groups; the first is the default one."""
        add = self.sam.add
        root = self.dn.partition(",")[2]
        add(root, ["top", "container", "msExchConfigurationContainer"])
        add(
            self.dn,
            ["top", "container", "msExchOrganizationContainer"],
            msExchMixedMode="FALSE",
            msExchAdminGroupsEnabled="TRUE",
            legacyExchangeDN=f"/o={self.name}",
        )
        self.sam.add_aces(self.dn, ORGANISATION_ACES)
        administrative_groups = f"CN=Administrative Groups,{self.dn}"
        add(administrative_groups, ["top", "container", "msExchAdminGroupContainer"])
        for group in groups:
            self._add_group(group, is_default=group == groups[0])

    def _add_group(self, name: str, *, is_default: bool) -> None:
        add, dn = self.sam.add, self.group_dn(name)
        add(
            dn,
            ["top", "msExchAdminGroup"],
            legacyExchangeDN=f"/o={self.name}/ou={name}",
            msExchDefaultAdminGroup=str(is_default).upper(),
            msExchAdminGroupMode="0",
        )
        add(f"CN=Servers,{dn}", ["top", "container", "msExchServersContainer"])
        routing_groups, routing_group = f"CN=Routing Groups,{dn}", self._routing_group(name)
        add(routing_groups, ["top", "container", "msExchRoutingGroupContainer"])
        add(routing_group, ["top", "container", "msExchRoutingGroup"])
        add(f"CN=Connections,{routing_group}", ["top", "container", "msExchConnectors"])

    def _routing_group(self, group: str) -> str:
        return f"CN=First Routing Group,CN=Routing Groups,{self.group_dn(group)}"

    def add_server(self, server: Server) -> None:
        """Add a server object with its SMTP virtual servers, permissions as setup leaves them."""
        dn, name = self.server_dn(server), server.name
        fqdn = f"{name.lower()}.{self.sam.dns_name}"
        protocols = ("ncacn_vns_spp", "netbios", "ncacn_np", "ncacn_spx", "ncalrpc")
        legacy_group = f"/o={self.name}/ou={server.group}"
        self.sam.add(
            dn,
            ["top", "server", "msExchExchangeServer"],
            serialNumber=server.version,
            versionNumber=server.version.split()[3].split(".")[0],
            msExchServerRole="0",
            legacyExchangeDN=f"{legacy_group}/cn=Configuration/cn=Servers/cn={name}",
            networkAddress=[*(f"{p}:{name}" for p in protocols), f"ncacn_ip_tcp:{fqdn}"],
            msExchHomeRoutingGroup=self._routing_group(server.group),
            messageTrackingEnabled="FALSE",
            **{PROBE: "yes"},
        )
        self._add_virtual_servers(server, fqdn)

    def _add_virtual_servers(self, server: Server, fqdn: str) -> None:
        add, smtp = self.sam.add, self.smtp_dn(server)
        add(smtp.partition(",")[2], ["top", "protocolCfgShared", "protocolCfgSharedServer"])
        if not server.virtual_servers:
            return
        shared, own = "msExchProtocolCfgSharedContainer", "msExchProtocolCfgSMTPContainer"
        add(smtp, ["top", "container", shared, own])
        for number in server.virtual_servers:
            title = "Default SMTP Virtual Server" if number == "1" else f"SMTP {number}"
            port = "25" if number == "1" else f"{number}525"
            usual = {
                "adminDisplayName": title,
                "portNumber": port,
                "msExchServerBindings": f":{port}:",
                "msExchSmtpFullyQualifiedDomainName": fqdn,
                "msExchAuthenticationFlags": "7",
                "msExchNTAuthenticationProviders": "GSSAPI,NTLM",
                "msExchAccessSSLFlags": "0",
                "msExchSmtpInboundCommandSupportOptions": "7697601",
                "msExchSmtpOutboundSecurityFlag": "0",
                "msExchServerAutoStart": "TRUE",
                PROBE: "yes",
            }
            add(
                f"CN={number},{smtp}",
                ["top", "protocolCfg", "protocolCfgSMTP", "protocolCfgSMTPServer"],
                **(usual | (server.smtp if number == "1" else {})),
            )

    def add_receive_connector(self, server: Server, sddl: str) -> None:
        """Add the connector by which Exchange 2007 lets other servers in."""
        connectors = f"CN=SMTP Receive Connectors,CN=Protocols,{self.server_dn(server)}"
        dn = f"CN=Default {server.name},{connectors}"
        self.sam.add(connectors, ["top", "container", "msExchProtocolCfgSharedContainer"])
        self.sam.add(
            dn,
            ["top", "msExchSmtpReceiveConnector"],
            msExchSmtpReceiveBindings="0.0.0.0:25",
            msExchSmtpReceiveRemoteIPRanges="0.0.0.0-255.255.255.255",
            msExchSmtpReceiveEnabled="TRUE",
        )
        self.sam.add_aces(dn, sddl)

    def add_smtp_connector(self, group: str, name: str, smart_host: str, space: str) -> None:
        """Add an SMTP connector that hands mail for an address space to a smart host."""
        self.sam.add(
            f"CN={name},CN=Connections,{self._routing_group(group)}",
            ["top", "msExchConnector", "mailGateway", "msExchRoutingSMTPConnector"],
            msExchSmtpSmartHost=smart_host,
            routingList=f"SMTP:{space};1",
            msExchSmtpOutboundSecurityFlag="0",
            deliveryMechanism="2",
        )

    def grant(self, server: Server) -> None:
        """Set a server's permissions, now that every object below it is there to inherit them."""
        dn = self.server_dn(server)
        if server.protected:
            self.sam.protect(dn, server.sddl)
        else:
            own = f"(A;CI;GA;;;{{{server.name}$}})"  # setup's, for the server's own account
            self.sam.add_aces(dn, own + server.sddl, in_order=server.in_order)
        for number, sddl in server.virtual_servers.items():
            if sddl:
                self.sam.add_aces(f"CN={number},{self.smtp_dn(server)}", sddl)

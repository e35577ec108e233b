"""Makes the forest that a scenario describes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from uuid import UUID

from adaudit.directory.entry import Entry, Gap
from adaudit.exchange.receive_connectors import ACCEPT_EXCH50, SUBMIT
from adaudit.security import sddl, wire
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.inheritance import inherit
from adaudit.security.rights import RECEIVE_AS, SEND_AS
from tests.builders import Made
from tests.scenarios.model import Scenario, Server, Value
from tests.scenarios.principals import Principals, dns_name

CLASSES = {
    "configuration": "bf967a87-0de6-11d0-a285-00aa003049e2",
    "container": "bf967a8b-0de6-11d0-a285-00aa003049e2",
    "msExchConfigurationContainer": "d03d6858-06f4-11d2-aa53-00c04fd7d83a",
    "msExchOrganizationContainer": "366a319c-a982-11d2-a9ff-00c04f8eedd8",
    "msExchAdminGroupContainer": "e7a44058-a980-11d2-a9ff-00c04f8eedd8",
    "msExchAdminGroup": "e768a58e-a980-11d2-a9ff-00c04f8eedd8",
    "msExchServersContainer": "346e5cba-a982-11d2-a9ff-00c04f8eedd8",
    "msExchExchangeServer": "01a9aa9c-a981-11d2-a9ff-00c04f8eedd8",
    "msExchProtocolCfgProtocolContainer": "90f2b634-b09e-11d2-aa06-00c04f8eedd8",
    "msExchProtocolCfgSMTPContainer": "93bb9552-b09e-11d2-aa06-00c04f8eedd8",
    "protocolCfgSMTPServer": "3378ca84-a982-11d2-a9ff-00c04f8eedd8",
    "msExchRoutingGroupContainer": "34de6b40-a982-11d2-a9ff-00c04f8eedd8",
    "msExchRoutingGroup": "35154156-a982-11d2-a9ff-00c04f8eedd8",
    "msExchConnectors": "eee325dc-a980-11d2-a9ff-00c04f8eedd8",
    "msExchRoutingSMTPConnector": "89baf7be-b09e-11d2-aa06-00c04f8eedd8",
    "msExchSmtpReceiveConnector": "00000000-0000-4000-8000-00000000beef",
}
"""schemaIDGUIDs of the Exchange 2003 schema; the last one is made up, no public source has it"""
VIRTUAL_SERVER: dict[str, Value] = {
    "msExchAuthenticationFlags": 7,
    "msExchNTAuthenticationProviders": "GSSAPI,NTLM",
    "msExchAccessSSLFlags": 0,
    "msExchServerBindings": ":25:",
    "msExchSmtpInboundCommandSupportOptions": 7697601,
    "msExchSmtpOutboundSecurityFlag": 0,
}
"""An SMTP virtual server as setup makes it (KB 321757)"""
OWNER = "O:DAG:DA"
DAMAGED = b"\x01\x00\x04\x84"
"""The beginning of a descriptor's header, and nothing of the rest"""
_NAME = re.compile(r"\{([^{}]+)\}")


@dataclass
class Forest:
    """A forest in the making, and what the names of its scenario stand for."""

    scenario: Scenario
    principals: Principals
    objects: dict[str, Made] = field(default_factory=dict)
    """The objects of the organisation by the names that `set` and `stored` use"""

    def items(self) -> Iterator[Entry | Gap]:
        """What a source would give."""
        yield from (made.entry() for made in self.principals.world.objects)
        yield from self.principals.world.gaps


def build(scenario: Scenario) -> Forest:
    """Make the forest of a scenario."""
    principals = Principals(scenario)
    forest = Forest(scenario, principals)
    for netbios, dn in scenario.domains.items():
        domain = principals.world.domain(netbios, dn, is_read=netbios not in scenario.unread)
        principals.domains[netbios] = domain
        if domain.head:
            domain.head.descriptor = wire.encode(_parsed(f"{OWNER}D:P", forest))
    principals.add()
    for name, guid in CLASSES.items():
        principals.world.schema_class(name, guid)
    _add_organisation(forest)
    for subject, reason in scenario.gaps.items():
        principals.world.gap(principals.made.get(subject.lower(), subject), reason)
    unused = (scenario.set.keys() | scenario.stored.keys()) - forest.objects.keys()
    assert not unused, f"no objects {unused}"
    return forest


def _add_organisation(forest: Forest) -> None:
    configuration = forest.principals.world.configuration
    top = _add(forest, configuration, "configuration", None)
    services = _below(forest, top, "Services", "container")
    exchange = _below(forest, services, "Microsoft Exchange", "msExchConfigurationContainer")
    for guid, name in forest.scenario.well_known.items():
        dn = forest.principals.made[name.lower()].dn
        exchange.put(otherWellKnownObjects=f"B:32:{guid}:{dn}")
    organisation = _below(
        forest, exchange, "Contoso", "msExchOrganizationContainer", "organisation"
    )
    groups = _below(forest, organisation, "Administrative Groups", "msExchAdminGroupContainer")
    servers = forest.principals.servers
    for name in dict.fromkeys(server.group for server in servers.values()):
        group = _below(forest, groups, name, "msExchAdminGroup", name)
        container = _below(forest, group, "Servers", "msExchServersContainer")
        for server, facts in servers.items():
            if facts.group == name:
                _add_server(forest, container, server, facts)
    _add_objects(forest)


def _add_server(forest: Forest, container: Made, name: str, server: Server) -> None:
    made = _below(forest, container, name, "msExchExchangeServer", name)
    domain = forest.principals.domains[server.domain or next(iter(forest.principals.domains))]
    addresses = (f"netbios:{name}", f"ncacn_ip_tcp:{name.lower()}.{dns_name(domain)}")
    made.put(networkAddress=addresses if server.addresses is None else server.addresses)
    if server.version:
        made.put(serialNumber=server.version)
    protocols = _below(forest, made, "Protocols", "msExchProtocolCfgProtocolContainer")
    smtp = _below(forest, protocols, "SMTP", "msExchProtocolCfgSMTPContainer")
    for number in server.virtual_servers:
        virtual = _below(forest, smtp, str(number), "protocolCfgSMTPServer", f"{name}/{number}")
        usual: dict[str, Value] = VIRTUAL_SERVER | {
            "msExchSmtpFullyQualifiedDomainName": f"{name.lower()}.{dns_name(domain)}"
        }
        _put(virtual, usual | server.smtp.get(number, {}))


def _put(made: Made, attributes: dict[str, Value]) -> None:
    """Give an object attributes, except those that are to be absent."""
    made.put(**{name: value for name, value in attributes.items() if value is not None})


def _add_objects(forest: Forest) -> None:
    for name, facts in forest.scenario.objects.items():
        made = _below(forest, forest.objects[facts.above], name, facts.object_class, name)
        _put(made, facts.has)


def _below(
    forest: Forest, above: Made, name: str, object_class: str, key: str | None = None
) -> Made:
    made = _add(forest, f"CN={name},{above.dn}", object_class, above, key)
    if key is not None:
        forest.objects[key] = made
    return made


def _add(
    forest: Forest, dn: str, object_class: str, above: Made | None, key: str | None = None
) -> Made:
    """Add an object with its descriptor: given whole, or inheriting from `above`."""
    made = forest.principals.world.add(dn, object_class)
    stored = forest.scenario.stored.get(key or "")
    if stored is None:
        explicit = _parsed(_with_owner(forest.scenario.set.get(key or "", "D:")), forest)
        made.descriptor = wire.encode(_inheriting(explicit, object_class, above))
    elif stored == "damaged":
        made.descriptor = DAMAGED
    elif stored != "unreadable":
        made.descriptor = wire.encode(_parsed(_with_owner(stored), forest))
    return made


def _with_owner(text: str) -> str:
    return text if text.startswith("O:") else f"{OWNER}{text}"


def _parsed(text: str, forest: Forest) -> SecurityDescriptor:
    """Read SDDL in which names in braces stand for SIDs and GUIDs."""
    root = next(iter(forest.principals.domains.values())).sid
    return sddl.parse(_NAME.sub(lambda match: _meaning(match[1], forest), text), root, root)


def _meaning(name: str, forest: Forest) -> str:
    for right in (SEND_AS, RECEIVE_AS, ACCEPT_EXCH50, SUBMIT):
        if name == right.name:
            return str(right.object_type)
    return CLASSES.get(name) or str(forest.principals.made[name.lower()].sid)


def _inheriting(
    explicit: SecurityDescriptor, object_class: str, above: Made | None
) -> SecurityDescriptor:
    """Add what the object above hands down, as a controller stores it."""
    if above is None or above.descriptor in (None, DAMAGED) or explicit.is_dacl_protected:
        return explicit
    parent = wire.decode(above.descriptor or b"").dacl
    if not isinstance(parent, Acl) or not isinstance(explicit.dacl, Acl):
        return explicit
    inherited = inherit(parent, UUID(CLASSES[object_class]), explicit.owner, explicit.group)
    return replace(explicit, dacl=Acl(4, (*explicit.dacl.entries, *inherited)))

"""
A forest of any size, the same in every run: half of its objects are users.

Objects come as rows of attributes, in the order in which a controller would give them. A million
objects are 500,000 users, 50,000 groups, 100,000 computers, contacts, and 756 organisational
units; nesting is as in `Graph`, descriptors as in `Descriptors`.
"""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.security.sid import BUILTIN, Sid
from tests.bench.descriptors import (
    CLASS_GUIDS,
    DOMAIN,
    FIRST_COMPUTER,
    FIRST_GROUP,
    FIRST_USER,
    Descriptors,
)
from tests.bench.graph import Graph

ROOT = "DC=contoso,DC=example"
CONFIGURATION = f"CN=Configuration,{ROOT}"
RESET_PASSWORD = "00299570-246d-11d0-a768-00aa006e0529"
SEND_AS = "ab721a54-1e2f-11d0-9819-00aa0040529b"
MEMBER = UUID("bf9679c0-0de6-11d0-a285-00aa003049e2")
_CHAINS = {
    "user": (b"top", b"person", b"organizationalPerson", b"user"),
    "computer": (b"top", b"person", b"organizationalPerson", b"user", b"computer"),
    "group": (b"top", b"group"),
    "contact": (b"top", b"person", b"organizationalPerson", b"contact"),
    "organizationalUnit": (b"top", b"organizationalUnit"),
}
_PARENTS = {"computer": "user", "user": "organizationalPerson", "contact": "organizationalPerson"}
_WELL_KNOWN = {
    "Domain Admins": 512,
    "Domain Users": 513,
    "Domain Computers": 515,
    "Domain Controllers": 516,
    "Cert Publishers": 517,
    "Schema Admins": 518,
    "Enterprise Admins": 519,
    "RAS and IAS Servers": 553,
    "Exchange Servers": 1101,
    "Exchange Trusted Subsystem": 1102,
    "Exchange Windows Permissions": 1103,
    "Exchange Recipient Administrators": 1104,
    "Exchange View-Only Administrators": 1105,
}
_BUILTIN = {
    "Administrators": 544,
    "Users": 545,
    "Account Operators": 548,
    "Print Operators": 550,
    "Pre-Windows 2000 Compatible Access": 554,
    "Windows Authorization Access Group": 560,
}
_GLOBAL_GROUP = b"-2147483646"
_BUILTIN_GROUP = b"-2147483643"


@dataclass(frozen=True, slots=True)
class Row:
    """An object: attributes as a controller spells them, and its descriptor."""

    dn: str
    attributes: dict[str, tuple[bytes, ...]]
    descriptor: bytes | None

    def entry(self) -> Entry:
        """What collection makes of it."""
        values = {name.lower(): values for name, values in self.attributes.items()}
        return Entry(Dn(self.dn), values, self.descriptor)


class Forest:
    """A forest of one domain with `objects` objects, and its configuration beside them."""

    def __init__(self, objects: int) -> None:
        self.objects = objects
        self.users = objects // 2
        self.groups = objects // 20
        self.computers = objects // 10
        self.units = max(4, objects * 756 // 1_000_000)
        self.contacts = objects - self.users - self.groups - self.computers - self.units
        self.descriptors = Descriptors(self.units, self.groups, self.users)

    @cached_property
    def graph(self) -> Graph:
        """Who is directly in which group."""
        return Graph.of(self.users, self.groups)

    def configuration(self) -> Iterator[Row]:
        """What is read once a forest: partitions, a few classes and rights."""
        shared = self.descriptors.shared("organizationalUnit", 0)
        yield Row(CONFIGURATION, _of("configuration"), shared)
        yield _partition(shared)
        for name, guid in CLASS_GUIDS.items():
            values = _defined(name, UUID(guid), subClassOf=_PARENTS.get(name, "top"))
            yield Row(_in_schema(name), _of("classSchema") | values, shared)
        for name, parent in {"person": "top", "organizationalPerson": "person"}.items():
            values = _defined(name, UUID(int=len(name)), subClassOf=parent)
            yield Row(_in_schema(name), _of("classSchema") | values, shared)
        yield Row(_in_schema("member"), _of("attributeSchema") | _defined("member", MEMBER), shared)
        for name, right in {
            "Send-As": SEND_AS,
            "User-Force-Change-Password": RESET_PASSWORD,
        }.items():
            dn = f"CN={name},CN=Extended-Rights,{CONFIGURATION}"
            values = {"rightsGuid": (right.encode(),), "displayName": (name.encode(),)}
            yield Row(dn, _of("controlAccessRight") | values, shared)
        yield Row(f"CN=Services,{CONFIGURATION}", _of("container"), shared)

    def domain(self) -> Iterator[Row]:
        """The objects of the domain: its head, well-known groups, and all others."""
        shared = self.descriptors.shared("organizationalUnit", 0)
        head = {"objectSid": (DOMAIN.encode(),), "nTMixedDomain": (b"0",)}
        yield Row(ROOT, _of("domainDNS") | head, shared)
        yield Row(f"CN=Microsoft Exchange System Objects,{ROOT}", _of("container"), shared)
        yield from self._well_known()
        for unit in range(self.units):
            yield self._row(unit, "organizationalUnit", unit, f"OU=Unit{unit:04d},{ROOT}", {})
        for group in range(self.groups):
            yield self._group(group)
        for user in range(self.users):
            yield self._user(user)
        for computer in range(self.computers):
            yield self._computer(computer)
        for contact in range(self.contacts):
            unit = self._unit(contact)
            dn = f"CN=Contact {contact:06d},OU=Unit{unit:04d},{ROOT}"
            mail = (f"SMTP:contact{contact}@fabrikam.example".encode(),)
            yield self._row(contact, "contact", unit, dn, {"proxyAddresses": mail})

    def rows(self) -> Iterator[Row]:
        """All of it."""
        yield from self.configuration()
        yield from self.domain()

    def user_dn(self, user: int) -> str:
        """The name of a user."""
        return f"CN=User {user:06d},OU=Unit{self._unit(user):04d},{ROOT}"

    def group_dn(self, group: int) -> str:
        """The name of a group."""
        return f"CN=Group {group:05d},OU=Unit{self._unit(group):04d},{ROOT}"

    def _unit(self, number: int) -> int:
        return number * 7919 % self.units

    def _user(self, user: int) -> Row:
        values = {
            "sAMAccountName": (f"user{user:06d}".encode(),),
            "objectSid": (_sid(FIRST_USER + user),),
            "memberOf": tuple(self.group_dn(group).encode() for group in self._groups_of[user]),
            "userAccountControl": (b"512",),
            "primaryGroupID": (b"513",),
        }
        if user % 20 == 0:
            values["servicePrincipalName"] = (f"HTTP/app{user}.contoso.example".encode(),)
        return self._row(user, "user", self._unit(user), self.user_dn(user), values)

    def _group(self, group: int) -> Row:
        graph = self.graph
        members = [self.user_dn(user).encode() for user in graph.members[group]]
        members += [self.group_dn(each).encode() for each in graph.below[group]]
        values = {
            "sAMAccountName": (f"Group {group:05d}".encode(),),
            "objectSid": (_sid(FIRST_GROUP + group),),
            "memberOf": tuple(self.group_dn(each).encode() for each in self._above[group]),
            "groupType": (_GLOBAL_GROUP if group % 3 else b"-2147483640",),
            "member": tuple(members),
        }
        return self._row(group, "group", self._unit(group), self.group_dn(group), values)

    def _computer(self, computer: int) -> Row:
        unit = self._unit(computer)
        host = f"pc{computer:06d}.contoso.example"
        values = {
            "sAMAccountName": (f"PC{computer:06d}$".encode(),),
            "objectSid": (_sid(FIRST_COMPUTER + computer),),
            "userAccountControl": (b"4096",),
            "primaryGroupID": (b"515",),
            "servicePrincipalName": tuple(
                f"{service}/{name}".encode()
                for service in ("HOST", "RestrictedKrbHost")
                for name in (host, f"PC{computer:06d}")
            ),
            "dNSHostName": (host.encode(),),
            "pwdLastSet": (b"133456789012345678",),
        }
        dn = f"CN=PC{computer:06d},OU=Unit{unit:04d},{ROOT}"
        return self._row(computer, "computer", unit, dn, values)

    def _row(
        self,
        number: int,
        object_class: str,
        unit: int,
        dn: str,
        values: dict[str, tuple[bytes, ...]],
    ) -> Row:
        guid = number.to_bytes(8, "little") + object_class.encode()[:8].ljust(8, b"-")
        identity = {"objectClass": _CHAINS[object_class], "objectGUID": (guid,)}
        given = {name: each for name, each in values.items() if each}
        return Row(dn, identity | given, self.descriptors.of(number, object_class, unit))

    def _well_known(self) -> Iterator[Row]:
        for name, rid in _WELL_KNOWN.items():
            yield self._plain_group(name, "Users", DOMAIN.relative(rid), _GLOBAL_GROUP)
        for name, rid in _BUILTIN.items():
            yield self._plain_group(name, "Builtin", BUILTIN.relative(rid), _BUILTIN_GROUP)

    def _plain_group(self, name: str, container: str, sid: Sid, group_type: bytes) -> Row:
        values = {
            "sAMAccountName": (name.encode(),),
            "objectSid": (sid.encode(),),
            "groupType": (group_type,),
        }
        descriptor = self.descriptors.shared("group", 0)
        return Row(f"CN={name},CN={container},{ROOT}", _of("group") | values, descriptor)

    @cached_property
    def _groups_of(self) -> "list[array[int]]":
        return self.graph.groups_of_users()

    @cached_property
    def _above(self) -> list[list[int]]:
        return self.graph.above()


def _sid(rid: int) -> bytes:
    return DOMAIN.encode()[:1] + b"\x05" + DOMAIN.encode()[2:] + rid.to_bytes(4, "little")


def _of(object_class: str) -> dict[str, tuple[bytes, ...]]:
    return {"objectClass": (b"top", object_class.encode())}


def _in_schema(name: str) -> str:
    return f"CN={name},CN=Schema,{CONFIGURATION}"


def _defined(name: str, guid: UUID, **values: str) -> dict[str, tuple[bytes, ...]]:
    found = {"lDAPDisplayName": (name.encode(),), "schemaIDGUID": (guid.bytes_le,)}
    return found | {attribute: (value.encode(),) for attribute, value in values.items()}


def _partition(descriptor: bytes) -> Row:
    values = {
        "nCName": ROOT,
        "nETBIOSName": "CONTOSO",
        "dnsRoot": "contoso.example",
        "systemFlags": "3",
    }
    found = {name: (value.encode(),) for name, value in values.items()}
    return Row(f"CN=CONTOSO,CN=Partitions,{CONFIGURATION}", _of("crossRef") | found, descriptor)

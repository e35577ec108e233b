"""
Small forests for tests, made object by object with the bytes that a directory would give.

    world = World()
    contoso = world.domain("CONTOSO", "DC=contoso,DC=example")
    ex01 = contoso.computer("EX01", 1105)
    contoso.group("Mail Ops", 1201, members=[ex01])
    snapshot = world.snapshot()

The first domain is the root of the forest. Objects can be changed until the snapshot is made.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry, Gap
from adaudit.directory.reach import Reach, Scope
from adaudit.directory.snapshot import Snapshot
from adaudit.directory.writer import SnapshotWriter
from adaudit.security import sddl, wire
from adaudit.security.sid import BUILTIN, Sid

TAKEN_AT = datetime(2004, 11, 24, 9, 30, tzinfo=UTC)
GROUP_TYPES = {"global": 0x2, "domain local": 0x4, "universal": 0x8, "builtin": 0x5}
SECURITY_ENABLED = 0x80000000
CLASSES = {
    "user": ("top", "person", "organizationalPerson", "user"),
    "computer": ("top", "person", "organizationalPerson", "user", "computer"),
    "msDS-GroupManagedServiceAccount": (
        *("top", "person", "organizationalPerson", "user", "computer"),
        "msDS-GroupManagedServiceAccount",
    ),
    "group": ("top", "group"),
    "foreignSecurityPrincipal": ("top", "foreignSecurityPrincipal"),
    "domainDNS": ("top", "domain", "domainDNS"),
    "crossRef": ("top", "crossRef"),
    "classSchema": ("top", "classSchema"),
    "attributeSchema": ("top", "attributeSchema"),
    "controlAccessRight": ("top", "controlAccessRight"),
    "nTDSService": ("top", "nTDSService"),
}
"""The objectClass values of common classes; any other is written as `top` and itself."""


@dataclass(eq=False)
class Made:
    """An object that can still be changed."""

    dn: Dn
    attributes: dict[str, list[bytes]] = field(default_factory=dict)
    descriptor: bytes | None = None

    @property
    def sid(self) -> Sid:
        """Its objectSid."""
        return Sid.decode(self.attributes["objectsid"][0])

    def put(self, **attributes: object) -> "Made":
        """Add values: text, numbers, SIDs, GUIDs, other objects (as their DN), or lists of them."""
        for name, value in attributes.items():
            values = value if isinstance(value, list | tuple) else [value]
            self.attributes.setdefault(name.lower(), []).extend(map(_raw, values))
        return self

    def entry(self) -> Entry:
        """The object as a directory gives it."""
        values = {name: tuple(values) for name, values in self.attributes.items()}
        return Entry(self.dn, values, self.descriptor)


def _raw(value: object) -> bytes:
    match value:
        case bytes():
            return value
        case Sid():
            return value.encode()
        case UUID():
            return value.bytes_le
        case Made():
            return str(value.dn).encode()
        case _:
            return str(value).encode()


class World:
    """
    A forest: its domains, its configuration and what could not be read of it.

    It is read as far as the checks of Exchange need, or of `scope` all with every object; and
    without SACLs, unless it `has_sacls`.
    """

    def __init__(self, scope: Scope = "exchange", *, has_sacls: bool = False) -> None:
        self.reach = Reach(scope, has_sacls)
        self.objects: list[Made] = []
        self.gaps: list[Gap] = []
        self.domains: list[MadeDomain] = []

    @property
    def configuration(self) -> str:
        """The DN of the configuration naming context."""
        return f"CN=Configuration,{self.domains[0].dn}"

    def domain(
        self, netbios: str, dn: str, sid: Sid | str | None = None, *, is_read: bool = True
    ) -> "MadeDomain":
        """Add a domain and its cross reference; without `is_read` the reference alone."""
        number = len(self.domains) + 1
        known = Sid.parse(str(sid or f"S-1-5-21-{number}-{number}-{number}"))
        made = MadeDomain(self, netbios, Dn(dn), known)
        self.domains.append(made)
        self.add(
            f"CN={netbios},CN=Partitions,{self.configuration}",
            "crossRef",
            nCName=dn,
            dnsRoot=dn.removeprefix("DC=").replace(",DC=", "."),
            nETBIOSName=netbios,
            systemFlags=3,
        )
        if is_read:
            made.head = self.add(dn, "domainDNS", objectSid=known)
        return made

    def add(
        self,
        dn: str,
        object_class: str,
        descriptor: str | bytes | None = None,
        **attributes: object,
    ) -> Made:
        """Add any object; its descriptor is bytes, or SDDL with the aliases of the first domain."""
        made = Made(Dn(dn), descriptor=self._bytes(descriptor))
        made.put(objectClass=CLASSES.get(object_class, ("top", object_class)), **attributes)
        self.objects.append(made)
        return made

    def schema_class(self, name: str, guid: UUID | str, parent: str = "top") -> Made:
        """Define a class."""
        dn = f"CN={name},CN=Schema,{self.configuration}"
        guid = UUID(str(guid))
        return self.add(
            dn, "classSchema", lDAPDisplayName=name, schemaIDGUID=guid, subClassOf=parent
        )

    def schema_attribute(self, name: str, guid: UUID | str, **attributes: object) -> Made:
        """Define an attribute; `attributeSecurityGUID` and `searchFlags` can be given."""
        dn = f"CN={name},CN=Schema,{self.configuration}"
        guid = UUID(str(guid))
        return self.add(
            dn, "attributeSchema", lDAPDisplayName=name, schemaIDGUID=guid, **attributes
        )

    def right(self, name: str, guid: UUID | str) -> Made:
        """Define an extended right, a property set or a validated write."""
        dn = f"CN={name},CN=Extended-Rights,{self.configuration}"
        return self.add(dn, "controlAccessRight", rightsGuid=str(guid))

    def heuristics(self, text: str) -> Made:
        """Set dSHeuristics."""
        dn = f"CN=Directory Service,CN=Windows NT,CN=Services,{self.configuration}"
        return self.add(dn, "nTDSService", dSHeuristics=text)

    def gap(self, subject: str | Made, reason: str) -> None:
        """Note what could not be read."""
        self.gaps.append(Gap(str(subject.dn if isinstance(subject, Made) else subject), reason))

    def snapshot(self, path: Path | None = None) -> Snapshot:
        """All of it, in memory or in a file."""
        with SnapshotWriter("test", path, TAKEN_AT) as writer:
            writer.tell(self.reach)
            for made in self.objects:
                writer.add(made.entry())
            for gap in self.gaps:
                writer.add_gap(gap)
            return writer.finish()

    def _bytes(self, descriptor: str | bytes | None) -> bytes | None:
        if isinstance(descriptor, str):
            root = self.domains[0].sid if self.domains else None
            return wire.encode(sddl.parse(descriptor, root, root))
        return descriptor


class MadeDomain:
    """A domain of a forest, and makers of what stands in it."""

    def __init__(self, world: World, netbios: str, dn: Dn, sid: Sid) -> None:
        self.world = world
        self.netbios = netbios
        self.dn = dn
        self.sid = sid
        self.head: Made | None = None
        """None where the domain was not read"""

    def user(self, name: str, rid: int, primary: int | None = 513, **attributes: object) -> Made:
        """Add a user; `primary` is the RID of the primary group."""
        return self._account("user", name, name, rid, primaryGroupID=primary, **attributes)

    def computer(
        self,
        name: str,
        rid: int,
        primary: int | None = 515,
        control: int = 0x1000,
        **attributes: object,
    ) -> Made:
        """Add a computer; a domain controller has 516 and 0x82000."""
        return self._account(
            "computer",
            name,
            f"{name}$",
            rid,
            primaryGroupID=primary,
            userAccountControl=control,
            **attributes,
        )

    def group(
        self,
        name: str,
        rid: int,
        scope: str = "global",
        *,
        members: Iterable[Made | str] = (),
        is_security_enabled: bool = True,
        **attributes: object,
    ) -> Made:
        """Add a group: `global`, `universal` or `domain local`; members can be put later."""
        kind = GROUP_TYPES[scope] | (SECURITY_ENABLED if is_security_enabled else 0)
        signed = kind - (1 << 32) if kind >> 31 else kind  # LDAP writes it as a signed number
        return self._account(
            "group", name, name, rid, groupType=signed, member=list(members), **attributes
        )

    def builtin(self, name: str, rid: int, members: Iterable[Made | str] = ()) -> Made:
        """Add a group of CN=Builtin, whose SID is the same in every domain."""
        return self.world.add(
            f"CN={name},CN=Builtin,{self.dn}",
            "group",
            objectSid=BUILTIN.relative(rid),
            sAMAccountName=name,
            groupType=(GROUP_TYPES["builtin"] | SECURITY_ENABLED) - (1 << 32),
            member=list(members),
        )

    def foreign(self, sid: Sid | str) -> Made:
        """Add the object that stands for a SID of another forest, or for a well-known one."""
        sid = Sid.parse(str(sid))
        dn = f"CN={sid},CN=ForeignSecurityPrincipals,{self.dn}"
        return self.world.add(dn, "foreignSecurityPrincipal", objectSid=sid)

    def _account(
        self, object_class: str, name: str, account: str, rid: int, **attributes: object
    ) -> Made:
        given = {key: value for key, value in attributes.items() if value not in (None, [])}
        return self.world.add(
            f"CN={name},CN=Users,{self.dn}",
            object_class,
            objectSid=self.sid.relative(rid),
            sAMAccountName=account,
            **given,
        )

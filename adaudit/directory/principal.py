"""Security principals: accounts, groups, and what stands for those of other forests."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from adaudit.directory.dn import Dn
from adaudit.directory.domains import Domain, Domains
from adaudit.directory.entry import Entry
from adaudit.errors import DirectoryError
from adaudit.security.sid import BUILTIN, DOMAIN_NAMES, WELL_KNOWN_NAMES, Sid

_SECURITY_ENABLED = 0x80000000  # [MS-ADTS] 2.2.12, groupType
SERVER_TRUST_ACCOUNT = 0x2000
"""The userAccountControl bit of a domain controller's account. [MS-ADTS] 2.2.16"""
PARTIAL_SECRETS_ACCOUNT = 0x04000000
"""The userAccountControl bit of a read-only domain controller's account. [MS-ADTS] 2.2.16"""
ACCOUNT_DISABLE = 0x2
"""The userAccountControl bit of a disabled account. [MS-ADTS] 2.2.16"""


class PrincipalKind(StrEnum):
    """What a principal is."""

    USER = "user"
    COMPUTER = "computer"
    GROUP = "group"
    FOREIGN = "foreign principal"
    OTHER = "other principal"


class GroupScope(IntEnum):
    """
    The scope of a group, in the order in which a token takes groups up.

    The values are an order, not the bits of groupType. [MS-ADTS] 2.2.12
    """

    GLOBAL = 1
    UNIVERSAL = 2
    DOMAIN_LOCAL = 3
    BUILTIN = 4


@dataclass(frozen=True, slots=True)
class Principal:
    """A principal that was read from the directory."""

    sid: Sid
    name: str
    r"""`CONTOSO\EX01$`; the SID of a foreign principal without a name"""
    dn: Dn
    kind: PrincipalKind
    domain: Domain | None
    """The domain whose controllers hold the object; a BUILTIN group exists once in each"""
    scope: GroupScope | None = None
    """None for what is no group"""
    is_security_enabled: bool = True
    """False for a distribution group, which no token holds and which carries nothing on"""
    account_control: int = 0
    sid_history: tuple[Sid, ...] = ()

    @property
    def is_domain_controller(self) -> bool:
        """Whether this is the account of a domain controller."""
        return bool(self.account_control & (SERVER_TRUST_ACCOUNT | PARTIAL_SECRETS_ACCOUNT))

    @property
    def is_disabled(self) -> bool:
        """Whether the account cannot log on at present; its rights are what they are."""
        return bool(self.account_control & ACCOUNT_DISABLE)


def principal_of(entry: Entry, domains: Domains) -> Principal | None:
    """
    The principal that an object is, None where it has no SID or is none (a domain head).

    Raises `AdauditError` when the object is damaged or lacks what a token must know of it.
    """
    classes = entry.classes
    sid = None if "domaindns" in classes else entry.sid
    if sid is None:
        return None
    domain = domains.containing(entry.dn)
    group_type = entry.integer("groupType")
    is_group = "group" in classes
    if is_group and group_type is None:
        raise DirectoryError("`groupType` is missing: whether tokens hold the group is not known")
    return Principal(
        sid,
        _qualified(entry, sid, domain),
        entry.dn,
        kind_of(classes),
        domain,
        scope_of(sid, group_type or 0) if is_group else None,
        not is_group or is_for_tokens(group_type or 0),
        entry.integer("userAccountControl") or 0,
        entry.sid_history,
    )


def fallback_name(sid: Sid, domains: Domains) -> str:
    """A name for a SID without an object: well-known, relative to its domain, or the SID."""
    if sid in WELL_KNOWN_NAMES:
        return WELL_KNOWN_NAMES[sid]
    domain = domains.by_sid.get(sid.domain) if sid.domain else None
    if domain and sid.rid in DOMAIN_NAMES:
        return f"{domain.netbios_name}\\{DOMAIN_NAMES[sid.rid]}"
    return str(sid)


def kind_of(classes: Collection[str]) -> PrincipalKind:
    """What an object of these classes, in lower case, is as a principal."""
    for name, kind in (
        ("group", PrincipalKind.GROUP),
        ("computer", PrincipalKind.COMPUTER),
        ("user", PrincipalKind.USER),
        ("foreignsecurityprincipal", PrincipalKind.FOREIGN),
    ):
        if name in classes:
            return kind
    return PrincipalKind.OTHER


def scope_of(sid: Sid, group_type: int) -> GroupScope:
    """The scope of a group. [MS-ADTS] 2.2.12"""
    if sid.authority == BUILTIN.authority and sid.subauthorities[:1] == BUILTIN.subauthorities:
        return GroupScope.BUILTIN
    if group_type & 0x2:
        return GroupScope.GLOBAL
    if group_type & 0x8:
        return GroupScope.UNIVERSAL
    return GroupScope.DOMAIN_LOCAL


def is_for_tokens(group_type: int) -> bool:
    """Whether a group is security-enabled, and no distribution group. [MS-ADTS] 2.2.12"""
    return bool(group_type & _SECURITY_ENABLED)


def _qualified(entry: Entry, sid: Sid, domain: Domain | None) -> str:
    if "foreignsecurityprincipal" in entry.classes:
        return WELL_KNOWN_NAMES.get(sid, str(sid))
    name = entry.text("sAMAccountName") or entry.dn.name
    return qualified(name, domain, is_builtin=sid.domain is None)


def qualified(name: str, domain: Domain | None, *, is_builtin: bool) -> str:
    r"""A name with that of its domain before it: `CONTOSO\EX01$`."""
    if is_builtin:
        return f"BUILTIN\\{name}"
    return f"{domain.netbios_name}\\{name}" if domain else name

"""
The domain controller's own directory, opened as a file.

Samba's modules run as they do behind LDAP: they compute inheritance, SIDs and back links. Needs
the interpreter that python3-samba belongs to, as every file in this folder does.
"""

from collections.abc import Callable, Iterable

import ldb
from samba.auth import system_session
from samba.credentials import DONT_USE_KERBEROS, Credentials
from samba.dcerpc import security
from samba.ndr import ndr_pack, ndr_unpack
from samba.param import LoadParm
from samba.samdb import SamDB

PASSWORD = "Passw0rd.Lab1"  # tests/live/domain.py has it too: this interpreter cannot import that

Values = str | bytes | Iterable[str]

GLOBAL, DOMAIN_LOCAL, UNIVERSAL = 2, 4, 8
_SECURITY_ENABLED = 0x80000000
_DACL_ONLY = "sd_flags:1:4"
_OWNER_ONLY = "sd_flags:1:1"
_SACL_ONLY = "sd_flags:1:8"
_CANONICAL = (  # [MS-DTYP] 2.4.5
    security.SEC_ACE_TYPE_ACCESS_DENIED,
    security.SEC_ACE_TYPE_ACCESS_DENIED_OBJECT,
    security.SEC_ACE_TYPE_ACCESS_ALLOWED,
    security.SEC_ACE_TYPE_ACCESS_ALLOWED_OBJECT,
)
_NORMAL_ACCOUNT, _WORKSTATION, _PASSWORD_NEVER_EXPIRES = 0x200, 0x1000, 0x10000


class Sam:
    """The directory that an `smb.conf` describes, as its server would serve it."""

    def __init__(self, smb_conf: str) -> None:
        self.settings = LoadParm(filename_for_non_global_lp=smb_conf)
        self.settings.set("dsdb:schema update allowed", "yes")
        path = self.settings.private_path("sam.ldb")
        self.database = SamDB(url=path, session_info=system_session(), lp=self.settings)
        self.domain_sid = security.dom_sid(self.database.get_domain_sid())
        self.base = str(self.database.domain_dn())
        self.configuration = f"CN=Configuration,{self.base}"
        self.users = f"CN=Users,{self.base}"
        self.computers = f"CN=Computers,{self.base}"
        self.dns_name = self.settings.get("realm").lower()
        self.sids: dict[str, str] = {}
        """The SID of each account that was added, by sAMAccountName: for `{name}` in SDDL."""

    def add(self, dn: str, classes: Iterable[str], **attributes: Values) -> None:
        """Add an object."""
        message = ldb.Message(ldb.Dn(self.database, dn))
        for name, values in {"objectClass": classes, **attributes}.items():
            plain = values if isinstance(values, str | bytes) else list(values)
            message[name] = ldb.MessageElement(plain, ldb.FLAG_MOD_ADD, name)
        self.database.add(message)

    def modify(self, dn: str, name: str, values: Values, *, replace: bool = False) -> None:
        """Add values to an attribute, or replace those that it has."""
        flag = ldb.FLAG_MOD_REPLACE if replace else ldb.FLAG_MOD_ADD
        plain = values if isinstance(values, str | bytes) else list(values)
        message = ldb.Message(ldb.Dn(self.database, dn))
        message[name] = ldb.MessageElement(plain, flag, name)
        self.database.modify(message, [_DACL_ONLY] if name == "nTSecurityDescriptor" else [])

    def add_unit(self, name: str, above: str | None = None) -> str:
        """Add an organisational unit, by default below the domain's head."""
        dn = f"OU={name},{above or self.base}"
        self.add(dn, ["top", "organizationalUnit"])
        return dn

    def add_user(self, name: str, account: str, above: str | None = None) -> str:
        """Add a user, by default below CN=Users, and return its distinguished name."""
        dn = f"CN={name},{above or self.users}"
        self.add(
            dn,
            ["top", "person", "organizationalPerson", "user"],
            sAMAccountName=account,
            userPrincipalName=f"{account}@{self.dns_name}",
            userAccountControl=str(_NORMAL_ACCOUNT | _PASSWORD_NEVER_EXPIRES),
            clearTextPassword=PASSWORD.encode("utf-16-le"),
        )
        self._remember(account, dn)
        return dn

    def add_computer(
        self,
        name: str,
        host: str | None = None,
        kinds: Iterable[str] = ("HOST", "SMTP", "SMTPSVC"),
        above: str | None = None,
    ) -> str:
        """
        Add a member server whose DNS name is `host`, by default its own name in the domain.

        `kinds` are those of the services that it has principal names of.
        """
        dn = f"CN={name},{above or self.computers}"
        fqdn = host or f"{name.lower()}.{self.dns_name}"
        services = [f"{kind}/{alias}" for kind in kinds for alias in (name, fqdn)]
        self.add(
            dn,
            ["top", "person", "organizationalPerson", "user", "computer"],
            sAMAccountName=f"{name}$",
            userAccountControl=str(_WORKSTATION),
            dNSHostName=fqdn,
            servicePrincipalName=services,
            clearTextPassword=PASSWORD.encode("utf-16-le"),
        )
        self._remember(f"{name}$", dn)
        return dn

    def add_group(
        self,
        name: str,
        scope: int,
        members: Iterable[str] = (),
        *,
        security_enabled: bool = True,
        above: str | None = None,
    ) -> str:
        """Add a group, by default below CN=Users, with these members by distinguished name."""
        dn = f"CN={escape_rdn(name)},{above or self.users}"
        kind = scope | (_SECURITY_ENABLED if security_enabled else 0)
        signed = kind - (1 << 32) if kind & _SECURITY_ENABLED else kind
        self.add(dn, ["top", "group"], sAMAccountName=account_name(name), groupType=str(signed))
        self._remember(name, dn)
        present = list(members)
        if present:
            self.modify(dn, "member", present)
        return dn

    def make_primary_group(self, account_dn: str, group_dn: str) -> None:
        """Make a group the account's primary one, which takes it out of the group's `member`."""
        self.modify(group_dn, "member", account_dn)
        rid = self.sid(group_dn).rsplit("-", 1)[1]
        self.modify(account_dn, "primaryGroupID", rid, replace=True)

    def sid(self, dn: str) -> str:
        """The SID of an account."""
        found = self.database.search(dn, ldb.SCOPE_BASE, attrs=["objectSid"])
        return str(ndr_unpack(security.dom_sid, found[0]["objectSid"][0]))

    def add_aces(self, dn: str, sddl: str, *, in_order: bool = True) -> None:
        """Add explicit ACEs: in canonical order, or behind those that the object has."""
        explicit = self._explicit(dn) + self._parse(sddl).dacl.aces
        if in_order:
            explicit.sort(key=lambda ace: _CANONICAL.index(ace.type))
        is_protected = self._descriptor(dn).type & security.SEC_DESC_DACL_PROTECTED
        packed = self._packed("D:P" if is_protected else "D:", explicit)
        self.modify(dn, "nTSecurityDescriptor", packed, replace=True)

    def let_inherit(self, dn: str) -> None:
        """Let an object inherit again, beside the ACEs that it has."""
        packed = self._packed("D:", self._explicit(dn))
        self.modify(dn, "nTSecurityDescriptor", packed, replace=True)

    def block_inheritance(self, dn: str) -> None:
        """Keep an object from inheriting, and make what it inherited its own."""
        kept = list(self._descriptor(dn).dacl.aces)
        for ace in kept:
            ace.flags &= ~security.SEC_ACE_FLAG_INHERITED_ACE
        self.modify(dn, "nTSecurityDescriptor", self._packed("D:P", kept), replace=True)

    def protect(self, dn: str, sddl: str) -> None:
        """Replace an object's DACL by these ACEs alone, and keep it from inheriting any."""
        alone = self._packed("D:P", self._parse(sddl).dacl.aces)
        self.modify(dn, "nTSecurityDescriptor", alone, replace=True)

    def set_owner(self, dn: str, name: str) -> None:
        """Make an account that was added the owner of an object."""
        self._set_part(dn, f"O:{self.sids[name]}", _OWNER_ONLY)

    def set_sacl(self, dn: str, sddl: str) -> None:
        """Replace what is audited on an object: `S:(AU;SA;WP;;;WD)`."""
        self._set_part(dn, sddl, _SACL_ONLY)

    def _set_part(self, dn: str, sddl: str, part: str) -> None:
        descriptor = security.descriptor.from_sddl(sddl, self.domain_sid)
        message = ldb.Message(ldb.Dn(self.database, dn))
        message["nTSecurityDescriptor"] = ldb.MessageElement(
            ndr_pack(descriptor), ldb.FLAG_MOD_REPLACE, "nTSecurityDescriptor"
        )
        self.database.modify(message, [part])

    def write_inherited_ace(self, dn: str, sddl: str) -> None:
        """Put an ACE at the head of the inherited ones, in the file, past Samba's modules."""
        self.rewrite(dn, lambda descriptor: self.with_ace(descriptor, sddl))

    def with_ace(self, descriptor: security.descriptor, sddl: str) -> bytes:
        """A descriptor with one more ACE, before those that it is marked alike with."""
        flag = security.SEC_ACE_FLAG_INHERITED_ACE
        aces = [*self._parse(sddl).dacl.aces, *descriptor.dacl.aces]
        aces.sort(key=lambda ace: bool(ace.flags & flag))
        descriptor.dacl.aces, descriptor.dacl.num_aces = aces, len(aces)
        return bytes(ndr_pack(descriptor))

    def rewrite(self, dn: str, change: Callable[[security.descriptor], bytes]) -> None:
        """Change the descriptor of an object in the file, past Samba's modules."""
        is_configuration = dn.lower().endswith(self.configuration.lower())
        context = self.configuration if is_configuration else self.base
        path = self.settings.private_path(f"sam.ldb.d/{context.upper()}.ldb")
        file = ldb.Ldb(f"tdb://{path}", options=["modules:"])
        stored = file.search(dn, ldb.SCOPE_BASE, attrs=["nTSecurityDescriptor"])[0]
        descriptor = ndr_unpack(security.descriptor, stored["nTSecurityDescriptor"][0])
        message = ldb.Message(stored.dn)
        message["nTSecurityDescriptor"] = ldb.MessageElement(
            change(descriptor), ldb.FLAG_MOD_REPLACE, "nTSecurityDescriptor"
        )
        file.modify(message)

    def _explicit(self, dn: str) -> list[security.ace]:
        inherited = security.SEC_ACE_FLAG_INHERITED_ACE
        return [ace for ace in self._descriptor(dn).dacl.aces if not ace.flags & inherited]

    def _descriptor(self, dn: str) -> security.descriptor:
        found = self.database.search(
            dn, ldb.SCOPE_BASE, attrs=["nTSecurityDescriptor"], controls=[_DACL_ONLY]
        )
        return ndr_unpack(security.descriptor, found[0]["nTSecurityDescriptor"][0])

    def _parse(self, sddl: str) -> security.descriptor:
        return security.descriptor.from_sddl("D:" + sddl.format_map(self.sids), self.domain_sid)

    def _packed(self, head: str, aces: Iterable[security.ace]) -> bytes:
        descriptor = security.descriptor.from_sddl(head, self.domain_sid)
        for ace in aces:
            descriptor.dacl_add(ace)
        return bytes(ndr_pack(descriptor))

    def remember_all(self) -> None:
        """Know the SIDs of accounts that were there before."""
        found = self.database.search(
            self.base, expression="(sAMAccountName=*)", attrs=["sAMAccountName", "objectSid"]
        )
        for each in found:
            sid = ndr_unpack(security.dom_sid, each["objectSid"][0])
            self.sids[str(each["sAMAccountName"])] = str(sid)

    def _remember(self, name: str, dn: str) -> None:
        self.sids[name] = self.sid(dn)


def credentials(sam: Sam, account: str) -> Credentials:
    """What an account logs on with, by NTLM."""
    found = Credentials()
    found.guess(sam.settings)
    found.set_username(account)
    found.set_password(PASSWORD)
    found.set_kerberos_state(DONT_USE_KERBEROS)
    return found


def escape_rdn(value: str) -> str:
    """A name as it stands in a distinguished name. RFC 4514 2.4."""
    special = "".join(f"\\{char}" if char in '",+;<>\\' else char for char in value)
    return f"\\{special}" if special[:1] in {"#", "="} else special


def account_name(name: str) -> str:
    """A sAMAccountName for a group: without the characters that [MS-SAMR] forbids in one."""
    return "".join(char for char in name if char not in '"/\\[]:;|=,+*?<>' and char >= " ")

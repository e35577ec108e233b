"""
The fictional domain of samples/tailspin-untouched.ldif.gz, as its administrators set it up.

Nobody was given a right by hand yet; `tailspin_weaknesses.py` is what became of it.
"""

import ldb
import protection
from sam import DOMAIN_LOCAL, GLOBAL, UNIVERSAL, Sam
from samba.dcerpc import security
from samba.ndr import ndr_pack

_STAFF = {
    "Hana Weiss": "hweiss",
    "Tom Okafor": "tokafor",
    "Omar Hale": "ohale",
    "Ines Costa": "icosta",
    "Dan Brooks": "dbrooks",
    "Zoe Lund": "zlund",
    "Kara Dunn": "kdunn",
    "Pia Holm": "pholm",
    "Liu Chen": "lchen",
    "Ada Novak": "anovak",
}
_EXTERNAL = {"Ravi Menon": "rmenon", "Mia Torres": "mtorres", "Ben Archer": "barcher"}
_SERVICES = ("svc-backup", "svc-bi", "svc-monitor", "svc-scan")
_OF_PRODUCTS = ("svc-dirsync", "svc-enrol", "svc-idm", "svc-deploy", "svc-admt")
"""Made by the setup of a product each, in CN=Users"""
_ADMINISTRATORS = {"Novak (administrator)": "adm-novak", "Silva (administrator)": "adm-silva"}
_VIRTUALIZATION = {"Anand (virtualization)": "adm-anand"}
_UNITS = (
    *("Staff", "Groups", "Administration", "Service Accounts", "Workstations", "Servers"),
    *("External", "Hypervisors", "Web", "Kiosks"),
)
_COMPUTERS = {
    "PC01": "Workstations",
    "PC02": "Workstations",
    "FS01": "Servers",
    "CA01": "Servers",
    "EX01": "Servers",
    "HV01": "Hypervisors",
    "HV02": "Hypervisors",
    "KIOSK1": "Kiosks",
}
_GROUPS = {
    "Helpdesk Europe": (GLOBAL, ("hweiss", "tokafor")),
    "Helpdesk": (DOMAIN_LOCAL, ("Helpdesk Europe",)),
    "Desktop Support": (GLOBAL, ("tokafor",)),
    "Web Team": (GLOBAL, ("icosta",)),
    "Server Team": (GLOBAL, ("rmenon",)),
    "Database Administrators": (GLOBAL, ("rmenon",)),
    "Provisioning": (UNIVERSAL, ("svc-deploy",)),
    "Device Enrolment": (GLOBAL, ("svc-enrol",)),
    "Identity Management": (GLOBAL, ("svc-idm",)),
    "Payroll Trainees": (GLOBAL, ("pholm",)),
    "Payroll Clerks": (GLOBAL, ("kdunn", "Payroll Trainees")),
    "Payroll": (DOMAIN_LOCAL, ()),
    "Contractors": (GLOBAL, ("barcher", "svc-bi")),
    "Reporting": (GLOBAL, ("svc-bi",)),
    "Address Book Editors": (GLOBAL, ("icosta",)),
    "Exchange Trusted Subsystem": (UNIVERSAL, ("EX01$",)),
    "Exchange Windows Permissions": (UNIVERSAL, ("Exchange Trusted Subsystem",)),
    "Hypervisors": (GLOBAL, ("HV01$", "HV02$")),
    "Virtualization Administrators": (GLOBAL, ("adm-anand",)),
    "Directory Team": (GLOBAL, ("adm-novak", "adm-silva")),
    "On Call": (DOMAIN_LOCAL, ("On Call List",)),
}
_LISTS = {"On Call List": ("lchen", "hweiss")}
_POLICIES = {
    "Server Baseline": "{6B1F2C52-0E1D-4E0C-9B57-3E2B7B7C1A01}",
    "Proxy Settings": "{6B1F2C52-0E1D-4E0C-9B57-3E2B7B7C1A02}",
    "Screen Lock": "{6B1F2C52-0E1D-4E0C-9B57-3E2B7B7C1A03}",
}
FABRIKAM = "S-1-5-21-3098166354-1276431884-2051817743"
"""The domain of the parent company"""
_AUDITED = "S:(AU;CISA;CCDCSDDTWPWDWO;;;WD)"
"""What Windows audits there and Samba does not"""
_LINKED = {"Server Baseline": "OU=Domain Controllers,", "Proxy Settings": "", "Screen Lock": ""}
_TEMPLATES = ("TailspinWebServer", "TailspinUser")


def populate(sam: Sam) -> None:
    """Add the accounts, the policies and the certificate services to a new domain."""
    protection.make_like_windows(sam)
    for dn in (protection.holder_of(sam), f"CN=Policies,CN=System,{sam.base}"):
        sam.set_sacl(dn, _AUDITED)
    units = {name: sam.add_unit(name) for name in _UNITS}
    accounts = _add_accounts(sam, units)
    _add_groups(sam, units["Groups"], accounts)
    for name, guid in _POLICIES.items():
        _add_policy(sam, name, guid)
    _add_certificate_services(sam)
    _add_trust(sam)
    sam.modify(f"CN=Domain Admins,{sam.users}", "member", accounts["Directory Team"])
    backup = [accounts["svc-backup"], _add_managed_account(sam, "gmsa-backup")]
    sam.modify(f"CN=Backup Operators,CN=Builtin,{sam.base}", "member", backup)
    protection.protect(sam)


def _add_accounts(sam: Sam, units: dict[str, str]) -> dict[str, str]:
    """Distinguished names by account."""
    found: dict[str, str] = {}
    for unit, people in {"Staff": _STAFF, "External": _EXTERNAL}.items():
        found |= {who: sam.add_user(name, who, units[unit]) for name, who in people.items()}
    for name in _SERVICES:
        found[name] = sam.add_user(name, name, units["Service Accounts"])
    for name in _OF_PRODUCTS:
        found[name] = sam.add_user(name, name)
    for name, account in (_ADMINISTRATORS | _VIRTUALIZATION).items():
        found[account] = sam.add_user(name, account, units["Administration"])
    for name, unit in _COMPUTERS.items():
        found[f"{name}$"] = sam.add_computer(name, kinds=["HOST"], above=units[unit])
    return found


def _add_groups(sam: Sam, unit: str, accounts: dict[str, str]) -> None:
    for name, members in _LISTS.items():
        dns = [accounts[member] for member in members]
        accounts[name] = sam.add_group(name, GLOBAL, dns, security_enabled=False, above=unit)
    for name, (scope, members) in _GROUPS.items():
        dns = [accounts[member] for member in members]
        accounts[name] = sam.add_group(name, scope, dns, above=unit)


def _add_policy(sam: Sam, name: str, guid: str) -> None:
    dn = policy_dn(sam, name)
    folder = f"\\\\{sam.dns_name}\\SysVol\\{sam.dns_name}\\Policies\\{guid}"
    sam.add(dn, ["groupPolicyContainer"], displayName=name, gPCFileSysPath=folder, flags="0")
    where = f"{_LINKED[name]}{sam.base}"
    sam.modify(where, "gPLink", f"[LDAP://{dn};0]{_links(sam, where)}", replace=True)


def _links(sam: Sam, dn: str) -> str:
    found = sam.database.search(dn, ldb.SCOPE_BASE, attrs=["gPLink"])[0]
    return str(found.get("gPLink", "", 0))


def policy_dn(sam: Sam, name: str) -> str:
    """The distinguished name of a policy."""
    return f"CN={_POLICIES[name]},CN=Policies,CN=System,{sam.base}"


def template_dn(sam: Sam, name: str) -> str:
    """The distinguished name of a certificate template."""
    return f"CN={name},CN=Certificate Templates,{_services(sam)}"


def _services(sam: Sam) -> str:
    return f"CN=Public Key Services,CN=Services,{sam.configuration}"


def _add_certificate_services(sam: Sam) -> None:
    """An authority on CA01, and the templates that it publishes."""
    for name, purpose in zip(_TEMPLATES, ("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"), strict=True):
        sam.add(template_dn(sam, name), ["pKICertificateTemplate"], pKIExtendedKeyUsage=purpose)
    sam.add(
        f"CN=Tailspin Issuing CA,CN=Enrollment Services,{_services(sam)}",
        ["pKIEnrollmentService"],
        dNSHostName=f"ca01.{sam.dns_name}",
        certificateTemplates=_TEMPLATES,
    )
    publishers = f"CN=Cert Publishers,{sam.users}"
    sam.modify(publishers, "member", f"CN=CA01,OU=Servers,{sam.base}")


def _add_trust(sam: Sam) -> None:
    """The forest of the parent company, which is trusted one way. [MS-ADTS] 6.1.6.7"""
    sam.add(
        f"CN=fabrikam.example,CN=System,{sam.base}",
        ["top", "leaf", "trustedDomain"],
        securityIdentifier=ndr_pack(security.dom_sid(FABRIKAM)),
        trustPartner="fabrikam.example",
        flatName="FABRIKAM",
        trustDirection="2",  # outbound
        trustType="2",  # Active Directory
        trustAttributes="8",  # forest transitive
    )


def _add_managed_account(sam: Sam, name: str) -> str:
    """A group managed service account whose password the controllers alone may read."""
    dn = f"CN={name},CN=Managed Service Accounts,{sam.base}"
    sam.add(
        dn,
        ["msDS-GroupManagedServiceAccount"],
        sAMAccountName=f"{name}$",
        userAccountControl="4096",
        **{"msDS-ManagedPasswordInterval": "30"},
    )
    let_in(sam, dn, "msDS-GroupMSAMembership", f"{sam.domain_sid}-516")
    return dn


def let_in(sam: Sam, dn: str, attribute: str, sid: str) -> None:
    """Write an attribute that lets in by a descriptor, as Set-ADServiceAccount and its like do."""
    sddl = f"O:BAD:(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;{sid})"
    descriptor = ndr_pack(security.descriptor.from_sddl(sddl, sam.domain_sid))
    sam.modify(dn, attribute, descriptor, replace=True)

"""What of a domain is tier 0 beside its principals: its head, its system container, its DNS."""

from collections.abc import Iterator

from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.directory.domains import Domain
from adaudit.directory.entry import Entry
from adaudit.directory.faults import understood
from adaudit.review.tier_zero.asset import Finds, Kind

_DOMAIN_PARTITION = 0x2  # FLAG_CR_NTDS_DOMAIN, [MS-ADTS] 6.1.1.2.1.1
_IN_SYSTEM = {
    "CN=Policies": "holds the group policies",
    "CN=RID Manager$": "names the controller that gives out SIDs",
    "CN=Password Settings Container": "holds the password policies of single accounts",
}
"""Objects of CN=System that every domain has, [MS-ADTS] 6.1.1.4"""
_BACKUP_KEY = "BCKUPKEY_"
"""The secrets that open what DPAPI protects for every user of the domain, [MS-BKRP] 3.1.1"""


def find_in_domains(view: View, finds: Finds) -> None:
    """Find heads, AdminSDHolder, system objects, keys, trusts and zones of all domains."""
    for domain in view.domains.all:
        if domain.sid is None:
            finds.miss(f"domain {domain.dns_name}", _unread(view, domain))
        else:
            _find_in_domain(domain, finds)
    _find_keys(finds)
    for trust in finds.snapshot.of_class("trustedDomain"):
        finds.add(trust.dn, Kind.TRUST, f"the trust with {trust.dn.name}")
    _find_zones(view, finds)


def _unread(view: View, domain: Domain) -> str:
    what = "its tier 0 was not read"
    if domain == view.domains.root:
        return f"{what}, with the administrators of the whole forest"
    return what


def _find_in_domain(domain: Domain, finds: Finds) -> None:
    finds.demand(domain.dn, Kind.DOMAIN_HEAD, f"the head of {domain.netbios_name}")
    system = domain.dn.child("CN=System")
    why = "its descriptor is given to all protected accounts and groups"
    finds.demand(system.child("CN=AdminSDHolder"), Kind.ADMIN_SD_HOLDER, why)
    finds.demand(system, Kind.SYSTEM, "holds AdminSDHolder, the policies and the trusts")
    for rdn, why in _IN_SYSTEM.items():
        finds.add(system.child(rdn), Kind.SYSTEM, why)


def _find_keys(finds: Finds) -> None:
    for secret in finds.snapshot.of_class("secret"):
        if secret.dn.name.upper().startswith(_BACKUP_KEY):
            finds.add(secret.dn, Kind.SECRET, "opens what DPAPI protects for every user")
    for key in finds.snapshot.of_class("msKds-ProvRootKey"):
        why = "the passwords of group managed service accounts are derived from it"
        finds.add(key.dn, Kind.SECRET, why)


def _find_zones(view: View, finds: Finds) -> None:
    """The zones of the domains, wherever they are kept, and what is above them."""
    names = {domain.dns_name.lower() for domain in view.domains.all}
    names |= {f"_msdcs.{name}" for name in names}
    for zone in finds.snapshot.of_class("dnsZone"):
        if zone.dn.name.lower() in names:
            finds.add(zone.dn, Kind.DNS, f"tells where the controllers of {zone.dn.name} are")
            for above in _above(zone.dn, view):
                finds.add(above, Kind.DNS, f"above the zone {zone.dn.name}")
    _tell_unread_partitions(finds)


def _above(dn: Dn, view: View) -> Iterator[Dn]:
    heads = {domain.dn for domain in view.domains.all}
    parent = dn.parent
    while parent is not None and parent.text and parent not in heads:
        yield parent
        parent = parent.parent


def _tell_unread_partitions(finds: Finds) -> None:
    """DNS partitions that the forest has, [MS-ADTS] 6.1.1.2.1.1, and that were not read."""
    references = finds.snapshot.of_class("crossRef")
    for _, dn in understood(references, _dns_partition, []):
        if finds.snapshot.number(dn) is None:
            finds.miss(str(dn), "was not read: who controls its zones is not known")


def _dns_partition(reference: Entry) -> Dn | None:
    name = reference.text("nCName") or ""
    is_domain = (reference.integer("systemFlags") or 0) & _DOMAIN_PARTITION
    is_of_dns = name.upper().startswith(("DC=DOMAINDNSZONES,", "DC=FORESTDNSZONES,"))
    return Dn(name) if is_of_dns and not is_domain else None

"""
What of the certificate services is tier 0: who controls it can log on as anybody by certificate.

[MS-WCCE] 2.2.2.11 describes the objects; templates [MS-CRTD].
"""

from collections.abc import Iterator, Mapping

from adaudit.access.view import View
from adaudit.directory.entry import Entry
from adaudit.review.tier_zero.asset import Finds, Kind
from adaudit.review.tier_zero.forest import configuration_of
from adaudit.security.sid import Sid

_SERVICES = "CN=Public Key Services,CN=Services"
_CONTAINERS = {
    "CN=NTAuthCertificates": "names the authorities whose certificates let one log on",
    "CN=Certification Authorities": "names the roots that the forest trusts",
    "CN=AIA": "names the authorities that the forest trusts",
    "CN=Enrollment Services": "holds the authorities that enroll",
    "CN=Certificate Templates": "holds the templates",
    "CN=OID": "says what policies in certificates stand for, groups among them",
}
"""Those that say whom to trust; CDP and KRA, which hold lists and keys for recovery, do not"""
_AUTHORITY = "pKIEnrollmentService"
_LONGEST_NAME = 15
"""Characters of a host name that are in the name of its account"""
_TEMPLATE = "pKICertificateTemplate"
_UNREAD = " publishes it, and it was not read"
_AUTHENTICATING = frozenset(
    {
        "1.3.6.1.5.5.7.3.2",  # client authentication
        "1.3.6.1.4.1.311.20.2.2",  # smart card logon
        "1.3.6.1.5.2.3.4",  # PKINIT client authentication
        "2.5.29.37.0",  # any purpose
    }
)


def authority_hosts(view: View) -> Iterator[tuple[Sid, str]]:
    """The accounts of the computers that sign certificates, and why each is tier 0."""
    hosts = {}
    for authority in view.snapshot.of_class(_AUTHORITY):
        name = (authority.text("dNSHostName") or "").lower()
        hosts[name] = f"the host of {authority.dn.name}, which signs certificates"
    accounts = [f"{host.partition('.')[0][:_LONGEST_NAME]}$" for host in hosts if host]
    for principal in view.membership.named(*accounts) if accounts else ():
        entry = view.snapshot.entry(principal.dn)
        host = (entry.text("dNSHostName") or "").lower() if entry else ""
        if host in hosts and host:
            yield principal.sid, hosts[host]


def find_certificate_services(view: View, finds: Finds) -> None:
    """Find the containers, the authorities, and the templates that they publish."""
    configuration = configuration_of(view)
    if configuration is None:
        return  # which is told already
    services = configuration.child(_SERVICES)
    finds.demand(services, Kind.PKI, "holds all of the certificate services")
    for rdn, why in _CONTAINERS.items():
        finds.add(services.child(rdn), Kind.PKI, why)
    for authority in finds.snapshot.of_class("certificationAuthority"):
        if any(authority.dn.is_below(services.child(rdn)) for rdn in _CONTAINERS):
            finds.add(authority.dn, Kind.PKI, "names an authority that the forest trusts")
    templates = {each.dn.name.lower(): each for each in finds.snapshot.of_class(_TEMPLATE)}
    for authority in finds.snapshot.of_class(_AUTHORITY):
        finds.add(authority.dn, Kind.PKI, "an authority that enrolls")
        _find_published(authority, templates, finds)


def _find_published(authority: Entry, templates: Mapping[str, Entry], finds: Finds) -> None:
    """
    Find the templates of an authority.

    All of them, whatever they are for: who may write a template may write its purpose too. The
    reason says which let one log on as they are.
    """
    for name in authority.texts("certificateTemplates"):
        template = templates.get(name.lower())
        if template is None:
            finds.miss(f"certificate template {name}", f"{authority.dn.name}{_UNREAD}")
            continue
        use = ", lets its holder log on" if allows_authentication(template) else ""
        finds.add(template.dn, Kind.TEMPLATE, f"published by {authority.dn.name}{use}")


def allows_authentication(template: Entry) -> bool:
    """Whether certificates of a template let their holder log on: by purpose, or having none."""
    found = purposes_of(template)
    return not found or not _AUTHENTICATING.isdisjoint(found)


def purposes_of(template: Entry) -> frozenset[str]:
    """What the certificates of a template are for, as OIDs; nothing stands for everything."""
    policies = template.texts("msPKI-Certificate-Application-Policy")
    return frozenset({*template.texts("pKIExtendedKeyUsage"), *policies})

"""
What is read from a forest, as data: one list of searches for every source.

A live directory is asked with these searches, and a file is sifted by them, so both give the
same snapshot. No attribute that can hold a secret is among them, and descriptors are asked for
where a check judges them, or of every object where `everything` is to be read.
[MS-ADTS] 3.1.1.1, 6.1.1
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256

from adaudit.collect.exchange_attributes import EXCHANGE
from adaudit.collect.review_attributes import POLICY, REVIEW
from adaudit.collect.search import Scope, Search
from adaudit.directory.dn import Dn

DESCRIPTOR = "ntsecuritydescriptor"
"""The attribute that holds the security descriptor, in lower case."""

_PRINCIPAL = ("sAMAccountName", "objectSid", "sIDHistory", "memberOf")
_ACCOUNT = (*_PRINCIPAL, "userAccountControl", "primaryGroupID", "servicePrincipalName")
_DELETED = r"\0adel:"
"""In the path of a deleted object, behind what its name was. [MS-ADTS] 3.1.1.5.5"""
_NAMING_CONTEXT = re.compile(r"(?:dc=[^,]*(?:,|$))+(?:cn=configuration(?=,|$))?")


ROOT_DSE = Search(
    "the server's own entry",
    Dn(""),
    Scope.BASE,
    (
        *("defaultNamingContext", "configurationNamingContext", "schemaNamingContext"),
        *("rootDomainNamingContext", "namingContexts", "dnsHostName", "supportedCapabilities"),
        *("domainFunctionality", "forestFunctionality", "domainControllerFunctionality"),
    ),
)
"""The rootDSE of a server. [MS-ADTS] 3.1.1.3.2"""


def forest_searches(configuration: Dn, *, everything: bool = False) -> tuple[Search, ...]:
    """What is read once a forest, from its configuration and schema."""
    return _of_forest(configuration.text, everything)


def domain_searches(domain: Dn, *, everything: bool = False) -> tuple[Search, ...]:
    """What is read of each domain."""
    return _of_domain(domain.text, everything)


def partition_search(context: Dn) -> Search:
    """All objects of an application partition, of which nothing but everything is read."""
    search, *_ = domain_searches(context, everything=True)  # the names are of the same form
    return replace(search, what=partition_name(context))


def partition_name(context: Dn) -> str:
    """What the reading of an application partition is called, and a gap that it is missing."""
    return f"partition {dns_name(context)}"


def dns_name(context: Dn) -> str:
    """The DNS name of a domain or an application partition."""
    return ".".join(rdn.partition("=")[2] for rdn in context.rdns)


# by the text, as equal names may be written in another way, and what is asked is shown
@lru_cache(maxsize=256)
def _of_forest(text: str, everything: bool) -> tuple[Search, ...]:  # noqa: FBT001 - passed on
    configuration = Dn(text)
    searches = _forest_searches(configuration)
    if not everything:
        return searches
    schema = configuration.child("CN=Schema")  # a partition of its own
    return (
        _everything("all objects of the configuration", configuration, searches),
        _everything("all objects of the schema", schema, searches),
    )


@lru_cache(maxsize=256)
def _of_domain(text: str, everything: bool) -> tuple[Search, ...]:  # noqa: FBT001 - passed on
    domain = Dn(text)
    name = dns_name(domain)
    searches = _domain_searches(domain, name)
    if not everything:
        return searches
    policies = domain.child("CN=System").child("CN=Policies")
    return (
        _everything(f"all objects of {name}", domain, searches),
        Search(
            f"group policies of {name}",
            policies,
            Scope.ONE_LEVEL,
            POLICY,
            ("groupPolicyContainer",),
        ),
    )


def _everything(what: str, base: Dn, searches: Iterable[Search]) -> Search:
    """One search in the place of several: all objects, and of each what any of them asks for."""
    asked = (*(name for search in searches for name in search.attributes), *REVIEW)
    names = {name.lower(): name for name in asked}
    return Search(what, base, Scope.SUBTREE, tuple(names.values()), with_descriptor=True)


def _forest_searches(configuration: Dn) -> tuple[Search, ...]:
    services = configuration.child("CN=Services")
    exchange = services.child("CN=Microsoft Exchange")
    directory_service = services.child("CN=Windows NT").child("CN=Directory Service")
    base, one, subtree = Scope.BASE, Scope.ONE_LEVEL, Scope.SUBTREE
    return (
        Search("configuration", configuration, base, with_descriptor=True),
        Search(
            "domains of the forest",
            configuration.child("CN=Partitions"),
            one,
            ("nCName", "nETBIOSName", "dnsRoot", "systemFlags", "msDS-SDReferenceDomain"),
            ("crossRef",),
        ),
        Search("directory settings", directory_service, base, ("dSHeuristics",)),
        Search(
            "schema",
            configuration.child("CN=Schema"),
            one,
            (
                *("lDAPDisplayName", "schemaIDGUID", "attributeSecurityGUID", "searchFlags"),
                *("subClassOf", "objectClassCategory", "defaultSecurityDescriptor"),
            ),
            ("classSchema", "attributeSchema"),
        ),
        Search(
            "extended rights",
            configuration.child("CN=Extended-Rights"),
            one,
            ("displayName", "rightsGuid", "validAccesses", "appliesTo"),
            ("controlAccessRight",),
        ),
        Search("services", services, base, with_descriptor=True),
        Search("Exchange organisation", exchange, subtree, EXCHANGE, with_descriptor=True),
    )


def _domain_searches(domain: Dn, name: str) -> tuple[Search, ...]:
    system_objects = domain.child("CN=Microsoft Exchange System Objects")
    base, subtree = Scope.BASE, Scope.SUBTREE
    return (
        Search(
            f"domain {name}",
            domain,
            base,
            ("objectSid", "nTMixedDomain", "msDS-Behavior-Version"),
            ("domainDNS",),
            with_descriptor=True,
        ),
        Search(f"system objects of {name}", system_objects, base, with_descriptor=True),
        Search(
            f"groups of {name}",
            domain,
            subtree,
            (*_PRINCIPAL, "groupType", "member", "primaryGroupID"),
            ("group",),
        ),
        Search(
            f"computers of {name}",
            domain,
            subtree,
            (*_ACCOUNT, "dNSHostName", "pwdLastSet"),
            ("computer",),
        ),
        Search(f"users of {name}", domain, subtree, _ACCOUNT, ("user",), ("computer",)),
        Search(
            f"foreign principals of {name}",
            domain,
            subtree,
            ("objectSid", "memberOf"),
            ("foreignSecurityPrincipal",),
        ),
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the plan wants of one object."""

    attributes: frozenset[str]
    """In lower case, without the security descriptor"""
    descriptor: bool


def wanted(dn: Dn, classes: frozenset[str], *, everything: bool = False) -> Wanted | None:
    """
    What the plan wants of an object of that name and those classes, None where it wants none.

    It wants none of deleted objects: servers do not show them, but exports may hold them.
    The naming contexts are read off the name, as a file need not say which there are: the
    configuration is `CN=Configuration` under a domain, and domains are all of `DC=`.
    """
    if _DELETED in dn.path:
        return None
    finding = [search for search in _searches_at(dn, everything) if search.finds(dn.path, classes)]
    return wanted_by(*finding) if finding else None


def wants_descriptor(path: str, classes: frozenset[str], *, everything: bool = False) -> bool:
    """As `wanted(…).descriptor`, by the path of the name; quick, as a million objects are asked."""
    match = _NAMING_CONTEXT.match(path)
    if match is None:
        return False
    searches = _with_descriptor(match.group().rstrip(","), everything)
    return any(search.finds(path, classes) for search in searches)


@lru_cache(maxsize=256)
def _with_descriptor(context: str, everything: bool) -> tuple[Search, ...]:  # noqa: FBT001 - passed on
    dn = Dn(",".join(reversed(context.split(","))))
    return tuple(s for s in searches_of(dn, everything=everything) if s.with_descriptor)


@lru_cache(maxsize=256)
def wanted_by(*searches: Search) -> Wanted:
    """What the searches want of an object that all of them find."""
    names = _lower_case(name for search in searches for name in search.requested)
    return Wanted(names - {DESCRIPTOR}, DESCRIPTOR in names)


def naming_context(dn: Dn) -> Dn | None:
    """The naming context that holds an object, by its name; the schema counts as configuration."""
    match = _NAMING_CONTEXT.match(dn.path)
    if match is None:
        return None
    depth = match.group().rstrip(",").count(",") + 1
    return _parsed(",".join(dn.rdns[-depth:]))


def searches_of(context: Dn, *, everything: bool = False) -> tuple[Search, ...]:
    """The searches of a naming context: of the configuration with the schema, or of a domain."""
    if context.path.endswith("cn=configuration"):
        return forest_searches(context, everything=everything)
    return domain_searches(context, everything=everything)


def fingerprint(*, everything: bool = False) -> str:
    """A text that is another one when the plan asks for something else."""
    domain = Dn("DC=x")
    asked = (
        ROOT_DSE,
        *forest_searches(domain.child("CN=Configuration"), everything=everything),
        *domain_searches(domain, everything=everything),
    )
    return sha256(repr(asked).encode()).hexdigest()


def _searches_at(dn: Dn, everything: bool) -> tuple[Search, ...]:  # noqa: FBT001 - passed on
    if not dn.text:
        return (ROOT_DSE,)
    context = naming_context(dn)
    return searches_of(context, everything=everything) if context else ()


@lru_cache(maxsize=256)
def _parsed(text: str) -> Dn:
    return Dn(text)


def _lower_case(names: Iterable[str]) -> frozenset[str]:
    return frozenset(map(str.lower, names))

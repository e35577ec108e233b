"""What of the configuration and the schema is tier 0. [MS-ADTS] 6.1.1.2, 3.1.1.2."""

from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.review.tier_zero.asset import Finds, Kind

_CONTAINERS = {
    "CN=Partitions": (Kind.CONFIGURATION, "names the partitions of the forest"),
    "CN=Services": (Kind.CONFIGURATION, "holds the settings of the directory and of services"),
    "CN=Windows NT,CN=Services": (Kind.CONFIGURATION, "holds the settings of the directory"),
    "CN=Directory Service,CN=Windows NT,CN=Services": (
        Kind.CONFIGURATION,
        "its dSHeuristics change how access is checked",
    ),
    "CN=Extended-Rights": (Kind.CONFIGURATION, "says what property sets and rights are"),
    "CN=DisplaySpecifiers": (
        Kind.CONFIGURATION,
        "names the programs that consoles start for administrators",
    ),
    "CN=Group Key Distribution Service,CN=Services": (
        Kind.CONFIGURATION,
        "holds the keys of group managed service accounts",
    ),
    "CN=Master Root Keys,CN=Group Key Distribution Service,CN=Services": (
        Kind.CONFIGURATION,
        "holds the keys of group managed service accounts",
    ),
    "CN=Sites": (Kind.SITE, "holds the sites of the controllers"),
    "CN=Subnets,CN=Sites": (Kind.SITE, "says which computers are in which site"),
}


def find_in_configuration(view: View, finds: Finds) -> None:
    """Find the heads of configuration and schema, what they are made of, and the sites."""
    if view.schema.is_partial:
        finds.miss("schema", "was read in part: who holds rights that it lacks is not known")
    configuration = configuration_of(view)
    if configuration is None:
        finds.miss("configuration", "was not read: who controls it is not known")
        return
    finds.demand(configuration, Kind.CONFIGURATION, "the head of the configuration")
    finds.demand(configuration.child("CN=Schema"), Kind.SCHEMA, "the head of the schema")
    for rdns, (kind, why) in _CONTAINERS.items():
        finds.add(configuration.child(rdns), kind, why)
    for site in finds.snapshot.of_class("site"):
        finds.add(site.dn, Kind.SITE, "policies that are linked to it reach what is in it")
    for definition in finds.snapshot.of_class("classSchema", "attributeSchema"):
        finds.add(definition.dn, Kind.SCHEMA, "defines what objects hold and who may read it")


def configuration_of(view: View) -> Dn | None:
    """The head of the configuration, None where no domain is known."""
    root = view.domains.root_dn or (view.domains.root.dn if view.domains.root else None)
    return root.child("CN=Configuration") if root is not None else None

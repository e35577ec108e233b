"""
What is missing from what was read: the same rules for every source.

A source reports what it failed to read. Here is found what nobody reports: an object without
its security descriptor, a domain that no server was given for, a file that lacks a partition.
All is read off the snapshot, so that it is as true of one that was read in several runs.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache

from adaudit.collect.plan import naming_context, partition_name, wants_descriptor
from adaudit.collect.source import Referral
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry, Gap
from adaudit.directory.objects import Objects
from adaudit.directory.snapshot import Unreadable, descriptor_of
from adaudit.errors import DirectoryError
from adaudit.security.descriptor import AbsentAcl

_NAMING_CONTEXT = 0x1  # FLAG_CR_NTDS_NC, [MS-ADTS] 6.1.1.2.1.1
_DOMAIN = 0x2  # FLAG_CR_NTDS_DOMAIN
_MOST_BARE = 100
"""Objects, or else containers, that get a gap each because of a missing descriptor"""
NO_DESCRIPTOR = (
    "the directory gave no security descriptor: the reader may lack the right to read it, "
    "or the export left nTSecurityDescriptor out"
)
_HEADS = ("domainDNS", "configuration", "dMD")
_SCHEMA = {
    "classSchema": "classes",
    "attributeSchema": "attributes",
    "controlAccessRight": "extended rights",
}
_PUBLISHED = (
    "those that Microsoft publishes are used in their place; what was added to this forest, as by "
    "LAPS and by other products, is unknown"
)
NOT_ASKED = "the server refers to another one, which was not asked"
COMPLETENESS = "completeness"
"""The step of what is found here; it never gets a mark, as it is found anew in every run"""
_OF_ROOT = ("configurationNamingContext", "schemaNamingContext", "defaultNamingContext")
_UNREAD_DOMAIN = (
    "not read: its groups and accounts are unknown; add a server of it to `ldap:`, an export of "
    "it to `ldif:`, or its snapshot to `snapshot:`"
)
_UNREAD_PARTITION = (
    "not read: who may do what to its objects is unknown; add a server that holds it to `ldap:`, "
    "or an export of it to `ldif:`"
)


class Contexts:
    """The naming contexts of the forest, by the crossRef objects that name them."""

    def __init__(self, cross_references: Iterable[Entry] = ()) -> None:
        self.names: dict[Dn, str | None] = {}
        """With the DNS name of each that is a domain"""
        self.applications: list[Dn] = []
        """Partitions that only applications put there, in order"""
        self.damaged: list[Gap] = []
        for each in cross_references:
            self.note(each)

    def note(self, cross_reference: Entry) -> None:
        """Take up a crossRef object."""
        try:
            context = Dn(cross_reference.text("nCName") or "")
        except DirectoryError as error:
            self.damaged.append(Gap(str(cross_reference.dn), error.message))
        else:
            self.names[context] = _domain_name(cross_reference)
            if _is_of_applications(cross_reference, context):
                self.applications.append(context)

    def note_root(self, root: Entry) -> None:
        """Take up a server's own entry: a search may refer to a partition before its crossRef."""
        for attribute in _OF_ROOT:
            with suppress(DirectoryError):  # who reads the server has told already
                self.names.setdefault(Dn(root.text(attribute) or ""), None)

    def gap(self, referral: Referral) -> Gap | None:
        """That the server refers to another one; None where what is read there is judged itself."""
        if referral.base in self.names:
            return None
        return Gap(referral.url, NOT_ASKED)


def missing(objects: Objects, *, everything: bool) -> Iterator[Gap]:
    """A gap for each thing that is missing from what was read."""
    contexts = Contexts(objects.of_class("crossRef"))
    yield from contexts.damaged
    yield from _without_descriptor(objects, everything=everything)
    yield from _forest_gaps(contexts)
    yield from _schema_gaps(objects, everything=everything)
    heads = {head.dn for head in objects.of_class("domainDNS") if head.values("objectSid")}
    for dn, name in contexts.names.items():
        if name and not (dn in heads and _has_groups(objects, dn)):
            yield Gap(f"domain {name}", _UNREAD_DOMAIN)
    if everything:
        unread = (dn for dn in contexts.applications if objects.entry(dn) is None)
        yield from (Gap(partition_name(dn), _UNREAD_PARTITION) for dn in unread)


def have_sacls(objects: Objects) -> bool:
    """
    Whether descriptors came with their SACL, where nobody asked a server for it.

    Every partition begins with one, so its head shows what whoever exported it was given.
    """
    heads = [descriptor_of(head) for head in objects.of_class(*_HEADS)]
    return bool(heads) and all(
        not isinstance(each, Unreadable) and not isinstance(each.sacl, AbsentAcl) for each in heads
    )


def _has_groups(objects: Objects, domain: Dn) -> bool:
    """Whether a group was read of a domain itself: every one has some."""
    paths = objects.paths_below(domain, "group")
    # the names of child domains begin as that of the domain does
    return any(not path.startswith(f"{domain.path},dc=") for path in paths)


def _forest_gaps(contexts: Contexts) -> Iterator[Gap]:
    if not contexts.names:
        yield Gap(
            "domains of the forest",
            "unknown: CN=Partitions of the configuration was not read, "
            "so groups of domains that nobody named may be missing",
        )


def _schema_gaps(objects: Objects, *, everything: bool) -> Iterator[Gap]:
    """Attributes and rights are looked at where all is reviewed, classes always."""
    kinds = {name: next(objects.of_class(name), None) is not None for name in _SCHEMA}
    unread = [what for name, what in _SCHEMA.items() if not kinds[name]]
    if unread and (everything or not kinds["classSchema"]):
        yield Gap("schema", f"{', '.join(unread)} not read: {_PUBLISHED}")


def _without_descriptor(objects: Objects, *, everything: bool) -> Iterator[Gap]:
    """
    What came without the descriptor that the plan wants of it.

    A reader without the right gets none at all: then there is one gap a container, or one a
    partition, that says how many.
    """
    bare: list[str] = []
    above: Counter[str] = Counter()
    for dn, path, chain in objects.undescribed():
        if wants_descriptor(path, _classes(chain), everything=everything):
            bare += [dn] if len(bare) <= _MOST_BARE else []
            above[path.rpartition(",")[0]] += 1
    if len(bare) <= _MOST_BARE:
        yield from (Gap(dn, NO_DESCRIPTOR) for dn in bare)
        return
    containers = {",".join(reversed(path.split(","))): count for path, count in above.items()}
    yield from _counted(containers if len(containers) <= _MOST_BARE else _by_partition(containers))


def _counted(containers: Mapping[str, int]) -> Iterator[Gap]:
    for name, count in containers.items():
        yield Gap(name, f"{count} objects below it: {NO_DESCRIPTOR}")


def _by_partition(containers: Mapping[str, int]) -> Counter[str]:
    found: Counter[str] = Counter()
    for name, count in containers.items():
        found[str(naming_context(Dn(name)) or name)] += count
    return found


@lru_cache(maxsize=1 << 12)
def _classes(chain: tuple[bytes, ...]) -> frozenset[str]:
    return frozenset(value.decode("utf-8", "replace").lower() for value in chain)


def _domain_name(cross_reference: Entry) -> str | None:
    """The DNS name of the domain that a crossRef stands for, None for another partition."""
    try:
        is_domain = (cross_reference.integer("systemFlags") or 0) & _DOMAIN
    except DirectoryError:
        is_domain = True  # rather a domain too many among the gaps than one too few
    return (cross_reference.text("dnsRoot") or cross_reference.dn.name) if is_domain else None


def _is_of_applications(cross_reference: Entry, context: Dn) -> bool:
    """Whether a crossRef stands for a partition that is there and is none of the directory's."""
    try:
        flags = cross_reference.integer("systemFlags") or 0
    except DirectoryError:
        return False  # it counts as a domain
    is_enabled = (cross_reference.text("enabled") or "").upper() != "FALSE"
    is_of_applications = context.path.rpartition(",")[2].startswith("dc=")
    return is_of_applications and is_enabled and flags & (_NAMING_CONTEXT | _DOMAIN) == 1

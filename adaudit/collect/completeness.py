"""
What is missing from what was read: the same rules for every source.

A source reports what it failed to read. Here is found what nobody reports: an object without
its security descriptor, a domain that no server was given for, a file that lacks a partition.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from adaudit.collect.plan import naming_context, wanted
from adaudit.collect.source import Item, Referral, Stage
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry, Gap
from adaudit.errors import DirectoryError

_DOMAIN = 0x2  # FLAG_CR_NTDS_DOMAIN, [MS-ADTS] 6.1.1.2.1.1
NO_DESCRIPTOR = (
    "the directory gave no security descriptor: the reader may lack the right to read it, "
    "or the export left nTSecurityDescriptor out"
)
_UNREAD_DOMAIN = (
    "not read: its groups and accounts are unknown; add a server of it to `ldap:`, "
    "or an export of it to `ldif:`"
)


def complete(items: Iterable[Item]) -> Iterator[Entry | Gap | Stage]:
    """Pass on what a source gives, then a gap for each thing that is missing from it."""
    seen = _Seen()
    for item in items:
        if isinstance(item, Referral):
            seen.referrals.append(item)
            continue
        if isinstance(item, Entry):
            seen.note(item)
        elif isinstance(item, Gap):
            seen.subjects.add(item.subject)
        yield item
    yield from (gap for gap in seen.gaps() if gap.subject not in seen.subjects)


@dataclass(slots=True)
class _Seen:
    bare: dict[Dn, None] = field(default_factory=dict)
    """Objects that came without the descriptor that the plan wants of them"""
    described: set[Dn] = field(default_factory=set)
    contexts: dict[Dn, str | None] = field(default_factory=dict)
    """The naming contexts of the forest, with the DNS name of each that is a domain"""
    heads: set[Dn] = field(default_factory=set)
    with_groups: set[Dn] = field(default_factory=set)
    """Naming contexts in which a group was read: every domain has some"""
    subjects: set[str] = field(default_factory=set)
    """Of the gaps that the source reports itself"""
    classes: set[str] = field(default_factory=set)
    damaged: list[Gap] = field(default_factory=list)
    referrals: list[Referral] = field(default_factory=list)

    def note(self, entry: Entry) -> None:
        kinds = entry.classes
        self.classes |= kinds
        self._note_descriptor(entry, kinds)
        if "crossref" in kinds:
            self._note_partition(entry)
        if "domaindns" in kinds and entry.values("objectSid"):
            self.heads.add(entry.dn)
        if "group" in kinds and (context := naming_context(entry.dn)):
            self.with_groups.add(context)

    def _note_descriptor(self, entry: Entry, kinds: frozenset[str]) -> None:
        if entry.descriptor is not None:
            self.described.add(entry.dn)
            return
        want = wanted(entry.dn, kinds)
        if want and want.descriptor:
            self.bare[entry.dn] = None

    def _note_partition(self, cross_reference: Entry) -> None:
        try:
            context = Dn(cross_reference.text("nCName") or "")
        except DirectoryError as error:
            self.damaged.append(Gap(str(cross_reference.dn), error.message))
        else:
            self.contexts[context] = _domain_name(cross_reference)

    def gaps(self) -> Iterator[Gap]:
        yield from self.damaged
        for dn in self.bare:
            if dn not in self.described:
                yield Gap(str(dn), NO_DESCRIPTOR)
        yield from self._forest_gaps()
        for dn, name in self.contexts.items():
            if name and not (dn in self.heads and dn in self.with_groups):
                yield Gap(f"domain {name}", _UNREAD_DOMAIN)
        for referral in self.referrals:
            # a naming context of the forest is judged by what was read of it, just above
            if referral.base not in self.contexts:
                yield Gap(referral.url, "the server refers to another one, which was not asked")

    def _forest_gaps(self) -> Iterator[Gap]:
        if not self.contexts:
            yield Gap(
                "domains of the forest",
                "unknown: CN=Partitions of the configuration was not read, "
                "so groups of domains that nobody named may be missing",
            )
        if "classschema" not in self.classes:
            yield Gap(
                "schema",
                "not read: which class and attribute an entry is meant for cannot be told",
            )


def _domain_name(cross_reference: Entry) -> str | None:
    """The DNS name of the domain that a crossRef stands for, None for another partition."""
    try:
        is_domain = (cross_reference.integer("systemFlags") or 0) & _DOMAIN
    except DirectoryError:
        is_domain = True  # rather a domain too many among the gaps than one too few
    return (cross_reference.text("dnsRoot") or cross_reference.dn.name) if is_domain else None

"""From a source into a snapshot, and what is missing from it."""

from collections.abc import Iterator, Mapping

import pytest

from adaudit.collect.collector import collect
from adaudit.collect.completeness import NO_DESCRIPTOR
from adaudit.collect.source import Item, Stage, referral
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry, Gap
from adaudit.directory.marks import Mark
from adaudit.directory.snapshot import Snapshot
from adaudit.directory.writer import SnapshotWriter

DOMAIN = "DC=contoso,DC=example"
CONFIGURATION = f"CN=Configuration,{DOMAIN}"
SERVER = f"CN=EX01,CN=Microsoft Exchange,CN=Services,{CONFIGURATION}"


def entry(dn: str, *classes: str, descriptor: bytes | None = None, **attributes: bytes) -> Entry:
    values = {name: (value,) for name, value in attributes.items()}
    kinds = tuple(name.encode() for name in classes)
    return Entry(Dn(dn), {"objectclass": kinds} | values, descriptor)


def cross_reference(name: str, dns_name: str, flags: bytes) -> Entry:
    dn = f"CN={name.partition(',')[0][3:]},CN=Partitions,{CONFIGURATION}"
    found = {"ncname": name.encode(), "dnsroot": dns_name.encode(), "systemflags": flags}
    return entry(dn, "crossRef", **found)


COMPLETE = [
    cross_reference(DOMAIN, "contoso.example", b"3"),
    cross_reference(CONFIGURATION, "contoso.example", b"1"),
    entry(f"CN=Group,CN=Schema,{CONFIGURATION}", "classSchema"),
    entry(DOMAIN, "domainDNS", descriptor=b"sd", objectsid=b"\1\0\0\0\0\0\0\5"),
    entry(f"CN=g,{DOMAIN}", "group"),
]


class Given:
    description = "given items"
    warnings = ()
    everything = False
    can_go_on = False
    key = ""

    def __init__(self, *items: Item) -> None:
        self._items = items

    def read(self, _: Mapping[str, Mark]) -> Iterator[Item]:
        """Give them."""
        yield from self._items


class Watcher:
    def __init__(self) -> None:
        self.seen: list[tuple[int, str]] = []

    def update(self, count: int, what: str) -> None:
        """Note what is told."""
        self.seen.append((count, what))


def snapshot(*items: Item) -> Snapshot:
    writer = SnapshotWriter("given items")
    collect(Given(*items), writer)
    return writer.finish()


def everything(*items: Item) -> Snapshot:
    source = Given(*items)
    source.everything = True
    writer = SnapshotWriter("given items")
    collect(source, writer)
    return writer.finish()


def test_a_complete_forest_has_no_gaps() -> None:
    found = snapshot(*COMPLETE)
    assert found.gaps == ()
    assert len(found) == len(COMPLETE)


def test_a_gap_of_the_source_is_kept() -> None:
    gap = Gap("CN=x", "insufficientAccessRights")
    assert snapshot(*COMPLETE, gap).gaps == (gap,)


def test_an_object_without_the_descriptor_that_is_wanted_is_a_gap() -> None:
    assert snapshot(*COMPLETE, entry(SERVER, "server")).gaps == (Gap(SERVER, NO_DESCRIPTOR),)


def test_a_descriptor_that_comes_with_another_part_of_the_object_is_no_gap() -> None:
    parts = [entry(SERVER, "server"), entry(SERVER.lower(), "server", descriptor=b"sd")]
    assert snapshot(*COMPLETE, *parts).gaps == ()
    assert snapshot(*COMPLETE, *reversed(parts)).gaps == ()


def test_a_domain_of_which_nothing_was_read_is_a_gap() -> None:
    child = cross_reference(f"DC=child,{DOMAIN}", "child.contoso.example", b"3")
    (gap,) = snapshot(*COMPLETE, child).gaps
    assert gap.subject == "domain child.contoso.example"
    assert gap.reason.startswith(
        "not read: its groups and accounts are unknown; add a server of it to `ldap:`"
    )


def test_a_domain_without_a_single_group_is_a_gap() -> None:
    items = [item for item in COMPLETE if "group" not in item.classes]
    child_group = entry(f"CN=g,DC=child,{DOMAIN}", "group")
    (gap,) = snapshot(*items, child_group).gaps
    assert gap.subject == "domain contoso.example"


def test_a_cross_reference_with_damaged_flags_counts_as_a_domain() -> None:
    damaged = cross_reference(f"DC=child,{DOMAIN}", "child.contoso.example", b"three")
    assert [gap.subject for gap in snapshot(*COMPLETE, damaged).gaps] == [
        "domain child.contoso.example"
    ]


def test_a_cross_reference_to_no_name_is_a_gap() -> None:
    damaged = cross_reference("nonsense", "x", b"3")
    assert [gap.subject for gap in snapshot(*COMPLETE, damaged).gaps] == [str(damaged.dn)]


def test_a_file_without_the_partitions_is_a_gap() -> None:
    items = [item for item in COMPLETE if "crossref" not in item.classes]
    assert [gap.subject for gap in snapshot(*items).gaps] == ["domains of the forest"]


def test_a_file_without_the_schema_is_a_gap() -> None:
    items = [item for item in COMPLETE if "classschema" not in item.classes]
    (gap,) = snapshot(*items).gaps
    assert gap.subject == "schema"
    assert gap.reason.startswith("classes, attributes, extended rights not read: ")
    assert "Microsoft" in gap.reason
    assert "LAPS" in gap.reason


@pytest.mark.parametrize(
    ("object_class", "reason"),
    [
        ("classSchema", "classes not read: "),
        ("attributeSchema", "attributes not read: "),
        ("controlAccessRight", "extended rights not read: "),
    ],
)
def test_each_kind_of_definition_that_is_missing_from_a_whole_directory_is_a_gap(
    object_class: str, reason: str
) -> None:
    kinds = {"classSchema", "attributeSchema", "controlAccessRight"} - {object_class}
    others = [entry(f"CN={kind},CN=Schema,{CONFIGURATION}", kind) for kind in kinds]
    items = [item for item in COMPLETE if "classschema" not in item.classes]
    found = {gap.subject: gap.reason for gap in everything(*items, *others).gaps}
    assert found["schema"].startswith(reason)


@pytest.mark.parametrize("position", [0, len(COMPLETE)])
def test_a_referral_to_a_partition_of_the_forest_is_no_gap(position: int) -> None:
    items: list[Item] = list(COMPLETE)
    items.insert(position, referral(f"ldap://contoso.example/{CONFIGURATION}"))
    assert snapshot(*items).gaps == ()


def test_a_referral_to_anything_else_is_a_gap() -> None:
    url = "ldap://elsewhere.example/DC=elsewhere,DC=example"
    assert [gap.subject for gap in snapshot(*COMPLETE, referral(url)).gaps] == [url]


def test_whoever_watches_learns_the_count_and_what_is_read() -> None:
    watcher = Watcher()
    collect(Given(COMPLETE[3], Stage("groups"), COMPLETE[4]), SnapshotWriter("x"), watcher)
    assert watcher.seen[:3] == [(1, "given items"), (1, "groups"), (2, "groups")]

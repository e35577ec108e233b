"""Snapshots of one forest put together: what completes what, and what stays a gap."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from adaudit.collect.collector import collect
from adaudit.collect.merging import merged
from adaudit.collect.source import Item, Referral
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Gap
from adaudit.directory.marks import Mark
from adaudit.directory.membership import Membership
from adaudit.directory.observations import EvidenceSource, RegistryValue
from adaudit.directory.snapshot import Snapshot
from adaudit.directory.writer import SnapshotWriter
from adaudit.errors import DirectoryError
from adaudit.security import sddl, wire
from tests.builders import TAKEN_AT, World

CONTOSO, EMEA = "DC=contoso,DC=example", "DC=emea,DC=contoso,DC=example"
FOREST = UUID(int=1)
Change = Callable[[World], None]


class Given:
    """A source of these items."""

    warnings: tuple[str, ...] = ()
    can_go_on = False
    key = ""

    def __init__(self, items: Iterable[Item], description: str, *, everything: bool) -> None:
        self.items = list(items)
        self.description = description
        self.everything = everything

    def read(self, marks: Mapping[str, Mark]) -> Iterable[Item]:  # noqa: ARG002 - has none
        """Give them."""
        return self.items


def forest(*read: str, guid: UUID = FOREST) -> World:
    """A root domain and a child domain, of which those that are `read` are known."""
    world = World()
    contoso = world.domain("CONTOSO", CONTOSO, is_read="CONTOSO" in read)
    emea = world.domain("EMEA", EMEA, is_read="EMEA" in read)
    world.add(world.configuration, "configuration", "O:SY", objectGUID=guid)
    world.schema_class("user", UUID(int=2))
    world.schema_attribute("member", UUID(int=3))
    world.right("Send-As", UUID(int=4))
    ex02 = f"CN=EX02,CN=Users,{EMEA}"
    if "CONTOSO" in read:
        contoso.computer("EX01", 1105)
        contoso.group("Mail Servers", 1201, "universal", members=[ex02])
    if "EMEA" in read:
        group = f"CN=Mail Servers,CN=Users,{CONTOSO}"
        emea.computer("EX02", 1105, memberOf=group)
        emea.group("Mail Ops", 1201, "domain local", members=[ex02])
    for number, domain in enumerate((contoso, emea)):
        if domain.head:
            domain.head.put(objectGUID=UUID(int=10 + number))
            domain.head.descriptor = wire.encode(sddl.parse("O:SYG:SYD:(A;;GA;;;SY)"))
    return world


@pytest.fixture
def saved(tmp_path: Path) -> Callable[..., Path]:
    """Collect a world into a file; each is taken a minute after the one before."""
    files: list[Path] = []

    def save(world: World, *more: Item, everything: bool = False) -> Path:
        path = tmp_path / f"{len(files)}.snapshot"
        source = Given(
            [*(made.entry() for made in world.objects), *more],
            f"LDAP ldap://dc{len(files)}",
            everything=everything,
        )
        taken_at = TAKEN_AT + timedelta(minutes=len(files))
        with SnapshotWriter(source.description, path, taken_at) as writer:
            collect(source, writer)
            writer.finish()
        files.append(path)
        return path

    return save


def subjects(snapshot: Snapshot) -> set[str]:
    """What is missing, but for what these small worlds never have."""
    never = {"services", "directory settings", "schema"}
    return {gap.subject for gap in snapshot.gaps} - never


def test_one_alone_lacks_the_other_domain(saved: Callable[..., Path]) -> None:
    with Snapshot.open(saved(forest("CONTOSO"))) as snapshot:
        assert "domain emea.contoso.example" in subjects(snapshot)
        assert Membership.of(snapshot).incomplete


def test_what_each_lacks_is_in_the_other(saved: Callable[..., Path]) -> None:
    files = saved(forest("CONTOSO")), saved(forest("EMEA"))
    with merged(files) as writer, writer.finish() as snapshot:
        assert not subjects(snapshot)
        membership = Membership.of(snapshot)
        assert not membership.incomplete
        assert not membership.in_unread_groups
        (ex02,) = membership.named("EMEA\\EX02$")
        groups = {arc.group.name for arc in membership.arcs[ex02.sid]}
        assert groups == {"CONTOSO\\Mail Servers", "EMEA\\Mail Ops"}


def test_it_is_what_one_collection_of_both_gives(saved: Callable[..., Path]) -> None:
    files = saved(forest("CONTOSO")), saved(forest("EMEA"))
    with Snapshot.open(saved(forest("CONTOSO", "EMEA"))) as whole:
        expected = {entry.dn: entry for entry in whole.entries()}
        gaps = set(whole.gaps)
    with merged(files) as writer, writer.finish() as snapshot:
        assert {entry.dn: entry for entry in snapshot.entries()} == expected
        assert len(snapshot) == len(expected)
        assert set(snapshot.gaps) == gaps


def test_a_domain_that_is_in_none_stays_a_gap(saved: Callable[..., Path]) -> None:
    def with_apac(world: World) -> World:
        world.domain("APAC", f"DC=apac,{CONTOSO}", is_read=False)
        return world

    files = [saved(with_apac(forest(name))) for name in ("CONTOSO", "EMEA")]
    with merged(files) as writer, writer.finish() as snapshot:
        assert subjects(snapshot) == {"domain apac.contoso.example"}


def test_what_a_source_reported_stays_a_gap(saved: Callable[..., Path]) -> None:
    lost = Gap("ldap://dc1", "the connection was lost")
    files = saved(forest("CONTOSO"), lost), saved(forest("EMEA"))
    with merged(files) as writer, writer.finish() as snapshot:
        assert lost in snapshot.gaps


def test_a_referral_to_a_partition_of_the_forest_is_no_gap(saved: Callable[..., Path]) -> None:
    world = forest("EMEA")
    world.objects = [made for made in world.objects if made.dn.is_below(Dn(EMEA))]
    assert world.domains[1].head
    world.objects.append(world.domains[1].head)
    url = f"ldap://contoso.example/{world.configuration}"
    child = saved(world, Referral(f"ldap://emea/{EMEA}", Dn(EMEA)), Referral("ldap://x", None))
    with Snapshot.open(child) as snapshot:
        assert {f"ldap://emea/{EMEA}", "ldap://x"} <= subjects(snapshot), url
    with merged([saved(forest("CONTOSO")), child]) as writer, writer.finish() as snapshot:
        assert subjects(snapshot) == {"ldap://x"}


def test_a_descriptor_that_one_reader_was_not_given_comes_from_the_other(
    saved: Callable[..., Path],
) -> None:
    with_it, without = forest("CONTOSO"), forest("EMEA")
    dn = f"CN=Services,{with_it.configuration}"
    with_it.add(dn, "container", "O:SYG:SYD:(A;;GA;;;SY)")
    without.add(dn, "container")
    files = saved(with_it), saved(without)
    with Snapshot.open(files[1]) as snapshot:
        assert dn in subjects(snapshot)
    with merged(files) as writer, writer.finish() as snapshot:
        entry = snapshot.entry(Dn(dn))
        assert entry
        assert entry.descriptor
        assert dn not in subjects(snapshot)


def test_contradicting_descriptors_are_told_and_the_later_one_counts(
    saved: Callable[..., Path],
) -> None:
    worlds = forest("CONTOSO"), forest("EMEA")
    dn = f"CN=Services,{worlds[0].configuration}"
    for world, trustee in zip(worlds, ("SY", "BA"), strict=True):
        world.add(dn, "container", f"O:SYG:SYD:(A;;GA;;;{trustee})")
    files = [saved(world) for world in worlds]
    with merged(files[::-1]) as writer, writer.finish() as snapshot:
        entry = snapshot.entry(Dn(dn))
        assert entry
        assert entry.descriptor == worlds[1].objects[-1].descriptor
        assert Gap(dn, "read twice with different security descriptors") in snapshot.gaps


def test_what_was_read_last_of_a_group_counts(saved: Callable[..., Path]) -> None:
    early, late = forest("CONTOSO"), forest("CONTOSO")
    late.objects[-1].attributes["member"] = [b"CN=EX01,CN=Users,DC=contoso,DC=example"]
    with merged([saved(early), saved(late)]) as writer, writer.finish() as snapshot:
        group = snapshot.entry(late.objects[-1].dn)
        assert group
        assert group.texts("member") == ("CN=EX01,CN=Users,DC=contoso,DC=example",)


def test_accounts_that_one_snapshot_of_a_domain_lacks_are_told(
    saved: Callable[..., Path],
) -> None:
    early, late = forest("CONTOSO"), forest("CONTOSO", "EMEA")
    early.domains[0].user("gone", 1300)
    with merged([saved(early), saved(late)]) as writer, writer.finish() as snapshot:
        (gap,) = (gap for gap in snapshot.gaps if gap.subject == f"objects of {CONTOSO}")
        assert gap.reason.startswith("1 are in one snapshot")


def test_objects_of_other_partitions_are_not_missed_in_a_domain(
    saved: Callable[..., Path],
) -> None:
    files = saved(forest("CONTOSO")), saved(forest("CONTOSO", "EMEA"))
    with merged(files) as writer, writer.finish() as snapshot:
        assert not subjects(snapshot)


def test_all_of_it_was_read_only_if_it_was_in_each(saved: Callable[..., Path]) -> None:
    files = saved(forest("CONTOSO"), everything=True), saved(forest("EMEA"))
    with merged(files) as writer, writer.finish() as snapshot:
        assert (snapshot.scope, snapshot.has_sacls) == ("exchange", False)


def test_evidence_of_all_is_kept_with_its_sources(
    saved: Callable[..., Path], tmp_path: Path
) -> None:
    files = []
    for name in ("EX01", "EX02"):
        with Snapshot.open(saved(forest("CONTOSO"))) as snapshot:
            path = tmp_path / f"{name}.snapshot"
            with SnapshotWriter("x", path) as writer:
                for entry in snapshot.entries():
                    writer.add(entry)
                source = EvidenceSource("registry", f"{name}.reg", TAKEN_AT)
                writer.add_evidence(source, [RegistryValue(name, "HKLM\\x", "y", "REG_DWORD", 1)])
                writer.finish()
            files.append(path)
    with merged(files) as writer, writer.finish() as snapshot:
        found = {(each.source.name, each.record.computer) for each in snapshot.evidence.registry}
        assert found == {("EX01.reg", "EX01"), ("EX02.reg", "EX02")}


def test_it_is_as_old_as_the_oldest_and_says_so(saved: Callable[..., Path]) -> None:
    files = saved(forest("CONTOSO")), saved(forest("EMEA"))
    with merged(files[::-1]) as writer, writer.finish() as snapshot:
        assert snapshot.taken_at == TAKEN_AT
        assert snapshot.source == "LDAP ldap://dc0; LDAP ldap://dc1"
        (warning,) = snapshot.warnings
        assert "from 2 snapshots, taken from 2004-11-24T09:30:00+00:00 to " in warning


def _other_forest() -> World:
    return forest("EMEA", guid=UUID(int=9))


def _other_name() -> World:
    world = World()
    world.domain("FABRIKAM", "DC=fabrikam,DC=example")
    world.add(world.configuration, "configuration", objectGUID=UUID(int=10))
    return world


def _other_domain() -> World:
    world = forest("CONTOSO")
    assert world.domains[0].head
    world.domains[0].head.attributes["objectguid"] = [bytes(16)]
    return world


def _nothing_known() -> World:
    world = World()
    world.domain("FABRIKAM", "DC=fabrikam,DC=example")
    world.objects = [made for made in world.objects if "Partitions" not in str(made.dn)]
    return world


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (_other_forest, "`CN=Configuration,DC=contoso,DC=example` has another GUID"),
        (_other_name, "its configuration is `CN=Configuration,DC=fabrikam,DC=example`"),
        (_other_domain, "`DC=contoso,DC=example` has another GUID"),
        (_nothing_known, "nothing tells that"),
    ],
)
def test_another_forest_is_refused(
    saved: Callable[..., Path], other: Callable[[], World], reason: str
) -> None:
    files = saved(forest("CONTOSO")), saved(other())
    with pytest.raises(DirectoryError) as caught:
        merged(files)
    assert reason in caught.value.message
    assert str(files[1]) in caught.value.message


def test_a_domain_without_its_configuration_is_taken_where_another_names_it(
    saved: Callable[..., Path],
) -> None:
    world = forest("EMEA")
    world.objects = [
        made for made in world.objects if made.dn == Dn(EMEA) or made.dn.is_below(Dn(EMEA))
    ]
    with merged([saved(world), saved(forest("CONTOSO"))]) as writer, writer.finish() as snapshot:
        assert not subjects(snapshot)


def test_what_is_no_snapshot_is_refused(saved: Callable[..., Path], tmp_path: Path) -> None:
    file = tmp_path / "contoso.ldif"
    file.write_text("dn: DC=contoso,DC=example\n\n", encoding="utf-8")
    with pytest.raises(DirectoryError, match=r"is not a database|is no readable snapshot"):
        merged([saved(forest("CONTOSO")), file])


def test_an_object_that_was_renamed_in_between_has_its_last_name(
    saved: Callable[..., Path],
) -> None:
    early, late = forest("CONTOSO"), forest("CONTOSO")
    for world, name in ((early, "old"), (late, "new")):
        world.domains[0].user(name, 1300, objectGUID=UUID(int=77))
    with merged([saved(early), saved(late)]) as writer, writer.finish() as snapshot:
        assert snapshot.entry(Dn(f"CN=new,CN=Users,{CONTOSO}"))
        assert not snapshot.entry(Dn(f"CN=old,CN=Users,{CONTOSO}"))

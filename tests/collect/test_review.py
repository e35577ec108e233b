"""What a review of a whole domain reads beside it: partitions of applications, SACLs, odd names."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from adaudit.collect.binding import Access, SimpleIdentity
from adaudit.collect.collector import collect
from adaudit.collect.ldap import LdapSource
from adaudit.collect.ldif_files import LdifSource
from adaudit.config import LdapUrl
from adaudit.directory.dn import Dn
from adaudit.directory.membership import Membership
from adaudit.directory.snapshot import Snapshot
from adaudit.directory.writer import SnapshotWriter
from adaudit.security import sddl, wire
from tests.collect.fake_controller import (
    CONFIGURATION,
    DOMAIN,
    SD_FLAGS,
    FakeController,
    contoso,
    parts,
)

ACCESS = Access(SimpleIdentity(), timeout=5, page_size=100, pauses=(0.0, 0.0))
ZONES = f"DC=DomainDnsZones,{DOMAIN}"
ZONE = f"DC=contoso.example,CN=MicrosoftDNS,{ZONES}"
CHILD = f"DC=emea,{DOMAIN}"
SID = bytes.fromhex("0104000000000005150000000100000002000000ff000000")
GROUP = [b"top", b"group"]
CONFLICT = rf"CN=Ops\0ACNF:f1f5c2a1-6d3b-4b0c-8f0a-0d6ce0a2b6c1,CN=Users,{DOMAIN}"
DELETED = rf"CN=Ops\0ADEL:0b2d6c1e-3f5a-47f0-9d1b-5f8a2b7c9d10,CN=Deleted Objects,{DOMAIN}"


def cross_reference(context: str, flags: bytes, **more: bytes) -> dict[str, list[bytes]]:
    found = {"objectClass": [b"top", b"crossRef"], "nCName": [context.encode()]}
    return found | {"systemFlags": [flags]} | {name: [value] for name, value in more.items()}


@pytest.fixture
def server() -> Iterator[FakeController]:
    """A server that holds the partition of its domain's DNS zones."""
    with contoso(Ops=[]).running() as server:
        hold(server, ZONES, b"5")
        server.objects |= {
            f"CN=Member,CN=Schema,{CONFIGURATION}": {"objectClass": [b"attributeSchema"]},
            f"CN=Send-As,CN=Extended-Rights,{CONFIGURATION}": {
                "objectClass": [b"controlAccessRight"]
            },
            ZONES: {"objectClass": [b"domainDNS"], "nTSecurityDescriptor": [b"sd"]},
            ZONE: {"objectClass": [b"dnsZone"], "nTSecurityDescriptor": [b"zone"]},
        }
        for held in server.objects.values():
            held.setdefault("nTSecurityDescriptor", [b"sd"])
        yield server


def hold(server: FakeController, context: str, flags: bytes, **more: bytes) -> None:
    contexts = server.objects[""].setdefault("namingContexts", [DOMAIN.encode()])
    contexts.append(context.encode())
    name = Dn(context).name
    reference = cross_reference(context, flags, **more)
    server.objects[f"CN={name},CN=Partitions,{CONFIGURATION}"] = reference


def lose(server: FakeController, context: str) -> None:
    server.objects[""]["namingContexts"].remove(context.encode())


def read(*servers: FakeController, everything: bool = True, with_sacls: bool = False) -> Snapshot:
    urls = [LdapUrl.parse(server.url) for server in servers]
    source = LdapSource(urls, ACCESS, everything=everything, with_sacls=with_sacls)
    writer = SnapshotWriter(source.description)
    collect(source, writer)
    return writer.finish()


def subjects(snapshot: Snapshot) -> list[str]:
    return [gap.subject for gap in snapshot.gaps]


def bases(server: FakeController) -> set[str]:
    return {asked.base for asked in server.asked}


def flags(server: FakeController) -> list[int]:
    """Those of all searches for descriptors in the order of asking."""
    controls = [asked.controls[SD_FLAGS][1] for asked in server.asked if SD_FLAGS in asked.controls]
    return [parts(parts(control)[0][1])[0][1][-1] for control in controls]


def test_a_partition_of_applications_is_read_with_its_descriptors(server: FakeController) -> None:
    snapshot = read(server)
    assert snapshot.gaps == ()
    zone = snapshot.entry(Dn(ZONE))
    assert zone is not None
    assert zone.descriptor == b"zone"


def test_the_checks_of_exchange_need_no_partition_of_applications(server: FakeController) -> None:
    lose(server, ZONES)
    assert ZONES not in bases(server)
    assert read(server, everything=False).gaps == ()


def test_a_partition_that_no_server_holds_is_a_gap(server: FakeController) -> None:
    lose(server, ZONES)
    for name in (ZONES, ZONE):
        del server.objects[name]
    (gap,) = read(server).gaps
    assert gap.subject == "partition DomainDnsZones.contoso.example"
    assert gap.reason.startswith("not read: who may do what to its objects is unknown; add a")


def test_memberships_are_whole_without_applications_and_audit(server: FakeController) -> None:
    # which can hold no account and no group
    lose(server, ZONES)
    for name in (ZONES, ZONE):
        del server.objects[name]
    server.gives_sacls = False
    snapshot = read(server, with_sacls=True)
    assert subjects(snapshot) == ["audit entries", "partition DomainDnsZones.contoso.example"]
    assert Membership.of(snapshot).lost is None


def test_a_referral_to_a_partition_of_the_forest_is_judged_by_what_was_read(
    server: FakeController,
) -> None:
    server.references[DOMAIN] = [f"ldap://{Dn(ZONES).name}.contoso.example/{ZONES}"]
    assert read(server).gaps == ()


@pytest.mark.parametrize(
    ("flags", "more"),
    [(b"5", {"Enabled": b"FALSE"}), (b"0", {}), (b"4", {})],
    ids=["not yet there", "of another directory", "of no partition"],
)
def test_a_cross_reference_to_no_partition_of_the_forest_is_no_gap(
    server: FakeController, flags: bytes, more: dict[str, bytes]
) -> None:
    name = f"CN=app,CN=Partitions,{CONFIGURATION}"
    server.objects[name] = cross_reference(f"DC=app,{DOMAIN}", flags, **more)
    server.objects[name]["nTSecurityDescriptor"] = [b"sd"]
    assert read(server).gaps == ()


def test_what_a_global_catalog_holds_of_another_domain_is_not_taken_for_that_domain(
    server: FakeController,
) -> None:
    hold(server, CHILD, b"3", dnsRoot=b"emea.contoso.example", nTSecurityDescriptor=b"sd")
    server.objects |= {
        CHILD: {"objectClass": [b"domainDNS"], "objectSid": [SID], "nTSecurityDescriptor": [b"s"]},
        f"CN=g,{CHILD}": {"objectClass": GROUP, "nTSecurityDescriptor": [b"s"]},
    }
    snapshot = read(server)
    assert "domain emea.contoso.example" in subjects(snapshot)
    assert [a.attributes for a in server.asked if a.base == CHILD] == [
        ["objectClass", "objectGUID", "objectSid"]
    ]


def test_a_partition_that_two_servers_hold_is_read_once(server: FakeController) -> None:
    with contoso(Ops=[]).running() as second:
        second.objects = server.objects
        assert read(server, second).gaps == ()
        assert not [a for a in second.asked if a.base == ZONES and a.scope == 2]


def test_sacls_are_asked_for_with_all_else_where_they_are_given(server: FakeController) -> None:
    snapshot = read(server, with_sacls=True)
    assert snapshot.gaps == ()
    assert (snapshot.scope, snapshot.has_sacls) == ("all", True)
    assert set(flags(server)) == {15}


def test_sacls_are_not_asked_for_unless_they_are_wanted(server: FakeController) -> None:
    assert not read(server).has_sacls
    assert set(flags(server)) == {7}


def test_who_is_given_no_sacls_is_given_the_rest_and_a_gap(server: FakeController) -> None:
    server.gives_sacls = False
    snapshot = read(server, with_sacls=True)
    (gap,) = snapshot.gaps
    assert gap.subject == "audit entries"
    assert "`manage auditing and security log`" in gap.reason
    assert not snapshot.has_sacls
    assert flags(server) == [15, *[7] * (len(flags(server)) - 1)]
    assert [entry.descriptor for entry in snapshot.entries() if entry.dn.text].count(None) == 0


def test_sacls_of_a_part_of_the_forest_are_not_those_of_the_forest(server: FakeController) -> None:
    with contoso(Ops=[]).running() as second:
        second.objects = server.objects | {
            "": server.objects[""] | {"defaultNamingContext": [CHILD.encode()]}
        }
        second.gives_sacls = False
        snapshot = read(server, second, with_sacls=True)
    assert "audit entries" in subjects(snapshot)
    assert not snapshot.has_sacls


@pytest.mark.parametrize("is_first_given", [True, False])
def test_a_run_that_goes_on_has_sacls_only_if_both_runs_were_given_them(
    server: FakeController, tmp_path: Path, *, is_first_given: bool
) -> None:
    path = tmp_path / "x.snapshot"
    source = LdapSource(
        [LdapUrl.parse(server.url)],
        replace(ACCESS, page_size=2),
        everything=True,
        with_sacls=True,
    )
    server.gives_sacls = is_first_given
    server.results[ZONES] = (1, "not now")
    with SnapshotWriter("a server", path, key=source.key) as writer:
        collect(source, writer)
        with writer.finish() as snapshot:
            assert snapshot.has_sacls == is_first_given
    server.results.clear()
    server.gives_sacls = not is_first_given
    with SnapshotWriter("a server", path, resume=True, key=source.key) as writer:
        collect(source, writer)
        with writer.finish() as snapshot:
            assert not snapshot.has_sacls
            assert "audit entries" in subjects(snapshot)


def test_another_wish_for_sacls_is_another_plan(server: FakeController) -> None:
    urls = [LdapUrl.parse(server.url)]
    keys = {
        LdapSource(urls, ACCESS, everything=True, with_sacls=each).key for each in (True, False)
    }
    assert len(keys) == 2


def test_an_object_with_a_name_in_conflict_is_an_object(server: FakeController) -> None:
    server.objects[CONFLICT] = {"objectClass": GROUP, "nTSecurityDescriptor": [b"conflict"]}
    found = read(server).entry(Dn(CONFLICT))
    assert found is not None
    assert found.descriptor == b"conflict"
    assert "CNF:" in found.dn.name


def record(dn: str, *classes: str, descriptor: str = "", **values: str) -> str:
    lines = [f"dn: {dn}", *(f"objectClass: {name}" for name in classes)]
    lines += [f"{name}: {value}" for name, value in values.items()]
    if descriptor:
        body = b64encode(wire.encode(sddl.parse(descriptor))).decode()
        lines.append(f"nTSecurityDescriptor:: {body}")
    return "\n".join(lines) + "\n\n"


def exported(file: Path, *records: str, everything: bool = True) -> Snapshot:
    file.write_text("".join(records), encoding="utf-8")
    writer = SnapshotWriter(file.name)
    collect(LdifSource([file], everything=everything), writer)
    return writer.finish()


@pytest.mark.parametrize("everything", [True, False])
def test_a_deleted_object_of_an_export_is_left_out_and_one_in_conflict_is_not(
    tmp_path: Path, *, everything: bool
) -> None:
    snapshot = exported(
        tmp_path / "contoso.ldif",
        record(DOMAIN, "domainDNS"),
        record(f"CN=Deleted Objects,{DOMAIN}", "container", isDeleted="TRUE"),
        record(DELETED, "group", isDeleted="TRUE", sAMAccountName="Ops"),
        record(CONFLICT, "group", sAMAccountName="$DUPLICATE-453"),
        everything=everything,
    )
    assert [entry.dn for entry in snapshot.of_class("group")] == [Dn(CONFLICT)]


def test_what_lies_in_lost_and_found_is_an_object_as_any_other(tmp_path: Path) -> None:
    dn = f"CN=Ops,CN=LostAndFound,{DOMAIN}"
    snapshot = exported(
        tmp_path / "contoso.ldif", record(dn, "group", lastKnownParent=f"OU=x,{DOMAIN}")
    )
    assert snapshot.entry(Dn(dn)) is not None


@pytest.mark.parametrize("is_first", [True, False])
def test_an_export_may_name_a_partition_before_and_behind_its_objects(
    tmp_path: Path, *, is_first: bool
) -> None:
    reference = record(
        f"CN=zones,CN=Partitions,{CONFIGURATION}", "crossRef", nCName=ZONES, systemFlags="5"
    )
    objects = record(ZONES, "domainDNS") + record(ZONE, "dnsZone")
    whole = [reference, objects] if is_first else [objects, reference]
    snapshot = exported(tmp_path / "contoso.ldif", *whole)
    assert snapshot.entry(Dn(ZONE)) is not None
    assert "partition DomainDnsZones.contoso.example" not in subjects(snapshot)
    assert "partition DomainDnsZones.contoso.example" in subjects(
        exported(tmp_path / "contoso.ldif", reference, record(DOMAIN, "domainDNS"))
    )


@pytest.mark.parametrize("has_sacl", [True, False])
def test_an_export_has_sacls_if_the_heads_of_its_partitions_have(
    tmp_path: Path, *, has_sacl: bool
) -> None:
    audited, plain = "O:SYG:SYD:(A;;RC;;;SY)S:(AU;SA;WD;;;WD)", "O:SYG:SYD:(A;;RC;;;SY)"
    snapshot = exported(
        tmp_path / "contoso.ldif",
        record(DOMAIN, "domainDNS", descriptor=audited),
        record(CONFIGURATION, "configuration", descriptor=audited if has_sacl else plain),
    )
    assert snapshot.has_sacls == has_sacl

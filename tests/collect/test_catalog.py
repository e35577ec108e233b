"""A global catalog stands in for domains of which no server is read, and is not taken for one."""

import struct
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from adaudit.collect.binding import Access, SimpleIdentity
from adaudit.collect.collector import collect
from adaudit.collect.ldap import LdapSource
from adaudit.collect.merging import merged
from adaudit.config import LdapUrl
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Gap
from adaudit.directory.membership import Membership
from adaudit.directory.partly import FROM_CATALOG
from adaudit.directory.snapshot import Snapshot
from adaudit.directory.writer import SnapshotWriter
from tests.collect.fake_controller import CONFIGURATION, DOMAIN, FakeController, contoso

CHILD = f"DC=child,{DOMAIN}"
PARTLY = Gap("domain child.contoso.example", FROM_CATALOG)
ACCESS = Access(SimpleIdentity("auditor", "secret"), timeout=5, page_size=100, pauses=(0.0, 0.0))
GLOBAL, DOMAIN_LOCAL, UNIVERSAL = -0x7FFFFFFE, -0x7FFFFFFC, -0x7FFFFFF8
USER = f"CN=ann,CN=Users,{CHILD}"


def sid(*numbers: int) -> bytes:
    """A SID that the child domain issued, or its own."""
    parts = (21, 4, 5, 6, *numbers)
    return struct.pack(f"<BB6s{len(parts)}I", 1, len(parts), b"\0\0\0\0\0\5", *parts)


def group(name: str, rid: int, kind: int, *members: str) -> dict[str, list[bytes]]:
    return {
        "objectClass": [b"top", b"group"],
        "objectSid": [sid(rid)],
        "sAMAccountName": [name.encode()],
        "groupType": [b"%d" % kind],
        "member": [member.encode() for member in members],
    }


def with_child(server: FakeController) -> FakeController:
    """Have a server know that there is a child domain."""
    server.objects[f"CN=CHILD,CN=Partitions,{CONFIGURATION}"] = {
        "objectClass": [b"top", b"crossRef"],
        "nCName": [CHILD.encode()],
        "dnsRoot": [b"child.contoso.example"],
        "nETBIOSName": [b"CHILD"],
        "systemFlags": [b"3"],
    }
    return server


def child_objects(*, is_catalog: bool) -> dict[str, dict[str, list[bytes]]]:
    """The child domain, of which a catalog knows the members of universal groups alone."""
    kept = () if is_catalog else (USER,)
    return {
        CHILD: {
            "objectClass": [b"top", b"domain", b"domainDNS"],
            "objectSid": [sid()],
            "nTSecurityDescriptor": [b"sd"],
        },
        USER: {
            "objectClass": [b"top", b"user"],
            "objectSid": [sid(1100)],
            "sAMAccountName": [b"ann"],
        },
        f"CN=Global,CN=Users,{CHILD}": group("Global", 1201, GLOBAL, *kept),
        f"CN=Local,CN=Users,{CHILD}": group("Local", 1202, DOMAIN_LOCAL, *kept),
        f"CN=Universal,CN=Users,{CHILD}": group("Universal", 1203, UNIVERSAL, USER),
    }


@pytest.fixture
def server() -> Iterator[FakeController]:
    """A server of the root domain."""
    with with_child(contoso(Ops=[])).running() as server:
        yield server


@pytest.fixture
def catalog() -> Iterator[FakeController]:
    """A global catalog."""
    catalog = with_child(contoso(Ops=[]))
    catalog.objects.update(child_objects(is_catalog=True))
    with catalog.running():
        yield catalog


@pytest.fixture
def child() -> Iterator[FakeController]:
    """A server of the child domain."""
    child = with_child(contoso())
    child.objects.update(child_objects(is_catalog=False))
    child.objects[""]["defaultNamingContext"] = [CHILD.encode()]
    with child.running():
        yield child


def as_catalog(server: FakeController) -> LdapUrl:
    return LdapUrl("gc", "127.0.0.1", server.port)


def as_server(server: FakeController) -> LdapUrl:
    return LdapUrl("ldap", "127.0.0.1", server.port)


def read(*urls: LdapUrl, path: Path | None = None) -> Snapshot:
    source = LdapSource(urls, ACCESS)
    with SnapshotWriter(source.description, path, key=source.key) as writer:
        collect(source, writer)
        return writer.finish()


def incomplete(snapshot: Snapshot) -> dict[str, str]:
    membership = Membership.of(snapshot)
    return {membership.name(each): why for each, why in membership.incomplete.items()}


def test_a_domain_that_is_out_of_reach_is_read_in_part(
    server: FakeController, catalog: FakeController
) -> None:
    snapshot = read(as_server(server), as_catalog(catalog))
    assert snapshot.gaps == (PARTLY,)
    assert snapshot.entry(Dn(USER))


def test_groups_that_are_not_universal_have_members_that_are_not_known(
    server: FakeController, catalog: FakeController
) -> None:
    found = incomplete(read(as_server(server), as_catalog(catalog)))
    assert found.keys() == {"CHILD\\Global", "CHILD\\Local"}
    assert found["CHILD\\Global"] == (
        "who is in groups of child.contoso.example that are not universal is not known, as it was "
        "read from a global catalog"
    )


def test_nothing_is_asked_of_a_catalog_that_a_server_gives(
    server: FakeController, catalog: FakeController, child: FakeController
) -> None:
    snapshot = read(as_catalog(catalog), as_server(server), as_server(child))
    assert snapshot.gaps == ()
    assert not incomplete(snapshot)
    assert {asked.base for asked in catalog.asked} == {"", f"CN=Partitions,{CONFIGURATION}"}


def test_a_catalog_comes_last_wherever_it_stands(
    server: FakeController, catalog: FakeController
) -> None:
    read(as_catalog(catalog), as_server(server))
    assert CONFIGURATION not in {asked.base for asked in catalog.asked}
    assert DOMAIN not in {asked.base for asked in catalog.asked}


def test_a_server_that_is_down_has_its_domain_read_from_the_catalog(
    server: FakeController, catalog: FakeController
) -> None:
    down = contoso()
    with down.running():
        pass
    snapshot = read(as_server(server), as_server(down), as_catalog(catalog))
    assert {gap.subject for gap in snapshot.gaps} == {down.url, PARTLY.subject}
    assert snapshot.entry(Dn(USER))


def test_a_catalog_on_its_port_is_one_by_any_scheme() -> None:
    assert LdapUrl.parse("ldap://dc1:3268").is_catalog
    assert LdapUrl.parse("ldaps://dc1:3269").is_catalog
    assert not LdapUrl.parse("ldap://dc1").is_catalog


def test_going_on_keeps_what_is_known_in_part_a_gap(
    server: FakeController, catalog: FakeController, tmp_path: Path
) -> None:
    path = tmp_path / "contoso.snapshot"
    urls = as_server(server), as_catalog(catalog)
    read(*urls, path=path)
    source = LdapSource(urls, ACCESS)
    with SnapshotWriter(source.description, path, resume=True, key=source.key) as writer:
        collect(source, writer)
        again = writer.finish()
    assert again.gaps == (PARTLY,)
    assert incomplete(again).keys() == {"CHILD\\Global", "CHILD\\Local"}


def test_a_catalog_that_does_not_tell_the_domains_is_a_gap(
    server: FakeController, catalog: FakeController
) -> None:
    catalog.results[f"CN=Partitions,{CONFIGURATION}"] = 50, "no"
    snapshot = read(as_server(server), as_catalog(catalog))
    reasons = {gap.subject: gap.reason for gap in snapshot.gaps}
    assert reasons.keys() == {f"gc://127.0.0.1:{catalog.port}", "domain child.contoso.example"}
    assert "does not tell the domains" in reasons[f"gc://127.0.0.1:{catalog.port}"]


def test_a_search_of_the_catalog_that_ends_early_is_a_gap_of_its_own(
    server: FakeController, catalog: FakeController
) -> None:
    catalog.results[CHILD] = 50, "no"
    subjects = {gap.subject for gap in read(as_server(server), as_catalog(catalog)).gaps}
    assert "groups of child.contoso.example in the global catalog" in subjects
    assert PARTLY.subject in subjects


@pytest.mark.parametrize("is_catalog_last", [False, True])
def test_a_snapshot_of_the_domain_itself_takes_the_place_of_the_part(
    server: FakeController,
    catalog: FakeController,
    child: FakeController,
    tmp_path: Path,
    *,
    is_catalog_last: bool,
) -> None:
    part, whole = tmp_path / "part.snapshot", tmp_path / "whole.snapshot"
    readings = [
        (part, (as_server(server), as_catalog(catalog))),
        (whole, (as_server(child),)),
    ]
    for path, urls in readings if not is_catalog_last else readings[::-1]:
        read(*urls, path=path).__exit__()
    with merged([part, whole]) as writer, writer.finish() as snapshot:
        assert snapshot.gaps == ()
        assert not incomplete(snapshot)
        found = snapshot.entry(Dn(f"CN=Global,CN=Users,{CHILD}"))
        assert found
        assert found.texts("member") == (USER,)


def test_two_parts_are_no_whole(
    server: FakeController, catalog: FakeController, tmp_path: Path
) -> None:
    files = tmp_path / "one.snapshot", tmp_path / "other.snapshot"
    for path in files:
        read(as_server(server), as_catalog(catalog), path=path).__exit__()
    with merged(files) as writer, writer.finish() as snapshot:
        assert snapshot.gaps == (PARTLY,)
        assert incomplete(snapshot)


def test_no_other_reader_is_taken_for_the_one_that_began() -> None:
    urls = (LdapUrl("gc", "dc1", 3268), LdapUrl("ldap", "dc1", 389))
    keys = {LdapSource(urls, replace(ACCESS)).key, LdapSource(urls[1:], ACCESS).key}
    assert len(keys) == 2

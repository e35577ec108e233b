"""Thousands of objects from another process: as they are there, and as ldap3 reads them."""

import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from adaudit.collect.binding import Access, SimpleIdentity
from adaudit.collect.channel import connect
from adaudit.collect.collector import collect
from adaudit.collect.entries import Names
from adaudit.collect.ldap import LdapSource
from adaudit.collect.plan import DESCRIPTOR
from adaudit.collect.search import Scope, Search
from adaudit.collect.session import Session
from adaudit.config import LdapUrl
from adaudit.directory.dn import Dn
from adaudit.directory.snapshot import Snapshot
from adaudit.directory.writer import SnapshotWriter
from tests.collect.canned_server import CROWD, DOMAIN, Canned, user_name

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import ldap3

CANNED = Canned(users=3000, descriptors=10)
ACCESS = Access(SimpleIdentity("auditor", "password"), timeout=30, page_size=1000)
ALL = Search("all", Dn(DOMAIN), Scope.SUBTREE, with_descriptor=True)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with CANNED.running() as port:
        yield port


@pytest.fixture(scope="module")
def snapshot(port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    source = LdapSource([LdapUrl("ldap", "127.0.0.1", port)], ACCESS, everything=True)
    path: Path = tmp_path_factory.mktemp("canned") / "canned.snapshot"
    with SnapshotWriter(source.description, path) as writer:
        collect(source, writer)
        with writer.finish() as found:
            yield found


def by_ldap3(port: int) -> Iterator[tuple[str, dict[str, list[bytes]]]]:
    server = ldap3.Server("127.0.0.1", port, get_info=ldap3.NONE)
    connection = ldap3.Connection(server, auto_bind=True)
    with connection.socket:  # which ldap3 does not close itself
        for answer in connection.extend.standard.paged_search(
            DOMAIN, "(objectClass=*)", attributes=["*"], paged_size=1000, generator=True
        ):
            yield answer["dn"], answer["raw_attributes"]


def by_us(port: int) -> Iterator[tuple[str, dict[str, tuple[bytes, ...]]]]:
    names, cookie = Names(), b""
    with Session(connect("127.0.0.1", port, 30), 1000) as session:
        while True:
            page = session.page(ALL, names, cookie)
            for found in page:
                yield from found  # type: ignore[misc]  # there are no references
            cookie = page.cookie
            if not cookie:
                return


def test_nothing_is_missing(snapshot: Snapshot) -> None:
    assert snapshot.gaps == ()
    assert len(list(snapshot.of_class("user"))) == CANNED.users


def test_every_user_is_as_the_server_holds_it(snapshot: Snapshot) -> None:
    for number in range(CANNED.users):
        entry = snapshot.entry(Dn(user_name(number)))
        assert entry is not None
        held = {name.lower(): tuple(values) for name, values in CANNED.values_of(number).items()}
        assert (entry.descriptor,) == held.pop(DESCRIPTOR)
        assert entry.attributes.items() <= held.items()
        assert entry.values("memberOf") == held["memberof"]


def test_each_distinct_descriptor_is_there_once(snapshot: Snapshot) -> None:
    bodies = [body for _, body in snapshot.descriptors()]
    assert len(bodies) == len(set(bodies)) == CANNED.descriptors + 1


def test_ldap3_reads_the_same(port: int) -> None:
    theirs = {
        dn: {name.lower(): tuple(values) for name, values in held.items()}
        for dn, held in by_ldap3(port)
    }
    assert dict(by_us(port)) == theirs


def test_decoding_takes_a_fifth_of_the_time_that_ldap3_takes_at_most(port: int) -> None:
    # an eleventh and less, where nothing else runs: this is to notice what makes it slow
    def seconds(read: Callable[[int], Iterator[object]]) -> float:
        begun = time.process_time()
        assert sum(1 for _ in read(port)) == CANNED.users + 2
        return time.process_time() - begun

    ours = min(seconds(by_us) for _ in range(3))
    theirs = min(seconds(by_ldap3) for _ in range(2))
    assert ours < theirs / 5


@pytest.mark.parametrize("page_size", [7, 999, 5000])
def test_the_size_of_a_page_makes_no_difference(
    snapshot: Snapshot, port: int, page_size: int
) -> None:
    access = replace(ACCESS, page_size=page_size)
    source = LdapSource([LdapUrl("ldap", "127.0.0.1", port)], access, everything=True)
    writer = SnapshotWriter(source.description)
    collect(source, writer)
    with writer.finish() as found:
        assert list(found.entries()) == list(snapshot.entries())
        assert found.gaps == ()


def read(canned: Canned) -> tuple[Snapshot, float]:
    """What a server holds, and the time that this process spent on it."""
    with canned.running() as port:
        begun = time.process_time()
        source = LdapSource([LdapUrl("ldap", "127.0.0.1", port)], ACCESS, everything=True)
        writer = SnapshotWriter(source.description)
        collect(source, writer)
        snapshot = writer.finish()
        return snapshot, time.process_time() - begun


def test_a_group_of_very_many_members_is_whole_and_takes_time_by_their_number() -> None:
    # a million take a second; what looks at all members for each part takes sixty times as long
    few, seconds_of_few = read(Canned(users=1, descriptors=1, members=50_000))
    many, seconds_of_many = read(Canned(users=1, descriptors=1, members=400_000))
    for snapshot, count in ((few, 50_000), (many, 400_000)):
        group = snapshot.entry(Dn(CROWD))
        assert group is not None
        members = group.values("member")
        assert len(members) == count
        assert members[0] == user_name(0).encode()
        assert members[-1] == user_name(count - 1).encode()
        assert snapshot.gaps == ()
    assert seconds_of_many < 24 * max(seconds_of_few, 0.05)


def test_descriptors_as_large_as_they_can_be_come_whole() -> None:
    # an ACL counts its bytes in sixteen bits. [MS-DTYP] 2.4.5
    canned = Canned(users=200, descriptors=200, descriptor_size=0xFFFF)
    snapshot, _ = read(canned)
    for number in range(canned.users):
        entry = snapshot.entry(Dn(user_name(number)))
        assert entry is not None
        assert [entry.descriptor] == canned.values_of(number)["nTSecurityDescriptor"]

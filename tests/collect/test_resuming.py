"""Servers that break off, are busy or go round: all is read, or it is told what is not."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from adaudit.collect.binding import Access, SimpleIdentity
from adaudit.collect.collector import collect
from adaudit.collect.completeness import NO_DESCRIPTOR
from adaudit.collect.ldap import LdapSource
from adaudit.config import LdapUrl
from adaudit.directory.entry import Entry
from adaudit.directory.snapshot import Snapshot
from adaudit.directory.writer import SnapshotWriter
from tests.collect.fake_controller import CONFIGURATION, DOMAIN, FakeController, contoso

ACCESS = Access(SimpleIdentity(), timeout=5, page_size=3, pauses=(0.0, 0.0, 0.0))
GROUPS = [f"g{number}" for number in range(10)]
PARTITIONS = f"CN=Partitions,{CONFIGURATION}"
SEARCH = "groups of contoso.example"


@pytest.fixture
def server() -> Iterator[FakeController]:
    with contoso(**{name: [f"CN=m,{DOMAIN}"] for name in GROUPS}).running() as server:
        yield server


@pytest.fixture
def expected() -> list[Entry]:
    """What a server gives that does nothing wrong."""
    with contoso(**{name: [f"CN=m,{DOMAIN}"] for name in GROUPS}).running() as sound:
        snapshot = read(sound)
    assert snapshot.gaps == ()
    return contents(snapshot)


def source(
    *servers: FakeController, access: Access = ACCESS, everything: bool = False
) -> LdapSource:
    urls = [LdapUrl.parse(server.url) for server in servers]
    return LdapSource(urls, access, everything=everything)


def read(*servers: FakeController, access: Access = ACCESS) -> Snapshot:
    writer = SnapshotWriter("a server")
    collect(source(*servers, access=access), writer)
    return writer.finish()


def contents(snapshot: Snapshot) -> list[Entry]:
    return list(snapshot.entries())


def gaps(snapshot: Snapshot) -> dict[str, str]:
    return {gap.subject: gap.reason for gap in snapshot.gaps}


def asked_for_groups(server: FakeController) -> int:
    return len([a for a in server.asked if a.base == DOMAIN and "groupType" in a.attributes])


@pytest.mark.parametrize("cookies", ["taken", "refused", "empty", "fatal"])
@pytest.mark.parametrize("cut", [[0], [2], [1, 1], [3, 0], [3, 3, 1]], ids=str)
def test_a_connection_that_breaks_within_an_object_costs_nothing(
    server: FakeController, expected: list[Entry], cut: list[int], cookies: str
) -> None:
    server.foreign_cookies = cookies
    # the first search at the domain is for the domain itself
    server.cuts[DOMAIN] = [9, *(each for each in cut)]
    snapshot = read(server)
    assert snapshot.gaps == ()
    assert contents(snapshot) == expected
    if cookies != "fatal":
        assert server.operations.count("bind") == 1 + sum(each < 3 for each in cut)


def test_searches_that_were_read_are_not_asked_again(server: FakeController) -> None:
    server.cuts[DOMAIN] = [9, 3, 1]
    read(server)
    assert len([a for a in server.asked if a.base == PARTITIONS]) == 1


def test_a_connection_that_breaks_each_time_is_a_gap_and_what_came_is_kept(
    server: FakeController,
) -> None:
    server.cuts[DOMAIN] = [9, *[2] * 100]
    snapshot = read(server)
    assert "not read to the end: the server closed the connection" in gaps(snapshot)[SEARCH]
    assert [entry.dn.name for entry in snapshot.of_class("group")] == GROUPS[:2]
    assert server.operations.count("bind") == 1 + len(ACCESS.pauses)


def test_a_server_that_takes_no_cookie_and_breaks_each_time_is_given_up(
    server: FakeController,
) -> None:
    server.foreign_cookies = "refused"
    server.cuts[DOMAIN] = [9, *[3, 1] * 100]
    snapshot = read(server)
    assert SEARCH in gaps(snapshot)
    assert asked_for_groups(server) < 30


@pytest.mark.parametrize("code", [51, 52])
def test_a_busy_server_is_asked_again(
    server: FakeController, expected: list[Entry], code: int
) -> None:
    server.passing[DOMAIN] = [(code, "later")] * len(ACCESS.pauses)
    snapshot = read(server)
    assert snapshot.gaps == ()
    assert contents(snapshot) == expected


@pytest.mark.parametrize(("code", "name"), [(3, "time"), (4, "size"), (11, "admin")])
def test_a_limit_without_a_next_page_is_a_gap_and_what_came_is_kept(
    server: FakeController, code: int, name: str
) -> None:
    server.results[DOMAIN] = (code, "")
    snapshot = read(server, access=replace(ACCESS, page_size=20))
    assert gaps(snapshot)[SEARCH] == f"not read to the end: {name}LimitExceeded ({code})"
    assert len(list(snapshot.of_class("group"))) == len(GROUPS)


def test_a_page_that_ends_early_is_followed_by_the_next(
    server: FakeController, expected: list[Entry]
) -> None:
    server.shortest = 1
    snapshot = read(server)
    assert contents(snapshot) == expected
    assert asked_for_groups(server) == len(GROUPS)


@pytest.mark.parametrize("cookies", ["same", "counts"])
def test_a_server_that_goes_round_is_a_gap(server: FakeController, cookies: str) -> None:
    server.circles[DOMAIN] = cookies
    snapshot = read(server)
    assert gaps(snapshot)[SEARCH] == (
        "not read to the end: the server goes round: it gives the same page again"
    )
    assert asked_for_groups(server) == 2


def test_a_server_that_gives_empty_pages_for_ever_is_a_gap(server: FakeController) -> None:
    server.circles[f"CN=Extended-Rights,{CONFIGURATION}"] = "counts"
    snapshot = read(server)
    assert list(gaps(snapshot)) == ["extended rights"]


def test_what_one_server_does_not_give_another_one_of_the_domain_does(
    server: FakeController, expected: list[Entry]
) -> None:
    bad = contoso(**{name: [f"CN=m,{DOMAIN}"] for name in GROUPS})
    bad.cuts[DOMAIN] = [9, *[2] * 100]
    with bad.running():
        snapshot = read(bad, server)
    assert snapshot.gaps == ()
    assert contents(snapshot) == expected
    assert PARTITIONS not in {a.base for a in server.asked}


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[LdapSource, int], Path]:
    """Collect, and end as a killed process would after so many marks."""

    def killing(of: LdapSource, marks: int) -> Path:
        path = tmp_path / "x.snapshot"
        left = marks
        checkpoint = SnapshotWriter.checkpoint

        def counted(writer: SnapshotWriter, mark: object) -> None:
            nonlocal left
            if not left:
                raise Killed
            left -= 1
            checkpoint(writer, mark)  # type: ignore[arg-type]  # what it was given

        with monkeypatch.context() as patch:
            patch.setattr(SnapshotWriter, "checkpoint", counted)
            with (
                pytest.raises(Killed),
                SnapshotWriter("a server", path, key=of.key) as writer,
            ):
                collect(of, writer)
        return path

    return killing


@pytest.mark.parametrize("cookies", ["taken", "refused", "empty", "fatal"])
@pytest.mark.parametrize("marks", range(1, 16))
def test_wherever_it_was_killed_the_next_run_comes_to_the_same(
    server: FakeController,
    expected: list[Entry],
    killed: Callable[[LdapSource, int], Path],
    marks: int,
    cookies: str,
) -> None:
    server.foreign_cookies = cookies
    of = source(server)
    path = killed(of, marks)
    with SnapshotWriter("a server", path, resume=True, key=of.key) as writer:
        collect(of, writer)
        with writer.finish() as snapshot:
            assert snapshot.gaps == ()
            assert contents(snapshot) == expected


def test_a_referral_before_the_end_is_told_after_it_too(
    server: FakeController, killed: Callable[[LdapSource, int], Path]
) -> None:
    url = "ldap://elsewhere.example/DC=elsewhere,DC=example"
    server.references[PARTITIONS] = [url, f"ldap://contoso.example/{DOMAIN}"]
    of = source(server)
    path = killed(of, 12)
    with SnapshotWriter("a server", path, resume=True, key=of.key) as writer:
        collect(of, writer)
        with writer.finish() as snapshot:
            assert list(gaps(snapshot)) == [url]


def test_an_incomplete_snapshot_becomes_complete_and_loses_its_gaps(
    server: FakeController, expected: list[Entry], tmp_path: Path
) -> None:
    path, of = tmp_path / "x.snapshot", source(server)
    server.cuts[DOMAIN] = [9, 3, *[1] * 100]
    with SnapshotWriter("a server", path, key=of.key) as writer:
        collect(of, writer)
        with writer.finish() as snapshot:
            assert SEARCH in gaps(snapshot)
    server.cuts.clear()
    asked = len(server.asked)
    with SnapshotWriter("a server", path, resume=True, key=of.key) as writer:
        collect(of, writer)
        with writer.finish() as snapshot:
            assert snapshot.gaps == ()
            assert contents(snapshot) == expected
    assert PARTITIONS not in {a.base for a in server.asked[asked:]}


def test_values_that_did_not_come_are_asked_for_again_by_the_next_run(
    server: FakeController, tmp_path: Path
) -> None:
    path, of = tmp_path / "x.snapshot", source(server)
    dn, members = f"CN=g4,CN=Users,{DOMAIN}", [b"CN=m%d,DC=x" % number for number in range(5)]
    server.most_values = 2
    server.objects[dn]["member"] = members
    server.results[dn] = (50, "")
    with SnapshotWriter("a server", path, key=of.key) as writer:
        collect(of, writer)
        with writer.finish() as snapshot:
            assert list(gaps(snapshot)) == [dn]
    server.results.clear()
    with SnapshotWriter("a server", path, resume=True, key=of.key) as writer:
        collect(of, writer)
        with writer.finish() as snapshot:
            assert snapshot.gaps == ()
            (group,) = [e for e in snapshot.of_class("group") if str(e.dn) == dn]
            assert group.values("member") == tuple(members)


def test_everything_is_one_search_a_partition_and_one_for_policies(
    server: FakeController,
) -> None:
    writer = SnapshotWriter("a server")
    contact = f"CN=c,{DOMAIN}"
    server.objects[contact] = {"objectClass": [b"contact"], "nTSecurityDescriptor": [b"sd"]}
    collect(source(server, everything=True), writer)
    found = {str(entry.dn): entry for entry in writer.finish().entries()}
    assert found.keys() == server.objects.keys()
    assert found[contact].descriptor == b"sd"
    assert {a.base for a in server.asked} == {
        *("", CONFIGURATION, f"CN=Schema,{CONFIGURATION}", DOMAIN),
        f"CN=Policies,CN=System,{DOMAIN}",
    }


def test_a_referral_to_a_partition_is_no_gap_before_its_cross_reference_came(
    server: FakeController,
) -> None:
    server.objects[""]["schemaNamingContext"] = [f"CN=Schema,{CONFIGURATION}".encode()]
    server.references[CONFIGURATION] = [f"ldap://contoso.example/CN=Schema,{CONFIGURATION}"]
    writer = SnapshotWriter("a server")
    collect(source(server, access=replace(ACCESS, page_size=1), everything=True), writer)
    assert not [gap for gap in writer.finish().gaps if gap.subject.startswith("ldap")]


def test_many_objects_without_a_descriptor_are_a_gap_for_each_container(
    server: FakeController,
) -> None:
    for number in range(150):
        server.objects[f"CN=c{number},CN=Users,{DOMAIN}"] = {"objectClass": [b"contact"]}
    writer = SnapshotWriter("a server")
    collect(source(server, everything=True), writer)
    bare = [gap for gap in writer.finish().gaps if NO_DESCRIPTOR in gap.reason]
    found = {gap.subject.lower(): int(gap.reason.partition(" ")[0]) for gap in bare}
    lacking = [
        dn for dn, held in server.objects.items() if dn and "nTSecurityDescriptor" not in held
    ]
    assert sum(found.values()) == len(lacking)
    assert found[f"cn=users,{DOMAIN}".lower()] == 150 + len(GROUPS)

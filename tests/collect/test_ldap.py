"""Reading from a domain server, against one that can be told to misbehave."""

import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest

from adaudit.collect.binding import Access, SimpleIdentity
from adaudit.collect.collector import collect
from adaudit.collect.completeness import NO_DESCRIPTOR
from adaudit.collect.ldap import LdapSource
from adaudit.config import LdapUrl
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry, Gap
from adaudit.directory.snapshot import Snapshot
from adaudit.directory.writer import SnapshotWriter
from adaudit.errors import CollectError
from tests.collect.fake_controller import (
    CONFIGURATION,
    DOMAIN,
    FakeController,
    contoso,
    notice_of_disconnection,
)

MEMBERS = [f"CN=m{number},{DOMAIN}" for number in range(8)]
OPS = f"CN=Ops,CN=Users,{DOMAIN}"
EXCHANGE = f"CN=Microsoft Exchange,CN=Services,{CONFIGURATION}"
SD_FLAGS = "1.2.840.113556.1.4.801"
PAGED_RESULTS = "1.2.840.113556.1.4.319"
PASSWORD = "not-to-be-seen"
ACCESS = Access(SimpleIdentity("auditor", PASSWORD), timeout=5, page_size=100, pauses=(0.0, 0.0))


@pytest.fixture
def server() -> Iterator[FakeController]:
    with contoso(Ops=MEMBERS).running() as server:
        yield server


def read(*servers: FakeController, access: Access = ACCESS) -> Snapshot:
    source = LdapSource([LdapUrl.parse(server.url) for server in servers], access)
    writer = SnapshotWriter(source.description)
    collect(source, writer)
    return writer.finish()


def members(snapshot: Snapshot) -> list[str]:
    group = snapshot.entry(Dn(OPS))
    assert group is not None
    return list(group.texts("member"))


def gaps(snapshot: Snapshot) -> dict[str, str]:
    return {gap.subject: gap.reason for gap in snapshot.gaps}


def failure(server: FakeController, access: Access = ACCESS) -> CollectError:
    with pytest.raises(CollectError) as caught:
        read(server, access=access)
    assert PASSWORD not in f"{caught.value.message} {caught.value.hint}"
    assert caught.value.hint
    return caught.value


def test_a_forest_is_read_without_gaps(server: FakeController) -> None:
    snapshot = read(server)
    assert snapshot.gaps == ()
    assert {str(entry.dn) for entry in snapshot.entries()} == set(server.objects)


def test_an_object_has_what_was_asked_for_and_its_descriptor_apart(
    server: FakeController,
) -> None:
    services = read(server).entry(Dn(f"CN=Services,{CONFIGURATION}"))
    assert services == Entry(
        Dn(f"CN=Services,{CONFIGURATION}"), {"objectclass": (b"top", b"container")}, b"sd"
    )


def test_only_binds_searches_and_an_unbind_go_on_the_wire() -> None:
    with contoso(Ops=MEMBERS).running() as server:
        server.most_values = 3
        read(server)
    assert server.operations[0] == "bind"
    assert server.operations[-1] == "unbind"
    assert set(server.operations[1:-1]) == {"search"}


def test_owner_group_and_dacl_are_asked_for_by_a_critical_control(
    server: FakeController,
) -> None:
    read(server)
    with_descriptor = [a for a in server.asked if "nTSecurityDescriptor" in a.attributes]
    assert {a.base for a in with_descriptor} == {
        CONFIGURATION,
        f"CN=Services,{CONFIGURATION}",
        EXCHANGE,
        DOMAIN,
        f"CN=Microsoft Exchange System Objects,{DOMAIN}",
    }
    # SEQUENCE { INTEGER 7 }, [MS-ADTS] 3.1.1.3.4.1.11
    assert {a.controls[SD_FLAGS] for a in with_descriptor} == {(True, bytes.fromhex("3003020107"))}
    assert not [a for a in server.asked if SD_FLAGS in a.controls and a not in with_descriptor]


def test_values_that_come_in_parts_are_all_read_in_order(server: FakeController) -> None:
    server.most_values = 3
    snapshot = read(server)
    assert members(snapshot) == MEMBERS
    assert snapshot.gaps == ()
    follow_ups = [a.attributes for a in server.asked if a.base == OPS]
    assert follow_ups == [["member;range=3-*"], ["member;range=6-*"]]


def test_a_part_that_is_refused_is_a_gap_and_the_rest_is_kept(server: FakeController) -> None:
    server.most_values = 3
    server.results[OPS] = (51, "too much to do")
    snapshot = read(server)
    assert members(snapshot)[:3] == MEMBERS[:3]
    assert gaps(snapshot) == {
        OPS: "`member` is incomplete: its values from number 3 on are missing "
        "(busy (51): too much to do)"
    }


def test_a_part_that_does_not_come_is_a_gap(server: FakeController) -> None:
    server.most_values = 3
    server.objects[OPS]["member"] = [m.encode() for m in MEMBERS]
    server.empty_follow_ups = True
    snapshot = read(server)
    assert members(snapshot) == MEMBERS[:3]
    assert gaps(snapshot) == {
        OPS: "`member` is incomplete: its values from number 3 on are missing"
    }


@pytest.mark.parametrize("page_size", [1, 2, 5])
def test_all_pages_are_read(page_size: int) -> None:
    names = [f"g{number}" for number in range(5)]
    with contoso(**{name: [] for name in names}).running() as server:
        snapshot = read(server, access=replace(ACCESS, page_size=page_size))
        pages = [a for a in server.asked if a.base == DOMAIN and "member" in a.attributes]
    assert [entry.dn.name for entry in snapshot.of_class("group")] == names
    assert len(pages) == -(-5 // page_size)
    assert all(a.controls[PAGED_RESULTS][0] for a in pages)


def test_a_referral_to_another_forest_is_a_gap(server: FakeController) -> None:
    url = "ldap://elsewhere.example/DC=elsewhere,DC=example"
    server.references[DOMAIN] = [url]
    assert list(gaps(read(server))) == [url]


def test_a_referral_to_a_partition_that_is_read_is_no_gap(server: FakeController) -> None:
    server.references[DOMAIN] = [f"ldap://contoso.example/{DOMAIN}"]
    assert read(server).gaps == ()


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (1, "operationsError"),
        (3, "timeLimitExceeded"),
        (4, "sizeLimitExceeded"),
        (11, "adminLimitExceeded"),
        (50, "insufficientAccessRights"),
        (51, "busy"),
    ],
)
def test_a_search_that_ends_early_keeps_what_came_and_is_a_gap(
    server: FakeController, code: int, name: str
) -> None:
    server.results[f"CN=Partitions,{CONFIGURATION}"] = (code, "why")
    snapshot = read(server)
    assert gaps(snapshot) == {"domains of the forest": f"not read to the end: {name} ({code}): why"}
    assert snapshot.entry(Dn(f"CN=CONTOSO,CN=Partitions,{CONFIGURATION}"))
    assert members(snapshot) == MEMBERS


def test_a_container_that_is_not_there_is_no_gap(server: FakeController) -> None:
    server.results[EXCHANGE] = (32, "no such object")
    assert read(server).gaps == ()


SCHEMA = f"CN=Schema,{CONFIGURATION}"


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (b"", "the server closed the connection"),
        (notice_of_disconnection("going down"), "the server ends the connection: going down"),
        (None, "no answer in time"),
    ],
)
def test_a_connection_that_ends_each_time_keeps_what_came_and_names_what_did_not(
    server: FakeController, end: bytes | None, reason: str
) -> None:
    server.ends[SCHEMA] = end
    snapshot = read(server, access=replace(ACCESS, timeout=0.3))
    found = gaps(snapshot)
    assert reason in found["schema"]
    assert found["groups of contoso.example"].startswith("not read: ")
    assert found["domain contoso.example"].startswith("not read")
    assert snapshot.entry(Dn(f"CN=Group,{SCHEMA}"))
    assert snapshot.entry(Dn(OPS)) is None


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n", "the server does not speak LDAP"),
        (b"\x30\x84\xff\xff\xff\xff", "the server does not speak LDAP"),
        (bytes.fromhex("3085 0140000000"), "the server does not speak LDAP"),
        (bytes.fromhex("300c02017f 65070a0100 0400 0400"), "the server answers what was not asked"),
    ],
)
def test_an_answer_that_is_none_is_a_gap_and_the_other_searches_are_asked_on_a_new_connection(
    server: FakeController, end: bytes, reason: str
) -> None:
    server.ends[SCHEMA] = end
    snapshot = read(server)
    assert list(gaps(snapshot)) == ["schema"]
    assert reason in gaps(snapshot)["schema"]
    assert snapshot.entry(Dn(f"CN=Group,{SCHEMA}"))
    assert members(snapshot) == MEMBERS
    assert [a.base for a in server.asked].count(SCHEMA) == 1
    assert server.operations.count("bind") == 2


def test_an_object_without_its_descriptor_is_a_gap(server: FakeController) -> None:
    dn = f"CN=EX01,{EXCHANGE}"
    server.objects[dn] = {"objectClass": [b"msExchExchangeServer"]}
    assert gaps(read(server)) == {dn: NO_DESCRIPTOR}


def test_a_domain_that_no_server_covers_is_a_gap(server: FakeController) -> None:
    server.objects[f"CN=CHILD,CN=Partitions,{CONFIGURATION}"] = {
        "objectClass": [b"crossRef"],
        "nCName": [f"DC=child,{DOMAIN}".encode()],
        "dnsRoot": [b"child.contoso.example"],
        "systemFlags": [b"3"],
    }
    assert list(gaps(read(server))) == ["domain child.contoso.example"]


def test_the_configuration_is_read_from_the_first_server_and_each_domain_from_its_own(
    server: FakeController,
) -> None:
    child_dn = f"DC=child,{DOMAIN}"
    child = contoso()
    child.objects[""]["defaultNamingContext"] = [child_dn.encode()]
    child.objects[f"CN=g,{child_dn}"] = {"objectClass": [b"group"]}
    with child.running():
        snapshot = read(server, child)
    assert snapshot.entry(Dn(f"CN=g,{child_dn}"))
    assert not [a for a in child.asked if a.base.endswith(CONFIGURATION)]


def test_a_server_that_is_down_does_not_stop_the_others(server: FakeController) -> None:
    down = contoso()
    with down.running():
        pass
    snapshot = read(down, server)
    assert gaps(snapshot) == {down.url: f"cannot read `{down.url}`: nothing listens on that port"}
    assert members(snapshot) == MEMBERS


def test_a_closed_port_is_one_clear_error() -> None:
    server = contoso()
    with server.running():
        pass
    assert failure(server).message == f"cannot read `{server.url}`: nothing listens on that port"


def test_a_server_that_never_answers_is_given_up() -> None:
    silent = contoso()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        silent.port = listener.getsockname()[1]
        error = failure(silent, replace(ACCESS, timeout=0.2))
    assert error.message == f"cannot read `{silent.url}`: no answer in time"


def test_a_name_that_nobody_knows_is_one_clear_error() -> None:
    source = LdapSource([LdapUrl.parse("ldap://no-such-host.invalid")], ACCESS)
    with pytest.raises(CollectError, match="the host name is not known"):
        list(source.read())


@pytest.mark.parametrize(
    ("code", "diagnostic", "message"),
    [
        (49, "AcceptSecurityContext error, data 52e, v1db1", "the user or the password is wrong"),
        (49, "AcceptSecurityContext error, data 525, v1db1", "there is no such user"),
        (49, "AcceptSecurityContext error, data 532, v1db1", "the password has expired"),
        (49, "AcceptSecurityContext error, data 533, v1db1", "the account is disabled"),
        (49, "AcceptSecurityContext error, data 775, v1db1", "the account is locked out"),
        (49, "Simple Bind Failed: NT_STATUS_ACCOUNT_DISABLED", "the account is disabled"),
        (49, "", "invalid credentials"),
        (8, "BindSimple: Transport encryption required.", "it asks for signing"),
        (34, "bad name", "invalidDNSyntax (34): bad name"),
    ],
)
def test_a_bind_that_is_refused_says_why(
    server: FakeController, code: int, diagnostic: str, message: str
) -> None:
    server.bind_result = (code, diagnostic)
    error = failure(server)
    assert error.message.startswith(f"`{server.url}` does not let `auditor` in: {message}")


def test_nobody_binds_with_an_empty_name(server: FakeController) -> None:
    assert members(read(server, access=replace(ACCESS, identity=SimpleIdentity()))) == MEMBERS


def test_a_server_that_shows_nothing_is_an_error(server: FakeController) -> None:
    server.objects = {"": server.objects[""]}
    server.results = {CONFIGURATION: (1, "bind first")}
    assert "operationsError (1): bind first" in failure(server).message


@pytest.mark.parametrize("root", [{}, {"defaultNamingContext": [b"o=Airius"]}])
def test_another_ldap_server_is_no_controller(
    server: FakeController, root: dict[str, list[bytes]]
) -> None:
    server.objects[""] = root
    assert "is no domain controller" in failure(server).message


def test_starttls_that_is_refused_sends_no_password(server: FakeController) -> None:
    server.extended_result = 2
    error = failure(server, replace(ACCESS, starttls=True))
    assert error.message == f"`{server.url}` refuses StartTLS: protocolError (2)"
    assert server.operations == ["extended"]


def test_what_a_server_sends_before_tls_is_not_taken_for_protected(
    server: FakeController,
) -> None:
    server.after_extended = bytes.fromhex("300c020102 61070a0100 0400 0400")
    error = failure(server, replace(ACCESS, starttls=True))
    assert "between StartTLS and TLS" in error.message


def test_unverified_tls_is_a_warning_and_verified_tls_is_none() -> None:
    urls = [LdapUrl.parse("ldaps://dc1.contoso.example")]
    (warning,) = LdapSource(urls, replace(ACCESS, verify=False)).warnings
    assert "`ldaps://dc1.contoso.example` is not verified" in warning
    assert LdapSource(urls, ACCESS).warnings == ()


def test_the_description_names_the_servers() -> None:
    urls = [LdapUrl.parse(f"ldaps://{name}.example") for name in ("a", "b")]
    assert LdapSource(urls, ACCESS).description == "LDAP ldaps://a.example, ldaps://b.example"


def test_no_password_is_shown_by_what_holds_it() -> None:
    assert PASSWORD not in repr(ACCESS)


def test_a_name_that_is_no_dn_is_a_gap(server: FakeController) -> None:
    server.objects[f"nonsense,{DOMAIN}"] = {"objectClass": [b"group"]}
    assert (
        Gap(
            f"nonsense,{DOMAIN}",
            "`nonsense` is not a relative distinguished name: no attribute type",
        )
        in read(server).gaps
    )

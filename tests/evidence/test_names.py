"""What names resolve to, by the system's resolver and by a hosts file."""

import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from adaudit.directory.observations import ResolvedName, SourceKind
from adaudit.errors import EvidenceError
from adaudit.evidence.names import look_up, read, resolve

Answer = Callable[..., list[tuple[object, ...]]]


@pytest.fixture
def hosts(tmp_path: Path) -> Path:
    return tmp_path / "hosts.txt"


def failing_with(number: int) -> Answer:
    def answer(*_: object, **__: object) -> list[tuple[object, ...]]:
        raise socket.gaierror(number, "what the system says")

    return answer


def test_the_system_resolves_its_own_name() -> None:
    assert "127.0.0.1" in look_up("localhost", 5)


def test_each_name_is_resolved_once() -> None:
    found = resolve(["localhost", "LOCALHOST", "localhost."], 5)
    assert len(found.records) == 1
    assert (found.gaps, found.source.total) == ((), 1)


def test_what_dns_says_is_not_called_verified() -> None:
    source = resolve([], 5).source
    assert (source.kind, source.is_verified) == (SourceKind.NAMES, False)


def test_an_address_that_comes_twice_is_kept_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(0, 0, 0, "", (address, 0)) for address in ("192.0.2.2", "192.0.2.1", "192.0.2.2")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: rows)
    assert resolve(["ex01"], 5).records == (ResolvedName("ex01", ("192.0.2.2", "192.0.2.1")),)


def test_a_name_that_is_not_known_is_a_record_without_addresses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", failing_with(socket.EAI_NONAME))
    found = resolve(["ex01.invalid"], 5)
    assert (found.records, found.gaps) == ((ResolvedName("ex01.invalid", ()),), ())


def test_a_resolver_that_fails_says_nothing_about_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", failing_with(socket.EAI_AGAIN))
    found = resolve(["ex01"], 5)
    assert found.records == ()
    assert [(gap.subject, gap.reason) for gap in found.gaps] == [
        ("addresses of ex01", "cannot resolve `ex01`: what the system says")
    ]


def test_a_resolver_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def hang(*_: object, **__: object) -> list[tuple[object, ...]]:
        over.wait(10)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    found = resolve(["ex01", "ex02"], 0.1)
    over.set()
    assert [gap.reason for gap in found.gaps] == [
        "cannot resolve `ex01`: no answer within 0.1 s",
        "cannot resolve `ex02`: no answer within 0.1 s",
    ]


@pytest.mark.parametrize("name", ["", "ex01\x00", "ex 01", "a..b", "x" * 64, "é.example", "\ud800"])
def test_what_is_no_host_name_reaches_no_resolver(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **_: asked.append(args))
    found = resolve([name], 5)
    assert (found.records, len(found.gaps), asked) == ((), 1, [])


def test_a_hosts_file_gives_names_and_addresses(hosts: Path) -> None:
    hosts.write_text(
        "# servers\n\n192.0.2.1\tex01.contoso.example EX01 # first\n"
        "2001:db8::1 ex01.contoso.example\n"
    )
    found = read(hosts, "ex02")
    assert found.records == (
        ResolvedName("ex01.contoso.example", ("192.0.2.1", "2001:db8::1")),
        ResolvedName("ex01", ("192.0.2.1",)),
    )
    assert (found.source.name, found.source.computer, found.source.total) == (
        "hosts.txt",
        "ex02",
        2,
    )


def test_a_line_of_another_form_is_a_gap(hosts: Path) -> None:
    hosts.write_text("192.0.2.1 ex01\n192.0.2.256 ex02\n192.0.2.3\n192.0.2.4 a..b\n")
    found = read(hosts)
    assert [record.name for record in found.records if isinstance(record, ResolvedName)] == ["ex01"]
    assert [gap.subject for gap in found.gaps] == [
        f"hosts.txt, line {number}" for number in (2, 3, 4)
    ]


def test_gaps_of_a_long_bad_file_are_counted(hosts: Path) -> None:
    hosts.write_text("192.0.2.1 ex01\n" + "bad\n" * 100)
    gaps = read(hosts).gaps
    assert (len(gaps), gaps[-1].reason) == (21, "80 more lines are not an address with its names")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_hosts_file_may_be_of_any_editor(hosts: Path, encoding: str) -> None:
    hosts.write_text("192.0.2.1 ex01 # Büro\r\n", encoding)
    assert read(hosts).records == (ResolvedName("ex01", ("192.0.2.1",)),)


def test_an_empty_hosts_file_knows_nothing(hosts: Path) -> None:
    hosts.write_text("# nothing\n")
    assert (read(hosts).records, read(hosts).gaps) == ((), ())


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n", b"version: 1\ntargets: []\n", b"\x00" * 99])
def test_what_is_no_hosts_file_is_said_to_be_none(hosts: Path, data: bytes) -> None:
    hosts.write_bytes(data)
    with pytest.raises(EvidenceError, match="is no hosts file"):
        read(hosts)


def test_a_file_that_is_not_there_is_said_so(hosts: Path) -> None:
    with pytest.raises(EvidenceError, match="cannot read"):
        read(hosts)

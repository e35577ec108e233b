"""`adaudit probe smtp`."""

import json
from pathlib import Path

import pytest

from adaudit.directory.observations import SmtpProbe
from adaudit.evidence.smtp_probe.files import read
from tests.cli.command import Command
from tests.smtp_servers import (
    NEED_TO_AUTHENTICATE,
    broken_sinks,
    hang,
    masked_pix,
    misbehaving,
    serving,
)


def test_a_server_is_asked_and_told_about(adaudit: Command) -> None:
    with serving() as server:
        ran = adaudit("probe", "smtp", server.endpoint)
    assert (ran.status, ran.err) == (0, "")
    assert "  X-EXPS        GSSAPI NTLM LOGIN\n" in ran.out


def test_the_port_may_be_given_for_all_hosts(adaudit: Command) -> None:
    with serving() as server:
        ran = adaudit("probe", "smtp", "127.0.0.1", "--port", str(server.port))
    assert ran.status == 0


def test_symptoms_are_remarked(adaudit: Command) -> None:
    with masked_pix() as pix, broken_sinks() as broken:
        ran = adaudit("probe", "smtp", pix.endpoint, broken.endpoint)
    assert ran.status == 0
    assert "the greeting is masked" in ran.out
    assert "EHLO is answered 500" in ran.out
    assert "no X- verbs although AUTH is offered" in ran.out


def test_a_host_that_cannot_be_asked_is_status_3_and_the_others_are_printed(
    adaudit: Command,
) -> None:
    with misbehaving(hang) as dead, serving() as alive:
        ran = adaudit("probe", "smtp", dead.endpoint, alive.endpoint, "--timeout", "0.5")
    assert ran.status == 3
    assert "  not ended     no greeting within 0.5 s\n" in ran.out
    assert "  XEXCH50       offered\n" in ran.out


def test_what_is_written_is_evidence(adaudit: Command, tmp_path: Path) -> None:
    file = tmp_path / "probe.json"
    with serving() as server:
        ran = adaudit("probe", "smtp", server.endpoint, "--format", "json", "-o", file)
    assert (ran.status, ran.out) == (0, "")
    (record,) = read(file).records
    assert isinstance(record, SmtpProbe)
    assert (record.port, record.fault) == (server.port, None)


def test_json_can_go_to_standard_output(adaudit: Command) -> None:
    with serving() as server:
        ran = adaudit("probe", "smtp", server.endpoint, "--format", "json")
    assert json.loads(ran.out)["probes"][0]["host"] == "127.0.0.1"


def test_only_what_is_wanted_reaches_the_server(adaudit: Command) -> None:
    with serving() as server:
        adaudit("probe", "smtp", server.endpoint, "--ehlo-name", "ex02.contoso.example")
    assert server.lines == ["EHLO ex02.contoso.example", "QUIT"]


def test_xexch50_is_asked_about_on_purpose(adaudit: Command) -> None:
    with serving() as server:
        ran = adaudit("probe", "smtp", server.endpoint, "--xexch50", "--format", "json")
    assert NEED_TO_AUTHENTICATE in ran.out
    assert not {"RCPT", "DATA", "BDAT"} & {line.split()[0] for line in server.lines}


def test_help_warns_of_what_xexch50_leaves_behind(adaudit: Command) -> None:
    assert "event 7010" in " ".join(adaudit("probe", "smtp", "--help").out.split())


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["ex01\r\nRCPT TO:<a@b>"],
        ["ex01:0"],
        ["ex01", "--ehlo-name", "a\r\nDATA"],
        ["ex01", "--ehlo-name", ""],
        ["ex01", "--timeout", "0"],
        ["ex01", "--timeout", "nan"],
        ["ex01", "--port", "65536"],
        ["ex01", "--ca-file", "missing.pem"],
        ["ex01", "--format", "xml"],
    ],
)
def test_wrong_use_is_status_2_and_asks_nobody(adaudit: Command, arguments: list[str]) -> None:
    ran = adaudit("probe", "smtp", *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err


def test_what_is_wrong_does_nothing_to_the_terminal(adaudit: Command) -> None:
    assert "\x1b" not in adaudit("probe", "smtp", "\x1b[2Jex01").err


def test_a_file_that_cannot_be_written_is_said_so(adaudit: Command, tmp_path: Path) -> None:
    with serving() as server:
        ran = adaudit("probe", "smtp", server.endpoint, "-o", tmp_path / "none" / "file")
    assert ran.status == 2
    assert "cannot write" in ran.err

"""Captures that tcpdump writes of real dialogues: smtplib speaks with aiosmtpd."""

import contextlib
import shutil
import smtplib
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from adaudit.directory.observations import SessionEnd, SmtpSession
from adaudit.evidence.smtp_sessions import capture
from adaudit.exchange.smtp import (
    Authentication,
    exch50_commands,
    exch50_without_authentication,
    extensions,
    mechanisms,
)
from tests.available import unavailable
from tests.live.certificates import write_certificates
from tests.smtp_servers import EXCHANGE_NAME, Manner, Server, masked_pix, serving

pytestmark = pytest.mark.live

TOKEN = "TlRMTVNTUAADAAAAGAAYAHIAAAAYABgAigAAAAoACgBIAAAA"


@dataclass
class Tcpdump:
    """tcpdump on a port of the loopback interface."""

    file: Path
    process: subprocess.Popen[str]

    def sessions(self) -> list[SmtpSession]:
        """End it when it has written all, and read that."""
        self._wait()
        self.process.terminate()
        self.process.communicate(timeout=10)
        records = capture.read(self.file, None).records
        return [record for record in records if isinstance(record, SmtpSession)]

    def _wait(self) -> None:
        """Packets reach it later than their receiver: wait until its file grows no more."""
        deadline, size = time.monotonic() + 10, -1
        while time.monotonic() < deadline and size != self.file.stat().st_size:
            size = self.file.stat().st_size
            time.sleep(0.5)


@contextlib.contextmanager
def capturing(folder: Path, server: Server, *options: str) -> Iterator[Tcpdump]:
    """Capture all that goes to and from `server`."""
    program = shutil.which("tcpdump")
    if program is None:
        unavailable("no tcpdump: tests/live/install.sh installs it")
    file = folder / "trace.pcap"
    # Its buffer holds eight packets by default, and drops what comes faster than it writes.
    command = [program, "--immediate-mode", "-B", "65536", "-U", "-n", "-Z", "root"]
    command += ["-w", str(file), *options]
    with subprocess.Popen(
        [*command, f"tcp port {server.port}"], stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr is not None
            said = process.stderr.readline()
            while "listening on" not in said:
                if not said or "permission" in said.lower():
                    unavailable(f"tcpdump may not capture: {said.strip()}")
                said = process.stderr.readline()
            yield Tcpdump(file, process)
        finally:
            process.kill()


def talk(server: Server, *commands: str) -> None:
    """Say EHLO, then `commands`, then QUIT."""
    with smtplib.SMTP(server.host, server.port, local_hostname="ex02.contoso.example") as client:
        client.ehlo()
        for command in commands:
            client.docmd(command)


@pytest.mark.parametrize(
    "options",
    [
        ("-i", "lo"),
        ("-i", "any"),
        ("-i", "any", "-y", "LINUX_SLL"),
        ("-i", "lo", "--time-stamp-precision=nano"),
    ],
    ids=["ethernet", "cooked 2", "cooked", "nanoseconds"],
)
def test_the_dialogue_of_the_article_is_read(tmp_path: Path, options: tuple[str, ...]) -> None:
    with serving() as server, capturing(tmp_path, server, *options) as tcpdump:
        talk(server, "MAIL FROM:<alice@contoso.example>", "XEXCH50 2336 3")
        (session,) = tcpdump.sessions()
    assert [(e.command, e.code) for e in session.exchanges] == [
        ("", 220),
        ("EHLO", 250),
        ("MAIL", 250),
        ("XEXCH50", 504),
        ("QUIT", 221),
    ]
    assert (session.end, session.is_whole) == (SessionEnd.QUIT, True)
    assert session.retransmissions == 0
    assert mechanisms(extensions(session.exchanges) or (), "X-EXPS") == ("GSSAPI", "NTLM", "LOGIN")
    found = exch50_without_authentication(session.exchanges)
    assert found is not None
    assert found.authentication is Authentication.NOT_TRIED


def test_what_authenticates_is_left_out(tmp_path: Path) -> None:
    with serving() as server, capturing(tmp_path, server, "-i", "lo") as tcpdump:
        talk(server, f"X-EXPS NTLM {TOKEN}", TOKEN, "MAIL FROM:<>", "XEXCH50 2336 3")
        (session,) = tcpdump.sessions()
    assert TOKEN in (tmp_path / "trace.pcap").read_bytes().decode("latin-1")
    assert TOKEN.upper() not in repr(session).upper()
    (command,) = exch50_commands(session.exchanges)
    assert command.authentication is Authentication.REFUSED
    assert command.attempt is not None
    assert command.attempt.argument == "NTLM"


def test_a_mail_is_left_out(tmp_path: Path) -> None:
    with serving() as server, capturing(tmp_path, server, "-i", "lo") as tcpdump:
        with smtplib.SMTP(server.host, server.port, local_hostname="ex02") as client:
            client.ehlo()
            client.mail("alice@contoso.example")
            client.docmd("XEXCH50 2 2")
            client.rcpt("bob@contoso.example")
            client.data("secret\r\n.\r\nQUIT\r\n" * 5000)
        (session,) = tcpdump.sessions()
    commands = [exchange.command for exchange in session.exchanges]
    assert commands == ["", "EHLO", "MAIL", "XEXCH50", "RCPT", "DATA", "QUIT"]
    assert not any(word in repr(session) for word in ("secret", "alice", "bob"))


def test_what_follows_starttls_is_noted(tmp_path: Path) -> None:
    write_certificates(tmp_path, [EXCHANGE_NAME], ["127.0.0.1"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem", tmp_path / "server.key")
    trusting = ssl.create_default_context(cafile=tmp_path / "ca.pem")
    with (
        serving(Manner(tls=context)) as server,
        capturing(tmp_path, server, "-i", "lo") as tcpdump,
    ):
        with smtplib.SMTP(server.host, server.port, local_hostname="ex02") as client:
            client.ehlo()
            client.starttls(context=trusting)
            client.ehlo()
        (session,) = tcpdump.sessions()
    assert [exchange.command for exchange in session.exchanges] == ["", "EHLO", "STARTTLS"]
    assert session.is_whole
    assert "inside TLS" in capture.read(tcpdump.file, None).source.notes[0]


def test_frames_cut_short_are_read_as_far_as_they_go(tmp_path: Path) -> None:
    with serving() as server, capturing(tmp_path, server, "-i", "lo", "-s", "100") as tcpdump:
        talk(server, "MAIL FROM:<>", "XEXCH50 2336 3")
        (session,) = tcpdump.sessions()
    assert not session.is_whole
    assert ("XEXCH50", 504) in [(e.command, e.code) for e in session.exchanges]


def test_a_firewall_that_masks_is_seen(tmp_path: Path) -> None:
    with masked_pix() as server, capturing(tmp_path, server, "-i", "lo") as tcpdump:
        talk(server)
        (session,) = tcpdump.sessions()
    assert [(e.command, e.code) for e in session.exchanges][:2] == [("", 220), ("EHLO", 500)]

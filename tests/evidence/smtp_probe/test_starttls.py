"""What a probe sees of TLS, and of what stands inside it."""

import dataclasses
import socket
import ssl
from pathlib import Path

import pytest

from adaudit.directory.observations import SmtpProbe, TlsState
from adaudit.errors import EvidenceError
from adaudit.evidence.smtp_probe.options import ProbeOptions
from adaudit.evidence.smtp_probe.probe import probe
from adaudit.exchange.smtp import extensions, verbs
from tests.evidence import tls_contexts
from tests.smtp_servers import (
    EXCHANGE_EXTENSIONS,
    Behaviour,
    Manner,
    Server,
    close_at_once,
    closing_after,
    hang,
    misbehaving,
    scripted,
    sending,
    serving,
)

OPTIONS = ProbeOptions(timeout=2, ehlo_name="ex02")
HASTY = ProbeOptions(timeout=0.3, ehlo_name="ex02")
GREETING = b"220 ex01 ESMTP\r\n"
OFFER = b"250-ex01\r\n250 STARTTLS\r\n"
GO_AHEAD = b"220 2.0.0 SMTP server ready\r\n"


def ask(server: Server, options: ProbeOptions = OPTIONS) -> SmtpProbe:
    return probe(server.host, server.port, options)


def commands(answer: SmtpProbe) -> list[str]:
    return [exchange.command for exchange in answer.exchanges]


def ask_with(context: ssl.SSLContext, options: ProbeOptions = OPTIONS) -> tuple[SmtpProbe, Server]:
    with serving(Manner(tls=context)) as server:
        return ask(server, options), server


def ask_bad(behave: Behaviour) -> SmtpProbe:
    """Ask a server that answers STARTTLS with 220 and then behaves so."""
    with misbehaving(scripted(GREETING, OFFER, GO_AHEAD, then=behave)) as server:
        return ask(server, HASTY)


@pytest.fixture
def current(tmp_path: Path) -> ssl.SSLContext:
    return tls_contexts.current(tmp_path)


@pytest.fixture
def trusting(tmp_path: Path) -> ProbeOptions:
    return dataclasses.replace(OPTIONS, ca_file=tmp_path / "ca.pem")


def test_ehlo_is_said_again_inside_tls(current: ssl.SSLContext, trusting: ProbeOptions) -> None:
    answer, server = ask_with(current, trusting)
    assert (answer.tls, answer.fault) == (TlsState.ESTABLISHED, None)
    assert commands(answer) == ["", "EHLO", "STARTTLS", "EHLO", "QUIT"]
    assert server.connections == 1


def test_all_that_reaches_a_server_is_on_the_list(
    current: ssl.SSLContext, trusting: ProbeOptions
) -> None:
    _, server = ask_with(current, trusting)
    outside, _, rest = bytes(server.received).partition(b"STARTTLS\r\n")
    assert (outside, rest) == (b"EHLO ex02\r\n", b"EHLO ex02\r\nQUIT\r\n")


def test_what_is_offered_inside_is_kept(current: ssl.SSLContext, trusting: ProbeOptions) -> None:
    answer, _ = ask_with(current, trusting)
    assert extensions(answer.exchanges, inside_tls=True) == EXCHANGE_EXTENSIONS[:-1]


def test_a_trusted_certificate_is_said_to_be_so(
    current: ssl.SSLContext, trusting: ProbeOptions
) -> None:
    answer, _ = ask_with(current, trusting)
    version, cipher, trust = answer.tls_detail.split(", ")
    assert (version, trust) == ("TLSv1.3", "certificate trusted")
    assert cipher.startswith("TLS_")


def test_a_certificate_of_another_host_is_told_and_tls_looked_into(
    tmp_path: Path, trusting: ProbeOptions
) -> None:
    answer, _ = ask_with(tls_contexts.current(tmp_path, "192.0.2.1"), trusting)
    assert answer.tls is TlsState.ESTABLISHED
    assert "certificate not trusted: IP address mismatch" in answer.tls_detail


def test_a_certificate_that_is_not_trusted_is_told_and_tls_looked_into(
    current: ssl.SSLContext, tmp_path: Path
) -> None:
    options = dataclasses.replace(OPTIONS, ca_file=tmp_path / "other-ca.pem")
    answer, server = ask_with(current, options)
    assert answer.tls is TlsState.ESTABLISHED
    assert ", certificate not trusted: unable to get local issuer" in answer.tls_detail
    assert commands(answer) == ["", "EHLO", "STARTTLS", "EHLO", "QUIT"]
    assert server.connections == 2


def test_a_server_of_2003_is_looked_into_with_settings_of_its_time(tmp_path: Path) -> None:
    answer, _ = ask_with(tls_contexts.as_windows_2003(tmp_path))
    assert answer.tls is TlsState.ESTABLISHED
    assert answer.tls_detail.startswith("TLSv1, AES128-SHA, only with settings for old servers")
    assert "XEXCH50" in verbs(extensions(answer.exchanges, inside_tls=True) or ())


def test_no_common_cipher_is_no_fault_of_the_server(tmp_path: Path) -> None:
    answer, _ = ask_with(tls_contexts.without_common_cipher(tmp_path))
    assert (answer.tls, answer.fault) == (TlsState.NOT_VERIFIABLE, None)
    assert answer.tls_detail.startswith("the server closed the connection; ")
    assert commands(answer) == ["", "EHLO", "STARTTLS"]


def test_the_alert_of_a_server_is_told(tmp_path: Path) -> None:
    context = tls_contexts.without_common_cipher(tmp_path)

    def handshake(connection: socket.socket, _: object) -> None:
        context.wrap_socket(connection, server_side=True)

    assert "alert handshake failure" in ask_bad(handshake).tls_detail


@pytest.mark.parametrize(
    ("behave", "reason"),
    [
        (sending(b"\x15\x03\x00\x00\x02\x02\x28"), ""),
        (sending(b"garbage that is no TLS at all\r\n"), "wrong version number"),
        (close_at_once, ""),
        (closing_after(b""), ""),
        (hang, "no answer to the handshake in time"),
    ],
    ids=["an alert of SSL 3.0", "garbage", "closed", "half closed", "silence"],
)
def test_a_handshake_that_fails_is_not_verifiable(behave: Behaviour, reason: str) -> None:
    answer = ask_bad(behave)
    assert (answer.tls, answer.fault) == (TlsState.NOT_VERIFIABLE, None)
    assert reason in answer.tls_detail
    assert "; with settings for old servers: " in answer.tls_detail


def test_what_comes_before_the_handshake_is_not_taken_for_protected() -> None:
    injected = GO_AHEAD + b"250 XEXCH50\r\n"
    with misbehaving(scripted(GREETING, OFFER, injected)) as server:
        answer = ask(server, HASTY)
    assert answer.tls is TlsState.NOT_VERIFIABLE
    assert "the server sends data between STARTTLS and TLS" in answer.tls_detail


def test_starttls_that_is_answered_otherwise_is_refused() -> None:
    with serving(Manner(starttls="454 TLS not available")) as server:
        answer = ask(server)
    assert (answer.tls, answer.tls_detail) == (TlsState.REFUSED, "454 TLS not available")
    assert commands(answer) == ["", "EHLO", "STARTTLS", "QUIT"]


@pytest.mark.parametrize("reply", [b"garbage\r\n", b"", b"220"])
def test_starttls_without_an_answer_ends_the_dialogue(reply: bytes) -> None:
    with misbehaving(scripted(GREETING, OFFER, reply)) as server:
        answer = ask(server, HASTY)
    assert "answer to STARTTLS" in str(answer.fault)


def test_tls_can_be_left_alone(current: ssl.SSLContext) -> None:
    answer, _ = ask_with(current, dataclasses.replace(OPTIONS, starttls=False))
    assert answer.tls is TlsState.NOT_TRIED
    assert commands(answer) == ["", "EHLO", "QUIT"]


def test_xexch50_is_asked_once_where_tls_is_there_too(
    current: ssl.SSLContext, trusting: ProbeOptions
) -> None:
    answer, _ = ask_with(current, dataclasses.replace(trusting, xexch50=True))
    assert commands(answer) == [
        *["", "EHLO", "MAIL", "XEXCH50", "RSET"],
        *["STARTTLS", "EHLO", "QUIT"],
    ]


def test_xexch50_is_asked_inside_tls_where_mail_is_refused_outside(
    current: ssl.SSLContext, trusting: ProbeOptions
) -> None:
    manner = Manner(tls=current, mail="530 5.7.0 Must issue a STARTTLS command first")
    with serving(manner) as server:
        answer = ask(server, dataclasses.replace(trusting, xexch50=True))
    assert commands(answer) == [
        *["", "EHLO", "MAIL", "STARTTLS"],
        *["EHLO", "MAIL", "XEXCH50", "RSET", "QUIT"],
    ]


def test_tls_is_looked_into_on_a_new_connection_after_xexch50_was_accepted(
    current: ssl.SSLContext, trusting: ProbeOptions
) -> None:
    with serving(Manner(tls=current, xexch50="354 Send binary data")) as server:
        answer = ask(server, dataclasses.replace(trusting, xexch50=True))
    assert commands(answer) == ["", "EHLO", "MAIL", "XEXCH50", "STARTTLS", "EHLO", "QUIT"]
    assert server.lines[3] == "EHLO ex02"
    assert server.connections == 2


def test_a_file_that_holds_no_authority_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no PEM")
    with pytest.raises(EvidenceError, match="as CA file"):
        probe("localhost", 25, dataclasses.replace(OPTIONS, ca_file=tmp_path / "ca.pem"))

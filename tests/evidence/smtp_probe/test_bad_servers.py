"""Probes of what is no SMTP server, or a bad one: a clear word, in time."""

from time import monotonic

import pytest

from adaudit.directory.observations import SmtpProbe
from adaudit.evidence.smtp_probe.options import ProbeOptions
from adaudit.evidence.smtp_probe.probe import probe
from tests.smtp_servers import (
    Behaviour,
    close_at_once,
    closing_after,
    hang,
    misbehaving,
    scripted,
    sending,
    sending_endlessly,
    trickling,
)

OPTIONS = ProbeOptions(timeout=0.3, ehlo_name="ex02")
GREETING = b"220 ex01 ESMTP\r\n"


def ask(behave: Behaviour, options: ProbeOptions = OPTIONS) -> SmtpProbe:
    with misbehaving(behave) as server:
        return probe(server.host, server.port, options)


@pytest.mark.parametrize(
    ("behave", "fault"),
    [
        (hang, "no greeting within 0.3 s"),
        (sending(b"220 ex"), "the greeting was not finished within 0.3 s: `220 ex`"),
        (sending(b"220-ex01\r\n"), "the greeting was not finished within 0.3 s"),
        (close_at_once, "the greeting is missing: the server closed the connection"),
        (
            closing_after(b"220 ex"),
            "the greeting is missing: the server closed the connection in the middle: `220 ex`",
        ),
        (sending(b"\xff\xfe\x00garbage\r\n"), r"the greeting is no SMTP: `\xff\xfe" + "\0garbage`"),
        (sending(b"SSH-2.0-OpenSSH_9.2\r\n"), "the greeting is no SMTP: `SSH-2.0-OpenSSH_9.2`"),
        (sending(b"220x\r\n"), "the greeting is no SMTP: `220x`"),
        (sending(b"\r\n"), "the greeting is no SMTP: ``"),
        (sending_endlessly(b"2"), "the greeting is no SMTP: a line of more than 2048 bytes"),
        (
            sending_endlessly(b"220-ex01\r\n"),
            "the greeting is no SMTP: more than 200 lines in one reply",
        ),
        (trickling(b"220 ex01", 0.05), "the greeting was not finished within 0.3 s: `220 e"),
        (scripted(GREETING), "no answer to EHLO within 0.3 s"),
        (
            scripted(GREETING, then=close_at_once),
            "the answer to EHLO is missing: ",
        ),
        (
            scripted(GREETING, b"250-ex01\r\n250-AUTH NTLM\r\n250 "),
            "the answer to EHLO was not finished within 0.3 s: `250 `",
        ),
    ],
)
def test_what_is_wrong_is_said(behave: Behaviour, fault: str) -> None:
    assert str(ask(behave).fault).startswith(fault)


def test_lines_before_the_fault_are_kept() -> None:
    answer = ask(scripted(GREETING, b"250-ex01\r\n250-AUTH NTLM\r\n250 "))
    assert [exchange.replies for exchange in answer.exchanges] == [
        ("220 ex01 ESMTP",),
        ("250-ex01", "250-AUTH NTLM"),
    ]


def test_endless_lines_are_kept_up_to_the_limit() -> None:
    answer = ask(sending_endlessly(b"220-ex01\r\n"))
    assert len(answer.exchanges[0].replies) == 200


def test_a_server_whose_every_answer_is_just_in_time_is_left_when_all_time_is_up() -> None:
    options = ProbeOptions(timeout=0.4, ehlo_name="ex02", xexch50=True)
    script = [GREETING, b"250-ex01\r\n250 STARTTLS\r\n", b"250 ok\r\n", b"504 no\r\n"]
    start = monotonic()
    answer = ask(scripted(*script, b"250 ok\r\n", b"454 no\r\n", delay=0.3), options)
    assert answer.fault is not None
    assert monotonic() - start < options.whole + options.timeout


def test_bytes_that_are_no_text_are_kept_as_escapes() -> None:
    answer = ask(sending(b"220 caf\xe9 ESMTP\r\n"))
    assert answer.exchanges[0].replies == (r"220 caf\xe9 ESMTP",)


def test_text_of_another_language_is_kept() -> None:
    answer = ask(sending("220 ex01 kész\r\n".encode()))
    assert answer.exchanges[0].replies == ("220 ex01 kész",)


def test_lines_that_end_without_a_carriage_return_are_lines() -> None:
    answer = ask(scripted(b"220 ex01\n", b"250-ex01\n250 XEXCH50\n", b"221 bye\n"))
    assert (answer.fault, answer.exchanges[1].replies) == (None, ("250-ex01", "250 XEXCH50"))

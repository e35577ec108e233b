"""SMTP probes as text for people."""

from datetime import UTC, datetime

from adaudit.directory.observations import SmtpExchange, SmtpProbe, TlsState
from adaudit.report.probes import render

AT = datetime(2004, 11, 24, 9, 15, tzinfo=UTC)
GREETING = SmtpExchange("", "", ("220 ex01.contoso.example Microsoft ESMTP MAIL Service",))


def ehlo(*lines: str, name: str = "ex01.contoso.example") -> SmtpExchange:
    texts = [f"{name} Hello [192.0.2.2]", *lines]
    replies = (*(f"250-{text}" for text in texts[:-1]), f"250 {texts[-1]}")
    return SmtpExchange("EHLO", "ex02", replies)


def shown(*exchanges: SmtpExchange, **fields: object) -> list[str]:
    probe = SmtpProbe("ex01", 25, "ex02", AT, "192.0.2.1", exchanges, **fields)  # type: ignore[arg-type]
    return render([probe]).splitlines()


def test_all_that_matters_between_exchange_servers_has_its_line() -> None:
    offer = ehlo("X-EXPS GSSAPI NTLM LOGIN", "X-EXPS=LOGIN", "AUTH NTLM", "XEXCH50", "ETRN")
    assert shown(GREETING, offer) == [
        "ex01:25   192.0.2.1   asked from ex02",
        "  greeting      220 ex01.contoso.example Microsoft ESMTP MAIL Service",
        "  EHLO name     ex01.contoso.example",
        "  X-EXPS        GSSAPI NTLM LOGIN",
        "  AUTH          NTLM",
        "  X-LINK2STATE  not offered",
        "  XEXCH50       offered",
        "  others        ETRN",
        "  TLS           not offered",
    ]


def test_what_tls_changes_is_shown() -> None:
    lines = shown(
        GREETING,
        ehlo("TURN", "XEXCH50", "STARTTLS", "TLS"),
        SmtpExchange("STARTTLS", "", ("220 ready",)),
        ehlo("AUTH LOGIN", "XEXCH50"),
        tls=TlsState.ESTABLISHED,
        tls_detail="TLSv1.2, certificate trusted",
    )
    assert lines[-3:] == [
        "  TLS           established: TLSv1.2, certificate trusted",
        "  only in TLS   AUTH LOGIN",
        "  not in TLS    TURN",
    ]


def test_a_masked_greeting_and_a_refused_ehlo_are_remarked() -> None:
    lines = shown(
        SmtpExchange("", "", ("220 ********2****0**",)), SmtpExchange("EHLO", "", ("500 what",))
    )
    assert lines[2:] == [
        "  remark        the greeting is masked: a firewall inspects SMTP (KB 320027)",
        "  remark        EHLO is answered 500: a firewall inspects SMTP, or this is no ESMTP",
    ]


def test_auth_without_x_verbs_is_remarked() -> None:
    assert "no X- verbs although AUTH is offered" in shown(GREETING, ehlo("AUTH NTLM"))[-1]


def test_masked_extensions_are_remarked() -> None:
    assert "extensions are masked: XXXXXXXA" in shown(GREETING, ehlo("XXXXXXXA"))[-1]


def test_two_names_of_one_server_are_remarked() -> None:
    lines = shown(GREETING, ehlo("ETRN", name="mail.contoso.example"))
    assert lines[-1].endswith("names: ex01.contoso.example, mail.contoso.example")


def test_the_answer_to_xexch50_is_remarked() -> None:
    for reply, remark in (
        ("504 Need to authenticate first", "as it should be"),
        ("354 Send binary data", "accepted from whoever has not authenticated"),
        ("500 Unrecognized command", "XEXCH50 is answered: 500 Unrecognized command"),
    ):
        lines = shown(GREETING, ehlo("XEXCH50"), SmtpExchange("XEXCH50", "2 2", (reply,)))
        assert remark in lines[-1]


def test_a_fault_is_shown_last() -> None:
    assert shown(fault="no greeting within 10 s") == [
        "ex01:25   192.0.2.1   asked from ex02",
        "  not ended     no greeting within 10 s",
    ]


def test_what_a_server_says_does_nothing_to_a_terminal() -> None:
    text = "\n".join(shown(SmtpExchange("", "", ("220 \x1b[2J\u202e\r\b",)), fault="\x07"))
    assert r"220 \x1b[2J\u202e\x0d\x08" in text
    assert text.replace("\n", "").isprintable()


def test_what_a_server_says_without_end_is_cut() -> None:
    endless = SmtpExchange("", "", ("220-" + "x" * 2000,) * 200)
    lines = shown(endless)
    assert len(lines) == 7
    assert lines[-1] == "  greeting      … 195 more lines"
    assert max(map(len, lines)) < 330


def test_an_ipv6_host_stands_in_brackets() -> None:
    probe = SmtpProbe("::1", 25, "ex02", AT, "::1")
    assert render([probe]) == "[::1]:25   asked from ex02\n"

"""Probes of servers that speak SMTP, as Exchange 2003 does and as what stands before it does."""

import threading
from time import monotonic

import pytest

from adaudit.directory.observations import SmtpExchange, SmtpProbe, SourceKind, TlsState
from adaudit.endpoint import Endpoint
from adaudit.errors import AddressError, EvidenceError
from adaudit.evidence.smtp_probe.options import ProbeOptions
from adaudit.evidence.smtp_probe.probe import probe, probe_all, reading
from tests.smtp_servers import (
    EXCHANGE_EXTENSIONS,
    EXCHANGE_IDENT,
    EXCHANGE_NAME,
    LOOPBACK,
    NEED_TO_AUTHENTICATE,
    Manner,
    Server,
    broken_sinks,
    hang,
    masked_pix,
    misbehaving,
    scripted,
    serving,
)

QUICK = ProbeOptions(timeout=2, ehlo_name="ex02.contoso.example")
ASKING = ProbeOptions(timeout=2, ehlo_name="ex02.contoso.example", xexch50=True)


def ask(server: Server, options: ProbeOptions = QUICK) -> SmtpProbe:
    return probe(server.host, server.port, options)


def commands(answer: SmtpProbe) -> list[str]:
    return [exchange.command for exchange in answer.exchanges]


def exchange_of(answer: SmtpProbe, command: str) -> SmtpExchange:
    (found,) = (exchange for exchange in answer.exchanges if exchange.command == command)
    return found


def test_all_that_reaches_a_server_is_ehlo_and_quit() -> None:
    with serving() as server:
        ask(server)
    assert bytes(server.received) == b"EHLO ex02.contoso.example\r\nQUIT\r\n"


def test_a_dialogue_that_ends_has_no_fault() -> None:
    with serving() as server:
        answer = ask(server)
    assert (answer.fault, answer.address, answer.port) == (None, LOOPBACK, server.port)


def test_the_greeting_is_kept_as_it_came() -> None:
    with serving() as server:
        answer = ask(server)
    assert answer.exchanges[0].replies == (f"220 {EXCHANGE_NAME} {EXCHANGE_IDENT}",)


def test_no_line_of_the_answer_to_ehlo_is_lost() -> None:
    with serving() as server:
        lines = exchange_of(ask(server), "EHLO").replies
    assert [line[4:] for line in lines[1:]] == list(EXCHANGE_EXTENSIONS)


def test_each_exchange_has_its_time() -> None:
    with serving() as server:
        times = [exchange.at for exchange in ask(server).exchanges]
    assert times == sorted(time for time in times if time is not None)


def test_ehlo_that_is_no_command_ends_with_quit() -> None:
    with masked_pix() as server:
        answer = ask(server, ASKING)
    assert (commands(answer), answer.fault) == (["", "EHLO", "QUIT"], None)


def test_a_masked_greeting_is_kept_as_it_came() -> None:
    with masked_pix() as server:
        (greeting,) = ask(server).exchanges[0].replies
    assert set(greeting) == set("*20 ")


def test_a_server_without_event_sinks_shows_auth_alone() -> None:
    with broken_sinks() as server:
        lines = exchange_of(ask(server), "EHLO").replies
    assert [line for line in lines if "X" in line[4:5] or "AUTH" in line] == [
        "250-AUTH GSSAPI NTLM LOGIN",
        "250-AUTH=LOGIN",
    ]


def test_xexch50_is_asked_only_on_purpose_and_without_a_recipient() -> None:
    with serving() as server:
        ask(server, ASKING)
    assert server.lines == [
        "EHLO ex02.contoso.example",
        "MAIL FROM:<>",
        "XEXCH50 2 2",
        "RSET",
        "QUIT",
    ]


def test_the_answer_to_xexch50_is_kept() -> None:
    with serving() as server:
        answer = exchange_of(ask(server, ASKING), "XEXCH50")
    assert (answer.argument, answer.replies) == ("2 2", (NEED_TO_AUTHENTICATE,))


def test_a_server_that_accepts_xexch50_gets_no_byte_more() -> None:
    with serving(Manner(xexch50="354 Send binary data")) as server:
        answer = ask(server, ASKING)
    assert (server.lines[-1], server.connections) == ("XEXCH50 2 2", 1)
    assert (commands(answer)[-1], answer.fault) == ("XEXCH50", None)


def test_xexch50_is_not_asked_where_mail_is_refused() -> None:
    with serving(Manner(mail="530 5.7.0 Authentication required")) as server:
        ask(server, ASKING)
    assert server.lines == ["EHLO ex02.contoso.example", "MAIL FROM:<>", "QUIT"]


@pytest.mark.parametrize("greeting", ["554 No SMTP service here", "421 Too busy"])
def test_a_greeting_other_than_220_ends_the_dialogue(greeting: str) -> None:
    with misbehaving(scripted(f"{greeting}\r\n".encode())) as server:
        answer = ask(server)
    assert (commands(answer), answer.fault) == ([""], f"the greeting is `{greeting}`")


def test_ehlo_that_is_refused_otherwise_ends_the_dialogue() -> None:
    with serving(Manner(ehlo="421 4.3.2 Service not available")) as server:
        answer = ask(server)
    assert answer.fault == "EHLO is answered `421 4.3.2 Service not available`"


def test_a_server_that_does_not_say_goodbye_was_asked_to_the_end() -> None:
    with misbehaving(scripted(b"220 ex01\r\n", b"250 ex01\r\n")) as server:
        answer = ask(server, ProbeOptions(timeout=0.1))
    assert (commands(answer), answer.fault) == (["", "EHLO", "QUIT"], None)


def test_a_name_is_resolved() -> None:
    with serving() as server:
        answer = probe("localhost", server.port, QUICK)
    assert (answer.host, answer.address) == ("localhost", LOOPBACK)


def test_a_port_where_nothing_listens_is_a_fault() -> None:
    with serving() as server:
        pass
    assert ask(server).fault == f"cannot connect to {LOOPBACK}: connection refused"


@pytest.mark.parametrize("host", ["ex01\r\nRCPT TO:<a@b>", "ex01 ", "", "ex01\x00", "-x", "a..b"])
def test_a_host_that_is_none_is_not_asked(host: str) -> None:
    with pytest.raises(AddressError, match="is no host name"):
        probe(host)


@pytest.mark.parametrize("name", ["a\r\nRCPT TO:<a@b>", "a b", "", "[1.2.3.4\r\n]", "é"])
def test_a_name_for_ehlo_cannot_smuggle_a_command(name: str) -> None:
    with pytest.raises(EvidenceError, match="is no name for EHLO"):
        ProbeOptions(ehlo_name=name)


def test_the_name_for_ehlo_may_be_an_address() -> None:
    with serving() as server:
        ask(server, ProbeOptions(timeout=2, ehlo_name="[192.0.2.1]"))
    assert server.lines[0] == "EHLO [192.0.2.1]"


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_a_time_limit_leaves_time(seconds: float) -> None:
    with pytest.raises(EvidenceError, match="leaves no time"):
        ProbeOptions(timeout=seconds)


def test_a_host_that_hangs_does_not_hold_the_others() -> None:
    options = ProbeOptions(timeout=1)
    with misbehaving(hang) as dead, serving() as alive:
        endpoints = [*[Endpoint(LOOPBACK, dead.port)] * 8, Endpoint(LOOPBACK, alive.port)]
        start = monotonic()
        answers = probe_all(endpoints, options)
        took = monotonic() - start
    assert [answer.fault is None for answer in answers] == [False] * 8 + [True]
    assert took < 8 * options.timeout


def test_probes_leave_no_thread_behind() -> None:
    with serving() as server:
        before = threading.active_count()
        probe_all([Endpoint("localhost", server.port)] * 3, QUICK)
        names = [thread.name for thread in threading.enumerate()]
    assert (len(names), before) == (before, before), names


def test_tls_that_is_not_offered_is_said_to_be_so() -> None:
    with serving() as server:
        assert ask(server).tls is TlsState.NOT_OFFERED


def test_a_probe_that_came_to_no_end_is_a_record_and_a_gap() -> None:
    with misbehaving(hang) as server:
        answers = probe_all([Endpoint(LOOPBACK, server.port)], ProbeOptions(timeout=0.1))
    evidence = reading(answers)
    assert evidence.records == answers
    assert [gap.reason for gap in evidence.gaps] == ["no greeting within 0.1 s"]


def test_what_came_in_the_clear_is_not_called_verified() -> None:
    source = reading(()).source
    assert (source.kind, source.is_verified, source.total) == (SourceKind.PROBE, False, 0)

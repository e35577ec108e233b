"""
Protocol logs in the columns of Exchange 2000 (W3C extended) and of Exchange 2007 (CSV).

The first rows of the W3C log are the sample in the documentation of OSSEC, an Exchange 2000 log,
with its addresses changed to those of documentation.
"""

import base64
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaudit.directory.observations import SessionEnd, SmtpSession
from adaudit.errors import EvidenceError
from adaudit.evidence.reading import Reading
from adaudit.evidence.smtp_sessions import logs as smtp_logs

HEAD = """\
#Software: Microsoft Internet Information Services 5.0
#Version: 1.0
#Date: 2004-11-24 10:00:00
#Fields: date time c-ip cs-username s-sitename s-computername s-ip s-port cs-method cs-uri-stem \
cs-uri-query sc-status sc-win32-status
"""
BLOB = "TlRMTVNTUAADAAAAGAAYAHIAAAAYABgAigAAAA=="


def row(what: str, *, at: str = "10:00:00", ip: str = "192.0.2.2", user: str = "ex02") -> str:
    """One row of a client that connected; `what` gives method, stem, query, status."""
    return f"2004-11-24 {at} {ip} {user} SMTPSVC1 EX01 192.0.2.1 0 {what} 0\n"


def outbound(what: str, kind: str, *, at: str = "10:00:00") -> str:
    """One row of a connection that EX01 made; `what` gives method, stem and query."""
    who = f"OutboundConnection{kind} SMTPSVC1 EX01 - 25"
    return f"2004-11-24 {at} 192.0.2.9 {who} {what} 0 0\n"


EHLO = row("EHLO - +ex02.contoso.example 250")
EXCH50 = row("XEXCH50 - +2336+3 504")
QUIT = row("QUIT - ex02.contoso.example 240")


def read(tmp_path: Path, text: str, computer: str | None = None) -> Reading:
    path = tmp_path / "ex041124.log"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    return smtp_logs.read(path, computer)


def sessions(reading: Reading) -> list[SmtpSession]:
    return [record for record in reading.records if isinstance(record, SmtpSession)]


def commands(session: SmtpSession) -> list[tuple[str, int | None]]:
    return [(exchange.command, exchange.code) for exchange in session.exchanges]


def test_a_client_of_the_server_is_the_client_of_the_session(tmp_path: Path) -> None:
    (session,) = sessions(read(tmp_path, HEAD + EHLO + EXCH50 + QUIT))
    assert (session.client, session.server) == ("192.0.2.2", "EX01")
    assert commands(session) == [("EHLO", 250), ("XEXCH50", 504), ("QUIT", 240)]
    assert (session.end, session.is_whole) == (SessionEnd.QUIT, True)


def test_times_are_utc(tmp_path: Path) -> None:
    reading = read(tmp_path, HEAD + EHLO + EXCH50)
    assert sessions(reading)[0].started == datetime(2004, 11, 24, 10, tzinfo=UTC)
    assert reading.source.first == datetime(2004, 11, 24, 10, tzinfo=UTC)


def test_the_date_comes_from_the_head_where_rows_have_none(tmp_path: Path) -> None:
    head = "#Date: 2004-11-24 10:00:00\n#Fields: time c-ip cs-method cs-uri-query sc-status\n"
    (session,) = sessions(read(tmp_path, head + "10:00:07 192.0.2.2 XEXCH50 +2+2 504\n"))
    assert session.started == datetime(2004, 11, 24, 10, 0, 7, tzinfo=UTC)


def test_the_name_and_arguments_that_matter_are_kept(tmp_path: Path) -> None:
    (session,) = sessions(read(tmp_path, HEAD + EHLO + EXCH50))
    assert [e.argument for e in session.exchanges] == ["ex02.contoso.example", "2336 3"]


def test_a_client_named_only_in_its_column_is_named(tmp_path: Path) -> None:
    (session,) = sessions(read(tmp_path, HEAD + row("EHLO - - 250") + EXCH50))
    assert session.exchanges[0].argument == "ex02"


def test_addresses_of_mail_are_left_out(tmp_path: Path) -> None:
    mail = row("MAIL - +FROM:<alice@contoso.example> 250") + row("RCPT - +TO:<bob@b.example> 250")
    (session,) = sessions(read(tmp_path, HEAD + EHLO + mail + EXCH50 + QUIT))
    assert session.exchanges[1].command == "MAIL"
    assert "example>" not in repr(session)


def test_a_masked_ehlo_and_helo_after_it_are_one_session(tmp_path: Path) -> None:
    masked = row("xxxx - +ex02.contoso.example 500") + row("HELO - +ex02.contoso.example 250")
    (session,) = sessions(read(tmp_path, HEAD + masked + QUIT))
    assert commands(session) == [("XXXX", 500), ("HELO", 250), ("QUIT", 240)]
    assert session.is_whole


def test_ehlo_refused_and_helo_after_it_are_one_session(tmp_path: Path) -> None:
    refused = row("EHLO - +ex02 500") + row("HELO - +ex02 250")
    (session,) = sessions(read(tmp_path, HEAD + refused + QUIT))
    assert commands(session) == [("EHLO", 500), ("HELO", 250), ("QUIT", 240)]


def test_ehlo_after_starttls_goes_on(tmp_path: Path) -> None:
    tls = row("STARTTLS - - 220") + EHLO
    (session,) = sessions(read(tmp_path, HEAD + EHLO + tls + EXCH50 + QUIT))
    assert commands(session)[1:] == [
        ("STARTTLS", 220),
        ("EHLO", 250),
        ("XEXCH50", 504),
        ("QUIT", 240),
    ]
    assert session.is_whole


def test_sessions_after_each_other_are_told_apart(tmp_path: Path) -> None:
    one = EHLO + EXCH50 + QUIT
    assert [s.is_whole for s in sessions(read(tmp_path, HEAD + one + one))] == [True, True]


def test_sessions_of_two_clients_are_told_apart(tmp_path: Path) -> None:
    other = row("EHLO - +ex03 250", ip="192.0.2.3"), row("X-EXPS - +NTLM 235", ip="192.0.2.3")
    found = sessions(read(tmp_path, HEAD + EHLO + other[0] + EXCH50 + other[1] + QUIT))
    assert {(s.client, s.exchanges[1].command) for s in found} == {
        ("192.0.2.2", "XEXCH50"),
        ("192.0.2.3", "X-EXPS"),
    }


def test_sessions_of_one_client_that_run_at_once_are_not_whole(tmp_path: Path) -> None:
    exps = row("X-EXPS - +GSSAPI 235")
    found = sessions(read(tmp_path, HEAD + EHLO + exps + EHLO + EXCH50 + QUIT + EXCH50 + QUIT))
    assert [s.is_whole for s in found] == [False, False, False]


def test_a_session_after_a_long_pause_is_another_and_whole(tmp_path: Path) -> None:
    late = row("EHLO - +ex02 250", at="12:00:00") + row("XEXCH50 - +2+2 504", at="12:00:01")
    found = sessions(read(tmp_path, HEAD + EHLO + EXCH50 + late))
    assert [s.is_whole for s in found] == [True, True]


def test_a_session_whose_beginning_is_not_there_is_not_whole(tmp_path: Path) -> None:
    (session,) = sessions(read(tmp_path, HEAD + EXCH50 + QUIT))
    assert not session.is_whole


def test_a_client_that_fell_silent_was_dropped(tmp_path: Path) -> None:
    (session,) = sessions(read(tmp_path, HEAD + EHLO + row("TIMEOUT - ex02 121")))
    assert session.end is SessionEnd.CLOSED


def test_connections_of_the_server_itself_are_the_other_way_round(tmp_path: Path) -> None:
    rows = (
        outbound("- - 220+ex09.contoso.example+Microsoft+ESMTP+MAIL+Service", "Response")
        + outbound("EHLO - ex01.contoso.example", "Command")
        + outbound("- - 250-ex09.contoso.example+Hello+[192.0.2.1]", "Response")
        + outbound("MAIL - FROM:<alice@contoso.example>", "Command")
        + outbound("- - 250+2.1.0+alice@contoso.example....Sender+OK", "Response")
        + outbound("XEXCH50 - 2336+3", "Command")
        + outbound("- - 504+Need+to+authenticate+first", "Response")
        + outbound("QUIT - -", "Command")
        + outbound("- - 221+2.0.0+ex09.contoso.example", "Response")
    )
    (session,) = sessions(read(tmp_path, HEAD + rows))
    assert (session.client, session.server) == ("EX01", "192.0.2.9")
    assert commands(session) == [
        ("", 220),
        ("EHLO", 250),
        ("MAIL", 250),
        ("XEXCH50", 504),
        ("QUIT", 221),
    ]
    assert session.exchanges[3].replies == ("504 Need to authenticate first",)
    assert (session.is_whole, session.end) == (True, SessionEnd.QUIT)
    assert "alice" not in repr(session)


def test_what_answers_a_challenge_is_left_out(tmp_path: Path) -> None:
    rows = (
        outbound("- - 220+ex09", "Response")
        + outbound(f"X-EXPS - NTLM+{BLOB}", "Command")
        + outbound(f"- - 334+{BLOB}", "Response")
        + outbound(f"{BLOB} - -", "Command")
        + outbound("- - 235+2.7.0+Authentication+successful.", "Response")
    )
    (session,) = sessions(read(tmp_path, HEAD + rows))
    exps = session.exchanges[1]
    assert (exps.argument, exps.replies) == (
        "NTLM",
        ("334", "235 2.7.0 Authentication successful."),
    )
    assert BLOB.upper() not in repr(session).upper()


def test_fields_may_change_in_the_middle(tmp_path: Path) -> None:
    other = (
        "#Fields: time date cs-method c-ip sc-status\n10:00:01 2004-11-24 XEXCH50 192.0.2.5 505\n"
    )
    found = sessions(read(tmp_path, HEAD + EHLO + EXCH50 + QUIT + other))
    assert [commands(s)[-1] for s in found] == [("QUIT", 240), ("XEXCH50", 505)]


def test_rows_that_do_not_fit_are_told(tmp_path: Path) -> None:
    reading = read(tmp_path, HEAD + EHLO + EXCH50 + "2004-11-24 10:00:09 192.0.2.2\n")
    assert [gap.reason for gap in reading.gaps] == ["1 rows do not fit `#Fields`"]
    assert len(reading.records) == 1


def test_a_line_too_long_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    reading = read(tmp_path, HEAD + "x" * 200_000 + "\n" + EHLO + EXCH50)
    assert [gap.reason for gap in reading.gaps] == ["1 lines are too long to be read"]
    assert len(reading.records) == 1


def test_the_zeros_at_the_end_of_an_open_log_are_no_row(tmp_path: Path) -> None:
    assert read(tmp_path, HEAD + EHLO + EXCH50 + "\0" * 5000).gaps == ()


def test_sessions_that_bear_on_nothing_are_only_counted(tmp_path: Path) -> None:
    plain = row("EHLO - +ex02 250") + row("MAIL - +FROM:<a@b> 250") + QUIT
    reading = read(tmp_path, HEAD + plain + plain + EHLO + EXCH50)
    assert (reading.source.total, len(reading.records)) == (3, 1)


def test_the_log_names_its_computer(tmp_path: Path) -> None:
    assert read(tmp_path, HEAD + EHLO).source.computer == "EX01"


def test_the_target_list_names_the_computer_of_a_log_that_does_not(tmp_path: Path) -> None:
    head = "#Fields: date time c-ip cs-method cs-uri-query sc-status\n"
    reading = read(tmp_path, head + "2004-11-24 10:00:00 192.0.2.2 XEXCH50 +2+2 504\n", "EX07")
    assert (reading.source.computer, sessions(reading)[0].server) == ("EX07", "EX07")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no `#Fields`"),
        ("hello\n" * 2000, "no `#Fields`"),
        ("\ufeff\x00", "no `#Fields`"),
        (
            "#Fields: date time c-ip cs-method\n2004-11-24 10:00:00 192.0.2.2 GET\n",
            "no row of SMTP",
        ),
        ("#Fields: a,b\nx\n", "no row of SMTP"),
    ],
)
def test_what_is_no_protocol_log_is_said(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(EvidenceError, match=message) as caught:
        read(tmp_path, text)
    assert caught.value.hint is not None


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="cannot be read: No such file"):
        smtp_logs.read(tmp_path / "none.log", None)


def test_a_utf_16_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "ex.log"
    path.write_bytes(HEAD.encode("utf-16"))
    with pytest.raises(EvidenceError, match="UTF-16"):
        smtp_logs.read(path, None)


CSV_HEAD = """\
#Software: Microsoft Exchange Server
#Version: 14.0.0.0
#Log-type: SMTP {kind} Protocol Log
#Date: 2011-01-28T19:43:00.123Z
#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,\
event,data,context
"""


def csv_log(kind: str, *lines: str, connector: str = "EX11\\Default EX11") -> str:
    """Each of `lines` is event and data; rows are numbered from 0."""
    start = f"2011-01-28T19:43:16.123Z,{connector},08CD8D2D,"
    ends = "192.0.2.11:25,192.0.2.2:4711" if kind == "Receive" else "192.0.2.11:4711,192.0.2.2:25"
    rows = [f"{start}{n},{ends},{line[0]},{line[1:]},\n" for n, line in enumerate(lines)]
    return CSV_HEAD.format(kind=kind) + "".join(rows)


RECEIVED = (
    "+",
    '>"220 EX11.contoso.example Microsoft ESMTP MAIL Service ready"',
    "<EHLO ex02.contoso.example",
    ">250-EX11.contoso.example Hello [192.0.2.2]",
    ">250-X-EXPS GSSAPI NTLM",
    ">250 XEXCH50",
    "<X-EXPS NTLM",
    ">334 <authentication response>",
    "*CONTOSO\\EX02$",
    ">535 5.7.3 Authentication unsuccessful",
    "<XEXCH50 2336 3",
    ">504 5.7.3 Need to authenticate first",
    "<QUIT",
    ">221 2.0.0 Service closing transmission channel",
    "-",
)


def test_a_receive_log_has_the_remote_side_as_client(tmp_path: Path) -> None:
    (session,) = sessions(read(tmp_path, csv_log("Receive", *RECEIVED)))
    assert (session.client, session.server) == ("192.0.2.2", "EX11")
    assert commands(session) == [
        ("", 220),
        ("EHLO", 250),
        ("X-EXPS", 535),
        ("XEXCH50", 504),
        ("QUIT", 221),
    ]
    assert (session.is_whole, session.end) == (True, SessionEnd.QUIT)
    assert session.started == datetime(2011, 1, 28, 19, 43, 16, 123000, tzinfo=UTC)


def test_who_authenticated_is_left_out(tmp_path: Path) -> None:
    (session,) = sessions(read(tmp_path, csv_log("Receive", *RECEIVED)))
    assert "EX02$" not in repr(session)


def test_a_send_log_has_the_local_side_as_client(tmp_path: Path) -> None:
    swapped = [line.translate(str.maketrans("<>", "><")) for line in RECEIVED]
    text = csv_log("Send", *swapped, connector="To EX02")
    (session,) = sessions(read(tmp_path, text, "EX11"))
    assert (session.client, session.server) == ("EX11", "192.0.2.2")
    assert commands(session)[-2:] == [("XEXCH50", 504), ("QUIT", 221)]


def test_the_direction_is_seen_where_the_log_does_not_tell_it(tmp_path: Path) -> None:
    text = csv_log("Receive", *RECEIVED).replace("#Log-type: SMTP Receive Protocol Log\n", "")
    (session,) = sessions(read(tmp_path, text))
    assert (session.client, session.server) == ("192.0.2.2", "EX11")


def test_a_connection_that_closes_without_quit_was_dropped(tmp_path: Path) -> None:
    (session,) = sessions(read(tmp_path, csv_log("Receive", *RECEIVED[:6], "-")))
    assert session.end is SessionEnd.CLOSED


def test_a_row_left_out_makes_a_session_not_whole(tmp_path: Path) -> None:
    lines = csv_log("Receive", *RECEIVED).splitlines(keepends=True)
    del lines[12]
    (session,) = sessions(read(tmp_path, "".join(lines)))
    assert not session.is_whole


def test_the_dialogue_inside_tls_is_read(tmp_path: Path) -> None:
    tls = ("<STARTTLS", ">220 2.0.0 SMTP server ready", "*", "<EHLO ex02", ">250 EX11 Hello")
    lines = (*RECEIVED[:6], *tls, "<XEXCH50 2 2", ">504 Need to authenticate first", "-")
    (session,) = sessions(read(tmp_path, csv_log("Receive", *lines)))
    assert commands(session)[-3:] == [("STARTTLS", 220), ("EHLO", 250), ("XEXCH50", 504)]


def test_an_answer_to_ehlo_in_one_line_is_taken_apart(tmp_path: Path) -> None:
    answer = (
        ">250  EX11.contoso.example Hello [192.0.2.2] SIZE 37748736 PIPELINING STARTTLS "
        "X-ANONYMOUSTLS AUTH NTLM X-EXPS GSSAPI NTLM 8BITMIME XRDST"
    )
    lines = (*RECEIVED[:3], answer, "<X-EXPS NTLM", ">535 5.7.3 Authentication unsuccessful")
    (session,) = sessions(read(tmp_path, csv_log("Receive", *lines)))
    assert session.exchanges[1].replies == (
        "250-EX11.contoso.example Hello [192.0.2.2]",
        "250-SIZE 37748736",
        "250-PIPELINING",
        "250-STARTTLS",
        "250-X-ANONYMOUSTLS",
        "250-AUTH NTLM",
        "250-X-EXPS GSSAPI NTLM",
        "250-8BITMIME",
        "250 XRDST",
    )


@given(st.binary(min_size=12, max_size=200), st.sampled_from(["AUTH", "X-EXPS"]))
def test_no_credential_reaches_a_record(
    tmp_path_factory: pytest.TempPathFactory, secret: bytes, verb: str
) -> None:
    blob = base64.b64encode(secret).decode()
    lines = (
        *RECEIVED[:6],
        f"<{verb} NTLM {blob}",
        f">334 {blob}",
        f"<{blob}",
        f">235 {blob}",
        f"<{blob}",
        f">500 5.3.3 Unrecognized command {blob}",
        f"<XXXX NTLM {blob}",
        f">500 {blob}",
    )
    reading = read(tmp_path_factory.mktemp("log"), csv_log("Receive", *lines))
    assert len(reading.records) == 1
    assert blob.upper() not in repr(reading).upper()


@given(st.lists(st.text(max_size=80) | st.sampled_from([EHLO, EXCH50, QUIT, HEAD]), max_size=30))
def test_any_lines_give_a_reading_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    text = "".join(lines).encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    try:
        reading = read(tmp_path_factory.mktemp("log"), HEAD + EHLO + text)
    except EvidenceError:
        return
    assert reading.source.total >= len(reading.records)


@given(st.lists(st.text(max_size=80) | st.sampled_from(RECEIVED), max_size=30))
def test_any_rows_of_a_csv_give_a_reading_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    text = csv_log("Receive", *(line or "?" for line in lines))
    try:
        reading = read(tmp_path_factory.mktemp("log"), text.encode("utf-8", "replace").decode())
    except EvidenceError:
        return
    assert reading.source.total >= len(reading.records)

"""Captures whose packets dpkt writes: what is read of them, and what is left out."""

import base64
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from adaudit.directory.observations import SessionEnd, SmtpSession
from adaudit.errors import EvidenceError
from adaudit.evidence.reading import Reading
from adaudit.evidence.smtp_sessions import capture
from adaudit.exchange.smtp import (
    Authentication,
    exch50_commands,
    exch50_without_authentication,
    mechanisms,
)
from adaudit.exchange.smtp import extensions as extensions_of
from tests.evidence.captures import (
    ACK,
    EHLO_ANSWER,
    GREETING,
    REFUSAL,
    RST,
    SYN,
    Sent,
    Trace,
    dialogue,
    pcap,
    pcapng,
    without,
)

VERBS = ["", "EHLO", "MAIL", "RCPT", "XEXCH50", "QUIT"]
BLOB = base64.b64encode(b"NTLMSSP\0\3\0\0\0 all that authenticates \xff\xfe").decode()


def read(tmp_path: Path, data: bytes) -> Reading:
    path = tmp_path / "trace.pcap"
    path.write_bytes(data)
    return capture.read(path, "EX01")


def session(tmp_path: Path, trace: Trace) -> SmtpSession:
    (found,) = read(tmp_path, pcap(trace.frames())).records
    assert isinstance(found, SmtpSession)
    return found


def verbs(found: SmtpSession) -> list[str]:
    return [exchange.command for exchange in found.exchanges]


def codes(found: SmtpSession) -> list[int | None]:
    return [exchange.code for exchange in found.exchanges]


def test_the_dialogue_of_the_article_is_read(tmp_path: Path) -> None:
    found = session(tmp_path, dialogue())
    assert (found.client, found.server) == ("192.0.2.2", "192.0.2.1")
    assert verbs(found) == VERBS
    assert codes(found) == [220, 250, 250, 250, 504, 221]
    assert (found.end, found.is_whole, found.retransmissions) == (SessionEnd.QUIT, True, 0)


def test_it_shows_that_nothing_was_tried_before_exch50(tmp_path: Path) -> None:
    found = exch50_without_authentication(session(tmp_path, dialogue()).exchanges)
    assert found is not None
    assert found.exchange.replies == (REFUSAL,)
    assert found.authentication is Authentication.NOT_TRIED


def test_extensions_of_both_spellings_are_read(tmp_path: Path) -> None:
    lines = extensions_of(session(tmp_path, dialogue()).exchanges) or ()
    assert mechanisms(lines, "X-EXPS") == ("GSSAPI", "NTLM", "LOGIN")


def test_times_are_those_of_the_packets(tmp_path: Path) -> None:
    reading = read(tmp_path, pcap(dialogue().frames()))
    assert reading.source.first == datetime(2004, 11, 24, 10, tzinfo=UTC)
    assert isinstance(reading.records[0], SmtpSession)
    assert reading.records[0].started == datetime(2004, 11, 24, 10, tzinfo=UTC)
    assert reading.records[0].exchanges[0].at == datetime(2004, 11, 24, 10, 0, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("link", "link_type"),
    [
        ("ethernet", 1),
        ("padded", 1),
        ("vlan", 1),
        ("sll", 113),
        ("sll2", 276),
        ("null", 0),
        ("loop", 108),
        ("raw", 101),
        ("raw", 228),
    ],
)
@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1"])
def test_each_link_type_is_read(tmp_path: Path, link: str, link_type: int, address: str) -> None:
    client = "192.0.2.2" if "." in address else "2001:db8::2"
    trace = replace(dialogue(), client=(client, 4711), server=(address, 25))
    (found,) = read(tmp_path, pcap(trace.frames(link), link_type)).records
    assert isinstance(found, SmtpSession)
    assert (found.client, found.server, found.is_whole) == (client, address, True)
    assert verbs(found) == VERBS


def test_pcapng_is_read(tmp_path: Path) -> None:
    reading = read(tmp_path, pcapng(dialogue().frames()))
    assert reading.source.first == datetime(2004, 11, 24, 10, tzinfo=UTC)
    assert len(reading.records) == 1


def test_nanoseconds_are_read(tmp_path: Path) -> None:
    reading = read(tmp_path, pcap(dialogue().frames(), nano=True))
    assert reading.source.first == datetime(2004, 11, 24, 10, tzinfo=UTC)


@pytest.mark.parametrize("link_type", [113, 276])
def test_each_interface_of_a_pcapng_has_its_own_link_type(tmp_path: Path, link_type: int) -> None:
    # [draft-ietf-opsawg-pcapng] 4.1 to 4.3, written by hand: dpkt knows of one interface only.
    def block(kind: int, body: bytes) -> bytes:
        size = (len(body) + 12).to_bytes(4, "big")
        return kind.to_bytes(4, "big") + size + body + size

    link = {113: "sll", 276: "sll2"}[link_type]
    file = block(0x0A0D0D0A, bytes.fromhex("1a2b3c4d00010000ffffffffffffffff"))
    file += block(1, (1).to_bytes(2, "big") + bytes(6))
    file += block(1, link_type.to_bytes(2, "big") + bytes(6))
    for number, frame in enumerate(dialogue().frames(link)):
        head = [1, 0, number, len(frame), len(frame)]
        padded = frame + bytes(-len(frame) % 4)
        file += block(6, b"".join(value.to_bytes(4, "big") for value in head) + padded)
    (found,) = read(tmp_path, file).records
    assert isinstance(found, SmtpSession)
    assert verbs(found) == VERBS


def test_simple_packets_have_no_time_and_are_read(tmp_path: Path) -> None:
    file = pcapng([])
    for frame in dialogue().frames():
        body = len(frame).to_bytes(4, sys.byteorder) + frame + bytes(-len(frame) % 4)
        size = (len(body) + 12).to_bytes(4, sys.byteorder)
        file += (3).to_bytes(4, sys.byteorder) + size + body + size
    (found,) = read(tmp_path, file).records
    assert isinstance(found, SmtpSession)
    assert (verbs(found), found.started) == (VERBS, None)


def test_segments_out_of_order_are_put_in_order(tmp_path: Path) -> None:
    trace = Trace().open().answers(GREETING).says("EHLO ex02.contoso").says("XEXCH50 2 2")
    trace.sent[4], trace.sent[5] = trace.sent[5], trace.sent[4]
    found = session(tmp_path, trace.answers(EHLO_ANSWER, REFUSAL))
    assert (verbs(found), found.is_whole) == (["", "EHLO", "XEXCH50"], True)
    assert found.retransmissions == 0


def test_lines_cut_into_segments_are_joined(tmp_path: Path) -> None:
    trace = Trace().open()
    for byte in f"{GREETING}\r\n".encode():
        trace.answers(bytes([byte]))
    for byte in b"XEXCH50 2 2\r\n":
        trace.says(bytes([byte]))
    assert verbs(session(tmp_path, trace.answers(REFUSAL))) == ["", "XEXCH50"]


def test_retransmissions_are_counted_and_change_nothing(tmp_path: Path) -> None:
    trace = dialogue()
    trace.sent[5:5] = [trace.sent[4], trace.sent[4]]
    found = session(tmp_path, trace)
    assert (verbs(found), found.retransmissions, found.is_whole) == (VERBS, 2, True)


def test_a_packet_captured_twice_is_not_sent_twice(tmp_path: Path) -> None:
    trace = dialogue()
    packets = [replace(sent, identification=n) for n, sent in enumerate(trace.sent, 1)]
    trace.sent = [copy for packet in packets for copy in (packet, packet)]
    found = session(tmp_path, trace)
    assert (found.retransmissions, found.is_whole, found.end) == (0, True, SessionEnd.QUIT)


def test_a_segment_that_overlaps_gives_only_what_is_new(tmp_path: Path) -> None:
    trace = dialogue()
    first, at = trace.sent[4], trace.sent[4].data.index(b"ex02")
    trace.sent[4] = replace(first, data=first.data[: at + 2])
    trace.sent.insert(5, first)
    found = session(tmp_path, trace)
    assert found.exchanges[1].argument == "ex02.contoso.example"
    assert (found.retransmissions, found.is_whole) == (1, True)


def test_a_segment_that_was_not_captured_makes_a_session_not_whole(tmp_path: Path) -> None:
    found = session(tmp_path, without(dialogue(), 6))
    assert not found.is_whole
    assert ("XEXCH50", 504) in zip(verbs(found), codes(found), strict=True)


def test_an_answer_that_was_not_captured_is_given_to_no_other_command(tmp_path: Path) -> None:
    found = session(tmp_path, without(dialogue(), 5))
    assert found.exchanges[1].replies == ()
    assert codes(found)[-2:] == [504, 221]
    assert not found.is_whole


def test_a_session_whose_beginning_is_not_there_is_not_whole(tmp_path: Path) -> None:
    found = session(tmp_path, without(dialogue(), 0, 1, 2, 3))
    assert verbs(found) == VERBS[1:]
    assert not found.is_whole


def test_frames_cut_by_the_snapshot_length_are_read_as_far_as_they_go(tmp_path: Path) -> None:
    cut = [frame[:80] for frame in dialogue().frames()]
    (found,) = read(tmp_path, pcap(cut)).records
    assert isinstance(found, SmtpSession)
    assert not found.is_whole
    assert "XEXCH50" in verbs(found)


def test_a_reset_is_told(tmp_path: Path) -> None:
    trace = Trace().open().answers(GREETING).says("EHLO ex02").closes(RST)
    assert session(tmp_path, trace).end is SessionEnd.RESET


def test_an_end_without_quit_is_told(tmp_path: Path) -> None:
    trace = Trace().open().answers(GREETING).says("EHLO ex02").closes()
    assert session(tmp_path, trace).end is SessionEnd.CLOSED


def test_silence_is_told(tmp_path: Path) -> None:
    trace = Trace().open().answers(GREETING).says("EHLO ex02")
    trace.sent += [trace.sent[-1]] * 3
    found = session(tmp_path, trace)
    assert (found.end, found.retransmissions) == (SessionEnd.SILENT, 3)


def test_a_connection_that_nobody_answers_is_told(tmp_path: Path) -> None:
    trace = Trace(sent=[Sent("client", 100, 0, SYN)] * 3)
    found = session(tmp_path, trace)
    assert (found.server, found.end, found.exchanges) == ("192.0.2.1", SessionEnd.SILENT, ())


def test_a_connection_that_is_refused_is_told(tmp_path: Path) -> None:
    trace = Trace(sent=[Sent("client", 100, 0, SYN), Sent("server", 0, 101, RST | ACK)])
    assert session(tmp_path, trace).end is SessionEnd.RESET


def test_a_session_that_the_capture_ends_in_has_no_known_end(tmp_path: Path) -> None:
    assert session(tmp_path, without(dialogue(), *range(10, 20))).end is SessionEnd.UNKNOWN


def test_what_follows_starttls_is_not_read_and_is_noted(tmp_path: Path) -> None:
    trace = Trace().open().answers(GREETING).says("EHLO ex02").answers(EHLO_ANSWER)
    trace.says("STARTTLS").answers("220 2.0.0 SMTP server ready")
    trace.says(b"\x16\x03\x01\x00\x05hello\r\nXEXCH50 2 2\r\n").answers(b"\x16\x03\x01").closes()
    reading = read(tmp_path, pcap(trace.frames()))
    (found,) = reading.records
    assert isinstance(found, SmtpSession)
    assert verbs(found) == ["", "EHLO", "STARTTLS"]
    assert (found.end, found.is_whole) == (SessionEnd.UNKNOWN, True)
    assert reading.source.notes == ("1 sessions went on inside TLS, which a capture does not show",)


def test_a_refused_starttls_goes_on(tmp_path: Path) -> None:
    trace = Trace().open().answers(GREETING).says("STARTTLS").answers("454 TLS not available")
    assert verbs(session(tmp_path, trace.says("XEXCH50 2 2"))) == ["", "STARTTLS", "XEXCH50"]


def test_messages_and_properties_are_passed_over(tmp_path: Path) -> None:
    trace = Trace().open().answers(GREETING).says("EHLO ex02").answers(EHLO_ANSWER)
    trace.says("XEXCH50 20 2").answers("354 Send binary data").says(b"QUIT\r\nsecret\r\nabcd\r\n")
    trace.answers("250 XEXCH50 OK").says("DATA").answers("354 Start mail input")
    trace.says("secret", "AUTH NTLM", "QUIT", "..", "XEXCH50 1 1").says(b"the end\r\n.\r")
    trace.says(b"\nQUIT\r\n").answers("250 queued", "221 bye")
    found = session(tmp_path, trace)
    assert verbs(found) == ["", "EHLO", "XEXCH50", "DATA", "QUIT"]
    assert found.exchanges[2].replies == ("354 Send binary data", "250 XEXCH50 OK")
    assert "secret" not in repr(found)


def test_an_empty_message_is_passed_over(tmp_path: Path) -> None:
    trace = Trace().open().answers(GREETING).says("DATA").answers("354 go").says(".")
    found = session(tmp_path, trace.answers("250 queued").says("XEXCH50 2 2").answers(REFUSAL))
    assert codes(found) == [220, 250, 504]


def test_chunks_are_passed_over(tmp_path: Path) -> None:
    trace = Trace().open().answers(GREETING).says("BDAT 6 LAST", b"QUIT\r\n", "XEXCH50 2 2")
    found = session(tmp_path, trace.answers("250 queued", REFUSAL))
    assert codes(found) == [220, 250, 504]


def test_a_hole_inside_of_properties_leaves_a_session_whole(tmp_path: Path) -> None:
    trace = Trace().open().answers(GREETING).says("XEXCH50 300 2").answers("354 Send binary data")
    trace.says(b"a" * 100).says(b"b" * 100).says(b"c" * 100)
    found = session(tmp_path, without(trace.answers("250 XEXCH50 OK").says("QUIT"), 7))
    assert (verbs(found), found.is_whole) == (["", "XEXCH50", "QUIT"], True)


def test_a_message_whose_end_was_not_captured_ends_with_its_answer(tmp_path: Path) -> None:
    trace = Trace().open().answers(GREETING).says("DATA").answers("354 go")
    trace.says("some").says(".").answers("250 queued").says("XEXCH50 2 2").answers(REFUSAL)
    found = session(tmp_path, without(trace, 7))
    assert (codes(found), found.is_whole) == ([220, 250, 504], False)


def test_what_authenticates_is_left_out(tmp_path: Path) -> None:
    trace = Trace().open().answers(GREETING).says("EHLO ex02").answers(EHLO_ANSWER)
    trace.says("AUTH LOGIN").answers("334 VXNlcm5hbWU6").says("RVgwMiQ=")
    trace.answers("334 UGFzc3dvcmQ6").says("aHVudGVyMg==").answers("535 5.7.3 no")
    trace.says(f"X-EXPS GSSAPI {BLOB}").answers(f"334 {BLOB}").says(BLOB)
    trace.answers("235 2.7.0 Authentication successful.").says("XEXCH50 2 2").answers("354 go")
    found = session(tmp_path, trace)
    assert [e.argument for e in found.exchanges[2:4]] == ["LOGIN", "GSSAPI"]
    assert found.exchanges[2].replies == ("334", "334", "535 5.7.3 no")
    (command,) = exch50_commands(found.exchanges)
    assert command.authentication is Authentication.HELD
    for secret in ("VXNlcm5hbWU6", "RVgwMiQ=", "UGFzc3dvcmQ6", "aHVudGVyMg==", BLOB):
        assert secret.upper() not in repr(found).upper()


@given(
    secret=st.binary(min_size=12, max_size=60),
    order=st.lists(st.integers(0, 30), max_size=6),
    verb=st.sampled_from(["AUTH", "X-EXPS", "XXXX", "XXXXXX", "NOOP", "FOO", "MAIL"]),
    code=st.sampled_from(["334", "235", "535", "500", "250", "220", "354"]),
)
@example(bytes(12), [1, 3, 5], "AUTH", "334")  # without the server's SYN, greeting and EHLO answer
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_credential_reaches_a_record_whatever_is_lost_or_answered(
    tmp_path: Path, secret: bytes, order: list[int], verb: str, code: str
) -> None:
    blob = base64.b64encode(secret).decode()
    trace = Trace().open().answers(GREETING).says("EHLO ex02").answers(EHLO_ANSWER)
    trace.says(f"{verb} NTLM {blob}").answers(f"{code} {blob}").says(blob, f"{blob} {blob}")
    trace.answers(f"334 {blob}", f"{code} {blob}").says(blob).answers(f"500 5.5.1 `{blob}`")
    trace.says("XEXCH50 2 2").answers(REFUSAL).closes()
    reading = read(tmp_path, pcap(without(trace, *order).frames()))
    assert blob.upper() not in repr(reading).upper()


def test_another_port_is_smtp_where_the_server_greets(tmp_path: Path) -> None:
    found = session(tmp_path, replace(dialogue(), server=("192.0.2.1", 8025)))
    assert (found.server, verbs(found)) == ("192.0.2.1", VERBS)


def test_other_protocols_are_not_smtp(tmp_path: Path) -> None:
    trace = Trace(server=("192.0.2.1", 80)).open().says("GET / HTTP/1.0").answers("220 no")
    reading = read(tmp_path, pcap(trace.closes().frames()))
    assert (reading.source.total, reading.records) == (0, ())


def test_the_one_who_opened_is_the_client_even_from_port_25(tmp_path: Path) -> None:
    found = session(tmp_path, replace(dialogue(), client=("192.0.2.2", 25)))
    assert (found.client, verbs(found)) == ("192.0.2.2", VERBS)


def test_a_port_used_again_is_another_session(tmp_path: Path) -> None:
    other = Trace(next_of_client=77, next_of_server=99).open().answers(GREETING)
    other.says("XEXCH50 9 9").answers(REFUSAL)
    reading = read(tmp_path, pcap(dialogue().frames() + other.frames()))
    assert reading.source.total == 2
    assert [isinstance(r, SmtpSession) and r.is_whole for r in reading.records] == [True, True]


def test_sessions_that_bear_on_nothing_are_only_counted(tmp_path: Path) -> None:
    trace = Trace().open().answers(GREETING).says("EHLO ex02").answers(EHLO_ANSWER)
    trace.says("QUIT").answers("221 bye").closes()
    reading = read(tmp_path, pcap(trace.frames()))
    assert (reading.source.total, reading.records) == (1, ())


@pytest.mark.parametrize("write", [pcap, pcapng])
@pytest.mark.parametrize("cut", [5, 30])
def test_a_capture_that_is_cut_off_is_read_as_far_as_it_goes(
    tmp_path: Path, write: type, cut: int
) -> None:
    reading = read(tmp_path, write(dialogue().frames())[:-cut])
    assert len(reading.records) == 1
    (gap,) = reading.gaps
    assert (gap.subject, gap.reason.split(":")[0]) == ("trace.pcap", "read only in part")


def test_a_link_type_that_is_not_read_is_told(tmp_path: Path) -> None:
    reading = read(tmp_path, pcap(dialogue().frames(), 105))
    assert reading.records == ()
    assert "link type 105" in reading.gaps[0].reason


@pytest.mark.parametrize("data", [b"", b"\xd4\xc3", b"#Fields: date", b"MZ" + bytes(500)])
def test_what_is_no_capture_is_said(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(EvidenceError, match="not a packet capture"):
        read(tmp_path, data)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="No such file"):
        capture.read(tmp_path / "none.pcap", None)


def test_a_missing_library_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dpkt.pcap", None)
    with pytest.raises(EvidenceError, match="dpkt") as caught:
        read(tmp_path, pcap(dialogue().frames()))
    assert caught.value.hint == "pip install 'adaudit[captures]'"


@given(
    st.sampled_from([pcap(dialogue().frames()), pcapng(dialogue().frames())]),
    st.lists(st.tuples(st.integers(0, 3000), st.binary(min_size=1, max_size=8)), max_size=6),
    st.integers(0, 3000),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_capture_gives_a_reading_or_an_error(
    tmp_path: Path, data: bytes, damages: list[tuple[int, bytes]], cut: int
) -> None:
    file = bytearray(data)
    for at, damage in damages:
        file[at : at + len(damage)] = damage
    try:
        reading = read(tmp_path, bytes(file[: len(file) - cut]))
    except EvidenceError:
        return
    assert reading.source.total >= len(reading.records)


@given(st.binary(max_size=400), st.sampled_from([0, 1, 101, 113, 276]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_frame_is_read_or_passed_over(tmp_path: Path, frame: bytes, link_type: int) -> None:
    assert read(tmp_path, pcap([frame, *dialogue().frames("raw")], link_type)).gaps == ()

"""Events of refused commands keep nothing that authenticates; all else of them stays."""

from datetime import UTC, datetime

import pytest

from adaudit.directory.observations import LogEvent, ResolvedName
from adaudit.evidence.event_redaction import kept, without_secrets
from adaudit.exchange.transport_events import ProtocolError, decode

NOON = datetime(2004, 11, 24, 12, 0, tzinfo=UTC)
BLOB = "TlRMTVNTUAABAAAAB4IIogAAAAAAAAAAAAAAAAAAAAA="
PEER = "ex01.contoso.example"


def event(*strings: str, event_id: int = 7004, data: bytes = b"") -> LogEvent:
    return LogEvent(1, NOON, event_id, "MSExchangeTransport", "EX02", strings, data)


@pytest.mark.parametrize("event_id", [7002, 7004, 7010])
@pytest.mark.parametrize(
    ("command", "response", "full"),
    [
        (f"X-EXPS NTLM {BLOB}", "535 5.7.3 Authentication unsuccessful", f"X-EXPS NTLM {BLOB}"),
        ("AUTH", f"535 {BLOB}", f"AUTH LOGIN {BLOB}"),
        ("AUTH", f"334 {BLOB}", "AUTH"),
        (BLOB, f"535 {BLOB}", BLOB),
        ("MAIL", f"550 {BLOB}", f"MAIL FROM:<{BLOB}@contoso.example>"),
    ],
)
def test_no_credential_and_no_address_is_kept(
    event_id: int, command: str, response: str, full: str
) -> None:
    given = event("1", "4", PEER, command, response, full, BLOB, event_id=event_id, data=b"TlRM")

    found = without_secrets(given)

    assert BLOB not in " ".join(found.strings)
    assert not found.data


def test_the_mechanism_and_the_answer_are_kept() -> None:
    found = without_secrets(
        event(
            "1", "4", PEER, "x-exps", "535 5.7.3 Authentication unsuccessful", f"X-EXPS NTLM {BLOB}"
        )
    )

    assert found.strings == (
        "1",
        "4",
        PEER,
        "x-exps",
        "535 5.7.3 Authentication unsuccessful",
        "X-EXPS NTLM",
    )


def test_a_refused_xexch50_is_kept_whole() -> None:
    """As KB 843106 shows it."""
    shown = ("1", "4", PEER, "xexch50", "504 Need to authenticate first ", "XEXCH50 2336 3 ")

    found = decode(without_secrets(event(*shown)))

    assert isinstance(found, ProtocolError)
    assert found.is_exch50_refusal
    assert (found.peer, found.full_command) == (PEER, "XEXCH50 2336 3")
    assert found.response == "504 Need to authenticate first"


def test_no_string_comes_about_where_there_was_none() -> None:
    assert without_secrets(event("1", "4", PEER)).strings == ("1", "4", PEER)


def test_other_events_and_records_are_kept_as_they_are() -> None:
    failure = event(PEER, "HrNegotiate", "0x8009030c", event_id=1706, data=b"\x0c\x03\x09\x80")
    name = ResolvedName(PEER, ("192.0.2.1",))

    assert list(kept([failure, name])) == [failure, name]

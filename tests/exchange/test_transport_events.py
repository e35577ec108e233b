"""Events with the strings of the messages in KB 843106, KB 914137, KB 818530 and KB 271335."""

import pytest

from adaudit.directory.observations import LogEvent
from adaudit.exchange.transport_events import (
    ProtocolError,
    SecurityFailure,
    UnauthenticatedClient,
    decode,
    servers_group_dn,
)

REFUSAL = (
    "1",
    "7",
    "E2k3server1.contoso.com",
    "xexch50",
    "504 Need to authenticate first ",
    "XEXCH50 2336 3 ",
)
EXPS_FAILURE = (
    "ex02.contoso.com",
    "CSessionContext::OnEXPSInNegotiate",
    "HrServerNegotiateAuth",
    "8009030c",
    "context.cpp",
    "1799",
)
GROUP = "cn=Exchange Domain Servers,cn=Users,dc=contoso,dc=com"


def event(
    event_id: int,
    *strings: str,
    provider: str = "MSExchangeTransport",
    data: bytes = b"",
) -> LogEvent:
    return LogEvent(1, None, event_id, provider, "EX01", strings, data)


def protocol_error(event_id: int, *strings: str) -> ProtocolError:
    decoded = decode(event(event_id, *strings))
    assert isinstance(decoded, ProtocolError)
    return decoded


def security_failure(event_id: int, *strings: str, data: bytes = b"") -> SecurityFailure:
    decoded = decode(event(event_id, *strings, data=data))
    assert isinstance(decoded, SecurityFailure)
    return decoded


def test_7004_names_the_host_that_refused() -> None:
    error = protocol_error(7004, *REFUSAL)

    assert error.peer == "E2k3server1.contoso.com"


def test_7004_says_what_was_sent_and_answered() -> None:
    error = protocol_error(7004, *REFUSAL)

    assert (error.virtual_server, error.connection) == ("1", "7")
    assert (error.command, error.full_command) == ("xexch50", "XEXCH50 2336 3")
    assert error.response == "504 Need to authenticate first"


@pytest.mark.parametrize("event_id", [7002, 7004])
def test_7002_and_7004_are_logged_by_the_sender(event_id: int) -> None:
    assert protocol_error(event_id, *REFUSAL).is_logged_by_sender


def test_7010_is_logged_by_the_receiver_and_names_an_address() -> None:
    error = protocol_error(7010, "1", "30", "6.5.2.4", *REFUSAL[3:])

    assert (error.is_logged_by_sender, error.peer) == (False, "6.5.2.4")


@pytest.mark.parametrize(
    ("command", "response"),
    [
        ("xexch50", "504 Need to authenticate first "),
        ("XEXCH50", "505 Authentication required"),
        ("XEXCH50", "504 認証が必要 "),
        ("xexch50", " 504"),
        ("", "504 Need to authenticate first"),
    ],
)
def test_xexch50_answered_504_or_505_is_the_refusal(command: str, response: str) -> None:
    error = protocol_error(7004, "1", "7", "ex02", command, response, "XEXCH50 2336 3 ")

    assert error.is_exch50_refusal


@pytest.mark.parametrize(
    ("command", "response"),
    [
        ("xexch50", "500 Unrecognized command"),
        ("xexch50", "5040"),
        ("xexch50", ""),
        ("x-exps", "504 Need to authenticate first"),
        ("rcpt", "550 5.7.1 Unable to relay, not 504"),
    ],
)
def test_nothing_else_is_the_refusal(command: str, response: str) -> None:
    error = protocol_error(7004, "1", "7", "ex02", command, response, f"{command} 2336 3")

    assert not error.is_exch50_refusal


@pytest.mark.parametrize("count", range(6))
def test_strings_that_are_missing_are_empty(count: int) -> None:
    error = protocol_error(7004, *REFUSAL[:count])

    assert error.full_command == ""


def test_a_host_that_was_blanked_is_empty() -> None:
    assert protocol_error(7004, "1", "7", " ", *REFUSAL[3:]).peer == ""


def test_the_provider_goes_by_any_case() -> None:
    assert decode(event(7004, *REFUSAL, provider="msexchangetransport")) is not None


@pytest.mark.parametrize("provider", ["MSExchangeIS Mailbox", "MSExchangeTransport2", ""])
def test_the_same_id_of_another_provider_means_nothing(provider: str) -> None:
    assert decode(event(7004, *REFUSAL, provider=provider)) is None


def test_another_id_means_nothing() -> None:
    assert decode(event(7001, *REFUSAL)) is None


def test_1706_names_host_functions_and_error_code() -> None:
    failure = security_failure(1706, *EXPS_FAILURE)

    assert (failure.host, failure.error_code) == ("ex02.contoso.com", 0x8009030C)
    assert failure.function == "CSessionContext::OnEXPSInNegotiate"
    assert failure.called == "HrServerNegotiateAuth"


def test_1706_without_a_host_takes_no_source_file_for_one() -> None:
    assert security_failure(1706, "", *EXPS_FAILURE[1:]).host == ""


@pytest.mark.parametrize("code", ["0x8009030c", "8009030C", "-2146893044", "failed: 0x8009030C."])
def test_an_error_code_is_found_however_it_is_written(code: str) -> None:
    assert security_failure(1706, "ex02.contoso.com", "a", "b", code).error_code == 0x8009030C


def test_an_error_code_may_stand_in_the_data_alone() -> None:
    failure = security_failure(1706, "ex02.contoso.com", data=bytes.fromhex("0c030980"))

    assert failure.error_code == 0x8009030C


@pytest.mark.parametrize("data", [b"", b"\x05\x00\x00\x00", b"0c030980"])
def test_other_data_is_no_error_code(data: bytes) -> None:
    assert security_failure(1704, "ex02.contoso.com", data=data).error_code is None


@pytest.mark.parametrize("event_id", [1704, 7006])
@pytest.mark.parametrize(
    ("strings", "host"),
    [
        (("EX04.contoso.com",), "EX04.contoso.com"),
        (("EX04",), "EX04"),
        (("1", "13", "EX03", "x-exps", "535 5.7.3 Authentication unsuccessful."), "EX03"),
        (("1", "13", "", "x-exps", "535 5.7.3 Authentication unsuccessful."), ""),
        (("authentication failed", "8009030c", "EX05.contoso.com"), "EX05.contoso.com"),
        (("authentication failed", "192.0.2.4"), "192.0.2.4"),
        (("8009030c",), ""),
        ((), ""),
    ],
)
def test_1704_and_7006_of_unknown_text_give_the_host_wherever_it_stands(
    event_id: int, strings: tuple[str, ...], host: str
) -> None:
    assert security_failure(event_id, *strings).host == host


def test_1709_names_the_client_and_the_error_in_its_data() -> None:
    decoded = decode(event(1709, "192.0.2.4", data=bytes.fromhex("05000780")))

    assert isinstance(decoded, UnauthenticatedClient)
    assert (decoded.client, decoded.error_code) == ("192.0.2.4", 0x80070005)


@pytest.mark.parametrize("event_id", [9186, 9187, 9188])
def test_the_system_attendant_names_the_group_of_servers(event_id: int) -> None:
    assert servers_group_dn(event(event_id, GROUP, provider="MSExchangeSA")) == GROUP


def test_the_group_is_found_among_other_strings() -> None:
    assert servers_group_dn(event(9188, "80072030", GROUP, provider="msexchangesa")) == GROUP


@pytest.mark.parametrize("strings", [(), ("",), ("80072030", "a, b"), ("cn=only",)])
def test_no_dn_gives_no_group(strings: tuple[str, ...]) -> None:
    assert servers_group_dn(event(9186, *strings, provider="MSExchangeSA")) is None


def test_the_group_of_another_provider_is_none() -> None:
    assert servers_group_dn(event(9186, GROUP)) is None

"""Messages of KB 843106, KB 914137, KB 818530 and KB 271335; other languages are made up."""

from time import process_time

import pytest

from adaudit.evidence.event_logs.export_message import insertions, split_strings

SENT = (
    "This is an SMTP protocol error log for virtual server ID 1, connection #7. The remote host"
    ' "E2k3server1.contoso.com", responded to the SMTP command "xexch50" with "504 Need to'
    ' authenticate first ". The full command sent was "XEXCH50 2336 3 ". This will probably cause'
    " the connection to fail."
)
RECEIVED = (
    'This is an SMTP protocol log for virtual server ID 1, connection #30. The client at "6.5.2.4"'
    ' sent a "xexch50" command, and the SMTP server responded with "504 Need to authenticate first'
    ' ". The full command sent was "XEXCH50 1092 2". This will probably cause the connection to'
    " fail."
)
EXPS = (
    'EXPS is temporarily unable to provide protocol security with "ex02.contoso.com".'
    ' "CSessionContext::OnEXPSInNegotiate" called "HrServerNegotiateAuth" which failed with error'
    " code 0x8009030c ( context.cpp@1799 )."
)
REFUSAL = (
    "1",
    "7",
    "E2k3server1.contoso.com",
    "xexch50",
    "504 Need to authenticate first ",
    "XEXCH50 2336 3 ",
)


def test_7004_gives_its_six_strings() -> None:
    assert insertions(7004, SENT) == REFUSAL


def test_7010_gives_its_six_strings() -> None:
    assert insertions(7010, RECEIVED) == (
        "1",
        "30",
        "6.5.2.4",
        "xexch50",
        "504 Need to authenticate first ",
        "XEXCH50 1092 2",
    )


@pytest.mark.parametrize(
    "message",
    [
        'Virtueller Server 1, Verbindung 7. Remotehost "{2}", Befehl "{3}": "{4}". Ganz: "{5}".',
        "Virtueller Server 1, Verbindung 7. „{2}“ hat auf „{3}“ mit „{4}“ geantwortet („{5}“).",
        "Serveur virtuel 1, connexion 7 : l'hôte «{2}» a répondu à «{3}» par «{4}». «{5}».",
        "Az 1. kiszolgáló 7. kapcsolata: a(z) ”{2}” gép a(z) ”{3}” parancsra: ”{4}”. ”{5}”.",
    ],
)
def test_any_language_gives_the_same_strings(message: str) -> None:
    assert insertions(7004, message.format(*REFUSAL)) == REFUSAL


def test_blank_strings_keep_their_place() -> None:
    found = insertions(7004, SENT.replace("E2k3server1.contoso.com", ""))

    assert found == (*REFUSAL[:2], "", *REFUSAL[3:])


@pytest.mark.parametrize(
    "response",
    [
        '504 please "authenticate" first',
        '504 see "AUTH", "X-EXPS", and so on',
        '504 x". The full command sent was "QUIT',
    ],
)
def test_quotes_in_a_response_move_no_other_string(response: str) -> None:
    found = insertions(7004, SENT.replace(REFUSAL[4], response))

    assert found is not None
    assert (found[2:4], found[5]) == (REFUSAL[2:4], REFUSAL[5])
    assert found[4].startswith("504 ")


def test_numbers_that_are_missing_are_empty() -> None:
    found = insertions(7004, SENT.partition(". ")[2])

    assert found == ("", "", *REFUSAL[2:])


@pytest.mark.parametrize("host", ["ex02.contoso.example", "EX02", "192.0.2.4", ""])
def test_strings_with_only_blanks_between_are_told_apart(host: str) -> None:
    found = insertions(7004, f"1 7 {host} xexch50 504 Need to authenticate first  XEXCH50 2336 3 ")

    assert found == ("1", "7", host, "xexch50", REFUSAL[4], "XEXCH50 2336 3")


@pytest.mark.parametrize(
    "message", ["", " ", "SMTP Protocol", 'only "one" is quoted', '""""', "1 7"]
)
def test_a_message_that_is_none_gives_no_strings(message: str) -> None:
    assert insertions(7004, message) is None


def test_1706_gives_host_functions_and_error_code() -> None:
    assert insertions(1706, EXPS) == (
        "ex02.contoso.com",
        "CSessionContext::OnEXPSInNegotiate",
        "HrServerNegotiateAuth",
        "0x8009030c",
    )


def test_1706_with_only_blanks_between_gives_its_strings() -> None:
    message = "ex02.contoso.com CServerContext HrServerNegotiateAuth 8009030c smtpauth.cxx 1542"

    assert insertions(1706, message) == tuple(message.split())


def test_7006_may_have_the_numbers_of_7004_in_front() -> None:
    message = 'Virtual server 1, connection 13: EXPS with "ex03.contoso.com" failed (0x8009030c).'

    assert insertions(7006, message) == ("1", "13", "ex03.contoso.com", "0x8009030c")


def test_a_sentence_without_quotes_names_no_host() -> None:
    assert insertions(1704, "EXPS is temporarily unable to provide protocol security.") is None


@pytest.mark.parametrize(
    "message",
    [
        'The SMTP client "192.0.2.4" did not authenticate before attempting to send mail.',
        "Der SMTP-Client 192.0.2.4 hat sich nicht authentifiziert.",
        "192.0.2.4",
    ],
)
def test_1709_gives_the_client(message: str) -> None:
    assert insertions(1709, message) == ("192.0.2.4",)


@pytest.mark.parametrize("quote", ["'", '"', ""])
def test_9186_gives_the_group(quote: str) -> None:
    group = "cn=Exchange Domain Servers,cn=Users,dc=contoso,dc=com"
    message = (
        "Microsoft Exchange System Attendant has detected that the local computer is not a member"
        f" of group {quote}{group}{quote}. System Attendant is going to add the local computer."
    )

    assert insertions(9186, message) == (group,)


def test_strings_of_log_parser_are_taken_apart() -> None:
    assert split_strings(7004, "|".join(REFUSAL), "|") == REFUSAL


def test_a_separator_in_the_response_stays_there() -> None:
    strings = (*REFUSAL[:4], "504 a|b|c", REFUSAL[5])

    assert split_strings(7004, "|".join(strings), "|") == strings


@pytest.mark.parametrize("message", ['"' * 50_000, '"a' * 50_000, "cn=" * 20_000, "1 7 x " * 9000])
@pytest.mark.parametrize("event_id", [7004, 1706, 9186, 1709])
def test_no_message_takes_long(event_id: int, message: str) -> None:
    started = process_time()

    insertions(event_id, message)

    assert process_time() - started < 5

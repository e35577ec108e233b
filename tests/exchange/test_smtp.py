"""Dialogues as KB 257569, KB 320027, KB 812455 and KB 843106 describe them."""

import pytest

from adaudit.directory.observations import SmtpExchange
from adaudit.exchange import smtp
from adaudit.exchange.smtp import Authentication

GREETING = SmtpExchange(
    "", "", ("220 ex01.contoso.example Microsoft ESMTP MAIL Service, Version: 6.0.3790.0 ready",)
)
PIX_GREETING = SmtpExchange(
    "", "", ("220 *****2******0*****0***0*0*0 ******200**************0*00",)
)
EXCHANGE_2003 = (
    "250-ex01.contoso.example Hello [192.0.2.2]",
    "250-TURN",
    "250-ATRN",
    "250-SIZE",
    "250-ETRN",
    "250-PIPELINING",
    "250-DSN",
    "250-ENHANCEDSTATUSCODES",
    "250-8bitmime",
    "250-BINARYMIME",
    "250-CHUNKING",
    "250-VRFY",
    "250-X-EXPS GSSAPI NTLM LOGIN",
    "250-X-EXPS=LOGIN",
    "250-AUTH GSSAPI NTLM LOGIN",
    "250-AUTH=LOGIN",
    "250-X-LINK2STATE",
    "250-XEXCH50",
    "250 OK",
)
EHLO = SmtpExchange("EHLO", "ex02.contoso.example", EXCHANGE_2003)
EHLO_IN_TLS = SmtpExchange("EHLO", "ex02.contoso.example", ("250-ex01 Hello", "250 AUTH NTLM"))
HELO = SmtpExchange("HELO", "ex02.contoso.example", ("250 ex01.contoso.example Hello [192.0.2.2]",))
STARTTLS = SmtpExchange("STARTTLS", "", ("220 2.0.0 SMTP server ready",))
NO_STARTTLS = SmtpExchange("STARTTLS", "", ("554 5.7.3 Unable to initialize security subsystem",))
X_EXPS = SmtpExchange("X-EXPS", "GSSAPI", ("334", "235 2.7.0 Authentication successful."))
REFUSED = SmtpExchange("X-EXPS", "NTLM", ("334", "535 5.7.3 Authentication unsuccessful."))
UNANSWERED = SmtpExchange("AUTH", "NTLM", ("334",))
EXCH50 = SmtpExchange("XEXCH50", "2336 3", ("504 Need to authenticate first",))
EXCH50_OF_55 = SmtpExchange("XEXCH50", "2336 3", ("505 Authentication required",))
EXCH50_TAKEN = SmtpExchange("XEXCH50", "2336 3", ("354 Send binary data", "250 XEXCH50 OK"))


def test_the_greeting_names_the_server() -> None:
    assert smtp.greeting_name([GREETING, EHLO]) == "ex01.contoso.example"


@pytest.mark.parametrize("exchanges", [[], [EHLO], [PIX_GREETING]])
def test_no_greeting_or_a_masked_one_names_nobody(exchanges: list[SmtpExchange]) -> None:
    assert smtp.greeting_name(exchanges) is None


def test_a_greeting_that_turns_the_client_away_names_nobody() -> None:
    assert smtp.greeting_name([SmtpExchange("", "", ("421 ex01 Too many connections",))]) is None


@pytest.mark.parametrize(
    "banner",
    [
        "220 *****2******0*****0***0*0*0 ******200**************0*00",
        "220 " + "*" * 60,
        "220 SMTP/cmap_ready_____________________",
    ],
)
def test_a_banner_written_over_by_a_firewall_is_masked(banner: str) -> None:
    assert smtp.is_masked_banner([SmtpExchange("", "", (banner,))])


@pytest.mark.parametrize("banner", [GREETING.replies[0], "220", "220 ** mail **", "220 200 00"])
def test_other_banners_are_not_masked(banner: str) -> None:
    assert not smtp.is_masked_banner([SmtpExchange("", "", (banner,))])


def test_the_client_names_itself_in_its_last_ehlo_or_helo() -> None:
    first = SmtpExchange("EHLO", "other.example", ("500 Unrecognized command",))
    assert smtp.client_name([GREETING, first, HELO]) == "ex02.contoso.example"


def test_a_client_without_a_name_has_none() -> None:
    assert smtp.client_name([GREETING, SmtpExchange("EHLO", "", ("250",))]) is None


def test_the_answer_to_ehlo_names_the_server() -> None:
    assert smtp.ehlo_name([EHLO]) == "ex01.contoso.example"


@pytest.mark.parametrize("reply", ["250", "250 OK", "500 Unrecognized command"])
def test_an_answer_without_a_name_names_nobody(reply: str) -> None:
    assert smtp.ehlo_name([SmtpExchange("EHLO", "ex02", (reply,))]) is None


def test_extensions_come_without_codes_name_and_ok() -> None:
    lines = smtp.extensions([GREETING, EHLO])
    assert lines is not None
    assert (lines[0], lines[-1], len(lines)) == ("TURN", "XEXCH50", 17)


def test_extensions_are_told_apart_by_tls() -> None:
    exchanges = [GREETING, EHLO, STARTTLS, EHLO_IN_TLS]
    assert smtp.extensions(exchanges) == ("AUTH NTLM",)
    assert smtp.extensions(exchanges, inside_tls=True) == ("AUTH NTLM",)
    assert smtp.has_x_verbs(smtp.extensions(exchanges, inside_tls=False) or ())


def test_without_tls_nothing_is_inside() -> None:
    assert smtp.extensions([GREETING, EHLO, NO_STARTTLS, EHLO], inside_tls=True) is None


@pytest.mark.parametrize(
    "replies",
    [("250",), ("250-ex01.contoso.example Hello",), ("500 Unrecognized command",), ()],
    ids=["code only", "first line only", "refused", "no answer"],
)
def test_extensions_of_an_answer_not_kept_whole_are_not_known(replies: tuple[str, ...]) -> None:
    assert smtp.extensions([SmtpExchange("EHLO", "ex02", replies)]) is None


def test_an_answer_of_one_line_offers_nothing() -> None:
    assert smtp.extensions([SmtpExchange("EHLO", "ex02", ("250 ex01 Hello",))]) == ()


def test_mechanisms_of_both_spellings_are_kept() -> None:
    lines = ("X-EXPS GSSAPI NTLM", "x-exps=login", "AUTH=LOGIN", "AUTH=LOGIN")
    assert smtp.mechanisms(lines, "X-EXPS") == ("GSSAPI", "NTLM", "LOGIN")
    assert smtp.mechanisms(lines, "AUTH") == ("LOGIN",)
    assert smtp.verbs(lines) == {"X-EXPS", "AUTH"}


@pytest.mark.parametrize("line", ["X-EXPS NTLM", "X-LINK2STATE", "xexch50", "X-EXPS=LOGIN"])
def test_each_verb_of_the_event_sinks_counts(line: str) -> None:
    assert smtp.has_x_verbs(["AUTH NTLM", line])


def test_other_verbs_with_an_x_do_not_count() -> None:
    assert not smtp.has_x_verbs(["AUTH NTLM", "X-ANONYMOUSTLS", "XRDST"])


def test_masked_extensions_are_found() -> None:
    assert smtp.masked_extensions(["SIZE 10", "XXXXXXXA", "XEXCH50", "XXXB"]) == (
        "XXXXXXXA",
        "XXXB",
    )


@pytest.mark.parametrize(("verb", "is_masked"), [("XXXX", True), ("xxxx", True), ("XX", False)])
def test_a_masked_verb_is_three_or_more_x(verb: str, is_masked: bool) -> None:  # noqa: FBT001 - a case
    assert smtp.is_masked_verb(verb) is is_masked


def test_masked_commands_are_found() -> None:
    masked = SmtpExchange("XXXX", "", ("500 Unrecognized command",))
    assert smtp.masked_commands([GREETING, masked, HELO, EXCH50]) == (masked,)


@pytest.mark.parametrize("code", ["500", "502"])
def test_an_ehlo_answered_as_no_command_is_found(code: str) -> None:
    refused = SmtpExchange("EHLO", "ex02", (f"{code} Unrecognized command",))
    assert smtp.refused_ehlo([GREETING, refused, HELO]) is refused


@pytest.mark.parametrize("exchange", [EHLO, SmtpExchange("EHLO", "ex02", ("501 No domain",))])
def test_other_answers_to_ehlo_are_no_refusal(exchange: SmtpExchange) -> None:
    assert smtp.refused_ehlo([exchange]) is None


def test_tls_is_used_where_starttls_was_answered_220() -> None:
    assert smtp.uses_tls([STARTTLS])
    assert not smtp.uses_tls([NO_STARTTLS, SmtpExchange("STARTTLS")])


@pytest.mark.parametrize(
    ("before", "authentication"),
    [
        ([EHLO], Authentication.NOT_TRIED),
        ([EHLO, X_EXPS], Authentication.HELD),
        ([EHLO, REFUSED], Authentication.REFUSED),
        ([EHLO, REFUSED, X_EXPS], Authentication.HELD),
        ([EHLO, X_EXPS, REFUSED], Authentication.HELD),
        ([EHLO, UNANSWERED], Authentication.UNANSWERED),
        ([EHLO, SmtpExchange("X-EXPS", "GSSAPI")], Authentication.UNANSWERED),
        ([EHLO, X_EXPS, STARTTLS, EHLO_IN_TLS], Authentication.FORGOTTEN),
        ([EHLO, X_EXPS, NO_STARTTLS], Authentication.HELD),
        ([EHLO, STARTTLS, EHLO_IN_TLS], Authentication.NOT_TRIED),
        ([EHLO, STARTTLS, EHLO_IN_TLS, X_EXPS], Authentication.HELD),
    ],
)
def test_what_authenticated_before_exch50(
    before: list[SmtpExchange], authentication: Authentication
) -> None:
    (command,) = smtp.exch50_commands([GREETING, *before, EXCH50])
    assert command.authentication is authentication


def test_starttls_and_exch50_with_no_authentication_between_is_step_three() -> None:
    found = smtp.exch50_without_authentication([GREETING, EHLO, STARTTLS, EHLO_IN_TLS, EXCH50])
    assert found is not None
    assert (found.is_inside_tls, found.attempt, found.is_refused) == (True, None, True)


def test_exch50_where_nothing_was_tried_supports_a_name_not_known() -> None:
    found = smtp.exch50_without_authentication([GREETING, EHLO, EXCH50])
    assert found is not None
    assert (found.is_inside_tls, found.authentication) == (False, Authentication.NOT_TRIED)


def test_the_attempt_that_was_refused_is_shown() -> None:
    found = smtp.exch50_without_authentication([GREETING, EHLO, REFUSED, EXCH50])
    assert found is not None
    assert found.attempt is REFUSED


@pytest.mark.parametrize("attempt", [X_EXPS, UNANSWERED])
def test_a_client_that_may_have_authenticated_is_not_accused(attempt: SmtpExchange) -> None:
    assert smtp.exch50_without_authentication([GREETING, EHLO, attempt, EXCH50]) is None


def test_a_refused_exch50_is_shown_before_an_accepted_one() -> None:
    found = smtp.exch50_without_authentication([EHLO, EXCH50_TAKEN, EXCH50])
    assert found is not None
    assert found.exchange is EXCH50


@pytest.mark.parametrize(
    ("exchange", "is_refused", "is_accepted"),
    [
        (EXCH50, True, False),
        (EXCH50_OF_55, True, False),
        (EXCH50_TAKEN, False, True),
        (SmtpExchange("XEXCH50", "2 2", ("354",)), False, True),
        (SmtpExchange("XEXCH50", "2 2", ("500 Unrecognized command",)), False, False),
        (SmtpExchange("XEXCH50", "2 2"), False, False),
    ],
)
def test_what_became_of_exch50(
    exchange: SmtpExchange,
    is_refused: bool,  # noqa: FBT001 - a case
    is_accepted: bool,  # noqa: FBT001 - a case
) -> None:
    (command,) = smtp.exch50_commands([EHLO, exchange])
    assert (command.is_refused, command.is_accepted) == (is_refused, is_accepted)

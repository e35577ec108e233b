"""What of a line may be kept, by the verbs and codes of [RFC5321], [RFC4954] and KB 812455."""

import pytest

from adaudit.evidence.smtp_sessions.redaction import kept_argument, known_verb, told

TOKEN = "TlRMTVNTUAADAAAAGAAYAHIAAAA="


@pytest.mark.parametrize(
    ("word", "verb"),
    [
        ("ehlo", "EHLO"),
        ("X-Exps", "X-EXPS"),
        ("xxxx", "XXXX"),
        ("RVgwMiQ=", "UNKNOWN"),
        ("X" * 400, "UNKNOWN"),
        ("", "UNKNOWN"),
    ],
)
def test_a_verb_is_known_or_masked_or_not_kept(word: str, verb: str) -> None:
    assert known_verb(word) == verb


@pytest.mark.parametrize(
    ("verb", "argument", "kept"),
    [
        ("EHLO", " ex02.contoso.example", "ex02.contoso.example"),
        ("XEXCH50", "2336 3", "2336 3"),
        ("XEXCH50", f"2336 {TOKEN}", ""),
        ("AUTH", f"ntlm {TOKEN}", "NTLM"),
        ("X-EXPS", TOKEN, ""),
        ("MAIL", "FROM:<alice@contoso.example>", ""),
        ("XXXX", f"NTLM {TOKEN}", ""),
        ("UNKNOWN", TOKEN, ""),
    ],
)
def test_an_argument_is_kept_where_it_is_no_secret(verb: str, argument: str, kept: str) -> None:
    assert kept_argument(verb, argument) == kept


@pytest.mark.parametrize(
    ("verb", "line"),
    [
        ("", "220 ex01.contoso.example Microsoft ESMTP MAIL Service, Version: 6.0.3790.3959"),
        ("", "220 ****************************2******0*0"),
        ("", "554 No SMTP service here"),
        ("EHLO", "250-ENHANCEDSTATUSCODES"),
        ("EHLO", "250-X-EXPS GSSAPI NTLM LOGIN"),
        ("EHLO", "500 5.3.3 Unrecognized command"),
        ("XEXCH50", "504 Need to authenticate first"),
        ("XEXCH50", "505 Authentication required"),
        ("XEXCH50", "354 Send binary data"),
        ("STARTTLS", "220 2.0.0 SMTP server ready"),
        ("X-EXPS", "535 5.7.3 Authentication unsuccessful."),
        ("XXXX", "500 5.3.3 Unrecognized command"),
    ],
)
def test_an_answer_of_names_or_plain_words_is_kept(verb: str, line: str) -> None:
    assert told(verb, line) == line


@pytest.mark.parametrize(
    ("verb", "line", "kept"),
    [
        ("AUTH", f"334 {TOKEN}", "334"),
        ("AUTH", "334 gssapi supported", "334"),
        ("X-EXPS", f"235 {TOKEN}", "235"),
        ("AUTH", "535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6", "535 5.7.8"),
        ("XXXX", f"500 unrecognized {TOKEN}", "500"),
        ("EHLO", f"334 {TOKEN}", "334"),
        ("EHLO", f"250 {TOKEN}", "250"),
        ("EHLO", "250 2.1.0 alice@contoso.example....Sender OK", "250 2.1.0"),
        ("XEXCH50", f"500 5.5.1 {TOKEN}", "500 5.5.1"),
        ("MAIL", "250 2.1.0 alice@contoso.example....Sender OK", "250 2.1.0"),
        ("RCPT", "550-no such user", "550-"),
        ("UNKNOWN", f"500 Command unrecognized: {TOKEN}", "500"),
        ("AUTH", TOKEN, ""),
    ],
)
def test_of_other_answers_the_codes_are_kept(verb: str, line: str, kept: str) -> None:
    assert told(verb, line) == kept

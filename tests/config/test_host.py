"""Where computers are found on the network."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaudit.config import SmtpServer
from adaudit.config.host import HOST_PATTERN, SMTP_PATTERN, parse_host
from adaudit.errors import ConfigError

LONGEST_LABEL = "a" * 63
LONGEST_NAME = f"{LONGEST_LABEL}.{LONGEST_LABEL}.{LONGEST_LABEL}.{'a' * 61}"
NO_HOSTS = (
    "", ".", ":", "ex01.", ".ex01", "a..b", "-ex01", "ex01-", "ex01 ", " ex01", "ex 01", "ex01\n",
    "ex\x0001", "ex01/", "//ex01", r"\\ex01", "smtp://ex01", "auditor@ex01", "auditor:hunter2@ex01",
    "münchen", "\u017f", "ex01:", "ex01:x", "ex01:+1", "ex01:123456", "ex01:٢٥", "[ex01]", "[::1",
    "::1]", "[::1]25", "[::1]:", "[1:2]", "1::2::3", "fe80::1%eth0", "[]", "a" * 64,
    f"{LONGEST_NAME}a",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "server", "shown"),
    [
        ("ex01", SmtpServer("ex01", 25), "ex01"),
        ("EX01.contoso.example:25", SmtpServer("EX01.contoso.example", 25), "EX01.contoso.example"),
        ("ex_01:2525", SmtpServer("ex_01", 2525), "ex_01:2525"),
        ("192.0.2.1:65535", SmtpServer("192.0.2.1", 65535), "192.0.2.1:65535"),
        ("[::1]", SmtpServer("::1", 25), "::1"),
        ("[2001:DB8::1]:2525", SmtpServer("2001:db8::1", 2525), "[2001:db8::1]:2525"),
        ("2001:db8::25", SmtpServer("2001:db8::25", 25), "2001:db8::25"),
        (LONGEST_NAME, SmtpServer(LONGEST_NAME, 25), LONGEST_NAME),
    ],
)
def test_a_mail_server_is_read_and_written(text: str, server: SmtpServer, shown: str) -> None:
    assert SmtpServer.parse(text) == server
    assert str(server) == shown
    assert SmtpServer.parse(shown) == server
    assert re.search(SMTP_PATTERN, text)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("EX01", "EX01"),
        ("192.0.2.1", "192.0.2.1"),
        ("[2001:DB8::1]", "2001:db8::1"),
        ("2001:db8:0::1", "2001:db8::1"),
        (LONGEST_LABEL, LONGEST_LABEL),
    ],
)
def test_a_host_is_read(text: str, host: str) -> None:
    assert parse_host(text) == host
    assert re.search(HOST_PATTERN, text)


@pytest.mark.parametrize("text", NO_HOSTS)
def test_what_names_no_host_is_refused(text: str) -> None:
    for parse in (parse_host, SmtpServer.parse):
        with pytest.raises(ConfigError):
            parse(text)


@pytest.mark.parametrize("text", NO_HOSTS)
def test_a_refusal_repeats_no_password(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        SmtpServer.parse(text)
    assert "hunter2" not in f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize("text", ["ex01:445", "[::1]:445", "192.0.2.1:445"])
def test_a_host_alone_has_no_port(text: str) -> None:
    with pytest.raises(ConfigError, match="a port has no meaning here"):
        parse_host(text)


@pytest.mark.parametrize("port", [-1, 0, 65536])
def test_a_port_that_tcp_does_not_have_is_refused(port: int) -> None:
    with pytest.raises(ConfigError, match="is not between 1 and 65535"):
        SmtpServer("ex01", port)


@given(st.text("a0-_.:[]@/ \n", max_size=20))
def test_the_schema_takes_every_host_that_is_read(text: str) -> None:
    for parse, pattern in ((parse_host, HOST_PATTERN), (SmtpServer.parse, SMTP_PATTERN)):
        try:
            parse(text)
        except ConfigError:
            continue
        assert re.search(pattern, text)

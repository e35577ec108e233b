"""Hosts in a target list, which takes less than a command line does, as its schema says."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from adaudit.config import LiveConfig
from adaudit.endpoint import ENDPOINT_PATTERN, HOST_PATTERN, Endpoint

LONGEST_NAME = ".".join(["a" * 63] * 3 + ["a" * 61])
NO_HOSTS = (
    "", ".", ":", "ex01.", ".ex01", "a..b", "-ex01", "ex01-", "ex01 ", " ex01", "ex 01", "ex01\n",
    "ex\x0001", "ex01/", "//ex01", r"\\ex01", "smtp://ex01", "auditor@ex01", "auditor:hunter2@ex01",
    "smtp://auditor:hunter2@ex01", "münchen", "\u017f", "ex01:", "ex01:x", "ex01:+1", "ex01:123456",
    "ex01:٢٥", "[ex01]", "[::1", "::1]", "[::1]25", "[::1]:", "[1:2]", "1::2::3", "fe80::1%eth0",
    "[fe80::1%eth0]", "[]", "a" * 64, f"{LONGEST_NAME}a",
)  # fmt: skip


def read(key: str, text: str) -> object:
    live = LiveConfig.model_validate({key: text})
    (host,) = live.smtp if key == "smtp" else live.registry
    return host


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("ex01", Endpoint("ex01", 25)),
        ("EX01.contoso.example:25", Endpoint("EX01.contoso.example", 25)),
        ("ex_01:2525", Endpoint("ex_01", 2525)),
        ("192.0.2.1:65535", Endpoint("192.0.2.1", 65535)),
        ("[::1]", Endpoint("::1", 25)),
        ("[2001:DB8::1]:2525", Endpoint("2001:db8::1", 2525)),
        ("2001:db8::25", Endpoint("2001:db8::25", 25)),
        (LONGEST_NAME, Endpoint(LONGEST_NAME, 25)),
    ],
)
def test_a_mail_server_is_read(text: str, server: Endpoint) -> None:
    assert read("smtp", text) == server
    assert re.search(ENDPOINT_PATTERN, text)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("EX01", "EX01"),
        ("192.0.2.1", "192.0.2.1"),
        ("[2001:DB8::1]", "2001:db8::1"),
        ("2001:db8:0::1", "2001:db8::1"),
    ],
)
def test_a_host_is_read(text: str, host: str) -> None:
    assert read("registry", text) == host
    assert re.search(HOST_PATTERN, text)


@pytest.mark.parametrize("key", ["smtp", "registry"])
@pytest.mark.parametrize("text", NO_HOSTS)
def test_what_names_no_host_is_refused_and_no_password_repeated(key: str, text: str) -> None:
    with pytest.raises(ValidationError) as caught:
        read(key, text)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("text", ["ex01:445", "[::1]:445", "192.0.2.1:445"])
def test_a_host_alone_has_no_port(text: str) -> None:
    with pytest.raises(ValidationError, match="a port has no meaning here"):
        read("registry", text)


@given(st.text("a0-_.:[]@/% \n", max_size=20))
def test_the_schema_takes_every_host_that_is_read(text: str) -> None:
    for key, pattern in (("registry", HOST_PATTERN), ("smtp", ENDPOINT_PATTERN)):
        try:
            read(key, text)
        except ValidationError:
            continue
        assert re.search(pattern, text)

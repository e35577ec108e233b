"""Hosts and ports as users write them."""

import pytest

from adaudit.errors import EvidenceError
from adaudit.evidence.endpoint import Endpoint, is_host_name, parse_endpoint


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("ex01", "ex01", 2525),
        ("ex01.contoso.example.", "ex01.contoso.example.", 2525),
        ("EX_01:25", "EX_01", 25),
        ("192.0.2.1:65535", "192.0.2.1", 65535),
        ("::1", "::1", 2525),
        ("2001:db8::25", "2001:db8::25", 2525),
        ("[::1]", "::1", 2525),
        ("[fe80::1%eth0]:25", "fe80::1%eth0", 25),
    ],
)
def test_host_and_port_are_read(text: str, host: str, port: int) -> None:
    assert parse_endpoint(text, 2525) == Endpoint(host, port)


@pytest.mark.parametrize(
    "text",
    [
        *["", ":25", "ex01:", "ex01:0", "ex01:65536", "ex01:+25", "ex01:1e3", "ex01:" + "9" * 5000],
        *["[::1", "::1]:25", "[ex01]x", "[]:25", "smtp://ex01", "ex01:25:25", "ex01:٢٥"],
        *["ex01\r\n", "ex 01", "ex01\x00", "\x1b[2Jex01", "exämple", "x" * 64, "a." * 127 + "a"],
        *["[fe80::1%\r\n]:25", "[fe80::1%a b]", "[fe80::1%é]"],
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(EvidenceError):
        parse_endpoint(text)


@pytest.mark.parametrize("text", ["ex01:25", "[::1]:25", "192.0.2.1:25"])
def test_an_endpoint_is_written_as_it_is_read(text: str) -> None:
    assert str(parse_endpoint(text, 1)) == text


@pytest.mark.parametrize("name", ["a" * 63, "_msdcs.contoso.example", "9front", "a--b", "A1"])
def test_names_of_windows_are_host_names(name: str) -> None:
    assert is_host_name(name)


@pytest.mark.parametrize("name", ["-a", "a-", ".", "a..b", "a,b", "a/b", "*", "a\n"])
def test_other_texts_are_no_host_names(name: str) -> None:
    assert not is_host_name(name)

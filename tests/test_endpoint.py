"""Hosts and ports as users write them."""

import pytest

from adaudit.endpoint import Endpoint, is_address, is_host_name, parse_endpoint, parse_host
from adaudit.errors import AddressError

LONGEST_NAME = ".".join(["a" * 63] * 3 + ["a" * 61])
NO_HOSTS = (
    "", ".", "..", ":", ".ex01", "a..b", "-ex01", "ex01-", "ex01 ", " ex01", "ex 01", "ex01\n",
    "ex01\r\n", "ex01\x00", "\x1b[2Jex01", "ex01/", "//ex01", r"\\ex01", "smtp://ex01",
    "auditor@ex01", "münchen", "\u017f", "x" * 64, f"{LONGEST_NAME}a", f"{LONGEST_NAME}.",
    "[ex01]", "[192.0.2.1]", "[]", "[::1", "::1]", "[1:2]", "1::2::3", "[[::1]]", "ex01%eth0",
    "192.0.2.1%eth0", "fe80::1%", "[fe80::1%\r\n]", "[fe80::1%a b]", "[fe80::1%é]",
)  # fmt: skip


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
        ("[2001:DB8:0::1]:25", "2001:db8::1", 25),
        ("fe80::1%eth0", "fe80::1%eth0", 2525),
        ("[fe80::1%eth0]:25", "fe80::1%eth0", 25),
        (LONGEST_NAME, LONGEST_NAME, 2525),
    ],
)
def test_host_and_port_are_read(text: str, host: str, port: int) -> None:
    assert parse_endpoint(text, 2525) == Endpoint(host, port)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("EX01", "EX01"),
        ("192.0.2.1", "192.0.2.1"),
        ("[2001:DB8::1]", "2001:db8::1"),
        ("2001:db8:0::1", "2001:db8::1"),
        ("a" * 63, "a" * 63),
    ],
)
def test_a_host_is_read(text: str, host: str) -> None:
    assert parse_host(text) == host


@pytest.mark.parametrize("text", NO_HOSTS)
def test_what_names_no_host_is_refused(text: str) -> None:
    for parse in (parse_host, lambda text: parse_endpoint(text, 25)):
        with pytest.raises(AddressError):
            parse(text)


@pytest.mark.parametrize("host", [*NO_HOSTS, "ex01:25", "[::1]"])
def test_an_endpoint_has_no_host_that_is_none(host: str) -> None:
    with pytest.raises(AddressError, match="is no host name and no IP address"):
        Endpoint(host, 25)


@pytest.mark.parametrize(
    "text",
    [
        *[":25", "ex01:", "ex01:x", "ex01:+25", "ex01:1e3", "ex01:-1", "ex01:٢٥", "ex01:25:25"],
        *["ex01:0", "ex01:65536", "ex01:123456", "ex01:" + "9" * 5000, "[ex01]x"],
        *["[::1]:", "[::1]25", "::1]:25", "[]:25", "[fe80::1%\r\n]:25"],
    ],
)
def test_what_names_no_port_is_refused(text: str) -> None:
    with pytest.raises(AddressError):
        parse_endpoint(text, 25)


@pytest.mark.parametrize("port", [-1, 0, 65536])
def test_a_port_that_tcp_does_not_have_is_refused(port: int) -> None:
    with pytest.raises(AddressError, match=f"port {port} is not between 1 and 65535"):
        Endpoint("ex01", port)


@pytest.mark.parametrize("text", ["ex01:445", "[::1]:445", "192.0.2.1:445"])
def test_a_host_alone_has_no_port(text: str) -> None:
    with pytest.raises(AddressError, match="a port has no meaning here"):
        parse_host(text)


@pytest.mark.parametrize("text", ["ex01:25", "[::1]:25", "192.0.2.1:25", "[fe80::1%eth0]:25"])
def test_an_endpoint_is_written_as_it_is_read(text: str) -> None:
    assert str(parse_endpoint(text, 1)) == text


@pytest.mark.parametrize("name", ["a" * 63, "_msdcs.contoso.example", "9front", "a--b", "A1", "a."])
def test_names_of_windows_are_host_names(name: str) -> None:
    assert is_host_name(name)


@pytest.mark.parametrize("name", ["-a", "a-", ".", "a..b", "a,b", "a/b", "*", "a\n"])
def test_other_texts_are_no_host_names(name: str) -> None:
    assert not is_host_name(name)


@pytest.mark.parametrize("text", ["192.0.2.1", "::1", "2001:DB8::1", "fe80::1%eth0", "::192.0.2.1"])
def test_addresses_are_told_from_names(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize("text", ["ex01", "192.0.2", "192.0.2.256", "1::2::3", "[::1]", "::1\n"])
def test_other_texts_are_no_addresses(text: str) -> None:
    assert not is_address(text)

"""Where a fleet may be, and what is asked of which servers."""

import pytest

from adaudit.config import (
    EvidenceConfig,
    LdapTarget,
    LdapUrl,
    LiveConfig,
    SnapshotTarget,
)
from adaudit.endpoint import Endpoint
from adaudit.errors import ConfigError
from adaudit.fleet.address import FleetAddress
from adaudit.fleet.servers import servers_of


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("dask://127.0.0.1", "tcp://127.0.0.1:8786"),
        ("dask://127.8.9.10:1", "tcp://127.8.9.10:1"),
        ("dask://localhost:8787", "tcp://localhost:8787"),
        ("dask://[::1]:8786", "tcp://[::1]:8786"),
        ("tls://10.0.0.1", "tls://10.0.0.1:8786"),
        ("tls://dask.contoso.example:443", "tls://dask.contoso.example:443"),
    ],
)
def test_an_address_is_one_of_the_library(text: str, url: str) -> None:
    assert FleetAddress.parse(text).url == url


@pytest.mark.parametrize(
    "host",
    [
        "10.0.0.1",
        "0.0.0.0",  # noqa: S104 - refused
        "128.0.0.1",
        "dask.contoso.example",
        "localhost.contoso.example",
        "[2001:db8::1]",
        "[::]",
        "127.0.0.1.contoso.example",
    ],
)
def test_plain_tcp_to_another_computer_is_refused(host: str) -> None:
    with pytest.raises(ConfigError, match="leaves this computer unprotected") as refused:
        FleetAddress.parse(f"dask://{host}:8786")

    assert "tls://" in str(refused.value.hint)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "dask",
        "dask:",
        "tcp://127.0.0.1",
        "DASK://127.0.0.1",
        "dask://",
        "tls://a b",
        "tls://a:0",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="is no address of a fleet"):
        FleetAddress.parse(text)


def test_the_servers_of_a_target_are_its_controllers_and_those_asked_live() -> None:
    live = LiveConfig(smtp=(Endpoint("ex01", 2525),), registry=("EX02",), event_logs=("EX03",))
    target = LdapTarget(
        name="a",
        ldap=(LdapUrl("ldap", "DC1", 389), LdapUrl("ldap", "dc2", 3268)),
        evidence=EvidenceConfig(live=live),
    )
    assert servers_of(target) == {"dc1", "dc2", "ex01", "ex02", "ex03"}


def test_a_target_of_files_has_no_servers_but_those_asked_live() -> None:
    target = SnapshotTarget.model_construct(name="a", evidence=None)
    live = EvidenceConfig(live=LiveConfig(smtp=(Endpoint("ex01", 25),)))

    assert servers_of(target) == frozenset()
    assert servers_of(target.model_copy(update={"evidence": live})) == {"ex01"}

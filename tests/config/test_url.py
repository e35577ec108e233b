"""Addresses of domain controllers."""

import pytest

from adaudit.config import LdapUrl
from adaudit.errors import AddressError, ConfigError


@pytest.mark.parametrize(
    ("text", "url", "shown"),
    [
        ("ldap://dc1", LdapUrl("ldap", "dc1", 389), "ldap://dc1"),
        ("ldaps://dc1", LdapUrl("ldaps", "dc1", 636), "ldaps://dc1"),
        ("LDAPS://DC1.x:636", LdapUrl("ldaps", "DC1.x", 636), "ldaps://DC1.x"),
        ("ldap://dc1:3268", LdapUrl("ldap", "dc1", 3268), "ldap://dc1:3268"),
        ("ldap://127.0.0.1:1389", LdapUrl("ldap", "127.0.0.1", 1389), "ldap://127.0.0.1:1389"),
        ("gc://dc1", LdapUrl("gc", "dc1", 3268), "gc://dc1"),
        ("GCS://dc1", LdapUrl("gcs", "dc1", 3269), "gcs://dc1"),
        ("gc://dc1:13268", LdapUrl("gc", "dc1", 13268), "gc://dc1:13268"),
        ("ldap://[::1]", LdapUrl("ldap", "::1", 389), "ldap://[::1]"),
        ("ldaps://[2001:DB8::1]:3269", LdapUrl("ldaps", "2001:db8::1", 3269),
         "ldaps://[2001:db8::1]:3269"),
    ],
)  # fmt: skip
def test_a_url_is_read_and_written(text: str, url: LdapUrl, shown: str) -> None:
    assert LdapUrl.parse(text) == url
    assert str(url) == shown


@pytest.mark.parametrize(
    ("text", "uses_tls", "is_catalog"),
    [
        ("ldap://dc1", False, False),
        ("ldaps://dc1", True, False),
        ("gc://dc1", False, True),
        ("gcs://dc1:4000", True, True),
        ("ldap://dc1:3268", False, True),
        ("ldaps://dc1:3269", True, True),
    ],
)
def test_a_url_says_what_answers_there_and_how(
    text: str, *, uses_tls: bool, is_catalog: bool
) -> None:
    url = LdapUrl.parse(text)
    assert (url.uses_tls, url.is_catalog) == (uses_tls, is_catalog)


@pytest.mark.parametrize(
    "text",
    ["", "dc1", "ldapi://x", "ldap://", "ldap://dc1/", "ldap://dc1?x", "ldap://dc1#x", "ldap://:389",
     "ldap://dc1:", "ldap://dc1:+1", "ldap://dc1:123456", "ldap://dc1:0", "ldap://dc1:65536",
     "ldap://::1", "ldap://[dc1]", "ldap://[1:2]", "ldap://dc1\n", " ldap://dc1", "ldap://münchen",
     "ldap://dc1:٣٨٩", "ldap://dc1 ", "ldap://a..", "ldap://a..b", "ldap://u:p@dc1",
     "ldap\u017f://dc1", "ldap://\u212adc1"],
)  # fmt: skip
def test_what_names_no_domain_controller_is_refused(text: str) -> None:
    with pytest.raises((AddressError, ConfigError)):
        LdapUrl.parse(text)

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
        ("ldap://[::1]", LdapUrl("ldap", "::1", 389), "ldap://[::1]"),
        ("ldaps://[2001:DB8::1]:3269", LdapUrl("ldaps", "2001:db8::1", 3269),
         "ldaps://[2001:db8::1]:3269"),
    ],
)  # fmt: skip
def test_a_url_is_read_and_written(text: str, url: LdapUrl, shown: str) -> None:
    assert LdapUrl.parse(text) == url
    assert str(url) == shown


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

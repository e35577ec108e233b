"""From a target of the list to the source that it names."""

import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import run

import pytest

from adaudit.collect.binding import SimpleIdentity
from adaudit.collect.collector import open_source
from adaudit.collect.ldap import LdapSource
from adaudit.collect.sealing import Identity
from adaudit.collect.source import Source
from adaudit.config import LdapTarget, LdifTarget, load
from adaudit.errors import CollectError, ConfigError

PASSWORD = "not-to-be-seen"
Opening = Callable[[str], Source]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opening:
    """Open the one target of a list, written as YAML; `ask` answers with the question."""
    monkeypatch.setenv("CONTOSO_PASSWORD", PASSWORD)
    (tmp_path / "contoso.ldif").touch()

    def opening(target: str) -> Source:
        file = tmp_path / "targets.yaml"
        text = f"version: 1\ntargets:\n  - {{name: contoso, {target}}}\n"
        file.write_text(text, encoding="utf-8")
        found = load(file).targets[0]
        assert isinstance(found, LdifTarget | LdapTarget)
        return open_source(found, str.upper)

    return opening


def identity(source: Source) -> SimpleIdentity | Identity:
    assert isinstance(source, LdapSource)
    return source._access.identity


def test_files_are_read_from_the_folder_of_the_list(opened: Opening) -> None:
    assert opened("ldif: contoso.ldif").description == "LDIF contoso.ldif"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("starttls: false", Identity("kerberos")),
        (
            "auth: {ccache: /tmp/tickets}",
            Identity("kerberos", ccache="FILE:/tmp/tickets"),
        ),
        (
            "auth: {method: kerberos, user: a@CONTOSO.EXAMPLE, password: {env: CONTOSO_PASSWORD}}",
            Identity("kerberos", "a@CONTOSO.EXAMPLE", PASSWORD),
        ),
        (
            "auth: {method: ntlm, user: 'CONTOSO\\a', password: {prompt: true}}",
            Identity("ntlm", "CONTOSO\\a", "PASSWORD OF CONTOSO\\A"),
        ),
        (
            "auth: {method: ntlm, user: 'CONTOSO\\a', nt_hash: {env: CONTOSO_PASSWORD}}",
            Identity("ntlm", "CONTOSO\\a", nt_hash=PASSWORD),
        ),
        (
            "starttls: true, auth: {method: simple, user: a, password: {env: CONTOSO_PASSWORD}}",
            SimpleIdentity("a", PASSWORD),
        ),
        (
            "auth: {method: anonymous}",
            SimpleIdentity(),
        ),
    ],
)
def test_who_reads_is_what_the_target_says(
    opened: Opening, settings: str, expected: SimpleIdentity | Identity
) -> None:
    assert identity(opened(f"ldap: ldap://dc1.contoso.example, {settings}")) == expected


def test_the_settings_of_the_connection_are_those_of_the_target(opened: Opening) -> None:
    source = opened(
        "ldap: [ldap://a.example, ldap://b.example], starttls: true, tls: {verify: false}, "
        "timeout: 7, page_size: 11, auth: {method: anonymous}"
    )
    assert isinstance(source, LdapSource)
    access = source._access
    assert (access.starttls, access.verify) == (True, False)
    assert (access.timeout, access.page_size) == (7, 11)
    assert len(source.warnings) == 2


@pytest.mark.parametrize(
    ("settings", "everything", "with_sacls"),
    [
        ("scope: exchange", False, False),
        ("scope: all", True, False),
        ("scope: all, sacl: true", True, True),
    ],
)
def test_how_much_is_read_is_what_the_target_says(
    opened: Opening, settings: str, *, everything: bool, with_sacls: bool
) -> None:
    source = opened(f"ldap: ldap://a.example, {settings}")
    assert isinstance(source, LdapSource)
    assert (source.everything, source._with_sacls) == (everything, with_sacls)


def test_kerberos_inside_tls_is_refused_with_advice(opened: Opening) -> None:
    with pytest.raises((CollectError, ConfigError), match="inside TLS"):
        opened("ldap: ldaps://dc1.contoso.example, auth: {method: kerberos}")


def test_a_password_that_is_not_there_is_one_clear_error(opened: Opening) -> None:
    with pytest.raises(ConfigError, match="`NOT_SET` is not set"):
        opened("ldap: ldaps://a.example, auth: {method: simple, user: a, password: {env: NOT_SET}}")


def test_files_are_read_without_loading_what_speaks_ldap() -> None:
    code = "import adaudit.collect.collector, sys; print({'ldap3', 'spnego'} & set(sys.modules))"
    done = run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "set()"

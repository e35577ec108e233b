"""What is asked beforehand is what the readers ask."""

from collections.abc import Iterator

import pytest

from adaudit.collect.collector import open_source
from adaudit.config import (
    AnonymousAuth,
    AuthConfig,
    EvidenceConfig,
    KerberosAuth,
    LdapTarget,
    LdapUrl,
    LiveConfig,
    NtlmAuth,
    Secret,
    SimpleAuth,
)
from adaudit.evidence.live import live_readers
from adaudit.fleet.asking import ask_all, questions_of

ENV, PROMPT = Secret(env="ADAUDIT_TEST_NOT_ASKED"), Secret(prompt=True)
AUTHS = {
    "nobody": AnonymousAuth(method="anonymous"),
    "current user": KerberosAuth(),
    "Kerberos": KerberosAuth(user="a@X.EXAMPLE", password=PROMPT),
    "NTLM": NtlmAuth(method="ntlm", user="X\\a", password=PROMPT),
    "hash": NtlmAuth(method="ntlm", user="X\\a", nt_hash=PROMPT),
    "elsewhere": NtlmAuth(method="ntlm", user="X\\a", nt_hash=ENV),
    "simple": SimpleAuth(method="simple", user="CN=a,DC=x,DC=example", password=PROMPT),
}


def target(auth: AuthConfig, live: NtlmAuth | None = None) -> LdapTarget:
    scheme = "ldaps" if isinstance(auth, SimpleAuth) else "ldap"
    evidence = EvidenceConfig(live=LiveConfig(registry=("ex01",), auth=live)) if live else None
    url = LdapUrl("ldaps" if scheme == "ldaps" else "ldap", "dc1", 636)
    return LdapTarget(name="x", ldap=(url,), auth=auth, evidence=evidence)


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the secret that is not asked be there."""
    monkeypatch.setenv("ADAUDIT_TEST_NOT_ASKED", "f" * 32)


@pytest.mark.parametrize("auth", AUTHS.values(), ids=AUTHS)
def test_what_is_asked_for_a_directory_is_known_beforehand(auth: AuthConfig) -> None:
    asked: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        return "f" * 32

    open_source(target(auth), ask)
    assert questions_of(target(auth)) == tuple(asked)


@pytest.mark.parametrize("name", ["NTLM", "hash", "elsewhere"])
def test_what_is_asked_for_live_evidence_is_known_beforehand(name: str) -> None:
    auth = AUTHS[name]
    assert isinstance(auth, NtlmAuth)
    asked: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        return "f" * 32

    chosen = target(AnonymousAuth(method="anonymous"), auth)
    assert chosen.evidence
    assert chosen.evidence.live
    assert list(live_readers(chosen.evidence.live, (), ask))
    assert questions_of(chosen) == tuple(asked)


def test_a_secret_that_two_readers_of_a_target_want_is_asked_once() -> None:
    auth = NtlmAuth(method="ntlm", user="X\\a", password=PROMPT)
    replies: Iterator[str] = iter(["hunter2"])
    answers = ask_all([target(auth, auth)], lambda _: next(replies))

    assert answers["x"]("password of X\\a") == "hunter2"


def test_nobody_answers_where_there_is_nobody_to_ask() -> None:
    assert ask_all([target(AUTHS["NTLM"])], None) == {}

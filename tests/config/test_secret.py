"""Where secrets come from, and that they go nowhere else."""

import os
import pickle
from pathlib import Path

import pytest
from pydantic import ValidationError

from adaudit.config import Secret, SimpleAuth
from adaudit.config.auth import METHODS
from adaudit.config.faults import SECRET_KEYS
from adaudit.errors import ConfigError

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX file modes")


def refusal(secret: Secret, what: str = "password") -> str:
    with pytest.raises(ConfigError) as caught:
        secret.resolve(None, what)
    return caught.value.message


def secret_file(folder: Path, data: bytes, mode: int = 0o600) -> Secret:
    path = folder / "secret"
    path.write_bytes(data)
    path.chmod(mode)
    return Secret(file=path)


def test_a_variable_gives_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADAUDIT_SECRET", " hunter2\n")
    assert Secret(env="ADAUDIT_SECRET").resolve(None) == " hunter2\n"


def test_a_variable_that_is_not_set_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ADAUDIT_SECRET", raising=False)
    told = refusal(Secret(env="ADAUDIT_SECRET"), "NT hash")
    assert told == "no NT hash: the environment variable `ADAUDIT_SECRET` is not set"


def test_an_empty_secret_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ADAUDIT_SECRET", "")
    assert refusal(Secret(env="ADAUDIT_SECRET")) == "the password is empty"
    assert refusal(secret_file(tmp_path, b"\n")) == "the password is empty"
    with pytest.raises(ConfigError, match="the password is empty"):
        Secret(prompt=True).resolve(lambda _: "")


@posix
def test_a_variable_that_is_no_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADAUDIT_SECRET", os.fsdecode(b"caf\xe9"))
    assert refusal(Secret(env="ADAUDIT_SECRET")) == "the password is not UTF-8"


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"hunter2", "hunter2"),
        (b"hunter2\n", "hunter2"),
        (b"hunter2\r\n", "hunter2"),
        (b"hunter2\n\n", "hunter2\n"),
        (b" hunter2 ", " hunter2 "),
        ("\ufeffjelsz\u00f3".encode(), "jelszó"),
    ],
)
def test_a_file_gives_its_text_without_the_last_newline(
    tmp_path: Path, data: bytes, value: str
) -> None:
    assert secret_file(tmp_path, data).resolve(None) == value


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o644, 0o777])
def test_a_file_that_others_can_use_is_refused(tmp_path: Path, mode: int) -> None:
    secret = secret_file(tmp_path, b"hunter2", mode)
    with pytest.raises(ConfigError) as caught:
        secret.resolve(None)
    path = tmp_path / "secret"
    assert caught.value.message == (
        f"no password: others than its owner can read or change `{path}`"
    )
    assert caught.value.hint == f"chmod 600 {path}"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "missing"
    told = refusal(Secret(file=path))
    assert told == f"no password: cannot read `{path}`: No such file or directory"


def test_a_file_that_is_no_text_or_no_password_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    assert refusal(secret_file(tmp_path, b"caf\xe9")) == f"no password: `{path}` is not UTF-8"
    large = refusal(secret_file(tmp_path, b"x" * 65537))
    assert large == f"no password: `{path}` is larger than 64 KiB"


def test_the_terminal_is_asked_for_what_is_wanted() -> None:
    asked: list[str] = []

    def ask(what: str) -> str:
        asked.append(what)
        return "hunter2"

    assert Secret(prompt=True).resolve(ask, "password of auditor") == "hunter2"
    assert asked == ["password of auditor"]


def test_without_a_terminal_there_is_nobody_to_ask() -> None:
    assert refusal(Secret(prompt=True)) == "cannot ask for the password: there is no terminal"


def test_other_sources_do_not_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADAUDIT_SECRET", "hunter2")
    assert Secret(env="ADAUDIT_SECRET").resolve(lambda _: "asked") == "hunter2"


def test_a_secret_shows_nothing() -> None:
    secret = Secret(env="HUNTER2")
    shown = (
        f"{secret} {secret!r} {[secret]} {SimpleAuth(method='simple', user='x', password=secret)}"
    )
    assert "HUNTER2" not in shown
    assert str(secret) == repr(secret) == "***"


def test_a_resolved_value_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADAUDIT_SECRET", "hunter2")
    secret = Secret(env="ADAUDIT_SECRET")
    secret.resolve(None)
    assert b"hunter2" not in pickle.dumps(secret)


@pytest.mark.parametrize(
    "value", ["hunter2", ["hunter2"], {"env": "hunter2!"}, {"prompt": "hunter2"}]
)
def test_no_validation_error_repeats_a_literal(value: object) -> None:
    with pytest.raises(ValidationError) as caught:
        Secret.model_validate(value)
    assert "hunter2" not in str(caught.value)


def test_every_key_with_a_secret_is_known_as_one() -> None:
    keys = {
        key
        for model in METHODS.values()
        for key, field in model.model_fields.items()
        if "Secret" in str(field.annotation)
    }
    assert keys == SECRET_KEYS

"""Where a password comes from. The value itself is fetched late and is kept nowhere here."""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Self

from pydantic import model_validator

from adaudit.config.faults import printable, quoted
from adaudit.config.scalars import LaterFile, VariableName, Yes
from adaudit.config.strict import StrictModel, fault
from adaudit.errors import ConfigError

_LARGEST = 1 << 16
_SOURCES = "`{env: NAME}`, `{file: PATH}` or `{prompt: true}`"


class Secret(StrictModel, json_schema_extra={"minProperties": 1, "maxProperties": 1}):
    """The source of a secret: an environment variable, a file or a question on the terminal."""

    env: VariableName | None = None
    """Name of the environment variable that holds the secret"""
    file: LaterFile | None = None
    """File that holds the secret and that only its owner can read; one final newline is cut"""
    prompt: Yes | None = None
    """Ask on the terminal"""

    def resolve(self, ask: Callable[[str], str] | None, what: str = "password") -> str:
        """
        Fetch the secret.

        `ask` puts a question on the terminal without echo, None if there is no terminal; `what`
        names the secret in the question and in errors. Raises ConfigError if it cannot be had, or
        is empty: a simple bind without a password succeeds as nobody. [RFC 4513] 5.1.2
        """
        if self.env is not None:
            value = _from_environment(self.env, what)
        elif self.file is not None:
            value = _from_file(self.file, what)
        elif ask is not None:
            value = ask(what)
        else:
            raise ConfigError(
                f"cannot ask for the {what}: there is no terminal",
                "take it from `{env: NAME}` or `{file: PATH}`",
            )
        return _usable(value, what)

    @model_validator(mode="before")
    @classmethod
    def _no_literal(cls, value: object) -> object:
        if isinstance(value, str):
            raise fault(f"a secret is not written here: use {_SOURCES}")
        return value

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if [self.env, self.file, self.prompt].count(None) != 2:
            raise fault(f"a secret has one source: {_SOURCES}")
        return self

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__


def _usable(value: str, what: str) -> str:
    if not value:
        raise ConfigError(f"the {what} is empty")
    try:
        value.encode()
    except UnicodeEncodeError:  # the environment hands over bytes that are no text as surrogates
        raise ConfigError(f"the {what} is not UTF-8") from None
    return value


def _from_environment(name: str, what: str) -> str:
    value = os.environ.get(name)
    if value is None:
        raise ConfigError(f"no {what}: the environment variable `{name}` is not set")
    return value


def _from_file(path: Path, what: str) -> str:
    try:
        with path.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            data = stream.read(_LARGEST + 1)
    except OSError as error:
        raise ConfigError(
            f"no {what}: cannot read {quoted(str(path))}: {error.strerror}"
        ) from error
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(
            f"no {what}: others than its owner can read or change {quoted(str(path))}",
            f"chmod 600 {printable(str(path))}",
        )
    if len(data) > _LARGEST:
        raise ConfigError(f"no {what}: {quoted(str(path))} is larger than {_LARGEST >> 10} KiB")
    return _without_newline(data, path, what)


def _without_newline(data: bytes, path: Path, what: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(f"no {what}: {quoted(str(path))} is not UTF-8") from None
    return text.removesuffix("\n").removesuffix("\r")

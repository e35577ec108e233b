"""The form of observations in a file: JSON in which the fields of each record stand by name."""

import base64
import json
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias, TypeVar

from adaudit.directory.observations import (
    LogEvent,
    Observation,
    RegistryValue,
    ResolvedName,
    SmtpProbe,
    SmtpSession,
)

Plain: TypeAlias = Mapping[str, "Plain"] | Sequence["Plain"] | str | int | bool | None
KINDS: dict[str, type[Observation]] = {
    "event": LogEvent,
    "session": SmtpSession,
    "probe": SmtpProbe,
    "registry": RegistryValue,
    "name": ResolvedName,
}
"""Records by the name that a file gives them"""
KIND_OF = {kind: name for name, kind in KINDS.items()}
_Value = TypeVar("_Value")


def dump(value: object) -> str:
    """Write a record or source as JSON."""
    return json.dumps(to_plain(value), separators=(",", ":"))


def load(kind: type[_Value], text: str) -> _Value:
    """Read what `dump` wrote of a value of that type; `ValueError` where it is something else."""
    return from_plain(kind, json.loads(text))


def to_plain(value: object) -> Plain:
    """Turn a record into what JSON can hold: bytes as base64, times in ISO 8601."""
    if is_dataclass(value):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return value.isoformat()
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"no form for {type(value).__name__}")


def from_plain(kind: type[_Value], plain: object) -> _Value:
    """Turn what JSON held into a value of that type; `ValueError` where it does not fit."""
    try:
        return typing.cast("_Value", _read(kind, plain))
    except (KeyError, TypeError) as error:
        raise ValueError(f"not in the form of {kind.__name__}: {error}") from error


def _read(kind: object, plain: object) -> object:
    """Read a value by its declared type, the few that records have."""
    origin, choices = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return _read_one_of(choices, plain)
    if origin is tuple:
        return tuple(_read(choices[0], item) for item in _of(list, plain))
    if not isinstance(kind, type):
        raise TypeError(f"no form for {kind}")
    if is_dataclass(kind):
        return _read_fields(kind, _of(dict, plain))
    if issubclass(kind, StrEnum):
        return kind(_of(str, plain))
    return _SCALARS[kind](plain) if kind in _SCALARS else _of(kind, plain)


def _read_fields(kind: type, plain: Mapping[str, object]) -> object:
    types_of = _types_of(kind)
    unknown = plain.keys() - types_of.keys()
    if unknown:
        raise ValueError(f"unknown fields: {', '.join(sorted(unknown))}")
    return kind(**{name: _read(types_of[name], value) for name, value in plain.items()})


def _read_one_of(choices: tuple[object, ...], plain: object) -> object:
    if plain is None:
        if types.NoneType in choices:
            return None
        raise ValueError("a value is missing")
    for choice in choices:
        if choice is types.NoneType:
            continue
        try:
            return _read(choice, plain)
        except (TypeError, ValueError):
            continue
    raise ValueError(f"`{plain}` fits none of its types")


@lru_cache(maxsize=32)
def _types_of(kind: type) -> dict[str, object]:
    return typing.get_type_hints(kind)


def _bytes(plain: object) -> bytes:
    return base64.b64decode(_of(str, plain), validate=True)


def _time(plain: object) -> datetime:
    return datetime.fromisoformat(_of(str, plain))


def _of(kind: type[_Value], plain: object) -> _Value:
    if not isinstance(plain, kind) or (kind is int and isinstance(plain, bool)):
        raise TypeError(f"`{plain}` is no {kind.__name__}")
    return plain


_SCALARS: Mapping[type, Callable[[object], object]] = {datetime: _time, bytes: _bytes}

"""The form of observations in a file: JSON in which the fields of each record stand by name."""

import base64
import contextlib
import json
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache, partial
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
_Read: TypeAlias = Callable[[object], object]


def dump(value: object) -> str:
    """Write a record or source as JSON."""
    return json.dumps(to_plain(value), separators=(",", ":"))


def load(kind: type[_Value], text: str) -> _Value:
    """Read what `dump` wrote of a value of that type; `ValueError` where it is something else."""
    return from_plain(kind, json.loads(text))


def to_plain(value: object) -> Plain:
    """Turn a record into what JSON can hold: bytes as base64, times in ISO 8601."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    if is_dataclass(value):
        own_type: type = type(value)
        return {name: to_plain(getattr(value, name)) for name in _names_of(own_type)}
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"no form for {type(value).__name__}")


def from_plain(kind: type[_Value], plain: object) -> _Value:
    """Turn what JSON held into a value of that type; `ValueError` where it does not fit."""
    wanted: type = kind
    try:
        return typing.cast("_Value", _reader(wanted)(plain))
    except (KeyError, TypeError) as error:
        raise ValueError(f"not in the form of {kind.__name__}: {error}") from error


@lru_cache(maxsize=64)
def _names_of(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


@lru_cache(maxsize=64)
def _reader(kind: object) -> _Read:
    """What reads a value of a declared type, one of the few that records have."""
    origin, choices = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return _reader_of_one(choices)
    if origin is tuple:
        read_item = _reader(choices[0])
        return lambda plain: tuple(map(read_item, _of(list, plain)))
    if not isinstance(kind, type):
        raise TypeError(f"no form for {kind}")
    if is_dataclass(kind):
        return _reader_of_fields(kind)
    if issubclass(kind, StrEnum):
        return lambda plain: kind(_of(str, plain))
    return _SCALARS.get(kind, partial(_of, kind))


def _reader_of_fields(kind: type) -> _Read:
    readers = {name: _reader(found) for name, found in typing.get_type_hints(kind).items()}

    def read(plain: object) -> object:
        values = _of(dict, plain)
        unknown = values.keys() - readers.keys()
        if unknown:
            raise ValueError(f"unknown fields: {', '.join(sorted(unknown))}")
        return kind(**{name: readers[name](value) for name, value in values.items()})

    return read


def _reader_of_one(choices: tuple[object, ...]) -> _Read:
    takes_none = types.NoneType in choices
    readers = [_reader(choice) for choice in choices if choice is not types.NoneType]

    def read(plain: object) -> object:
        if plain is None and takes_none:
            return None
        for each in readers:
            with contextlib.suppress(TypeError, ValueError):
                return each(plain)
        raise ValueError(f"`{plain}` fits none of its types")

    return read


def _bytes(plain: object) -> bytes:
    return base64.b64decode(_of(str, plain), validate=True)


def _time(plain: object) -> datetime:
    return datetime.fromisoformat(_of(str, plain))


def _of(kind: type[_Value], plain: object) -> _Value:
    if not isinstance(plain, kind) or (kind is int and isinstance(plain, bool)):
        raise TypeError(f"`{plain}` is no {kind.__name__}")
    return plain


_SCALARS: Mapping[type, _Read] = {datetime: _time, bytes: _bytes}

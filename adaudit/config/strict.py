"""The base of every mapping in a target list, and how its rules between keys report a breach."""

from collections.abc import Hashable, Iterable, Iterator
from typing import TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from adaudit.config.faults import KeyPath

Conflict: TypeAlias = tuple[KeyPath, str]
"""The key that is at odds with others, below the mapping itself, and what is wrong with it"""
_Model = TypeVar("_Model", bound="StrictModel")


class StrictModel(BaseModel):
    """A mapping whose keys are all known; it cannot be changed, and errors repeat no input."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def fault(text: str) -> PydanticCustomError:
    """Make the error that pydantic reports in these very words."""
    return PydanticCustomError("adaudit", "{text}", {"text": text})


def without(conflicts: Iterable[Conflict], model: _Model) -> _Model:
    """Return `model` if nothing is at odds in it, else raise all conflicts at their keys."""
    details = [InitErrorDetails(type=fault(text), loc=key, input=None) for key, text in conflicts]
    if details:
        title = type(model).__name__
        raise ValidationError.from_exception_data(title, details, hide_input=True)
    return model


def repeated(values: Iterable[Hashable]) -> Iterator[tuple[int, int]]:
    """Yield the position of each value that was there before, and where; None is no value."""
    first: dict[Hashable, int] = {}
    for position, value in enumerate(values):
        if value is not None and first.setdefault(value, position) != position:
            yield position, first[value]

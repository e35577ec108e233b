"""What an operation takes, in words."""

from collections.abc import Iterator

from adaudit.access.doing import Asked, Place
from adaudit.access.operation import AllOf, AnyOf, IsHead, Need
from adaudit.directory.schema import Schema


def needs_in_words(need: Need, place: Place) -> str:
    """The checks of an operation on an object: `Delete on the object, or delete:user on …`."""
    return _words(need, place, is_inner=False)


def check_in_words(asked: Asked) -> str:
    """One of its checks: `delete:user on its parent`."""
    return f"{asked.name} on {asked.on}"


def _words(need: Need, place: Place, *, is_inner: bool) -> str:
    if isinstance(need, IsHead):
        return "nothing, as it is the head of a naming context"
    if not isinstance(need, AllOf | AnyOf):
        return check_in_words(place.asked(need))
    told = [each for each in need.needs if place.is_head or not isinstance(each, IsHead)]
    parts = [_words(each, place, is_inner=len(told) > 1) for each in told]
    words = (" and " if isinstance(need, AllOf) else " or ").join(parts)
    return f"({words})" if is_inner and len(parts) > 1 else words


def schema_notes(schema: Schema, right: str | None = None) -> Iterator[str]:
    """What must be said where the schema is not the forest's own, and the question hangs on it."""
    if schema.is_built_in and (right is None or ":" in right):
        yield (
            "the snapshot does not hold the whole schema: what Microsoft publishes stands in, and "
            "what was added to the forest (LAPS) is known by its GUID alone"
        )

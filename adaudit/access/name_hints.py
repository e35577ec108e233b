"""What somebody may have meant by a name that means nothing."""

from collections.abc import Iterable
from difflib import get_close_matches

_SHOWN = 3


def folded(name: str) -> str:
    """A name without what people write it with or without: case, hyphens, spaces."""
    return name.lower().replace("-", "").replace("_", "").replace(" ", "")


def closest(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """The names that are most like `name`, the most like first; none if none is."""
    by_folded = {folded(each): each for each in known}
    found = get_close_matches(folded(name), by_folded, _SHOWN, cutoff=0.7)
    return tuple(by_folded[each] for each in found)


def meant(name: str, known: Iterable[str], prefix: str = "") -> str | None:
    """A hint with the closest names, None where none is close."""
    found = closest(name, known)
    return f"closest: {', '.join(f'`{prefix}{each}`' for each in found)}" if found else None

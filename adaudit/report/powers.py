"""What is held, in words: `write every property but member`."""

from collections.abc import Iterator, Sequence

from adaudit.access.leaves import Kind
from adaudit.access.permission_names import EVERY
from adaudit.findings.rights_of import Held

_ALL = {
    Kind.CREATE: "create children of every class",
    Kind.DELETE: "delete children of every class",
    Kind.READ: "read every property",
    Kind.CONFIDENTIAL: "read every confidential property",
    Kind.WRITE: "write every property",
    Kind.VALIDATED: "every validated write",
    Kind.EXTENDED: "every extended right",
}
_SOME = {
    Kind.WHOLE: "",
    Kind.CREATE: "create ",
    Kind.DELETE: "delete children ",
    Kind.READ: "read ",
    Kind.CONFIDENTIAL: "read confidential ",
    Kind.WRITE: "write ",
    Kind.VALIDATED: "",
    Kind.EXTENDED: "",
}


def in_words(held: Sequence[Held]) -> tuple[str, ...]:
    """All that is held by one thing, a kind in each phrase."""
    return tuple(_phrases(held))


def _phrases(held: Sequence[Held]) -> Iterator[str]:
    for kind in Kind:
        of_kind = [each for each in held if each.kind == kind]
        for each in of_kind:
            if each.what == EVERY:
                yield _ALL[kind] + _but(each)
        named = [f"{each.what}{_but(each)}" for each in of_kind if each.what != EVERY]
        if named:
            yield _SOME[kind] + ", ".join(named)


def _but(held: Held) -> str:
    return f" but {', '.join(held.but)}" if held.but else ""

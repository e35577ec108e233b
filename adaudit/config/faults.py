"""One fault in a target list: where it stands, at which key, and what is wrong."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeAlias

from adaudit.errors import ConfigError

KeyPath: TypeAlias = tuple[str | int, ...]
"""The keys and list positions that lead to a value, from the top of the file."""

SECRET_KEYS = frozenset({"password", "nt_hash"})
"""The keys below which nothing that the user wrote is repeated."""

_LONGEST_QUOTE = 120
_LONGEST_GUESS = 40


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a text; line and column count from 1, columns in characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong at one place; `key` is empty for a fault of the file as a whole."""

    place: Place
    key: str
    text: str

    def format(self, file: str) -> str:
        """Write `file:line:column: key path: what is wrong`."""
        where = f"{file}:{self.place.line}:{self.place.column}"
        return ": ".join(part for part in (where, self.key, self.text) if part)


def refusal(file: str, faults: Iterable[Fault]) -> ConfigError:
    """Make the one error that lists `faults` in the order of the file, each once."""
    name = printable(file)
    return ConfigError("\n".join(fault.format(name) for fault in sorted(set(faults))))


def key_text(path: KeyPath) -> str:
    """Write `targets[0].auth.method`; what stands below a secret is left out."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{printable(shortened(step))}"
        if step in SECRET_KEYS:
            break
    return text.removeprefix(".")


def quoted(text: str) -> str:
    """Put the user's text in backticks: one line, shortened, nothing invisible in it."""
    return f"`{printable(shortened(text))}`"


def shortened(text: str) -> str:
    """Cut a text to what a message can carry."""
    return text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1] + "…"


def printable(text: str) -> str:
    """Escape line breaks, control and direction characters, and leave every script as it is."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def holds(char: str) -> str:
    r"""Say that a value holds a control character, as `"CONTOSO\admin"` with its `\a` does."""
    code = f"holds the character U+{ord(char):04X}"
    return f"{code}: in double quotes `\\` begins an escape, single quotes take it as it is"


def guess(word: str, known: Iterable[str]) -> str | None:
    """Find the known word that was probably meant."""
    if len(word) > _LONGEST_GUESS:
        return None
    return next(iter(get_close_matches(word.lower(), list(known), n=1)), None)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Write the guess as the end of a message, or nothing."""
    meant = guess(word, known)
    return f" (did you mean `{meant}`?)" if meant else ""

"""
Make text from a directory inert: what it holds is seen, and does nothing.

Names are hostile: an escape sequence repaints a terminal (CWE-150), a bidirectional control turns
a name round, a line break forges a line of the report, and a character without width makes two
groups look like one.
"""

import re
import unicodedata
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_DataclassT = TypeVar("_DataclassT", bound="DataclassInstance")

_BLANK_LETTERS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
_VARIATIONS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_UNSEEN = re.compile(f"[{_BLANK_LETTERS}{_VARIATIONS}]")
"""Letters and marks that show nothing of their own, so that names differ without looking so"""

_IDEOGRAPHIC_SPACE = "\u3000"
_NON_JOINER, _JOINER = "\u200c", "\u200d"
_VIRAMA = 9
"""Canonical combining class of the sign that joins Indic consonants"""

_JOINS_NEXT = re.compile(
    "[\u0620\u0626\u0628\u062a-\u062e\u0633-\u063f\u0641-\u0647\u0649\u064a\u066e\u066f"
    "\u0678-\u0687\u069a-\u06bf\u06c1\u06c2\u06cc\u06ce\u06d0\u06d1\u06fa-\u06fc\u06ff]"
)
"""Arabic letters that join the letter after them (Joining_Type D)"""


def is_hidden(character: str) -> bool:
    """
    Whether a character is not seen as itself: it steers, has no width, or has no meaning.

    That is every control, format, separator, surrogate, private and unassigned character, every
    space but the plain and the ideographic one, and the letters and marks that show nothing.
    """
    if character == _IDEOGRAPHIC_SPACE:
        return False
    return not character.isprintable() or _UNSEEN.match(character) is not None


def is_plain(value: str) -> bool:
    """Whether every character is seen as itself; quick, and False for an ideographic space too."""
    return value.isprintable() and _UNSEEN.search(value) is None


def safe_text(value: str) -> str:
    r"""
    The text with every hidden character as a visible escape: `\x1b`, `\u202e`, `\U000e0041`.

    All else comes out as it is, the backslash too: names are `CONTOSO\EX01$`. The joiners U+200C
    and U+200D stay where they shape what is read (Persian and Indic names), by the rules of
    RFC 5892 A.1 and A.2, and are escaped everywhere else.
    """
    if is_plain(value):
        return value
    return "".join(
        escape(character) if is_hidden(character) and not _shapes(value, index) else character
        for index, character in enumerate(value)
    )


def escape(character: str) -> str:
    r"""One character as Python writes it: `\x1b`, `\u202e` or `\U000e0041`."""
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _shapes(value: str, index: int) -> bool:
    """Whether a joiner stands between two letters whose form depends on it."""
    if value[index] not in (_NON_JOINER, _JOINER) or not 0 < index < len(value) - 1:
        return False
    before, after = value[index - 1], value[index + 1]
    if unicodedata.category(after) != "Lo" or _UNSEEN.match(after):
        return False
    if unicodedata.combining(before) == _VIRAMA:
        return True
    is_arabic = unicodedata.bidirectional(after) == "AL"
    return value[index] == _NON_JOINER and is_arabic and _JOINS_NEXT.match(before) is not None


def inert(value: _DataclassT) -> _DataclassT:
    """A report, or any value in it, with every text made safe, so that no form can forget one."""
    return _inert_fields(value, {})


_Made = dict[int, tuple[object, object]]
"""Values by their identity, each with what was made of it: large reports share many"""


def _inert_fields(value: _DataclassT, made: _Made) -> _DataclassT:
    names = [field.name for field in fields(value)]
    return replace(value, **{name: _inert(getattr(value, name), made) for name in names})


def _inert(value: object, made: _Made) -> object:
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return safe_text(value)
    if id(value) in made:
        return made[id(value)][1]
    new: object
    if isinstance(value, tuple):
        new = tuple([_inert(item, made) for item in value])
    elif is_dataclass(value) and not isinstance(value, type):
        new = _inert_fields(value, made)
    else:
        return value
    made[id(value)] = value, new
    return new


def columns(text: str) -> int:
    """How many columns of a terminal the text takes; East Asian wide characters take two."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1

"""Lay text out in lines: what does not fit goes to the next line, and nothing is cut off."""

import re
from collections.abc import Callable, Iterable

from adaudit.report.text import columns

WIDTH = 100
"""Columns to keep to; one DN or SDDL text may be longer and then has a line of its own"""

SHOWN = 6
"""How many like things are listed before the rest is only counted"""

LABEL = 11
"""Columns of a label"""

_RDN = r"(?:CN|OU|DC)=(?:[^,=\\]|\\.)+"
_DN = re.compile(rf"(?:{_RDN},)+DC=[^\s,;:()]+")
_SPACE = "\0"
"""A space in a DN while words are told apart"""


def flow(pieces: Iterable[str], first: str = "", gap: str = "   ") -> list[str]:
    """
    The pieces one after another, broken only between them.

    `first` opens the first line; the lines after it are indented by as much. An opening of more
    than half the width has a line of its own.
    """
    lines: list[str] = []
    line, is_empty, indent = first, True, " " * columns(first)
    if columns(first) > WIDTH // 2:
        lines, line, indent = [first.rstrip(" ")], "   ", "   "
    for piece in pieces:
        longer = line + piece if is_empty else line + gap + piece
        if is_empty or columns(longer) <= WIDTH:
            line = longer
        else:
            lines.append(line.rstrip(" "))
            line = indent + piece
        is_empty = False
    return [*lines, line.rstrip(" ")]


def wrap(text: str, first: str = "") -> list[str]:
    """One text, broken between its words, a DN being one."""
    words = _DN.sub(lambda dn: dn[0].replace(" ", _SPACE), text).split(" ")
    return flow((word.replace(_SPACE, " ") for word in words), first, " ")


def labelled(label: str, *pieces: str) -> list[str]:
    """Pieces behind a label, as everything about one finding stands."""
    return flow(pieces, opening(label))


def labelled_text(label: str, text: str) -> list[str]:
    """One text behind a label, broken between its words."""
    return wrap(text, opening(label))


def labelled_entry(label: str, words: str, sddl: str) -> list[str]:
    """An entry in words behind a label, broken if need be, and as SDDL, which never is."""
    both = labelled(label, words, sddl)
    return both if len(both) == 1 else [*labelled_text(label, words), *labelled("", sddl)]


def listed(
    label: str,
    items: Iterable[str],
    lay: Callable[[str, str], list[str]] = labelled,
    *,
    whole: str = "csv and json forms",
) -> list[str]:
    """
    One item after another behind a label; beyond `SHOWN` the rest is counted, and said to be.

    `lay` puts one behind a label: `labelled` keeps it whole, `labelled_text` breaks it. `whole` are
    the forms that have each of them.
    """
    given = list(dict.fromkeys(items))
    shown = given
    if len(given) > SHOWN:
        more = len(given) - SHOWN + 1
        shown = [*given[:-more], f"and {more} more, each of them in the {whole}"]
    labels = [label, *[""] * len(shown)]
    return [line for name, item in zip(labels, shown, strict=False) for line in lay(name, item)]


def relative(dn: str, base: str) -> str:
    """A DN below another one as `CN=1,CN=SMTP,…`, where `…` is the other; else the DN itself."""
    return f"{dn.removesuffix(base)}…" if dn.endswith(f",{base}") else dn


def opening(label: str) -> str:
    """What stands before a line about a finding: its label, or as much blank."""
    return f"   {label:<{LABEL}} "

"""
Documented entries, owners and blocked inheritance by place, as tables.

A row has five columns: the kind of partition; the place in it, from the object up to the head and
without it (`.` is the head, `**` any object, `*` any text in one relative name); the class (`*` is
any); what stands there by default; where that is documented. What stands there is an entry in
SDDL, an owner (`O:SY`), or `D:P` for a DACL that takes nothing from its parent.

Two things are added to SDDL. A trustee in braces is looked up: `{DnsAdmins}`, and `{computer
above}` for the account of the computer that the object lies below, or of the Exchange server that
it belongs to; an owner `{computer}` is any computer account. In the place of a GUID the name may
stand that the schema has for it; a forest that lacks the name has no such entry.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from adaudit.directory.dn import Dn

TABLES = ("system", "products")
"""Of new domains as the system sets them up, and of what other products add"""
_ANY_PLACE = "**"
_HEAD = "."


@dataclass(frozen=True, slots=True)
class Row:
    """What stands by default on the objects of one place."""

    partition: str
    place: tuple[re.Pattern[str], ...] | None
    """The relative names from below the head down, None for any place"""
    object_class: str
    what: str
    source: str
    table: str

    @property
    def is_for_any_name(self) -> bool:
        """Whether it is for all that lies under one parent."""
        return self.place is None or (bool(self.place) and self.place[-1].pattern.endswith("=.*"))

    def is_under(self, relative: str) -> bool:
        """Whether it is for objects, of whatever name, under that path below the head."""
        if self.place is None:
            return True
        return bool(self.place) and _fits(self.place[:-1], relative)

    def is_at(self, relative: str) -> bool:
        """Whether it is for the object of that path below the head."""
        return self.place is None or _fits(self.place, relative)

    def is_for_class(self, name: str) -> bool:
        """Whether it is for objects of a class, in lower case."""
        return self.object_class in {"*", name}


def _fits(place: Sequence[re.Pattern[str]], relative: str) -> bool:
    names = relative.split(",") if relative else []
    return len(names) == len(place) and all(
        pattern.fullmatch(name) for pattern, name in zip(place, names, strict=True)
    )


@cache
def rows() -> tuple[Row, ...]:
    """All rows of all tables."""
    return tuple(row for table in TABLES for row in _read(table))


def _read(table: str) -> Iterator[Row]:
    text = (files("adaudit.review.defaults") / f"{table}.tsv").read_text(encoding="utf-8")
    for each in csv.DictReader(text.splitlines(), delimiter="\t"):
        place, name = _place(each["place"]), each["class"].lower()
        yield Row(each["partition"], place, name, each["what"], each["source"], table)


def _place(text: str) -> tuple[re.Pattern[str], ...] | None:
    if text == _ANY_PLACE:
        return None
    if text == _HEAD:
        return ()
    return tuple(map(_pattern, Dn(text).path.split(",")))


def _pattern(rdn: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, rdn.split("*"))), re.DOTALL)

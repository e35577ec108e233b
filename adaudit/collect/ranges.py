"""Values that come in parts: `member;range=0-1499`. [MS-ADTS] 3.1.1.3.1.3.3"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from adaudit.collect.entries import FoundObject
from adaudit.collect.plan import DESCRIPTOR, Wanted
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry, Gap

_RANGE = re.compile(r"range=(\d+)-(\d+|\*)")


@dataclass(frozen=True, slots=True)
class ValueRange:
    """A part of the values of an attribute; `last` is None for the part that holds the end."""

    attribute: str
    first: int
    last: int | None


@dataclass(slots=True)
class Ranges:
    """The parts of all attributes that came in parts, to see whether the last one is there."""

    _parts: dict[tuple[Dn, str], list[ValueRange]] = field(default_factory=dict)

    def note(self, dn: Dn, part: ValueRange) -> None:
        """Take up that a part was read."""
        self._parts.setdefault((dn, part.attribute), []).append(part)

    def gaps(self) -> Iterator[Gap]:
        """A gap for each attribute of which a part is missing."""
        for (dn, attribute), parts in self._parts.items():
            missing = _first_missing(parts)
            if missing is not None:
                reason = (
                    f"`{attribute}` is incomplete: its values from number {missing} on are missing"
                )
                yield Gap(str(dn), reason)


def _first_missing(parts: Sequence[ValueRange]) -> int | None:
    """The number of the first value that no part covers, None when all are there."""
    due = 0
    for part in sorted(parts, key=lambda part: part.first):
        if part.first > due:
            return due
        if part.last is None:
            return None
        due = max(due, part.last + 1)
    return due


def sift(
    dn: Dn, attributes: Mapping[str, Sequence[bytes]], want: Wanted
) -> tuple[Entry, list[ValueRange]]:
    """
    Make an entry of what the plan wants, and name the parts among its values.

    Names of `attributes` are in lower case; their options are taken off.
    """
    kept: dict[str, tuple[bytes, ...]] = {}
    in_parts: dict[str, list[bytes]] = {}
    parts: list[ValueRange] = []
    descriptor = None
    for description, values in attributes.items():
        name, _, options = description.partition(";")
        if name == DESCRIPTOR and want.descriptor and values and values[0]:
            descriptor = values[0]
        elif name in want.attributes:
            part = _range(name, options) if options else None
            if part:
                parts.append(part)
                in_parts.setdefault(name, []).extend(values)
            elif values:
                kept[name] = (*kept.get(name, ()), *values)
    kept |= {name: tuple(values) for name, values in in_parts.items() if values}
    return Entry(dn, kept, descriptor), parts


def entry_of(found: FoundObject, want: Wanted) -> tuple[Entry, list[ValueRange]]:
    """
    Do as `sift` does with what is decoded already, whose attributes become those of the entry.

    Raises `DirectoryError` when its name is none.
    """
    dn, attributes = Dn(found.dn), found.attributes
    descriptor = attributes.pop(DESCRIPTOR, ())
    if attributes.keys() <= want.attributes and all(attributes.values()):
        return Entry(dn, attributes, (descriptor[0] if descriptor else b"") or None), []
    return sift(dn, {**attributes, DESCRIPTOR: descriptor}, want)


def _range(name: str, options: str) -> ValueRange | None:
    match = _RANGE.search(options)
    if match is None:
        return None
    first, last = match.groups()
    if last == "*":
        return ValueRange(name, int(first), None)
    return ValueRange(name, int(first), max(int(first), int(last)))

"""
Which column of an exported event log holds what: by a header, by a usual order, or by its content.

A header is understood in the languages that `event_fields` knows. In any other, the columns are
found by rows of Exchange: its event sources have one name in all languages.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from adaudit.evidence.event_logs.export_fields import Field, field_named
from adaudit.evidence.event_logs.export_times import is_date, is_time
from adaudit.evidence.event_logs.exported_event import parse_event_id
from adaudit.evidence.event_logs.relevant import RELEVANT_IDS, is_relevant

Row: TypeAlias = Sequence[str]

_SAMPLE = 1000
"""Rows of Exchange that are looked at"""
_MOST_COLUMNS = 64
_NEEDED = {Field.ID, Field.PROVIDER}
_TIMES = {Field.DATE, Field.BOTH}
_EVENT_VIEWER = {
    Field.DATE: 0,
    Field.TIME: 1,
    Field.PROVIDER: 2,
    Field.ID: 5,
    Field.COMPUTER: 7,
    Field.MESSAGE: 8,
}
"""Date, time, source, type, category, event, user, computer, description: Windows 2000 and 2003"""
_DUMPEL = {**_EVENT_VIEWER, Field.PROVIDER: 5, Field.ID: 4}
"""Date, time, type, category, event, source, user, computer, strings"""


@dataclass(frozen=True, slots=True)
class Columns:
    """The column of each field, from 0."""

    places: Mapping[Field, int]
    has_header: bool

    def text(self, row: Row, kind: Field) -> str:
        """What a row holds of a field; empty where it does not."""
        place = self.places.get(kind)
        return row[place] if place is not None and place < len(row) else ""

    def when(self, row: Row) -> str:
        """Date and time of a row, in one text."""
        both = self.text(row, Field.BOTH)
        return both or f"{self.text(row, Field.DATE)} {self.text(row, Field.TIME)}".strip()


def find_columns(rows: Iterable[Row]) -> Columns | None:
    """Find the columns of a table; None where it has no columns of event sources and ids."""
    remaining = iter(rows)
    first = next(remaining, ())[:_MOST_COLUMNS]
    has_header = not any(map(is_date, first))
    if not has_header and (usual := _usual_order(first)):
        return Columns(usual, has_header=False)
    named = _by_name(first) if has_header else {}
    if not (named.keys() >= _NEEDED and named.keys() & _TIMES):
        sample = [
            *_rows_of_exchange([] if has_header else [first]),
            *_rows_of_exchange(remaining),
        ]
        named = {**_by_content(sample), **named}
        last = max(map(len, sample), default=1) - 1
        named.setdefault(Field.MESSAGE, min(last, len(first)) if has_header else last)
    named.setdefault(Field.MESSAGE, len(first))  # to which Event Viewer gives no name
    return Columns(named, has_header) if named.keys() >= _NEEDED else None


def _usual_order(row: Row) -> Mapping[Field, int] | None:
    if len(row) < 8 or not (is_date(row[0]) and is_time(row[1])):
        return None
    if all(parse_event_id(cell) >= 0 for cell in row[2:5]):
        return _DUMPEL
    return _EVENT_VIEWER if parse_event_id(row[5]) >= 0 else None


def _by_name(header: Row) -> dict[Field, int]:
    """The columns whose names are known, the first of each kind."""
    return {kind: at for at, name in reversed([*enumerate(header)]) if (kind := field_named(name))}


def _rows_of_exchange(rows: Iterable[Row]) -> list[Row]:
    return list(islice((row for row in rows if _provider_place(row) is not None), _SAMPLE))


def _provider_place(row: Row) -> int | None:
    cells = row[:_MOST_COLUMNS]
    return next(
        (at for at, cell in enumerate(cells) if cell.strip().casefold() in RELEVANT_IDS), None
    )


def _by_content(rows: Sequence[Row]) -> dict[Field, int]:
    """The columns in which the rows of Exchange have their source, id, date and time."""
    provider = _provider_place(rows[0]) if rows else None
    if provider is None:
        return {}
    found = {Field.PROVIDER: provider}
    width = min(_MOST_COLUMNS, *map(len, rows), len(rows[0]))
    columns = {at: [row[at] for row in rows] for at in range(width)}
    ids = [at for at, cells in columns.items() if all(parse_event_id(cell) >= 0 for cell in cells)]
    if ids:
        found[Field.ID] = max(ids, key=lambda at: _count_relevant(rows, provider, at))
    for kind, is_such in ((Field.DATE, is_date), (Field.TIME, is_time)):
        places = [at for at, cells in columns.items() if all(map(is_such, cells))]
        if places:
            found[kind] = places[0]
    return found


def _count_relevant(rows: Sequence[Row], provider: int, at: int) -> int:
    return sum(is_relevant(row[provider].strip(), parse_event_id(row[at])) for row in rows)

"""Event logs that were exported as a table: CSV with commas or semicolons, or text with tabs."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from adaudit.evidence.event_logs.export_columns import Columns, Row, find_columns
from adaudit.evidence.event_logs.export_fields import Field
from adaudit.evidence.event_logs.export_message import LONGEST_MESSAGE, split_strings
from adaudit.evidence.event_logs.export_times import is_date
from adaudit.evidence.event_logs.exported_event import (
    Damage,
    ExportedEvent,
    parse_event_id,
    parse_number,
)

_DELIMITERS = "\t,;"


@dataclass(slots=True)
class Table:
    """The events of a table; `damage` says after reading where rows could not be read."""

    text: str
    delimiter: str
    columns: Columns
    damage: Damage = field(default_factory=Damage)

    def __iter__(self) -> Iterator[ExportedEvent]:
        """Give the events; a row without an id goes on with the message of the one before."""
        self.damage = Damage()
        event: ExportedEvent | None = None
        rows = _rows(self.text, self.delimiter, self.damage)
        for number, row in enumerate(rows, 0 if self.columns.has_header else 1):
            if number == 0:
                continue
            if parse_event_id(self.columns.text(row, Field.ID)) >= 0:
                if event is not None:
                    yield event
                event = self._event(row, number)
            elif is_date(self.columns.when(row)):
                self.damage.add(f"row {number} has no event id")
            elif event is not None and len(event.message) < LONGEST_MESSAGE:
                event.message += "\n" + self.delimiter.join(row)
        if event is not None:
            yield event
        if self.text.count('"') % 2 and not self.text.endswith("\n"):
            self.damage.add("it ends inside a quoted text")

    def _event(self, row: Row, number: int) -> ExportedEvent:
        text = self.columns.text
        event_id = parse_event_id(text(row, Field.ID))
        return ExportedEvent(
            parse_number(text(row, Field.NUMBER), number),
            self.columns.when(row),
            text(row, Field.PROVIDER).strip(),
            event_id,
            text(row, Field.COMPUTER).strip(),
            self._message(row),
            split_strings(event_id, text(row, Field.STRINGS), "|"),
        )

    def _message(self, row: Row) -> str:
        """The message, put together again where it holds delimiters and was not quoted."""
        places = self.columns.places
        place = places.get(Field.MESSAGE, len(row))
        end = len(row) if place == max(places.values()) else place + 1
        return self.delimiter.join(row[place:end])


def read_table(text: str) -> Table | None:
    """Read a table of events; None where the text is none."""
    for delimiter in _DELIMITERS:
        columns = find_columns(_rows(text, delimiter, Damage()))
        if columns is not None:
            return Table(text, delimiter, columns)
    return None


def _rows(text: str, delimiter: str, damage: Damage) -> Iterator[Row]:
    """Give the rows that are not empty."""
    lines = io.StringIO(text, newline="")
    wanted = (line for line in lines if not line.startswith("#TYPE "))  # of PowerShell
    reader = csv.reader(wanted, delimiter=delimiter)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            damage.add(f"line {reader.line_num}: {error}")
            continue
        if any(row):
            yield row

r"""Tables for spreadsheets: rows end in `\r\n`, and every cell is inert."""

import csv
import io
from collections.abc import Iterable, Mapping

from adaudit.report.csv import cell
from adaudit.report.text import safe_text


def sheet(columns: Iterable[str], rows: Iterable[Mapping[str, str]]) -> str:
    """The rows as CSV (RFC 4180), a header row first; a column without a cell is empty."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(columns), restval="", lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({column: cell(safe_text(text)) for column, text in row.items()})
    return buffer.getvalue()

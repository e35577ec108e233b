r"""Tables for spreadsheets: rows end in `\r\n`, and every cell is inert."""

import csv
import io
from collections.abc import Iterable, Mapping
from functools import lru_cache

from adaudit.report.csv import cell
from adaudit.report.text import safe_text


def sheet(columns: Iterable[str], rows: Iterable[Mapping[str, str]]) -> str:
    """The rows as CSV (RFC 4180), a header row first; a column without a cell is empty."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    names = list(columns)
    writer.writerow(names)
    writer.writerows([_inert(row.get(name, "")) for name in names] for row in rows)
    return buffer.getvalue()


@lru_cache(maxsize=1 << 12)
def _inert(text: str) -> str:
    """Most cells of a long table are those of other rows too."""
    return cell(safe_text(text))

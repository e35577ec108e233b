r"""
The report for a spreadsheet: one row for each group, pair and object, and for all that is missing.

Rows end in `\r\n`. Every text is inert, so no cell holds a line break or a tab. A cell that
a spreadsheet would take for a formula begins with `'`, and so does one that begins with `'`
itself: whoever takes one leading `'` off every cell has the text again (CWE-1236).

Every target has a row of kind `target`, so that a file without findings still says what was
looked at and whether that was all. See `COLUMNS`.

A finding that breaks more than 1,000 pairs has no row for each of them, but one for each of its
first 100 objects, with the first senders and how many there are beside; the JSON report has all.
"""

import csv
import io
from collections.abc import Iterator

from adaudit.findings import Report
from adaudit.report.csv_rows import Row, target_rows
from adaudit.report.text import inert

COLUMNS = {
    "kind": "`target`, `finding`, `gap` (not read), `unknown` (not decided), `error`, `warning`",
    "target": "name of the target",
    "state": "of a target: `complete`, `incomplete`, `failed`; of a pair: `allowed`, `denied`, ...",
    "severity": "`high`, `medium`, `low`, `info`",
    "check": "id of the check",
    "finding": "id of the finding, as waivers name it",
    "subject": "what the row is about: who gets in by an entry, an account, an object, a file",
    "subject_dn": "its DN",
    "subject_sid": "its SID",
    "group": "the offending group",
    "group_dn": "its DN",
    "group_sid": "its SID",
    "role": "`entry`: its entry decides; `nesting`: it leads to the group whose entry decides",
    "right": "the right that the pair needs",
    "sender": "server that sends",
    "receiver": "server that receives",
    "affects": "what is affected where it is no pair: an object by its DN",
    "object": "DN of the object on which the entry decides",
    "position": "index of the entry in the stored DACL of that object, from 0",
    "entry": "the entry in words",
    "sddl": "the entry in SDDL",
    "set_on": "DN of the object where the entry was set",
    "origin": "from `object` up to `set_on`, link by link",
    "origin_note": "why the origin is not one plain explicit entry",
    "path": "membership path from the sender, or an account that gets in, to the trustee",
    "overrules": "later entries that would have decided otherwise",
    "message": "what is wrong, or why it is not known",
    "remedy": "ways to mend it, each enough alone",
    "look": "a command that shows the whole reason",
}
"""The columns in their order; new ones come at the end"""

_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\0", "'")
"""What makes a cell a formula; the full-width signs do so in East Asian versions of Excel"""


def render(report: Report) -> str:
    """The report as CSV (RFC 4180), a header row first."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for row in _rows(inert(report)):
        writer.writerow({column: cell(text) for column, text in row.items()})
    return buffer.getvalue()


def _rows(report: Report) -> Iterator[Row]:
    for target in report.targets:
        for row in target_rows(target):
            yield {"target": target.name, **row}
    for warning in report.warnings:
        yield {"kind": "warning", "message": warning}


def cell(text: str) -> str:
    """A text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text

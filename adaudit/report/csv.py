r"""
The report for a spreadsheet: one row for each group, pair and object, and for all that is missing.

Rows end in `\r\n`. Every text is inert, so no cell holds a line break or a tab. A cell that
a spreadsheet would take for a formula begins with `'`, and so does one that begins with `'`
itself: whoever takes one leading `'` off every cell has the text again (CWE-1236).

Every target has a row of kind `target`, so that a file without findings still says what was
looked at and whether that was all. See `COLUMNS`.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from adaudit.findings import Evidence, Finding, PairState, Party, Report, TargetReport
from adaudit.report.offenders import (
    DENIED_CHECK,
    Role,
    affected,
    all_affected,
    nested_in,
    pairs_by_name,
)
from adaudit.report.text import inert

COLUMNS = {
    "kind": "`target`, `finding`, `gap` (not read), `unknown` (not decided), `error`, `warning`",
    "target": "name of the target",
    "state": "of a target: `complete`, `incomplete`, `failed`; of a pair: `allowed`, `denied`, ...",
    "severity": "`high`, `medium`, `low`, `info`",
    "check": "id of the check",
    "finding": "id of the finding, as waivers name it",
    "subject": "what the row is about: a group, an account, an object, a file",
    "group": "the offending group",
    "group_dn": "its DN",
    "group_sid": "its SID",
    "role": "`entry`: its entry decides; `nesting`: it leads to the group whose entry decides",
    "right": "the right that the pair needs",
    "sender": "server that sends",
    "receiver": "server that receives",
    "affects": "what is broken when it is no pair",
    "object": "DN of the object on which the entry decides",
    "position": "index of the entry in the stored DACL of that object, from 0",
    "entry": "the entry in words",
    "sddl": "the entry in SDDL",
    "set_on": "DN of the object where the entry was set",
    "origin": "from `object` up to `set_on`, link by link",
    "origin_note": "why the origin is not one plain explicit entry",
    "path": "membership path from the sender to the trustee",
    "overrules": "later entries that would have decided otherwise",
    "message": "what is wrong, or why it is not known",
    "remedy": "ways to mend it, each enough alone",
    "look": "a command that shows the whole reason",
}
"""The columns in their order; new ones come at the end"""

_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\0", "'")

Row = dict[str, str]
"""Cells by column; a column without a cell is empty"""


def render(report: Report) -> str:
    """The report as CSV (RFC 4180), a header row first."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for target in inert(report).targets:
        for row in _target_rows(target):
            named = {"target": target.name, **row}
            writer.writerow({column: _cell(text) for column, text in named.items()})
    return buffer.getvalue()


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _target_rows(target: TargetReport) -> Iterator[Row]:
    yield _target_row(target)
    if target.error is not None:
        yield {"kind": "error", "subject": target.source, "message": target.error}
    for finding in target.findings:
        yield from _finding_rows(finding, target)
    yield from _missing_rows(target)
    for warning in target.warnings:
        yield {"kind": "warning", "message": warning}


def _target_row(target: TargetReport) -> Row:
    state = "complete" if target.is_complete else "incomplete"
    return {
        "kind": "target",
        "state": state if target.error is None else "failed",
        "subject": target.source,
        "message": ", ".join(target.facts),
    }


def _missing_rows(target: TargetReport) -> Iterator[Row]:
    for gap in target.gaps:
        yield {"kind": "gap", "subject": gap.subject, "message": gap.reason}
    for result in target.results:
        missing = {"kind": "unknown", "check": result.check}
        for gap in result.unknown:
            yield {**missing, "subject": gap.subject, "message": gap.reason}
    yield from _unknown_pair_rows(target)


def _unknown_pair_rows(target: TargetReport) -> Iterator[Row]:
    for pair in target.matrix.pairs if target.matrix else ():
        for judgement in pair.judgements:
            if judgement.state is PairState.UNKNOWN:
                yield {
                    "kind": "unknown",
                    "subject": judgement.account,
                    "object": judgement.object,
                    "message": judgement.reason,
                    **_pair_cells(str(pair), target),
                    "state": judgement.state,
                }


def _finding_rows(finding: Finding, target: TargetReport) -> Iterator[Row]:
    """A row for each thing that an entry breaks; then for what is broken by no entry."""
    told: set[str] = set()
    for evidence in finding.evidence:
        cells = {**_finding_cells(finding), **_evidence_cells(evidence)}
        groups = _group_cells(finding, nested_in(finding, evidence))
        names = affected(finding, evidence)
        told.update(names)
        yield from _crossed(cells, groups, names, target)
    rest = [name for name in all_affected(finding) if name not in told]
    if rest or not finding.evidence:
        groups = _group_cells(finding, () if finding.evidence else finding.through)
        yield from _crossed(_finding_cells(finding), groups, rest, target)


def _crossed(
    cells: Row, groups: list[Row], names: Sequence[str], target: TargetReport
) -> Iterator[Row]:
    for name in names or [""]:
        pair = _pair_cells(name, target)
        for group in groups:
            yield {**cells, **group, **pair}


def _group_cells(finding: Finding, nested: Iterable[Party]) -> list[Row]:
    """The group whose entry decides and those that lead to it; one blank where none is to blame."""
    if finding.check != DENIED_CHECK:
        return [{}]
    roles = [(finding.subject, Role.ENTRY), *((party, Role.NESTING) for party in nested)]
    return [
        {
            "group": party.name,
            "group_dn": party.dn or "",
            "group_sid": party.sid or "",
            "role": role,
        }
        for party, role in roles
    ]


def _pair_cells(name: str, target: TargetReport) -> Row:
    pair = pairs_by_name(target.matrix).get(name)
    if pair is None or target.matrix is None:
        return {"affects": name}
    return {
        "state": pair.state,
        "right": target.matrix.right,
        "sender": pair.sender,
        "receiver": pair.receiver,
    }


def _finding_cells(finding: Finding) -> Row:
    return {
        "kind": "finding",
        "severity": str(finding.severity),
        "check": finding.check,
        "finding": finding.id,
        "subject": finding.subject.name,
        "message": finding.message,
        "remedy": " | ".join(finding.remedy),
        "look": finding.look or "",
    }


def _evidence_cells(evidence: Evidence) -> Row:
    return {
        "object": evidence.object,
        "position": str(evidence.position),
        "entry": evidence.readable,
        "sddl": evidence.sddl,
        "set_on": evidence.set_on,
        "origin": " | ".join(f"{place.dn} (entry {place.position})" for place in evidence.origin),
        "origin_note": evidence.origin_note or "",
        "path": " → ".join(evidence.path),
        "overrules": " | ".join(evidence.overrules),
    }

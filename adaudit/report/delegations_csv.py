r"""
What was set by hand, for a spreadsheet: a row for each delegation, and for all that is missing.

Rows and cells are as in the report of findings: they end in `\r\n`, every text is inert, and what a
spreadsheet would take for a formula begins with `'`. See `COLUMNS`.
"""

from collections.abc import Iterator

from adaudit.report.delegation_lines import DelegationLine, DelegationReport
from adaudit.report.sheet import sheet

COLUMNS = {
    "kind": "`allow`, `deny`, `other entry`, `owner`, `blocked inheritance`; `source`, `gap`",
    "place": "DN of the object, or of the parent where it was set alike on several; of a gap what",
    "objects": "on how many objects it was set",
    "example": "DN of the first of them",
    "class": "their class",
    "trustee": "whom it is for",
    "trustee_dn": "its DN",
    "trustee_sid": "its SID",
    "standing": "`known`, or what is known of a SID that nobody has",
    "standing_note": "why",
    "readable": "it in words; of a gap the reason",
    "sddl": "the entry in SDDL",
    "position": "index of the entry in the stored DACL of the example, from 0",
    "reach": "how many objects below have it in effect, or that owner; empty where not known",
    "copies": "of an entry on AdminSDHolder: how many protected objects have it",
    "idle": "`overruled` or `repeated`: why it decides nothing on the object itself",
    "earlier": "the entries that decide in its place",
}
"""The columns in their order; new ones come at the end"""

_Row = dict[str, str]


def render(report: DelegationReport) -> str:
    """The report as CSV (RFC 4180), a header row first."""
    return sheet(COLUMNS, _rows(report))


def _rows(report: DelegationReport) -> Iterator[_Row]:
    state = "complete" if report.is_complete else "incomplete"
    yield {"kind": "source", "place": report.source, "readable": state}
    yield from map(_row, report.lines)
    for gap in report.gaps:
        yield {"kind": "gap", "place": gap.subject, "readable": gap.reason}


def _row(line: DelegationLine) -> _Row:
    trustee = line.trustee
    idle = "overruled" if line.is_overruled else "repeated"
    return {
        "kind": line.kind,
        "place": line.place,
        "objects": str(line.objects),
        "example": line.example,
        "class": line.object_class,
        "trustee": trustee.name if trustee else "",
        "trustee_dn": (trustee.dn or "") if trustee else "",
        "trustee_sid": (trustee.sid or "") if trustee else "",
        "standing": line.standing,
        "standing_note": line.standing_note,
        "readable": line.readable,
        "sddl": line.sddl or "",
        "position": "" if line.position is None else str(line.position),
        "reach": "" if line.reach is None else str(line.reach),
        "copies": str(line.copies),
        "idle": idle if line.earlier else "",
        "earlier": "; ".join(f"{each.readable} (entry {each.position})" for each in line.earlier),
    }

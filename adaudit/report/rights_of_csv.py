"""All that one subject holds, for a spreadsheet: a row for each object and what decides on it."""

from collections.abc import Iterator, Mapping

from adaudit.findings.rights_of import RightsOf, Source, Spread
from adaudit.report.csv_rows import Row
from adaudit.report.powers import in_words
from adaudit.report.sheet import sheet

COLUMNS: Mapping[str, str] = {
    "kind": "`holds`, `may hold` (it is not known), `operation`, `not judged`, `note`",
    "subject": "who",
    "subject_sid": "its SID",
    "object": "DN of the object",
    "held": "what is held by one thing, or the operation",
    "full_control": "`yes` if all that is held on the object is everything",
    "decision": "of an operation: `allowed`, `denied`, `undecided`",
    "reason": "the entry that decides, in words; or why nothing can be said",
    "position": "index of the entry in the stored DACL of the first object that is alike, from 0",
    "sddl": "the entry there in SDDL",
    "trustee": "whom the entry is for",
    "trustee_sid": "its SID",
    "first": "DN of the first object that is alike",
    "set_on": "DN of the object where the entry was set that decides there",
    "origin_note": "why the origin is not one plain explicit entry",
    "path": "membership path from the subject to the trustee",
    "checked_by": "the server whose local groups count",
}
"""The columns in their order; new ones come at the end"""


def render(found: RightsOf) -> str:
    """The answer as CSV (RFC 4180), a header row first; it is inert like the report's."""
    return sheet(COLUMNS, _rows(found))


def _rows(found: RightsOf) -> Iterator[Row]:
    about = {"subject": found.subject.name, "subject_sid": found.subject.sid or ""}
    for row in _all_rows(found):
        yield about | row


def _all_rows(found: RightsOf) -> Iterator[Row]:
    for spread in found.spreads:
        yield from _spread_rows(spread)
    for ability in found.abilities:
        yield {
            "kind": "operation",
            "object": found.where,
            "held": ability.operation,
            "decision": ability.decision,
            "reason": ability.reason,
        }
    for unjudged in found.unjudged:
        for dn in unjudged.objects:
            yield {"kind": "not judged", "object": dn, "reason": unjudged.reason}
    for note in found.notes:
        yield {"kind": "note", "reason": note}


def _spread_rows(spread: Spread) -> Iterator[Row]:
    common = {
        "full_control": "yes" if spread.is_full else "",
        "checked_by": spread.checked_by,
    }
    sources = [common | _source_cells(source) for source in spread.sources]
    for dn in spread.objects:
        yield from ({**cells, "object": dn} for cells in sources)


def _source_cells(source: Source) -> Row:
    cells = {
        "kind": "holds" if source.is_sure else "may hold",
        "held": " | ".join(in_words(source.held)),
        "reason": source.reason,
    }
    evidence = source.evidence
    if evidence is None:
        return cells
    return cells | {
        "position": str(evidence.position),
        "sddl": evidence.sddl,
        "trustee": evidence.trustee.name,
        "trustee_sid": evidence.trustee.sid or "",
        "first": evidence.object,
        "set_on": evidence.set_on,
        "origin_note": evidence.origin_note or "",
        "path": " → ".join(evidence.path),
    }

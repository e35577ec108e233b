"""Who holds a right, for a spreadsheet: a row for each principal and each check that it passes."""

from collections.abc import Iterator, Mapping

from adaudit.access.roster import Named
from adaudit.findings.who_can import Doubted, Ground, Lot, WhoCan
from adaudit.report.csv_rows import Row
from adaudit.report.sheet import sheet

COLUMNS: Mapping[str, str] = {
    "decision": "`holds`, `may hold` (it is not known), `note`",
    "kind": "`user`, `computer`, `group`, `foreign principal`, `well-known`, `unread`, ...",
    "name": "name of the principal",
    "dn": "its DN",
    "sid": "its SID",
    "disabled": "`disabled` if the account cannot log on at present",
    "right": "what was asked for",
    "object": "DN of what it was asked on",
    "check": "the check that the principal passes",
    "asked_of": "the descriptor that the check asks: of the object, its parent, ...",
    "asked_dn": "DN of that object",
    "reason": "the entry that decides, in words; or why it is not known",
    "position": "index of the entry in the stored DACL, from 0",
    "sddl": "the entry in SDDL",
    "trustee": "whom the entry is for",
    "trustee_sid": "its SID",
    "set_on": "DN of the object where the entry was set",
    "origin_note": "why the origin is not one plain explicit entry",
    "path": "membership path from the principal to the trustee, with --paths",
}
"""The columns in their order; new ones come at the end"""


def render(found: WhoCan) -> str:
    """The answer as CSV (RFC 4180), a header row first; it is inert like the report's."""
    return sheet(COLUMNS, _rows(found))


def _rows(found: WhoCan) -> Iterator[Row]:
    about = {"right": found.right, "object": found.object}
    for lot in found.lots:
        yield from (about | row for row in _lot_rows(lot))
    for doubted in found.doubted:
        yield from (about | row for row in _doubted_rows(doubted))
    for note in found.notes:
        yield {**about, "decision": "note", "reason": note}


def _lot_rows(lot: Lot) -> Iterator[Row]:
    grounds = [_ground_cells(ground) for ground in lot.grounds] or [{}]
    for named in lot.crowd:
        cells = {"decision": "holds", **_cells(named)}
        for number, ground in enumerate(grounds):
            paths = lot.paths.get(named.sid)
            path = {"path": " → ".join(paths[number])} if paths and number < len(paths) else {}
            yield cells | ground | path


def _doubted_rows(doubted: Doubted) -> Iterator[Row]:
    why = {"decision": "may hold", "reason": " | ".join(doubted.why)}
    return (why | _cells(named) for named in doubted.crowd)


def _cells(named: Named) -> Row:
    return {
        "kind": named.kind,
        "name": named.name,
        "dn": named.dn,
        "sid": named.sid,
        "disabled": "disabled" if named.is_disabled else "",
    }


def _ground_cells(ground: Ground) -> Row:
    cells = {
        "check": ground.check,
        "asked_of": ground.asked_of,
        "asked_dn": ground.object,
        "reason": ground.reason,
    }
    evidence = ground.evidence
    if evidence is None:
        return cells
    return cells | {
        "position": str(evidence.position),
        "sddl": evidence.sddl,
        "trustee": evidence.trustee.name,
        "trustee_sid": evidence.trustee.sid or "",
        "set_on": evidence.set_on,
        "origin_note": evidence.origin_note or "",
    }

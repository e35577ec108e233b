r"""
What changed between two snapshots, for a spreadsheet: a row for each change, as `csv` writes them.

Of sets a row names the first 20, with how many there are; the JSON form has all. See `COLUMNS`.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice

from adaudit.changes import (
    Compared,
    Decider,
    Drift,
    Effect,
    EntryChange,
    GroupEffect,
    MembershipChange,
    ObjectChange,
)
from adaudit.report.csv import cell
from adaudit.report.csv_rows import Row
from adaudit.report.text import safe_text

COLUMNS = {
    "part": "`old`, `new`, `effect`, `tier 0`, `entry`, `object`, `membership` or `gap`",
    "change": "`gained`, `lost`, `added`, `removed`, `moved`, ...",
    "rights": "what was gained or lost",
    "accounts": "how many accounts, or members that came or left",
    "account_names": "the first of them",
    "objects": "how many objects",
    "object_names": "the first of them",
    "trustee": "whom the deciding entry is for, or the group",
    "entry": "the entry in words, or why it is decided so now",
    "sddl": "the entry as it is",
    "position": "index of the entry in the stored list, from 0",
    "set_on": "DN of the object where the entry was set",
    "entry_before": "why it was decided so before",
    "sddl_before": "the entry as it was",
    "position_before": "where that stood",
    "reached": "how many objects inherit the change",
    "cause": "what made the difference",
    "path": "the way of the first account to the trustee",
    "note": "what it came to, or more about it",
}
"""The columns in their order; new ones come at the end"""

_NAMED = 20


def render(drift: Drift) -> str:
    """The changes as CSV (RFC 4180), a header row first."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for row in _rows(drift):
        writer.writerow({column: cell(safe_text(text)) for column, text in row.items()})
    return buffer.getvalue()


def _rows(drift: Drift) -> Iterator[Row]:
    yield _side("old", drift.old)
    yield _side("new", drift.new)
    yield from map(_effect, drift.effects)
    for group in drift.groups:
        yield from _group(group)
    yield from map(_entry, drift.entries)
    yield from map(_object, drift.objects)
    for change in drift.memberships:
        yield from _membership(change)
    for gap in drift.gaps:
        yield {"part": "gap", "object_names": gap.subject, "note": gap.reason}


def _side(part: str, side: Compared) -> Row:
    note = f"{side.source}, {side.taken_at.isoformat()}"
    return {"part": part, "objects": str(side.objects), "object_names": side.name, "note": note}


def _effect(effect: Effect) -> Row:
    own = "each on its own object alone" if effect.is_on_own else ""
    if effect.but_own:
        own = f"but for {effect.but_own} accounts on their own objects"
    return {
        "part": "effect",
        "change": effect.kind,
        "rights": ", ".join(effect.rights),
        **_accounts(effect.accounts),
        **_objects(effect.objects),
        **_now(effect.after),
        "entry_before": effect.before.reason,
        "sddl_before": effect.before.sddl or "",
        "position_before": _number(effect.before.position),
        "cause": effect.cause,
        "path": " → ".join(effect.path),
        "note": " | ".join(filter(None, [effect.step, own])),
    }


def _now(decider: Decider) -> Row:
    return {
        "trustee": decider.trustee.name if decider.trustee else "",
        "entry": decider.reason,
        "sddl": decider.sddl or "",
        "position": _number(decider.position),
        "set_on": decider.set_on or "",
    }


def _group(effect: GroupEffect) -> Iterator[Row]:
    for what, names, path in (
        ("came in", effect.came, effect.came_path),
        ("left", effect.left, effect.left_path),
    ):
        if names:
            yield {
                "part": "tier 0",
                "change": what,
                **_accounts(names),
                "trustee": effect.group.name,
                "path": " → ".join(path),
            }


def _entry(change: EntryChange) -> Row:
    return {
        "part": "entry",
        "change": change.kind,
        **_objects(change.objects),
        "entry": change.words,
        "sddl": change.sddl or "",
        "position": _number(change.position),
        "sddl_before": change.sddl_before or "",
        "position_before": _number(change.position_before),
        "reached": str(change.reached),
        "note": change.note,
    }


def _object(change: ObjectChange) -> Row:
    return {
        "part": "object",
        "change": change.kind,
        "objects": str(1 + change.below),
        "object_names": change.dn,
        "note": " | ".join(filter(None, [change.dn_before, *change.attributes])),
    }


def _membership(change: MembershipChange) -> Iterator[Row]:
    for what, names in (("came in", change.came), ("left", change.left)):
        if names:
            yield {
                "part": "membership",
                "change": what,
                **_accounts(names),
                "trustee": change.group.name,
                "note": change.note or "",
            }


def _accounts(names: Sequence[str]) -> Row:
    return {"accounts": str(len(names)), "account_names": " | ".join(islice(names, _NAMED))}


def _objects(names: Sequence[str]) -> Row:
    return {"objects": str(len(names)), "object_names": " | ".join(islice(names, _NAMED))}


def _number(position: int | None) -> str:
    return "" if position is None else str(position)

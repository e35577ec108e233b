"""The rows of the CSV report; `csv.COLUMNS` says what their columns mean."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from adaudit.findings import Evidence, Finding, Outcome, Pair, Party, TargetReport
from adaudit.report.offenders import DENIED_CHECK, Role, affected, all_affected, with_nesting
from adaudit.report.pairs import pairs_by_name, unexplained, unknown_reasons

Row = dict[str, str]
"""Cells by column; a column without a cell is empty"""


@dataclass(frozen=True, slots=True)
class _Pairs:
    """The pairs of a target by name."""

    right: str
    by_name: dict[str, Pair]

    def cells(self, name: str) -> Row:
        """The cells of the pair of that name; none where it is no pair."""
        pair = self.by_name.get(name)
        if pair is None:
            return {}
        return {
            "state": pair.state,
            "right": self.right,
            "sender": pair.sender,
            "receiver": pair.receiver,
        }

    def are_elsewhere(self, name: str, dn: str) -> bool:
        """Whether that is the name of a pair of which the object is none of those judged."""
        pair = self.by_name.get(name)
        return pair is not None and all(judged.object != dn for judged in pair.judgements)


def target_rows(target: TargetReport) -> Iterator[Row]:
    """The target itself, then everything that was found, then everything that is missing."""
    right = target.matrix.right if target.matrix else ""
    pairs = _Pairs(right, pairs_by_name(target.matrix))
    yield _target_row(target)
    if target.error is not None:
        yield {"kind": "error", "subject": target.source, "message": target.error}
    for finding in target.findings:
        yield from _finding_rows(finding, pairs)
    yield from _missing_rows(target, pairs)
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


def _missing_rows(target: TargetReport, pairs: _Pairs) -> Iterator[Row]:
    for gap in target.gaps:
        yield {"kind": "gap", "subject": gap.subject, "message": gap.reason}
    for result in target.results:
        cells = {"kind": "unknown", "check": result.check}
        for gap in result.unknown:
            named = {"subject": gap.subject, "message": gap.reason}
            yield {**cells, **named, **pairs.cells(gap.subject)}
        if result.outcome is Outcome.UNKNOWN and not result.unknown:
            yield {**cells, "message": "the check came to no result"}
    for pair in unexplained(target):
        for reason in unknown_reasons(pair):
            cells = {"kind": "unknown", "subject": str(pair), "message": reason}
            yield {**cells, **pairs.cells(str(pair))}


def _finding_rows(finding: Finding, pairs: _Pairs) -> Iterator[Row]:
    """A row for each thing that an entry breaks; then for what is broken by no entry."""
    told: set[str] = set()
    common = _finding_cells(finding)
    for evidence, nested in with_nesting(finding):
        names = affected(finding, evidence)
        told.update(names)
        groups = _group_cells(finding, nested)
        for name in names or [""]:
            place = {} if pairs.are_elsewhere(name, evidence.object) else _place_cells(evidence)
            yield from _crossed(common | _entry_cells(evidence) | place, groups, name, pairs)
    rest = [name for name in all_affected(finding) if name not in told]
    if not finding.evidence and not rest:
        rest = [""]
    groups = _group_cells(finding, () if finding.evidence else finding.through)
    for name in rest:
        yield from _crossed(common, groups, name, pairs)


def _crossed(cells: Row, groups: Iterable[Row], name: str, pairs: _Pairs) -> Iterator[Row]:
    affects = pairs.cells(name) or {"affects": name}
    for group in groups:
        yield cells | group | affects


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


def _finding_cells(finding: Finding) -> Row:
    return {
        "kind": "finding",
        "severity": str(finding.severity),
        "check": finding.check,
        "finding": finding.id,
        "subject": finding.subject.name,
        "subject_dn": finding.subject.dn or "",
        "subject_sid": finding.subject.sid or "",
        "message": finding.message,
        "remedy": " | ".join(finding.remedy),
        "look": finding.look or "",
    }


def _entry_cells(evidence: Evidence) -> Row:
    """The entry as it was set."""
    return {
        "entry": evidence.readable,
        "sddl": evidence.sddl,
        "set_on": evidence.set_on,
        "origin_note": evidence.origin_note or "",
        "overrules": " | ".join(evidence.overrules),
    }


def _place_cells(evidence: Evidence) -> Row:
    """Where the entry takes effect and on whom: not the same for another pair."""
    return {
        "object": evidence.object,
        "position": str(evidence.position),
        "origin": " | ".join(f"{place.dn} (entry {place.position})" for place in evidence.origin),
        "path": " → ".join(evidence.path),
    }

"""The rows of the CSV report; `csv.COLUMNS` says what their columns mean."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from adaudit.findings import (
    Evidence,
    Finding,
    Matrix,
    Outcome,
    Pairs,
    PairState,
    Party,
    TargetReport,
)
from adaudit.findings.matrix import Standing
from adaudit.report.offenders import DENIED_CHECK, Role, affected, all_affected, with_nesting
from adaudit.report.pairs import MANY, unexplained, unknown_reasons
from adaudit.report.table_pairs import listed_names
from adaudit.wording import counted

Row = dict[str, str]
"""Cells by column; a column without a cell is empty"""

SHOWN_OBJECTS = 100
"""How many objects have rows where very many pairs are broken"""


class _Pairs:
    """The pairs of a target by name."""

    def __init__(self, matrix: Matrix | None) -> None:
        self._matrix = matrix
        self._numbers: dict[str, int] = {}
        self._standings: dict[int, Standing] = {}
        if matrix:
            self._numbers = {name: number for number, name in enumerate(matrix.servers)}
            self._standings = dict(matrix.standings())

    def cells(self, name: str) -> Row:
        """The cells of the pair of that name; none where it is no pair."""
        known = self._matrix.find(name) if self._matrix else None
        if self._matrix is None or known is None:
            return {}
        sender, receiver = (self._numbers[server] for server in known)
        states = self._standings[receiver].states
        state = next((state for state in states if sender in states[state]), PairState.UNKNOWN)
        return {
            "state": state,
            "right": self._matrix.right,
            "sender": known[0],
            "receiver": known[1],
        }

    def are_elsewhere(self, name: str, dn: str) -> bool:
        """Whether that is the name of a pair of which the object is none of those judged."""
        known = self._matrix.find(name) if self._matrix else None
        pair = self._matrix.pair(*known) if self._matrix and known else None
        return pair is not None and all(judged.object != dn for judged in pair.judgements)


def target_rows(target: TargetReport) -> Iterator[Row]:
    """The target itself, then everything that was found, then everything that is missing."""
    pairs = _Pairs(target.matrix)
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
    common = _finding_cells(finding)
    if len(all_affected(finding)) > MANY:
        yield from _summary_rows(finding, common)
        return
    told: set[str] = set()
    for evidence, nested in with_nesting(finding):
        names = affected(finding, evidence)
        told.update(names)
        groups = _group_cells(finding, nested)
        subjects = evidence.subjects or evidence.path[:1] * len(names)
        for name, subject in zip(names or [""], subjects or [""], strict=False):
            is_elsewhere = pairs.are_elsewhere(name, evidence.object)
            place = {} if is_elsewhere else _place_cells(evidence, subject)
            yield from _crossed(common | _entry_cells(evidence) | place, groups, name, pairs)
    rest = [name for name in all_affected(finding) if name not in told]
    if not finding.evidence and not rest:
        rest = [""]
    groups = _group_cells(finding, () if finding.evidence else finding.through)
    for name in rest:
        yield from _crossed(common, groups, name, pairs)


def _summary_rows(finding: Finding, common: Row) -> Iterator[Row]:
    """Of very many pairs: a row for each of the first objects, the senders in one cell."""
    for evidence, nested in islice(with_nesting(finding), SHOWN_OBJECTS):
        cells = common | _entry_cells(evidence) | _place_cells(evidence)
        names = _names_of(affected(finding, evidence))
        for group in _group_cells(finding, nested):
            yield cells | group | names
    more = len(finding.evidence) - SHOWN_OBJECTS
    if more > 0 or not finding.evidence:
        left = f"; {more} more objects" if more > 0 else ""
        affects = all_affected(finding)
        noun = "pair" if isinstance(affects, Pairs) else "object"
        told = f"{counted(len(affects), noun)}{left}: the json report has all"
        groups = _group_cells(finding, finding.through)
        yield from (common | group | _names_of(affects) | {"affects": told} for group in groups)


def _names_of(affects: Sequence[str]) -> Row:
    """The servers of many pairs in two cells."""
    if not isinstance(affects, Pairs):
        return {"affects": listed_names(affects)}
    senders = [affects.servers[number] for number, _ in affects.rows()]
    receivers = [affects.servers[number] for number in sorted(affects.senders)]
    return {
        "sender": listed_names(senders),
        "receiver": listed_names(receivers),
        "affects": counted(len(affects), "pair"),
    }


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


def _place_cells(evidence: Evidence, subject: str | None = None) -> Row:
    """Where the entry takes effect and on whom: not the same for another pair."""
    return {
        "object": evidence.object,
        "position": str(evidence.position),
        "origin": " | ".join(f"{place.dn} (entry {place.position})" for place in evidence.origin),
        "path": " → ".join((subject, *evidence.path[1:]) if subject else evidence.path),
    }

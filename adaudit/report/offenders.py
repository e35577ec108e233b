"""The groups that stop mail, gathered from the findings: every form shows the same ones."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from adaudit.findings import Evidence, Finding, Matrix, Pair, Party, TargetReport

DENIED_CHECK = "send-as-denied"
NOT_GRANTED_CHECK = "send-as-not-granted"


class Role(StrEnum):
    """How a group stops a pair."""

    ENTRY = "entry"
    """An entry for the group itself decides"""
    NESTING = "nesting"
    """The sender is in the group, and through it in the group whose entry decides"""


@dataclass(frozen=True, slots=True)
class OffendingGroup:
    """One group, all findings in which it plays the role, and all that they break."""

    party: Party
    role: Role
    findings: tuple[Finding, ...]
    affects: tuple[str, ...]


def offending_groups(target: TargetReport, role: Role) -> tuple[OffendingGroup, ...]:
    """The groups of one role, those that break most first."""
    gathered: dict[str, list[tuple[Party, Finding, tuple[str, ...]]]] = {}
    for finding in target.findings:
        if finding.check == DENIED_CHECK:
            for party, affects in _played(finding, role):
                gathered.setdefault(_key(party), []).append((party, finding, affects))
    groups = [_gather(role, parts) for parts in gathered.values()]
    return tuple(sorted(groups, key=lambda group: -len(group.affects)))


def nested_in(finding: Finding, evidence: Evidence) -> tuple[Party, ...]:
    """
    The groups of `through` that are links of this membership path.

    A group that is on no path of the finding is taken to be a link of each.
    """
    return tuple(
        party
        for party in finding.through
        if _is_link(party, evidence) or not any(_is_link(party, e) for e in finding.evidence)
    )


def affected(finding: Finding, evidence: Evidence) -> tuple[str, ...]:
    """What one entry breaks; where the entry does not say, all that the finding does."""
    return evidence.affects or finding.affects


def all_affected(finding: Finding) -> tuple[str, ...]:
    """All that a finding breaks, each once."""
    return _once(finding.affects, *(evidence.affects for evidence in finding.evidence))


def pairs_by_name(matrix: Matrix | None) -> dict[str, Pair]:
    """The pairs of a matrix by the name that findings give them: `EX02 → EX01`."""
    return {str(pair): pair for pair in matrix.pairs} if matrix else {}


def _played(finding: Finding, role: Role) -> Iterator[tuple[Party, tuple[str, ...]]]:
    if role is Role.ENTRY:
        yield finding.subject, all_affected(finding)
        return
    for party in finding.through:
        on_path = [e for e in finding.evidence if party in nested_in(finding, e)]
        yield party, _once(*(affected(finding, e) for e in on_path)) or finding.affects


def _gather(role: Role, parts: list[tuple[Party, Finding, tuple[str, ...]]]) -> OffendingGroup:
    return OffendingGroup(
        party=parts[0][0],
        role=role,
        findings=tuple(finding for _, finding, _ in parts),
        affects=_once(*(affects for _, _, affects in parts)),
    )


def _key(party: Party) -> str:
    return party.sid or party.dn or party.name


def _is_link(party: Party, evidence: Evidence) -> bool:
    return party.name in evidence.path or party.name.rpartition("\\")[2] in evidence.path


def _once(*lists: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for items in lists for item in items))

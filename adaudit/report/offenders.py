"""The groups that stop mail, gathered from the findings: every form shows the same ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from adaudit.findings import Evidence, Finding, Party, TargetReport, united_pairs

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
    affects: Sequence[str]


def offending_groups(target: TargetReport, role: Role) -> tuple[OffendingGroup, ...]:
    """The groups of one role, those that break most first."""
    gathered: dict[str, list[tuple[Party, Finding, Sequence[str]]]] = {}
    for finding in target.findings:
        if finding.check == DENIED_CHECK:
            for party, affects in _played(finding, role):
                gathered.setdefault(_key(party), []).append((party, finding, affects))
    groups = [_gather(role, parts) for parts in gathered.values()]
    return tuple(sorted(groups, key=lambda group: -len(group.affects)))


def with_nesting(finding: Finding) -> Iterator[tuple[Evidence, tuple[Party, ...]]]:
    """
    Each entry of a finding with the groups of `through` that lead to it.

    Those are the links of its membership path; a group on no path of the finding leads to each.
    """
    linked = {name for evidence in finding.evidence for name in evidence.path}
    for evidence in finding.evidence:
        path = set(evidence.path)
        leads = [p for p in finding.through if p.name in path or p.name not in linked]
        yield evidence, tuple(leads)


def affected(finding: Finding, evidence: Evidence) -> Sequence[str]:
    """What one entry breaks; where the entry does not say, all that the finding does."""
    return evidence.affects or finding.affects


def all_affected(finding: Finding) -> Sequence[str]:
    """All that a finding breaks, each once."""
    return united_pairs([finding.affects, *(each.affects for each in finding.evidence)])


def _played(finding: Finding, role: Role) -> Iterator[tuple[Party, Sequence[str]]]:
    """Who plays the role in a finding, and what is broken by it."""
    if role is Role.ENTRY:
        yield finding.subject, all_affected(finding)
        return
    for evidence, parties in with_nesting(finding):
        for party in parties:
            yield party, affected(finding, evidence)


def _gather(role: Role, parts: list[tuple[Party, Finding, Sequence[str]]]) -> OffendingGroup:
    return OffendingGroup(
        party=parts[0][0],
        role=role,
        findings=tuple({finding.id: finding for _, finding, _ in parts}.values()),
        affects=united_pairs(affects for _, _, affects in parts),
    )


def _key(party: Party) -> str:
    return party.sid or party.dn or party.name

"""The findings in sections: the groups to blame, what nobody granted, all else by severity."""

from collections.abc import Sequence

from adaudit.findings import Finding, Pairs, Party, TargetReport
from adaudit.findings.pairs import ARROW
from adaudit.report.lines import flow, labelled, labelled_text, listed
from adaudit.report.offenders import (
    DENIED_CHECK,
    NOT_GRANTED_CHECK,
    OffendingGroup,
    Role,
    all_affected,
    offending_groups,
)
from adaudit.report.pairs import judged
from adaudit.report.table_findings import finding_lines, party_texts
from adaudit.report.table_overview import overview
from adaudit.report.table_pairs import breaks, pair_phrases

_GROUPS = "Offending groups   (… stands for the DN that the entry is set on)"

_PHRASES = 100
"""How many phrases may tell what one group breaks before the rest is only counted"""


def finding_sections(target: TargetReport) -> list[list[str]]:
    """The lines of each section that has any: offending groups, not granted, other findings."""
    groups = enumerate(offending_groups(target, Role.ENTRY), 1)
    other = [finding for finding in target.findings if _is_other(finding)]
    first = {
        _GROUPS: [_group(number, group, target) for number, group in groups],
        "Not granted": [_finding(f, target) for f in target.findings if _is_not_granted(f)],
    }
    title = "Other findings" if any(first.values()) else "Findings"
    return [
        *(_section(name, parts) for name, parts in first.items() if parts),
        *filter(None, [overview(other, title)]),
        *([_section(title, [_finding(each, target) for each in other])] if other else []),
    ]


def _is_not_granted(finding: Finding) -> bool:
    return finding.check == NOT_GRANTED_CHECK


def _is_other(finding: Finding) -> bool:
    return finding.check not in (DENIED_CHECK, NOT_GRANTED_CHECK)


def _section(title: str, parts: list[list[str]]) -> list[str]:
    """The parts under their title, a blank line between them."""
    lines = [title]
    for part in parts:
        lines += [*part, ""]
    return lines[:-1]


def _group(number: int, group: OffendingGroup, target: TargetReport) -> list[str]:
    lines = flow([group.party.name, breaks(group.affects, target)], f"{number:<3}")
    lines += _identity("group", group.party)
    lines += _pairs(group.affects, target)
    for finding in group.findings:
        lines += finding_lines(finding)
    return lines


def _finding(finding: Finding, target: TargetReport) -> list[str]:
    affects = all_affected(finding)
    told = [breaks(affects, target)] if affects else []
    return [
        *_head(finding.subject.name, finding.check, *told),
        *_identity("who" if finding.subject.sid else "object", finding.subject),
        *_affected(finding, affects, target),
        *finding_lines(finding),
    ]


def _head(name: str, *pieces: str) -> list[str]:
    """The first line; what comes after a long name is indented, as no name is."""
    first, *rest = flow([name, *pieces])
    return [first, *(f"   {line}" for line in rest)]


def _affected(finding: Finding, affects: Sequence[str], target: TargetReport) -> list[str]:
    """The pairs that are broken, and the objects that neither entry nor subject names."""
    if isinstance(affects, Pairs):
        return _pairs(affects, target)
    told = {finding.subject.dn, *(evidence.object for evidence in finding.evidence)}
    pairs, objects = judged([name for name in affects if name not in told], target.matrix)
    broken = [*(pairs or ()), *(name for name in objects if ARROW in name)]
    rest = [name for name in objects if ARROW not in name]
    return [*_pairs(broken, target), *listed("objects", rest)]


def _identity(label: str, party: Party) -> list[str]:
    """The DN and the SID, where they say more than the name."""
    known = [text for text in party_texts(party) if text != party.name]
    return labelled(label, *known) if known else []


def _pairs(affects: Sequence[str], target: TargetReport) -> list[str]:
    phrases = pair_phrases(affects, target.matrix)
    if len(phrases) > _PHRASES:
        return listed("pairs", phrases, labelled_text)
    lines: list[str] = []
    for phrase in phrases:
        lines += labelled_text("" if lines else "pairs", phrase)
    return lines

"""What was found, in one line a check: how bad it is, and who or what to look at."""

from collections import Counter
from collections.abc import Iterable, Sequence

from adaudit.findings import Finding, Severity
from adaudit.report.lines import SHOWN, flow
from adaudit.report.text import columns
from adaudit.wording import counted

_FEW = 3
"""As many findings are read as fast as an overview of them"""


def overview(findings: Sequence[Finding], title: str) -> list[str]:
    """The checks that found something, the worst first; nothing where findings are few."""
    if len(findings) <= _FEW:
        return []
    by_check: dict[str, list[Finding]] = {}
    for finding in findings:
        by_check.setdefault(finding.check, []).append(finding)
    width = max(map(columns, by_check))
    lines = [line for check, found in by_check.items() for line in _line(check, found, width)]
    return [f"{title} at a glance   {tally(findings)}", *lines]


def tally(findings: Iterable[Finding]) -> str:
    """How many there are, and how bad: `3 findings (1 high, 2 low)`."""
    severities = Counter(finding.severity for finding in findings)
    each = [f"{severities[s]} {s}" for s in sorted(Severity, reverse=True) if severities[s]]
    return f"{counted(severities.total(), 'finding')} ({', '.join(each)})"


def _line(check: str, findings: Sequence[Finding], width: int) -> list[str]:
    names = list(dict.fromkeys(finding.subject.name for finding in findings))
    more = len(names) - SHOWN
    shown = names if more <= 0 else [*names[:SHOWN], f"{more} more"]
    pieces = [f"{name}," for name in shown[:-1]] + shown[-1:]
    severity = max(finding.severity for finding in findings)
    return flow(pieces, f"   {severity!s:8} {check:{width}}   ", " ")

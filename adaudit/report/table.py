"""The report for people: plain text of about 100 columns, what matters most first."""

from collections.abc import Iterable

from tabulate import tabulate

from adaudit.findings import Matrix, Outcome, Report, TargetReport
from adaudit.report.lines import WIDTH, flow, wrap
from adaudit.report.table_gaps import not_judged
from adaudit.report.table_groups import finding_sections
from adaudit.report.table_matrix import Grid, differences, legend
from adaudit.report.table_summary import head, result, verdict
from adaudit.report.text import inert

_OUTCOMES = (Outcome.FAIL, Outcome.WARNING, Outcome.UNKNOWN, Outcome.PASS, Outcome.NOT_APPLICABLE)
_BETWEEN_TARGETS = "\n" + "=" * WIDTH + "\n\n"


def render(report: Report) -> str:
    """The report as text; every name in it is inert, and no DN, SID or SDDL text is cut off."""
    safe = inert(report)
    targets = _BETWEEN_TARGETS.join(_target(target) for target in safe.targets)
    warnings = "".join(f"{line}\n" for line in _warnings(safe.warnings))
    return "\n".join(filter(None, [targets, warnings, "\n".join(result(safe)) + "\n"]))


def _target(target: TargetReport) -> str:
    sections = [
        [*head(target), *verdict(target)],
        _matrix(target.matrix) if target.matrix else [],
        *finding_sections(target),
        not_judged(target),
        _warnings(target.warnings),
        _checks(target),
    ]
    return "\n".join("\n".join(section) + "\n" for section in sections if section)


def _matrix(matrix: Matrix) -> list[str]:
    if not matrix.pairs:
        return [f"{matrix.right}: no two servers, so no pair to judge"]
    lines, grid = legend(matrix), Grid.of(matrix)
    for block in grid.blocks():
        # as rows: tabulate pads a header by two more columns; and `1e5` is a name, not a number
        table = tabulate(block, tablefmt="plain", disable_numparse=True)
        lines += [line.rstrip() for line in table.splitlines()]
    return [*lines, *grid.key(), *differences(matrix)]


def _warnings(warnings: Iterable[str]) -> list[str]:
    lines = [line for warning in warnings for line in wrap(warning, "   ")]
    return ["Warnings", *lines] if lines else []


def _checks(target: TargetReport) -> list[str]:
    """What each check came to, those of one outcome together."""
    checks: dict[tuple[Outcome, str], list[str]] = {(outcome, ""): [] for outcome in _OUTCOMES}
    for each in target.results:
        why = each.reason or "" if each.outcome is Outcome.NOT_APPLICABLE else ""
        checks.setdefault((each.outcome, why), []).append(each.check)
    told = {key: names for key, names in checks.items() if names}
    width = max((len(outcome) for outcome, _ in told), default=0)
    lines: list[str] = []
    last = None
    for (outcome, why), names in told.items():
        labels = "" if lines else "Checks", "" if outcome is last else str(outcome)
        pieces = [f"{name}," for name in names[:-1]] + names[-1:]
        pieces += f"({why})".split(" ") if why else []
        lines += flow(pieces, f"{labels[0]:8} {labels[1]:{width}}   ", " ")
        last = outcome
    return lines

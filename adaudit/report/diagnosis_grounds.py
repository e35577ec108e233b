"""What the diagnoses of a target stand on: the evidence, what is missing, and what weakens it."""

from collections.abc import Iterable

from adaudit.report.lines import SHOWN, flow, wrap
from adaudit.rulings import DiagnosisReport


def evidence(report: DiagnosisReport) -> list[str]:
    """The sources beside the directory, with what limits each."""
    if not report.evidence:
        return wrap("none beside the directory: no log, SMTP probe or registry", "Evidence   ")
    return ["Evidence", *items(report.evidence)]


def not_judged(report: DiagnosisReport) -> list[str]:
    """What could not be read or understood; what shares a reason stands together below it."""
    subjects: dict[str, list[str]] = {}
    for gap in report.gaps:
        subjects.setdefault(gap.reason, []).append(gap.subject)
    lines: list[str] = []
    for reason, names in subjects.items():
        lines += _gaps(reason, list(dict.fromkeys(names)))
    return ["Not judged", *lines] if lines else []


def warnings(report: DiagnosisReport) -> list[str]:
    """What weakens the result without hiding anything."""
    return ["Warnings", *items(report.warnings)] if report.warnings else []


def items(texts: Iterable[str]) -> list[str]:
    """One text after another, each marked at its beginning."""
    return [line for text in texts for line in wrap(text, "   - ")]


def _gaps(reason: str, names: list[str]) -> list[str]:
    if len(names) == 1:
        return items([f"{names[0]}: {reason}"])
    shown = names if len(names) <= SHOWN else names[: SHOWN - 1]
    more = len(names) - len(shown)
    rest = [f"     and {more} more, each of them in the json form"] if more else []
    return [*items([reason]), *(line for name in shown for line in flow([name], "     ")), *rest]

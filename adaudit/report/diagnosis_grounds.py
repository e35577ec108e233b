"""What the diagnoses of a target stand on: the evidence, what is missing, and what weakens it."""

from collections.abc import Iterable

from adaudit.findings import DiagnosisReport
from adaudit.report.lines import SHOWN, labelled, labelled_text, wrap


def evidence(report: DiagnosisReport) -> list[str]:
    """The sources beside the directory, with what limits each."""
    if not report.evidence:
        return wrap("none beside the directory: no log, SMTP probe or registry", "Evidence   ")
    return ["Evidence", *items(report.evidence)]


def not_judged(report: DiagnosisReport) -> list[str]:
    """Refusals whose servers are not known, and what could not be read; like reasons together."""
    lines = []
    for index, refusal in enumerate(report.unnamed):
        lines += labelled_text("" if index else "refused", f"- {refusal}")
    subjects: dict[str, list[str]] = {}
    for gap in report.gaps:
        subjects.setdefault(gap.reason, []).append(gap.subject)
    for reason, names in subjects.items():
        lines += [*wrap(f"not read: {reason}", "   "), *_subjects(names)]
    return ["Not judged", *lines] if lines else []


def warnings(report: DiagnosisReport) -> list[str]:
    """What weakens the result without hiding anything."""
    return ["Warnings", *items(report.warnings)] if report.warnings else []


def _subjects(names: list[str]) -> list[str]:
    unique = list(dict.fromkeys(names))
    shown = unique if len(unique) <= SHOWN else unique[: SHOWN - 1]
    lines = [line for name in shown for line in labelled("", name)]
    if len(shown) < len(unique):
        lines += labelled("", f"and {len(unique) - len(shown)} more, each of them in the json form")
    return lines


def items(texts: Iterable[str]) -> list[str]:
    """One text after another, each marked at its beginning."""
    return [line for text in texts for line in wrap(text, "   - ")]

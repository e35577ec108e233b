"""
KB 843106 made step by step, for people: what stops the mail first, then what each step shows.

The form for programs is `adaudit.report.diagnosis_json`.
"""

from collections.abc import Sequence

from adaudit.report.diagnosis_grounds import evidence, items, not_judged, warnings
from adaudit.report.diagnosis_pairs import glance, in_order, pair_sections
from adaudit.report.diagnosis_state import head, result
from adaudit.report.lines import WIDTH, wrap
from adaudit.report.text import inert
from adaudit.rulings import Consequences, DiagnosisReport

_BETWEEN_TARGETS = "\n" + "=" * WIDTH + "\n\n"


def render(reports: Sequence[DiagnosisReport]) -> str:
    """The diagnoses of all targets as text; every name in it is inert."""
    safe = [inert(report) for report in reports]
    targets = _BETWEEN_TARGETS.join(map(_target, safe))
    return "\n".join(filter(None, [targets, "\n".join(result(safe)) + "\n"]))


def _target(report: DiagnosisReport) -> str:
    if report.error is not None:
        failed = wrap(f"nothing could be read: {report.error}", "FAILED   ")
        return "\n".join([*head(report), *failed]) + "\n"
    diagnoses = in_order(report.diagnoses)
    sections = [
        head(report),
        glance(diagnoses),
        evidence(report),
        *pair_sections(diagnoses),
        _consequences(report.consequences),
        not_judged(report),
        warnings(report),
    ]
    return "\n".join("\n".join(section) + "\n" for section in sections if section)


def _consequences(known: Consequences | None) -> list[str]:
    if known is None:
        return []
    lines = ["What else may suffer while XEXCH50 is refused", *items(known.suffers)]
    return [*lines, *(["What does not", *items(known.spared)] if known.spared else [])]

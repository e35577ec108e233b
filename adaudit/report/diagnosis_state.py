"""How diagnoses stand: of one pair, of one target, of the whole run."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC
from enum import StrEnum

from adaudit.findings import Outcome
from adaudit.report.lines import flow
from adaudit.rulings import Diagnosis, DiagnosisReport
from adaudit.wording import counted


class PairVerdict(StrEnum):
    """What a diagnosis came to. A cause weighs more than a step that could not be decided."""

    CAUSE = "cause"
    UNDECIDED = "undecided"
    NO_CAUSE = "no cause"


_COUNTED = {
    PairVerdict.CAUSE: "with a cause",
    PairVerdict.UNDECIDED: "undecided",
    PairVerdict.NO_CAUSE: "without a cause",
}


def verdict_on(diagnosis: Diagnosis) -> PairVerdict:
    """What the diagnosis of one pair came to."""
    if diagnosis.causes:
        return PairVerdict.CAUSE
    return PairVerdict.NO_CAUSE if diagnosis.is_complete else PairVerdict.UNDECIDED


def unknown_steps(diagnosis: Diagnosis) -> int:
    """How many steps of the article could not be decided, or a part of them could not."""
    unknown = (step for step in diagnosis.steps if step.ruling.outcome is Outcome.UNKNOWN)
    return len({step.number for step in unknown})


def is_complete(reports: Sequence[DiagnosisReport]) -> bool:
    """Whether there are targets, and everything of each was read and decided."""
    return bool(reports) and all(report.is_complete for report in reports)


def head(report: DiagnosisReport) -> list[str]:
    """The target, where its directory came from, and whether all could be read and decided."""
    date = ""
    if report.taken_at:
        date = f"as of {report.taken_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return flow(filter(None, [report.source, _state(report), date]), f"{report.name}   ")


def verdicts(diagnoses: Sequence[Diagnosis]) -> list[str]:
    """How many pairs came to what: `1 with a cause`, `2 not decided`."""
    counts = Counter(map(verdict_on, diagnoses))
    return [f"{counts[verdict]} {words}" for verdict, words in _COUNTED.items() if counts[verdict]]


def result(reports: Sequence[DiagnosisReport]) -> list[str]:
    """The last line: how the whole run stands."""
    pairs = [diagnosis for report in reports for diagnosis in report.diagnoses]
    told = f"{counted(len(pairs), 'pair')}: {', '.join(verdicts(pairs))}"
    stand = "complete" if is_complete(reports) else "INCOMPLETE"
    return flow([stand, *_targets(reports), told if pairs else "no pair diagnosed"], "Result   ")


def _targets(reports: Sequence[DiagnosisReport]) -> list[str]:
    if len(reports) < 2:
        return []
    counts = Counter(_state(report).partition(" ")[0] for report in reports)
    each = [f"{counts[state]} {state}" for state in ("FAILED", "INCOMPLETE", "complete")]
    told = [text for text in each if not text.startswith("0 ")]
    return [f"{counted(len(reports), 'target')}: {', '.join(told)}"]


def _state(report: DiagnosisReport) -> str:
    if report.error is not None:
        return "FAILED"
    undecided = sum(unknown_steps(diagnosis) for diagnosis in report.diagnoses)
    missing = [
        counted(len(report.gaps), "gap") if report.gaps else "",
        f"{counted(undecided, 'step')} unknown" if undecided else "",
    ]
    told = ", ".join(filter(None, missing))
    return f"INCOMPLETE ({told})" if told else "complete"

"""The diagnoses of pairs in lines: what stops the mail, how to mend it, and all steps below."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from adaudit.findings import Finding
from adaudit.report.diagnosis_state import PairVerdict, unknown_steps, verdict_on, verdicts
from adaudit.report.diagnosis_steps import OUTCOMES, is_telling, step_lines
from adaudit.report.lines import labelled, labelled_text, wrap
from adaudit.rulings import Diagnosis
from adaudit.wording import counted


@dataclass(frozen=True, slots=True)
class _Cause:
    """What stops the mail of a pair, and the step that found it."""

    text: str
    step: int
    findings: tuple[Finding, ...]

    def __str__(self) -> str:
        return f"{self.text} (step {self.step})"


def in_order(diagnoses: Sequence[Diagnosis]) -> tuple[Diagnosis, ...]:
    """Pairs with a cause first, then those that are not decided."""
    ranks = list(PairVerdict)
    return tuple(sorted(diagnoses, key=lambda diagnosis: ranks.index(verdict_on(diagnosis))))


def glance(diagnoses: Sequence[Diagnosis]) -> list[str]:
    """What one has to know of all pairs: of a single one its headline, of several each cause."""
    if not diagnoses:
        return ["no pair to diagnose: the evidence names none whose XEXCH50 was refused"]
    if len(diagnoses) == 1:
        return _headline(diagnoses[0], _first_told(diagnoses))
    lines = [f"{counted(len(diagnoses), 'pair')}: {', '.join(verdicts(diagnoses))}"]
    for cause, pairs in _by_cause(diagnoses).items():
        lines += [*labelled_text("cause", cause), *labelled("", *pairs)]
    for verdict in (PairVerdict.UNDECIDED, PairVerdict.NO_CAUSE):
        if pairs := [str(each) for each in diagnoses if verdict_on(each) is verdict]:
            lines += labelled(verdict, *pairs)
    return lines


def pair_sections(diagnoses: Sequence[Diagnosis]) -> Iterator[list[str]]:
    """
    Each pair with all its steps, in the order of the article.

    The headline of a single pair stands in the glance already. A finding that bears on several
    pairs is told in full under the first.
    """
    told = _first_told(diagnoses)
    for each in diagnoses:
        single = [f"{each}   step by step"] if len(diagnoses) == 1 else None
        yield (single or _headline(each, told)) + step_lines(each, told)


def _headline(diagnosis: Diagnosis, told: Mapping[str, str]) -> list[str]:
    """The pair and what stops its mail, with the ways to mend that, and all outcomes."""
    pair, lines = str(diagnosis), []
    for cause in _causes(diagnosis):
        lines += wrap(f"cause: {cause}", f"{pair}   ")
        lines += [line for finding in cause.findings for line in _mend(finding, pair, told)]
    return [*(lines or wrap(_without_cause(diagnosis), f"{pair}   ")), *_tally(diagnosis)]


def _without_cause(diagnosis: Diagnosis) -> str:
    unknown = unknown_steps(diagnosis)
    if not unknown:
        return "no cause found"
    return f"not decided: {counted(unknown, 'step')} {'is' if unknown == 1 else 'are'} unknown"


def _mend(finding: Finding, pair: str, told: Mapping[str, str]) -> Iterator[str]:
    if told[finding.id] != pair:
        yield from labelled("mend", f"as under {told[finding.id]}")
        return
    for index, remedy in enumerate(finding.remedy):
        yield from labelled_text("" if index else "mend", f"- {remedy}")


def _tally(diagnosis: Diagnosis) -> list[str]:
    """All steps at one glance; where several checks make one, nothing hides behind a pass."""
    shown: set[int] = set()
    pieces = []
    for outcome, words in OUTCOMES.items():
        steps = [step.number for step in diagnosis.steps if step.ruling.outcome is outcome]
        numbers = [n for n in dict.fromkeys(steps) if is_telling(outcome) or n not in shown]
        pieces += [f"{words} {', '.join(map(str, numbers))}"] if numbers else []
        shown.update(numbers)
    return labelled("steps", *pieces or ["none was made"])


def _causes(diagnosis: Diagnosis) -> list[_Cause]:
    """Each cause once, in the order of the article, with all findings behind it."""
    causes: dict[str, _Cause] = {}
    for step in diagnosis.steps:
        if text := step.ruling.cause:
            known = causes.get(text, _Cause(text, step.number, ()))
            findings = {each.id: each for each in (*known.findings, *step.ruling.findings)}
            causes[text] = _Cause(text, known.step, tuple(findings.values()))
    return list(causes.values())


def _by_cause(diagnoses: Sequence[Diagnosis]) -> dict[str, list[str]]:
    """The pairs that each cause stops, the cause of most pairs first."""
    pairs: dict[str, list[str]] = {}
    for diagnosis in diagnoses:
        for cause in _causes(diagnosis):
            pairs.setdefault(str(cause), []).append(str(diagnosis))
    return dict(sorted(pairs.items(), key=lambda item: -len(item[1])))


def _first_told(diagnoses: Sequence[Diagnosis]) -> dict[str, str]:
    """The pair under which each finding is told in full, by the id of the finding."""
    first: dict[str, str] = {}
    for diagnosis in diagnoses:
        for step in diagnosis.steps:
            for finding in step.ruling.findings:
                first.setdefault(finding.id, str(diagnosis))
    return first

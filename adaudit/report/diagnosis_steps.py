"""The steps of one diagnosis in lines, short where nothing is to be done."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType

from adaudit.findings import Finding, Outcome
from adaudit.report.lines import labelled, labelled_text, wrap
from adaudit.report.table_findings import finding_lines
from adaudit.rulings import Diagnosis, Step

OUTCOMES: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.FAIL: "FAIL",
        Outcome.WARNING: "warning",
        Outcome.UNKNOWN: "unknown",
        Outcome.PASS: "pass",
        Outcome.NOT_APPLICABLE: "not applicable",
    }
)
"""The outcomes in words, those to look at first"""

_FOUND = (Outcome.FAIL, Outcome.WARNING)
_COLUMNS = 10
"""Of an outcome, so that what follows stands where that of a labelled line does"""


def is_telling(outcome: Outcome) -> bool:
    """Whether there is something to look at, or to find out."""
    return outcome not in (Outcome.PASS, Outcome.NOT_APPLICABLE)


def step_lines(diagnosis: Diagnosis, told: Mapping[str, str]) -> list[str]:
    """
    All steps in the order of the article, with all evidence.

    What an earlier step of the pair said already is not said again where nothing is wrong. `told`
    names the pair under which each finding is told in full, by its id.
    """
    pair, lines = str(diagnosis), []
    seen: set[str] = set()
    for step in diagnosis.steps:
        below = {f.message for f in step.ruling.findings if told[f.id] == pair}
        lines += _lines(step, _fresh(step, seen, below))
        for finding in step.ruling.findings:
            lines += _finding(finding, pair, told)
        seen.update(step.ruling.evidence)
    return lines


def _lines(step: Step, evidence: Sequence[str]) -> list[str]:
    """
    One step with its evidence.

    The title of a check is what it reports, so beside a pass it would say what is not so.
    """
    outcome = step.ruling.outcome
    first = f"{step.number:>2}  {OUTCOMES[outcome]:<{_COLUMNS}} "
    if outcome is Outcome.NOT_APPLICABLE:
        first += "  "
    if not is_telling(outcome):
        return wrap(f"{step.check}   {'; '.join(evidence)}", first)
    lines = wrap(f"{step.check}   {step.title}", first)
    return lines + [line for each in evidence for line in labelled_text("", f"- {each}")]


def _fresh(step: Step, seen: Collection[str], below: Collection[str]) -> list[str]:
    """The evidence of a step without what is told above, or with its findings below."""
    given = step.ruling.evidence
    if step.ruling.outcome in _FOUND:
        return [line for line in given if line not in below]
    fresh = [line for line in given if line not in seen]
    if len(fresh) == len(given):
        return fresh
    return [*fresh, "the rest as above" if fresh else "as above"]


def _finding(finding: Finding, pair: str, told: Mapping[str, str]) -> Iterator[str]:
    if told[finding.id] == pair:
        yield from finding_lines(finding)
    else:
        where = f"in full under {told[finding.id]}"
        yield from labelled("finding", finding.id, str(finding.severity), where)

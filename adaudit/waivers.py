"""Findings that are known and accepted for a time: taken out of the result, never out of sight."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from adaudit.config import Waiver
from adaudit.findings import CheckResult, Finding, Outcome, Report, TargetReport


def waive(report: Report, waivers: Sequence[Waiver], today: date) -> Report:
    """
    Take the waived findings out of a report and say so in its warnings.

    A waiver that is expired, or that no finding matches, waives nothing and is said too.
    """
    valid = {waiver.finding: waiver for waiver in waivers if today <= waiver.until}
    targets = tuple(_without(target, valid) for target in report.targets)
    found = {finding.id for finding in report.findings()}
    return replace(report, targets=targets, warnings=tuple(_idle(waivers, found, today)))


def _without(target: TargetReport, valid: dict[str, Waiver]) -> TargetReport:
    waived = [finding for finding in target.findings if finding.id in valid]
    if not waived:
        return target
    results = tuple(_rest(result, valid) for result in target.results)
    said = (_said(finding, valid[finding.id]) for finding in waived)
    return replace(target, results=results, warnings=(*target.warnings, *said))


def _rest(result: CheckResult, valid: dict[str, Waiver]) -> CheckResult:
    findings = tuple(finding for finding in result.findings if finding.id not in valid)
    outcome = result.outcome
    if result.findings and not findings:
        outcome = Outcome.UNKNOWN if result.unknown else Outcome.PASS
    return replace(result, outcome=outcome, findings=findings)


def _said(finding: Finding, waiver: Waiver) -> str:
    return f"waived until {waiver.until}: {finding.id} {finding.message} ({waiver.why})"


def _idle(waivers: Sequence[Waiver], found: set[str], today: date) -> Iterator[str]:
    for waiver in waivers:
        if waiver.until < today:
            yield f"the waiver for {waiver.finding} expired on {waiver.until} ({waiver.why})"
        elif waiver.finding not in found:
            yield f"the waiver for {waiver.finding} matches no finding ({waiver.why})"

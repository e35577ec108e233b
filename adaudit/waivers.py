"""
Findings that are known and accepted for a time: taken out of the result, never out of sight.

A waiver names one finding by its id, or all that match a pattern. A pattern is narrow where a
finding speaks of several things: unless its subject matches, each of the others must.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import translate

from adaudit.config import Waiver
from adaudit.errors import ConfigError
from adaudit.findings import CheckResult, Finding, Outcome, Party, Report, TargetReport
from adaudit.report.text import safe_text

_Matches = Callable[[str], object]


def waive(report: Report, waivers: Sequence[Waiver], today: date) -> Report:
    """
    Take the waived findings out of a report and say so in its warnings.

    Of several waivers the first that is valid is said to waive a finding. A waiver that is
    expired, or that no finding matches, waives nothing and is said too.
    """
    rules = [_Rule(waiver, today) for waiver in waivers]
    targets = tuple(_without(target, rules) for target in report.targets)
    return replace(report, targets=targets, warnings=tuple(_idle(rules, list(report.findings()))))


def check_names(waivers: Iterable[Waiver], known: Collection[str]) -> None:
    """Raise `ConfigError` for a waiver of a check that does not exist."""
    for waiver in waivers:
        if waiver.check is not None and waiver.check not in known:
            names = ", ".join(sorted(known))
            raise ConfigError(f"no check `{waiver.check}` to waive", f"checks: {names}")


class _Rule:
    """A waiver, ready to be held against findings."""

    def __init__(self, waiver: Waiver, today: date) -> None:
        self.waiver = waiver
        self.is_valid = today <= waiver.until
        self._trustee = _glob(waiver.trustee)
        self._object = _glob(waiver.object)

    def matches(self, finding: Finding) -> bool:
        """Whether it names a finding, expired or not."""
        waiver = self.waiver
        if waiver.finding is not None:
            return waiver.finding == finding.id
        return (
            waiver.check in (None, finding.check)
            and (self._trustee is None or _has_trustee(finding, self._trustee))
            and (self._object is None or _has_object(finding, self._object))
        )


@dataclass(frozen=True, slots=True)
class _Waived:
    finding: Finding
    waiver: Waiver

    def __str__(self) -> str:
        waiver, finding = self.waiver, self.finding
        by = "" if waiver.finding else f" by {waiver.what}"
        return f"waived until {waiver.until}{by}: {finding.id} {finding.message} ({waiver.why})"


def _glob(pattern: str | None) -> _Matches | None:
    """Brackets are nothing special: names hold them."""
    if pattern is None:
        return None
    return re.compile(translate(pattern.replace("[", "[[]")), re.IGNORECASE).match


def _has_trustee(finding: Finding, matches: _Matches) -> bool:
    parties = [evidence.trustee for evidence in finding.evidence] or [finding.subject]
    return all(_any(_names(party), matches) for party in parties)


def _names(party: Party) -> Iterator[str]:
    yield party.name
    yield party.name.rpartition("\\")[2]
    yield from filter(None, [party.sid])


def _has_object(finding: Finding, matches: _Matches) -> bool:
    subject, places = finding.subject, [(each.object, each.set_on) for each in finding.evidence]
    return (
        _any(filter(None, [subject.name, subject.dn]), matches)
        or (bool(places) and all(_any(place, matches) for place in places))
        or (bool(finding.affects) and all(_any([each], matches) for each in finding.affects))
    )


def _any(names: Iterable[str], matches: _Matches) -> bool:
    """Whether one of some names matches in the form in which reports show it."""
    return any(matches(safe_text(name)) for name in names)


def _without(target: TargetReport, rules: Sequence[_Rule]) -> TargetReport:
    waived = {waived.finding.id: waived for waived in _waived(target.findings, rules)}
    if not waived:
        return target
    results = tuple(_rest(result, waived) for result in target.results)
    return replace(target, results=results, warnings=(*target.warnings, *map(str, waived.values())))


def _waived(findings: Iterable[Finding], rules: Sequence[_Rule]) -> Iterator[_Waived]:
    for finding in findings:
        rule = next((each for each in rules if each.is_valid and each.matches(finding)), None)
        if rule is not None:
            yield _Waived(finding, rule.waiver)


def _rest(result: CheckResult, waived: Collection[str]) -> CheckResult:
    findings = tuple(finding for finding in result.findings if finding.id not in waived)
    outcome = result.outcome
    if result.findings and not findings:
        outcome = Outcome.UNKNOWN if result.unknown else Outcome.PASS
    return replace(result, outcome=outcome, findings=findings)


def _idle(rules: Sequence[_Rule], findings: Sequence[Finding]) -> Iterator[str]:
    for rule in rules:
        waiver = rule.waiver
        if not rule.is_valid:
            yield f"the waiver for {waiver.what} expired on {waiver.until} ({waiver.why})"
        elif not any(rule.matches(finding) for finding in findings):
            yield f"the waiver for {waiver.what} matches no finding ({waiver.why})"

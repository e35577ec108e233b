"""What was not read and not decided, and why."""

from collections.abc import Iterable

from adaudit.directory.entry import Gap
from adaudit.findings import Outcome, PairState, TargetReport
from adaudit.report.lines import listed, wrap
from adaudit.report.table_pairs import pair_phrases


def not_judged(target: TargetReport) -> list[str]:
    """The gaps, what the checks could not decide, and the pairs that nobody can judge."""
    undecided = [*target.unknown, *_unknown_pairs(target), *_undecided_checks(target)]
    lines = [*_by_reason("not read", target.gaps), *_by_reason("not decided", undecided)]
    return ["Not judged", *lines] if lines else []


def _by_reason(kind: str, gaps: Iterable[Gap]) -> list[str]:
    """Subjects that share a reason stand together below it."""
    subjects: dict[str, list[str]] = {}
    for gap in gaps:
        subjects.setdefault(gap.reason, []).append(gap.subject)
    lines: list[str] = []
    for reason, names in subjects.items():
        lines += wrap(f"{kind}: {reason}", "   ") + listed("", names)
    return lines


def _unknown_pairs(target: TargetReport) -> list[Gap]:
    """Pairs of state unknown by the reasons of their judgements, unless a check gave those."""
    told = {gap.reason for gap in (*target.unknown, *target.gaps)}
    reasons: dict[str, list[str]] = {}
    for pair in target.matrix.pairs if target.matrix else ():
        unknown = [j.reason for j in pair.judgements if j.state is PairState.UNKNOWN]
        if pair.state is PairState.UNKNOWN:
            for reason in dict.fromkeys(unknown or ["no reason is known"]):
                reasons.setdefault(reason, []).append(str(pair))
    return [
        Gap(phrase, reason)
        for reason, pairs in reasons.items()
        if reason not in told
        for phrase in pair_phrases(pairs, target.matrix)
    ]


def _undecided_checks(target: TargetReport) -> list[Gap]:
    """Checks that came to nothing without saying about what."""
    return [
        Gap(result.check, "the check came to no result")
        for result in target.results
        if result.outcome is Outcome.UNKNOWN and not result.unknown
    ]

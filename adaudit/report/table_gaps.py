"""What was not read and not decided, and why."""

from collections.abc import Iterable

from adaudit.directory.entry import Gap
from adaudit.findings import Matrix, Outcome, TargetReport
from adaudit.report.lines import LABEL, labelled_text, listed, wrap
from adaudit.report.pairs import unexplained, unknown_reasons
from adaudit.report.table_pairs import pair_phrases
from adaudit.report.text import columns


def not_judged(target: TargetReport) -> list[str]:
    """The gaps, what the checks could not decide, and the pairs that nobody can judge."""
    undecided = [*target.unknown, *_unknown_pairs(target), *_undecided_checks(target)]
    lines = _by_reason("not read", target.gaps, target.matrix)
    lines += _by_reason("not decided", undecided, target.matrix)
    return ["Not judged", *lines] if lines else []


def _by_reason(kind: str, gaps: Iterable[Gap], matrix: Matrix | None) -> list[str]:
    """Subjects that share a reason stand together below it."""
    subjects: dict[str, list[str]] = {}
    for gap in gaps:
        subjects.setdefault(gap.reason, []).append(gap.subject)
    lines: list[str] = []
    for reason, names in subjects.items():
        phrases = pair_phrases(names, matrix)
        if len(phrases) == 1 and columns(phrases[0]) <= LABEL:
            lines += labelled_text(phrases[0], f"{kind}: {reason}")
        else:
            lines += wrap(f"{kind}: {reason}", "   ") + listed("", phrases)
    return lines


def _unknown_pairs(target: TargetReport) -> list[Gap]:
    return [
        Gap(str(pair), reason) for pair in unexplained(target) for reason in unknown_reasons(pair)
    ]


def _undecided_checks(target: TargetReport) -> list[Gap]:
    """Checks that came to nothing without saying about what."""
    return [
        Gap(result.check, "the check came to no result")
        for result in target.results
        if result.outcome is Outcome.UNKNOWN and not result.unknown
    ]

"""What a reader sees first and last: what was looked at, how it stands, and what is missing."""

from collections import Counter
from datetime import UTC

from adaudit.findings import PairState, Report, TargetReport
from adaudit.report.lines import flow, wrap
from adaudit.report.offenders import Role, offending_groups
from adaudit.report.table_overview import tally
from adaudit.report.table_pairs import breaks
from adaudit.report.text import columns
from adaudit.wording import counted

_NAMED = 4
"""How many groups the first lines name; all of them follow below"""

_SHORT = 30
"""How long a fact may be to stand on the first line"""

_STATES = {
    PairState.DENIED: "DENIED",
    PairState.NOT_GRANTED: "not granted",
    PairState.UNKNOWN: "UNKNOWN",
    PairState.ALLOWED: "ok",
}


def head(target: TargetReport) -> list[str]:
    """The target, where it came from, what was looked at, and whether that was all."""
    short = [fact for fact in target.facts if columns(fact) <= _SHORT]
    long = [fact for fact in target.facts if columns(fact) > _SHORT]
    date = ""
    if target.taken_at:
        date = f"as of {target.taken_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    pieces = filter(None, [target.source, ", ".join(short), _state(target), date])
    return [*flow(pieces, f"{target.name}   "), *(line for fact in long for line in wrap(fact))]


def verdict(target: TargetReport) -> list[str]:
    """How many pairs are broken, and which groups to look at first."""
    if target.error is not None:
        return wrap(f"nothing could be read: {target.error}", "FAILED   ")
    return [*_pair_counts(target), *_first_groups(target)]


def result(report: Report) -> list[str]:
    """The last line: how the whole run stands."""
    if not report.targets:
        return ["Result   INCOMPLETE: no target was audited"]
    pieces = [_completeness(report), _found(report)]
    groups = sum(len(offending_groups(target, Role.ENTRY)) for target in report.targets)
    return flow(pieces + ([counted(groups, "offending group")] if groups else []), "Result   ")


def _state(target: TargetReport) -> str:
    if target.error is not None:
        return "FAILED"
    if target.is_complete:
        return "complete"
    missing = {"not read": len(target.gaps), "not decided": len(target.unknown)}
    return f"INCOMPLETE ({', '.join(f'{n} {label}' for label, n in missing.items() if n)})"


def _pair_counts(target: TargetReport) -> list[str]:
    if target.matrix is None or not target.matrix.pairs:
        return []
    counts = {state: len(pairs) for state, pairs in target.matrix.states().items()}
    states = [f"{counts[state]} {label}" for state, label in _STATES.items() if counts[state]]
    total = counted(len(target.matrix.pairs), "pair")
    return flow(states, f"{target.matrix.right} in {total}: ", ", ")


def _first_groups(target: TargetReport) -> list[str]:
    groups = offending_groups(target, Role.ENTRY)
    if not groups:
        worst = target.findings[:1]
        return [f"Look first at {finding.subject.name} ({finding.check})" for finding in worst]
    named = [f"{group.party.name} ({breaks(group.affects, target)})" for group in groups]
    more = [f"and {len(groups) - _NAMED} more"] if len(groups) > _NAMED else []
    pieces = [*named[:_NAMED], *more]
    return flow([f"{piece}," for piece in pieces[:-1]] + pieces[-1:], "Look first at ", " ")


def _completeness(report: Report) -> str:
    states = Counter(_state(target).partition(" ")[0] for target in report.targets)
    if len(report.targets) == 1:
        return next(iter(states))
    each = [f"{states[state]} {state}" for state in ("FAILED", "INCOMPLETE", "complete")]
    told = [text for text in each if not text.startswith("0 ")]
    return f"{counted(len(report.targets), 'target')}: {', '.join(told)}"


def _found(report: Report) -> str:
    found = list(report.findings())
    if not found:
        return "no findings" if report.is_complete else "no findings in what could be read"
    return tally(found)

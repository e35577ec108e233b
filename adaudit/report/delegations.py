"""What was set by hand as text for people, by place or by trustee."""

from collections.abc import Callable, Iterator
from itertools import groupby

from adaudit.findings import Party
from adaudit.report.delegation_lines import DelegationLine, DelegationReport
from adaudit.report.lines import labelled, labelled_text, wrap
from adaudit.report.text import inert
from adaudit.wording import counted


def render(report: DelegationReport) -> str:
    """The report for people; directory text in it is inert."""
    return "\n".join(_lines(inert(report))) + "\n"


def _lines(report: DelegationReport) -> Iterator[str]:
    state = "complete" if report.is_complete else "INCOMPLETE"
    yield f"{report.source}   {counted(report.described, 'descriptor')}   {state}"
    yield ""
    if not report.lines:
        yield "Nothing was set by hand" + ("" if report.is_complete else ", as far as was read")
        yield ""
    for heading, lines in groupby(report.lines, _heading(report)):
        yield " ".join(part for part in heading if part)
        for line in lines:
            yield from _delegation(line, with_place=report.by == "trustee")
        yield ""
    if report.defaults:
        told = ", ".join(f"{count} {_explained(origin)}" for origin, count in report.defaults)
        yield from wrap(told, "Not listed   ")
    for note in report.notes:
        yield from wrap(note, "Note   ")
    if report.gaps:
        yield ""
        yield "Not judged"
        for gap in report.gaps:
            yield from wrap(f"{gap.subject}: {gap.reason}", "   ")


def _heading(report: DelegationReport) -> Callable[[DelegationLine], tuple[str, ...]]:
    if report.by == "place":
        return lambda line: (line.place,)
    return lambda line: _party(line.trustee) if line.trustee else ("No trustee",)


def _party(trustee: Party) -> tuple[str, ...]:
    """A name and the SID, as different trustees can have one name."""
    return trustee.name, "" if trustee.name == trustee.sid else f"({trustee.sid})"


def _explained(origin: str) -> str:
    """`default of the class` as the end of a count."""
    first, _, rest = origin.partition(" ")
    return f"{'copies' if first == 'copy' else f'{first}s'} {rest}"


def _delegation(line: DelegationLine, *, with_place: bool) -> Iterator[str]:
    yield from labelled_text(_label(line), line.readable)
    if line.sddl is not None:
        yield from labelled("", line.sddl)
    if with_place:
        yield from labelled("on", line.place)
    if line.objects > 1 and line.sddl is not None:
        which = f"{counted(line.objects, 'object')} of class {line.object_class}"
        yield from labelled("alike on", f"{which},", f"the first is {line.example}")
    elif line.objects > 1:
        yield from labelled("first", line.example)
    if line.reach is None:
        yield from labelled_text("reaches", "objects of a class that the snapshot does not define")
    elif line.reach:
        label = "reaches" if line.sddl else "and"
        yield from labelled(label, f"{counted(line.reach, 'object')} below")
    if line.copies:
        yield from labelled("copied to", counted(line.copies, "protected object"))
    if line.standing_note:
        yield from labelled_text("trustee", f"{line.standing}: {line.standing_note}")
    yield from _shadow(line)


def _label(line: DelegationLine) -> str:
    if line.position is not None:
        return f"entry {line.position}"
    return "owner" if line.trustee else "blocked"


def _shadow(line: DelegationLine) -> Iterator[str]:
    if not line.earlier:
        return
    why = "an earlier entry says the contrary" if line.is_overruled else "said before"
    yield from labelled_text("idle", f"decides nothing on the object itself: {why}")
    for entry in line.earlier:
        yield from labelled_text("", f"entry {entry.position}: {entry.readable}")

"""
Paths of control, for people and for programs.

The JSON form is the format `adaudit-paths`, version 1: `source`, `target`, `why?`, `complete`,
`accounts`, `trusted`, `cuts[]`, `paths[]`, `gaps[]`. A cut has `mend`, and the `accounts` and
`paths` that it stops; a path `accounts`, `names[]` (the first thousand), `links[]`, `cut` (the
index of the link to cut) and `mend`; a link `who`, `trusted`, `right`, `object`, `gives`, `how`,
`reason` and `evidence?` with the fields of a report's evidence.
"""

from collections.abc import Iterator, Sequence

from adaudit.findings.control import ControlLink, ControlPath, ControlReport
from adaudit.report.json import Json, dump, evidence_fields, party_fields
from adaudit.report.lines import (
    SHOWN,
    flow,
    labelled,
    labelled_entry,
    labelled_text,
    listed,
    opening,
    wrap,
)
from adaudit.report.table_findings import origin_lines
from adaudit.report.text import safe_text
from adaudit.wording import counted

_WHOLE = "json form"
"""Where each of many like things is, of which text has the first"""
_PATHS = 20
"""How many paths the text has; the others are only counted"""


def render_text(report: ControlReport) -> str:
    """The paths for people; directory text in them is inert."""
    return "\n".join(map(safe_text, _lines(report))) + "\n"


def render_json(report: ControlReport) -> str:
    """The paths for programs."""
    fields: dict[str, Json] = {
        "format": "adaudit-paths",
        "version": 1,
        "source": report.source,
        "target": report.target,
        "why": report.why,
        "complete": not report.gaps,
        "accounts": report.accounts,
        "trusted": report.trusted,
        "cuts": [
            {"mend": mend, "accounts": accounts, "paths": paths}
            for mend, accounts, paths in report.cuts
        ],
        "paths": [_path(path) for path in report.paths],
        "gaps": [{"subject": gap.subject, "reason": gap.reason} for gap in report.gaps],
    }
    return dump(fields)


def _path(path: ControlPath) -> Json:
    return {
        "accounts": path.accounts,
        "names": list(path.names),
        "links": [_link(link) for link in path.links],
        "cut": path.cut,
        "mend": path.mend,
    }


def _link(link: ControlLink) -> Json:
    return {
        "who": party_fields(link.who),
        "trusted": link.is_trusted,
        "right": link.right,
        "object": link.object,
        "gives": link.gives,
        "how": link.how,
        "reason": link.reason,
        "evidence": evidence_fields(link.evidence) if link.evidence else None,
    }


def _lines(report: ControlReport) -> Iterator[str]:
    why = f" ({report.why})" if report.why else ""
    yield f"Control of {report.target}{why}"
    outside = counted(report.accounts, "account")
    yield f"{outside} outside tier 0 by {counted(len(report.paths), 'path')}"
    if report.cuts:
        yield ""
        yield "What to cut"
        yield from _cut_lines(report.cuts)
    for number, path in enumerate(report.paths[:_PATHS], 1):
        yield ""
        yield from _path_lines(number, path)
    if len(report.paths) > _PATHS:
        yield ""
        yield f"and {len(report.paths) - _PATHS} longer paths, each of them in the {_WHOLE}"
    if report.gaps:
        yield ""
        yield "Not read, so paths may be missing"
        yield from listed(
            "",
            (f"{gap.subject}: {gap.reason}" for gap in report.gaps),
            labelled_text,
            whole=_WHOLE,
        )


def _cut_lines(cuts: Sequence[tuple[str, int, int]]) -> Iterator[str]:
    """What to cut, and what that stops."""
    for mend, accounts, paths in cuts[:SHOWN]:
        stops = f"{counted(accounts, 'account')}, {counted(paths, 'path')}"
        yield from wrap(f"{mend} ({stops})", "   - ")
    if len(cuts) > SHOWN:
        yield f"   and {len(cuts) - SHOWN} more, each of them in the {_WHOLE}"


def _path_lines(number: int, path: ControlPath) -> Iterator[str]:
    names = [*path.names[:SHOWN]]
    more = path.accounts - len(names)
    listed_names = [*(f"{name}," for name in names[:-1]), names[-1]]
    if more:
        listed_names[-1] += f" and {more} more"
    yield from flow(listed_names, f"{number}  {counted(path.accounts, 'account')}: ", " ")
    for place, link in enumerate(path.links):
        yield from _link_lines(link, is_cut=place == path.cut)
    yield from labelled_text("cut", path.mend)


def _link_lines(link: ControlLink, *, is_cut: bool) -> Iterator[str]:
    mark = "✂ " if is_cut else ""
    yield from labelled(f"{mark}step", f"{link.who} holds {link.right} on", link.object)
    if link.gives != link.object:
        yield from labelled_text("", f"which leads to {link.gives}: it {link.how}")
    if link.reason:
        yield from labelled_text("because", link.reason)
    if link.evidence:
        yield from labelled_entry("", link.evidence.readable, link.evidence.sddl)
        yield from origin_lines(link.evidence)
        if len(link.evidence.path) > 1:
            first, *rest = link.evidence.path
            yield from flow((first, *(f"→ {name}" for name in rest)), opening("reached"), " ")

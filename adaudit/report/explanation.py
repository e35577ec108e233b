"""
One verdict with its whole reason, for people and for programs.

The JSON form is the format `adaudit-explanation`, version 1: `subject`, `object`, `right`,
`checked_by`, `decision`, `reason`, `evidence?`, `path_kinds[]`, `entries[]`, `notes[]`, `token[]`;
`evidence` has the fields of a report's evidence, `entries` `position`, `sddl`, `readable` and
`effect`.
"""

from collections.abc import Iterator

from adaudit.findings import Evidence, Explanation
from adaudit.report.json import Json, dump, evidence_fields, party_fields
from adaudit.report.lines import flow, labelled, labelled_text, opening
from adaudit.report.table_findings import on_object, origin_lines
from adaudit.report.text import safe_text


def render_text(explanation: Explanation) -> str:
    """The explanation for people; directory text in it is inert."""
    return "\n".join(map(safe_text, _lines(explanation))) + "\n"


def render_json(explanation: Explanation) -> str:
    """The explanation for programs."""
    evidence = explanation.evidence
    entries: list[Json] = [
        {
            "position": line.position,
            "effect": line.effect,
            "readable": line.readable,
            "sddl": line.sddl,
        }
        for line in explanation.entries
    ]
    fields: dict[str, Json] = {
        "format": "adaudit-explanation",
        "version": 1,
        "subject": party_fields(explanation.subject),
        "object": explanation.object,
        "right": explanation.right,
        "checked_by": explanation.checked_by,
        "decision": explanation.decision,
        "reason": explanation.reason,
        "evidence": evidence_fields(evidence) if evidence else None,
        "path_kinds": explanation.path_kinds,
        "entries": entries,
        "notes": explanation.notes,
        "token": explanation.token,
    }
    return dump(fields)


def _lines(explanation: Explanation) -> Iterator[str]:
    yield f"{explanation.right}: {explanation.decision.upper()}"
    yield from labelled("who", str(explanation.subject))
    yield from labelled("on", explanation.object)
    yield ""
    yield from labelled("because", explanation.reason)
    if explanation.evidence:
        yield from _evidence_lines(explanation.evidence, explanation.path_kinds)
    yield from labelled("checked by", explanation.checked_by)
    yield from (line for note in explanation.notes for line in labelled_text("note", note))
    yield ""
    yield "DACL in stored order"
    for entry in explanation.entries:
        yield f"{entry.position:4}  {entry.effect}"
        yield f"      {entry.readable}"
        yield f"      {entry.sddl}"
    yield ""
    *others, last = explanation.token
    yield from flow((*(f"{name}," for name in others), last), "Token   ", " ")


def _evidence_lines(evidence: Evidence, kinds: tuple[str, ...]) -> Iterator[str]:
    yield from labelled("", evidence.sddl)
    steps = (f"→ {name} ({kind})" for name, kind in zip(evidence.path[1:], kinds, strict=True))
    yield from flow((evidence.path[0], *steps), opening("reached"), " ")
    yield from origin_lines(evidence)
    if len(evidence.origin) > 1:
        yield from labelled("on", *on_object(evidence))
    for index, overruled in enumerate(evidence.overrules):
        yield from labelled_text("" if index else "overrules", overruled)

"""
One verdict with its whole reason, for people and for programs.

The JSON form is the format `adaudit-explanation`, version 1: `subject`, `object`, `right`,
`checked_by`, `decision`, `reason`, `evidence?`, `path_kinds[]`, `entries[]`, `notes[]`, `token[]`,
`takes` and `checks[]`; `evidence` has the fields of a report's evidence, `entries` `position`,
`sddl`, `readable` and `effect`. What takes several checks has them in `checks`, each with
`asked_of` (`the object`, `its parent`, …) and the fields from `object` to `notes`.
"""

from collections.abc import Iterator

from adaudit.findings import Evidence, Explanation
from adaudit.report.json import Json, dump, evidence_fields, party_fields
from adaudit.report.lines import flow, labelled, labelled_text, opening, wrap
from adaudit.report.table_findings import on_object, origin_lines
from adaudit.report.text import safe_text


def render_text(explanation: Explanation) -> str:
    """The explanation for people; directory text in it is inert."""
    return "\n".join(map(safe_text, _lines(explanation))) + "\n"


def render_json(explanation: Explanation) -> str:
    """The explanation for programs."""
    fields: dict[str, Json] = {
        "format": "adaudit-explanation",
        "version": 1,
        "subject": party_fields(explanation.subject),
        **_fields(explanation),
        "token": explanation.token,
        "takes": explanation.takes,
        "checks": [{"asked_of": check.asked_of, **_fields(check)} for check in explanation.checks],
    }
    return dump(fields)


def _fields(explanation: Explanation) -> dict[str, Json]:
    """What is told of the whole, and of each of several checks."""
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
    return {
        "object": explanation.object,
        "right": explanation.right,
        "checked_by": explanation.checked_by,
        "decision": explanation.decision,
        "reason": explanation.reason,
        "evidence": evidence_fields(evidence) if evidence else None,
        "path_kinds": explanation.path_kinds,
        "entries": entries,
        "notes": explanation.notes,
    }


def _lines(explanation: Explanation) -> Iterator[str]:
    yield f"{explanation.right}: {explanation.decision.upper()}"
    yield from labelled("who", str(explanation.subject))
    yield from labelled("on", explanation.object)
    if explanation.takes:
        yield from labelled_text("takes", explanation.takes)
    yield ""
    yield from _reason_lines(explanation)
    yield from labelled("checked by", explanation.checked_by)
    yield from _note_lines(explanation)
    for number, check in enumerate(explanation.checks, 1):
        yield ""
        yield f"{number}  {check.right} on {check.asked_of}: {check.decision.upper()}"
        yield from labelled("on", check.object)
        yield from _reason_lines(check)
        yield from _note_lines(check)
        yield from _dacl_lines(check)
    yield from _dacl_lines(explanation)
    yield ""
    *others, last = explanation.token
    yield from flow((*(f"{name}," for name in others), last), "Token   ", " ")


def _reason_lines(explanation: Explanation) -> Iterator[str]:
    yield from labelled_text("because", explanation.reason)
    if explanation.evidence:
        yield from _evidence_lines(explanation.evidence, explanation.path_kinds)


def _note_lines(explanation: Explanation) -> Iterator[str]:
    return (line for note in explanation.notes for line in labelled_text("note", note))


def _dacl_lines(explanation: Explanation) -> Iterator[str]:
    if not explanation.entries:
        return
    yield ""
    yield "DACL in stored order"
    for entry in explanation.entries:
        yield f"{entry.position:4}  {entry.effect}"
        yield from wrap(entry.readable, "      ")
        yield f"      {entry.sddl}"


def _evidence_lines(evidence: Evidence, kinds: tuple[str, ...]) -> Iterator[str]:
    yield from labelled("", evidence.sddl)
    steps = (f"→ {name} ({kind})" for name, kind in zip(evidence.path[1:], kinds, strict=True))
    yield from flow((evidence.path[0], *steps), opening("reached"), " ")
    yield from origin_lines(evidence)
    if len(evidence.origin) > 1:
        yield from labelled("on", *on_object(evidence))
    for index, overruled in enumerate(evidence.overrules):
        yield from labelled_text("" if index else "overrules", overruled)

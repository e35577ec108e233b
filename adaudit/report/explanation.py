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
from adaudit.report.text import safe_text

_LABEL = 13


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
    known = explanation
    yield f"{known.subject} on {known.object}"
    yield f"{known.right}: {known.decision.upper()}"
    yield ""
    yield _labelled("because", known.reason)
    if known.evidence:
        yield from _evidence_lines(known.evidence, known.path_kinds)
    yield _labelled("checked by", known.checked_by)
    for note in known.notes:
        yield _labelled("note", note)
    yield ""
    yield "DACL in stored order"
    for line in known.entries:
        yield f"{line.position:4}  {line.effect}"
        yield f"      {line.readable}"
        yield f"      {line.sddl}"
    yield ""
    yield f"Token: {', '.join(known.token)}"


def _evidence_lines(evidence: Evidence, kinds: tuple[str, ...]) -> Iterator[str]:
    yield _labelled("", evidence.sddl)
    yield _labelled("reached", evidence.path[0])
    for name, kind in zip(evidence.path[1:], kinds, strict=False):
        yield _labelled("", f"→ {name} ({kind})")
    for number, place in enumerate(evidence.origin):
        kind = "explicit" if place.is_explicit else "inherited"
        label = "set on" if number == len(evidence.origin) - 1 else "inherited by"
        yield _labelled(label, f"{place.dn} (entry {place.position}, {kind})")
    if evidence.origin_note:
        yield _labelled("origin", evidence.origin_note)
    for overruled in evidence.overrules:
        yield _labelled("overrules", overruled)


def _labelled(label: str, text: str) -> str:
    return f"   {label:{_LABEL}}{text}"

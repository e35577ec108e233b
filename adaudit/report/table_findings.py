"""One finding in lines: what decides, where it was set, how it is reached, how to mend it."""

from collections.abc import Iterable, Sequence

from adaudit.findings import Evidence, Finding, Party, Place
from adaudit.report.lines import flow, labelled, labelled_text, listed, opening
from adaudit.report.offenders import DENIED_CHECK


def finding_lines(finding: Finding) -> list[str]:
    """Everything about a finding but its subject and what it breaks."""
    lines = labelled("finding", finding.id, str(finding.severity))
    lines += labelled_text("", finding.message)
    for alike in _alike(finding.evidence):
        lines += _entry_lines(finding, alike)
    lines += listed("through", map(party_text, finding.through))
    for index, remedy in enumerate(finding.remedy):
        lines += labelled_text("or" if index else "mend", remedy)
    return lines + (labelled("look", finding.look) if finding.look else [])


def party_text(party: Party) -> str:
    """A principal or object with all that is known of it."""
    return "   ".join(part for part in (party.name, party.dn, party.sid) if part)


def _entry_lines(finding: Finding, alike: Sequence[Evidence]) -> list[str]:
    """One entry as it was set, with all objects on which it takes effect."""
    first = alike[0]
    verb = "denies" if finding.check == DENIED_CHECK else "entry"
    return [
        *labelled(verb, first.readable, _position(first), first.sddl),
        *_origin_lines(first),
        *listed("also on", (_effect(e) for e in alike if e.object != first.object)),
        *_path_lines(alike),
        *listed("overrules", (text for e in alike for text in e.overrules)),
    ]


def _position(evidence: Evidence) -> str:
    if not evidence.origin:
        return f"entry {evidence.position}"
    kind = "explicit" if evidence.origin[0].is_explicit else "inherited"
    return f"entry {evidence.position}, {kind}"


def _origin_lines(evidence: Evidence) -> list[str]:
    """From where the entry was set down to where it decides, link by link."""
    here = [evidence.object, f"(entry {evidence.position})"]
    lines: list[str] = []
    for place in reversed(evidence.origin):
        label = "down by" if lines else "set on" if place.is_explicit else "followed to"
        is_here = bool(lines) and place.dn == evidence.object
        lines += [] if is_here else labelled(label, place.dn, _link(place))
    if len(evidence.origin) != 1:
        lines += labelled("decides on", *here)
    return lines + (labelled_text("origin", evidence.origin_note) if evidence.origin_note else [])


def _link(place: Place) -> str:
    return f"({'explicit' if place.is_explicit else 'inherited'}, entry {place.position})"


def _effect(evidence: Evidence) -> str:
    return f"{evidence.object}   (entry {evidence.position})"


def _path_lines(alike: Iterable[Evidence]) -> list[str]:
    """The membership paths; those that differ in the first link only stand together."""
    starts: dict[tuple[str, ...], dict[str, None]] = {}
    for evidence in alike:
        if evidence.path:
            starts.setdefault(evidence.path[1:], {})[evidence.path[0]] = None
    lines = []
    for rest, names in starts.items():
        links = [", ".join(names), *(f"→ {name}" for name in rest)]
        lines += flow(links, opening("reached"), " ")
    return lines


def _alike(evidence: Iterable[Evidence]) -> list[list[Evidence]]:
    """Evidence of one entry together: set in one place, taking effect on several objects."""
    groups: dict[tuple[object, ...], list[Evidence]] = {}
    for one in evidence:
        place = one.origin[-1] if one.origin else one.object
        same = (one.trustee, one.readable, one.sddl, place, one.origin_note)
        groups.setdefault(same, []).append(one)
    return list(groups.values())

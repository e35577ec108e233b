"""One finding in lines: what decides, where it was set, how it is reached, how to mend it."""

from collections.abc import Iterable, Sequence

from adaudit.findings import Evidence, Finding, Party, Place
from adaudit.report.lines import (
    SHOWN,
    flow,
    labelled,
    labelled_entry,
    labelled_text,
    listed,
    opening,
    relative,
)
from adaudit.report.offenders import DENIED_CHECK

_GAP = "   "
_NAMED = 48
"""How many members of a group are named before the rest is only counted"""


def finding_lines(finding: Finding) -> list[str]:
    """Everything about a finding but its subject and what it breaks."""
    lines = labelled("finding", finding.id, str(finding.severity))
    lines += labelled_text("", finding.message)
    for alike in _alike(finding.evidence):
        lines += _entry_lines(finding, alike)
    for index, party in enumerate(finding.through):
        lines += labelled("" if index else "through", *party_texts(party))
    for index, remedy in enumerate(finding.remedy):
        lines += labelled_text("" if index else "mend", f"- {remedy}")
    return lines + (labelled("look", finding.look) if finding.look else [])


def party_texts(party: Party) -> list[str]:
    """A principal or object with all that is known of it, each thing once."""
    return list(dict.fromkeys(text for text in (party.name, party.dn, party.sid) if text))


def _entry_lines(finding: Finding, alike: Sequence[Evidence]) -> list[str]:
    """One entry as it was set, with all objects on which it takes effect."""
    first = alike[0]
    is_denied = finding.check == DENIED_CHECK
    words = first.readable.removeprefix("deny ") if is_denied else first.readable
    also = (on_object(e) for e in alike if e.object != first.object)
    return [
        *labelled_entry("denies" if is_denied else "entry", words, first.sddl),
        *origin_lines(first),
        *(labelled("on", *on_object(first)) if len(first.origin) != 1 else ()),
        *listed("also on", map(_GAP.join, also)),
        *_path_lines(alike),
        *listed("overrules", first.overrules, labelled_text),
    ]


def origin_lines(evidence: Evidence) -> list[str]:
    """From where the entry was set down to the object on which it decides, link by link."""
    lines: list[str] = []
    if evidence.origin:
        top = evidence.origin[-1]
        lines += labelled("set on" if top.is_explicit else "as far as", top.dn, _how(top))
    for place in reversed(evidence.origin[1:-1]):
        lines += labelled("down by", relative(place.dn, evidence.set_on), _how(place))
    return lines + (labelled_text("origin", evidence.origin_note) if evidence.origin_note else [])


def _how(place: Place) -> str:
    return f"({'explicit' if place.is_explicit else 'inherited'}, entry {place.position})"


def on_object(evidence: Evidence) -> list[str]:
    """The object on which the entry decides, and the position that it has there."""
    return [relative(evidence.object, evidence.set_on), f"(entry {evidence.position})"]


def _path_lines(alike: Iterable[Evidence]) -> list[str]:
    """The membership paths; those that differ in the first link only stand together."""
    starts: dict[tuple[str, ...], dict[str, None]] = {}
    for evidence in alike:
        if len(evidence.path) > 1:
            first = evidence.subjects or evidence.path[:1]
            starts.setdefault(evidence.path[1:], {}).update(dict.fromkeys(first))
    lines = []
    for rest, names in starts.items():
        *others, last = _few(tuple(names))
        links = [*(f"{name}," for name in others), last, *(f"→ {name}" for name in rest)]
        lines += flow(links, opening("reached"), " ")
    return lines


def _few(names: Sequence[str]) -> Sequence[str]:
    more = len(names) - SHOWN
    return names if len(names) <= _NAMED else (*names[:SHOWN], f"{more} more")


def _alike(evidence: Iterable[Evidence]) -> list[list[Evidence]]:
    """Evidence of one entry together: set in one place, taking effect on several objects."""
    groups: dict[tuple[object, ...], list[Evidence]] = {}
    for one in evidence:
        groups.setdefault((one.trustee, one.origin_note, *_entry(one)), []).append(one)
    return list(groups.values())


def _entry(evidence: Evidence) -> tuple[object, ...]:
    """Which entry it is: that of a place, where it was set and overrules nothing to be told."""
    place = evidence.origin[-1] if evidence.origin else None
    if place and place.is_explicit and not evidence.overrules:
        return (place,)
    return (evidence.readable, evidence.sddl, place or evidence.object)

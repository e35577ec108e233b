"""
All that one subject in effect holds, for people.

The forms for programs are `adaudit.report.rights_of_json` and `adaudit.report.rights_of_csv`.
"""

from collections.abc import Iterator
from dataclasses import replace

from adaudit.findings.rights_of import Ability, RightsOf, Source, Spread, Unjudged
from adaudit.report.lines import (
    SHOWN,
    flow,
    labelled,
    labelled_entry,
    labelled_text,
    opening,
    relative,
)
from adaudit.report.powers import in_words
from adaudit.report.table_findings import on_object, origin_lines
from adaudit.report.text import safe_text
from adaudit.wording import counted

_SPREADS = 50
"""How many different cases are told before the rest is only counted"""
_NAMES = 2
"""How many trustees are named in one line at a glance"""
_FULL = "full control"
_ELSEWHERE = ", each of them in the csv and json forms"
_DECISIONS = {"allowed": "yes", "denied": "no", "undecided": "not known"}


def render(found: RightsOf) -> str:
    """The answer as text; directory text in it is inert."""
    return "\n".join(map(safe_text, _lines(found))) + "\n"


def _lines(found: RightsOf) -> Iterator[str]:
    yield f"{found.subject}: {_summary(found)}"
    if found.where:
        yield from labelled("under" if found.is_below else "on", found.where)
    if found.beyond:
        yield from labelled_text(
            "beyond", f"what {found.beyond} hold as well is left out; --all shows it too"
        )
    yield from labelled(
        "checked by", *(f"{name}," for name in found.checked_by[:-1]), *found.checked_by[-1:]
    )
    yield from (line for note in found.notes for line in labelled_text("note", note))
    if found.is_below and len(found.spreads) > 1:
        yield from _glance(found)
    for number, spread in enumerate(found.spreads[:_SPREADS], 1):
        yield ""
        yield from _spread_lines(number, spread, found)
    if found.abilities:
        yield ""
        yield "Operations"
        yield from (line for ability in found.abilities for line in _ability_lines(ability, found))
    for unjudged in found.unjudged:
        yield ""
        yield from _unjudged_lines(unjudged, found.where)


def _summary(found: RightsOf) -> str:
    if not found.is_below:
        if found.spreads:
            return _FULL if found.spreads[0].is_full else "what is held on the object"
        return f"nothing{f' beyond {found.beyond}' if found.beyond else ''}"
    count = sum(len(spread.objects) for spread in found.spreads)
    idle = f", nothing{' more' if found.beyond else ''} on {found.idle:,}" if found.idle else ""
    return f"something on {_objects(count)}{idle}"


def _glance(found: RightsOf) -> Iterator[str]:
    yield ""
    yield "Held"
    for number, spread in enumerate(found.spreads, 1):
        if number > _SPREADS:
            yield f"      and {len(found.spreads) - _SPREADS:,} more{_ELSEWHERE}"
            return
        words = in_words([held for source in spread.sources for held in source.held])
        few = words[: SHOWN - 1]
        shown = list(words) if len(words) <= SHOWN else [*few, "and more, see below"]
        if spread.is_full:
            shown = [_FULL]
        phrases = [f"{word};" for word in shown[:-1]] + shown[-1:]
        title = f"{_objects(len(spread.objects))} {_through(spread)}:"
        yield from flow([title, *phrases], f"{number:>4}  ", " ")


def _through(spread: Spread) -> str:
    known = (source for source in spread.sources if source.is_sure or source.evidence)
    names = list(dict.fromkeys(source.through for source in known))
    if not names:
        return "perhaps"
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return f"through {', '.join(names[:_NAMES])}{more}"


def _spread_lines(number: int, spread: Spread, found: RightsOf) -> Iterator[str]:
    if found.is_below:
        title = _objects(len(spread.objects))
        yield from flow([title, *([_FULL] if spread.is_full else [])], f"{number:<3}")
        yield from _object_lines(spread, found.where)
        for source in spread.sources:
            yield from _source_lines(source, is_example=len(spread.objects) > 1)
        return
    for place, source in enumerate(spread.sources, 1):
        if place > 1:
            yield ""
        yield from flow([source.through], f"{place:<3}")
        yield from _source_lines(source, is_example=False)


def _source_lines(source: Source, *, is_example: bool) -> Iterator[str]:
    for number, phrase in enumerate(in_words(source.held)):
        label = "" if number else "holds" if source.is_sure else "may hold"
        yield from labelled_text(label, phrase)
    evidence = source.evidence
    if evidence is None:
        yield from labelled_text("because", source.reason)
        return
    yield from labelled_entry("by", source.reason, evidence.sddl)
    if is_example:
        yield from labelled("as on", evidence.object)
        yield from origin_lines(replace(evidence, origin=evidence.origin[-1:]))
    else:
        yield from origin_lines(evidence)
        if len(evidence.origin) > 1:
            yield from labelled("on", *on_object(evidence))
    if len(evidence.path) > 1:
        steps = [f"→ {name}" for name in evidence.path[1:]]
        yield from flow([evidence.path[0], *steps], opening("reached"), " ")


def _object_lines(among: Spread | Unjudged, where: str) -> Iterator[str]:
    count = len(among.objects)
    shown = count if count <= SHOWN else SHOWN - 1
    for number, dn in enumerate(among.objects.first(shown)):
        yield from labelled("" if number else "objects", relative(dn, where) if where else dn)
    if count > shown:
        yield from labelled_text("", f"and {count - shown:,} more{_ELSEWHERE}")


def _ability_lines(ability: Ability, found: RightsOf) -> Iterator[str]:
    answer = _DECISIONS[ability.decision]
    common = f" ({found.beyond} too)" if ability.is_common else ""
    reason = f": {ability.reason}" if ability.reason else ""
    yield from labelled_text(ability.operation, f"{answer}{common}{reason}")


def _unjudged_lines(unjudged: Unjudged, where: str) -> Iterator[str]:
    yield from flow(["Not judged", _objects(len(unjudged.objects))], "?  ")
    yield from labelled_text("because", unjudged.reason)
    yield from _object_lines(unjudged, where)


def _objects(count: int) -> str:
    return counted(count, "object") if count < 1000 else f"{count:,} objects"

"""
What changed between two snapshots, for people: in effect first, then in entries, then in objects.

The form for programs is `adaudit.report.drift_json`.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC
from itertools import islice
from typing import TypeVar

from adaudit.changes import (
    Cause,
    Compared,
    Decider,
    Drift,
    Effect,
    EntryChange,
    GroupEffect,
    MembershipChange,
    ObjectChange,
)
from adaudit.report.lines import flow, labelled, labelled_text, opening, wrap
from adaudit.report.text import safe_text
from adaudit.wording import counted

_NAMED = 5
"""How many of many names are told"""
_SHORT = 3
"""As many lines stand below others without a space between them"""
_FULL_CONTROL = "FullControl"

_Told = TypeVar("_Told")


def render(drift: Drift) -> str:
    """The changes as text; every name in it is inert."""
    sections = [
        [*_side("old", drift.old), *_side("new", drift.new)],
        _section("In effect", drift.effects, _effect),
        _section("In effect, in groups of tier 0", drift.groups, _group),
        _section("In entries", drift.entries, _entry),
        _section("In objects", drift.objects, _object),
        _section("In memberships", drift.memberships, _membership),
        _gaps(drift),
        _result(drift),
    ]
    return "\n".join("\n".join(map(safe_text, lines)) + "\n" for lines in sections if lines)


def _side(label: str, side: Compared) -> list[str]:
    date = f"as of {side.taken_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return flow([side.name, side.source, counted(side.objects, "object"), date], f"{label}   ")


def _section(
    title: str, changes: Sequence[_Told], lines: Callable[[_Told, str], Iterator[str]]
) -> list[str]:
    if not changes:
        return []
    told = [title]
    for number, each in enumerate(changes, 1):
        item = list(lines(each, f"{number:<2} "))
        told += ["", *item] if number > 1 and len(item) > _SHORT else item
    return told


def _effect(effect: Effect, first: str) -> Iterator[str]:
    who = _who(effect)
    yield from wrap(f"{who} {effect.kind} {_rights(effect)} on {_objects(effect)}", first)
    if effect.is_on_own:
        yield from labelled("", "each on its own object alone")
    elif effect.but_own:
        yield from labelled("", f"but for {effect.but_own} of them on their own objects")
    yield from _names("accounts", effect.accounts)
    yield from _names("objects", effect.objects)
    yield from _decider("now", effect.after)
    yield from _decider("before", effect.before)
    yield from labelled("because", effect.cause)
    if (effect.path and effect.cause is not Cause.ENTRIES) or len(effect.path) > 1:
        yield from flow(_way(effect.path), opening("through"), " ")
    if effect.step:
        yield from labelled("", effect.step)


def _who(effect: Effect) -> str:
    return (
        effect.accounts[0]
        if len(effect.accounts) == 1
        else counted(len(effect.accounts), "account")
    )


def _rights(effect: Effect) -> str:
    if effect.rights == (_FULL_CONTROL,):
        return "full control"
    return ", ".join(effect.rights)


def _objects(effect: Effect) -> str:
    return effect.objects[0] if len(effect.objects) == 1 else counted(len(effect.objects), "object")


def _names(label: str, names: Sequence[str]) -> Iterator[str]:
    """The first of many names; one alone is told elsewhere."""
    if len(names) > 1:
        yield from labelled(label, *_some(names))


def _some(names: Sequence[str]) -> list[str]:
    first = list(islice(names, _NAMED))
    more = len(names) - len(first)
    return [*first, f"and {more} more"] if more else first


def _decider(label: str, decider: Decider) -> Iterator[str]:
    owner = f": {decider.trustee}" if decider.trustee and decider.sddl is None else ""
    yield from labelled_text(label, f"{decider.reason}{owner}")
    if decider.sddl is not None:
        yield from labelled("", decider.sddl)
    if decider.set_on is not None:
        yield from labelled("", f"set on {decider.set_on}")


def _way(path: Sequence[str]) -> list[str]:
    return [*path[:1], *(f"→ {name}" for name in path[1:])]


def _group(effect: GroupEffect, first: str) -> Iterator[str]:
    yield from flow([effect.group.name], first)
    for label, names, path in (
        ("came in", effect.came, effect.came_path),
        ("left", effect.left, effect.left_path),
    ):
        if names:
            yield from labelled(label, *_some(names))
            yield from flow(_way(path), opening(""), " ")


def _entry(change: EntryChange, first: str) -> Iterator[str]:
    yield from wrap(f"{change.kind}: {change.words}", first)
    yield from labelled("on" if change.is_on_object else "set on", *_some(change.objects))
    if not change.is_on_object:
        yield from labelled("", "where nothing changed; objects below it inherit otherwise")
    if change.sddl_before is not None and change.sddl_before != change.sddl:
        yield from labelled("before", change.sddl_before, _place(change.position_before))
    if change.sddl is not None:
        yield from labelled("now", change.sddl, _place(change.position))
    if change.sddl == change.sddl_before is not None:
        yield from labelled("before", _place(change.position_before))
    if change.reached:
        yield from labelled("reached", f"{counted(change.reached, 'object')} by inheritance")
    yield from labelled_text("effect", change.note)


def _place(position: int | None) -> str:
    return "" if position is None else f"entry {position}"


def _object(change: ObjectChange, first: str) -> Iterator[str]:
    known = f" {change.object_class}" if change.object_class else ""
    below = f" with {counted(change.below, 'object')} below it" if change.below else ""
    yield from wrap(f"{change.kind}{known}: {change.dn}{below}", first)
    if change.dn_before is not None:
        yield from labelled("before", change.dn_before)
    if change.attributes:
        yield from labelled("attributes", *change.attributes)


def _membership(change: MembershipChange, first: str) -> Iterator[str]:
    note = [change.note] if change.note else []
    yield from flow([change.group.name, *note], first)
    for label, names in (("came in", change.came), ("left", change.left)):
        if names:
            yield from labelled(label, *_some(names))


def _gaps(drift: Drift) -> list[str]:
    if not drift.gaps:
        return []
    lines = [line for gap in drift.gaps for line in wrap(f"{gap.subject}: {gap.reason}", "   ")]
    return [f"Not compared ({len(drift.gaps)})", *lines]


def _result(drift: Drift) -> list[str]:
    state = "complete" if drift.is_complete else "INCOMPLETE"
    if not drift.has_changes:
        found = "nothing changed" if drift.is_complete else "nothing changed in what could be read"
        return flow([state, found], "Result   ")
    numbers = {
        "effects": drift.effects,
        "groups of tier 0": drift.groups,
        "entries": drift.entries,
        "objects": drift.objects,
        "memberships": drift.memberships,
    }
    told = [f"{name}: {len(each)}" for name, each in numbers.items() if each]
    return flow([state, *told], "Result   ")

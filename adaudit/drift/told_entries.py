"""Changes of descriptors in words."""

from collections.abc import Callable

from adaudit.access.view import View
from adaudit.changes import EntryChange, EntryKind
from adaudit.drift.descriptors import Change
from adaudit.drift.naming import Naming
from adaudit.drift.outcomes import IN_EFFECT
from adaudit.drift.parts import Part
from adaudit.drift.sides import Sides
from adaudit.security.ace import AnyAce
from adaudit.security.descriptor import AbsentAcl, NullAcl
from adaudit.security.sddl import format_ace
from adaudit.security.sid import Sid
from adaudit.wording import readable

_ORDER = {kind: place for place, kind in enumerate(EntryKind)}


def entry_change(
    change: Change, sides: Sides, naming: Naming, note: Callable[[Change], str]
) -> EntryChange:
    """One change, with all objects that have it."""
    part = change.part
    view = sides.old if part.is_of_old else sides.new
    is_here = bool(change.set_on)
    return EntryChange(
        part.kind,
        naming.objects(change.set_on) if is_here else (str(change.source),),
        _words(part, view, sides),
        _sddl(part.new),
        _sddl(part.old),
        part.new_position,
        part.old_position,
        len(change.reached - change.set_on),
        note(change),
        is_on_object=is_here,
    )


def rank(change: EntryChange) -> tuple[bool, int, str, str]:
    """What is told first: changes that take effect."""
    return (
        IN_EFFECT not in change.note,
        _ORDER[change.kind],
        next(iter(change.objects)),
        change.words,
    )


def _words(part: Part, view: View, sides: Sides) -> str:
    if part.ace is not None:
        audit = "of the audit list: " if part.is_audit else ""
        return f"{audit}{readable(part.ace, view)}"
    if part.kind is EntryKind.PROTECTION:
        return "takes no entries from its parent" if part.now else "takes entries from its parent"
    if part.kind is EntryKind.LIST:
        return f"{_list(part.was)} before, {_list(part.now)} now"
    return f"{_name(part.was, sides.old)} before, {_name(part.now, sides.new)} now"


def _list(kind: object) -> str:
    if kind is AbsentAcl:
        return "no DACL"
    return "a null DACL" if kind is NullAcl else "a DACL"


def _name(sid: object, view: View) -> str:
    return view.name(sid) if isinstance(sid, Sid) else "nobody"


def _sddl(ace: AnyAce | None) -> str | None:
    return None if ace is None else format_ace(ace)

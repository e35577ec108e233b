"""What checks say of things that were set by hand: an entry, an owner, blocked inheritance."""

from collections.abc import Iterator

from adaudit.checks._context import Context
from adaudit.checks.domain._entry import evidence_of
from adaudit.directory.entry import Gap
from adaudit.findings import Evidence, Party, fingerprint
from adaudit.review.delegations import Delegation, Kind
from adaudit.security.ace import Ace
from adaudit.security.wire import encode_ace
from adaudit.wording import counted


def set_by_hand(context: Context, *kinds: Kind) -> Iterator[Delegation]:
    """The things of some kinds, from the heads down."""
    return (each for each in context.delegations.found if each.kind in kinds)


def unjudged(context: Context) -> Iterator[Gap]:
    """What may have been set by hand and could not be judged, beside what was not read at all."""
    told = {*context.snapshot.gaps, *context.faults}
    return (gap for gap in context.delegations.gaps if gap not in told)


def affected(delegation: Delegation, context: Context) -> tuple[str, ...]:
    """The DNs of the objects that it was set on."""
    return tuple(str(context.snapshot.at(number).dn) for number in delegation.objects)


def where(delegation: Delegation) -> str:
    """The objects that it was set on, in words."""
    count = len(delegation.objects)
    if count == 1:
        return delegation.place.name
    return f"{count} objects of class {delegation.object_class} in {delegation.place.name}"


def below(delegation: Delegation) -> str:
    """How many more objects take it over, in words; nothing where it goes no further."""
    if delegation.reach is None:
        return ", and in effect on objects below of a class that is not known"
    return (
        f", and in effect on {counted(delegation.reach, 'object')} below"
        if delegation.reach
        else ""
    )


def place_of(delegation: Delegation) -> Party:
    """The object that it was set on, or the parent of several."""
    return Party(delegation.place.name, str(delegation.place))


def identity(check: str, delegation: Delegation, context: Context, *more: str) -> str:
    """The fingerprint of a finding about it."""
    entry = context.snapshot.entry(delegation.place)
    parts: list[str | bytes] = [str((entry and entry.guid) or delegation.place.path), *more]
    if len(delegation.objects) > 1:
        parts += [delegation.object_class.lower(), "idle" if delegation.shadow else "deciding"]
    if delegation.ace is not None:
        parts.append(encode_ace(delegation.ace))
    elif delegation.trustee is not None:
        parts.append(str(delegation.trustee.sid))
    return fingerprint(check, *parts)


def entry_of(delegation: Delegation, context: Context) -> tuple[Evidence, ...]:
    """The entry on the first of the objects; nothing where none was set."""
    ace, position = delegation.ace, delegation.position
    if not isinstance(ace, Ace) or position is None:
        return ()
    names = affected(delegation, context)
    return (evidence_of(delegation.example, position, ace, context, names),)


def removal(delegation: Delegation, context: Context) -> str:
    """To take an entry away where it was set, in words."""
    if isinstance(delegation.ace, Ace):
        trustee = context.view.name(delegation.ace.trustee)
        return f"remove the entry for {trustee} from {_each(delegation)}"
    return f"remove the entry from {_each(delegation)}"


def _each(delegation: Delegation) -> str:
    count = len(delegation.objects)
    return str(delegation.place) if count == 1 else f"each of the {where(delegation)}"

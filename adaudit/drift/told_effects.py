"""Effects in words."""

from itertools import pairwise

from adaudit.access.verdict import Decision
from adaudit.access.view import View
from adaudit.changes import Cause, Decider, Effect, EffectKind
from adaudit.drift.judging import Judged
from adaudit.drift.merging import Merged
from adaudit.drift.naming import Naming
from adaudit.drift.sides import Sides
from adaudit.security.sddl import format_ace
from adaudit.security.sid import Sid
from adaudit.wording import party, reason

_ORDER = {kind: place for place, kind in enumerate(EffectKind)}


class Teller:
    """Puts effects into words."""

    def __init__(self, sides: Sides, naming: Naming) -> None:
        self._sides = sides
        self._naming = naming

    def effect(self, merged: Merged) -> Effect:
        """All of one effect."""
        found = merged.found
        difference = found.difference
        path, step = self._way(merged)
        own = {} if difference.is_on_own else difference.own or {}
        return Effect(
            kind_of(difference.before, difference.after),
            merged.rights,
            self._naming.objects(difference.objects),
            self._naming.accounts(difference.subjects),
            difference.is_on_own,
            sum(each in own and own[each] in difference.objects for each in difference.subjects)
            if own
            else 0,
            _decider(found.old, "the account was not there"),
            _decider(found.new, "the account is not there"),
            found.cause,
            path,
            step,
        )

    def _way(self, merged: Merged) -> tuple[tuple[str, ...], str | None]:
        """The way of the sample to the trustee, and which step of it made the difference."""
        old, new = merged.found.old, merged.found.new
        if merged.found.cause is Cause.ENTRIES:
            told = new if merged.found.difference.after is Decision.ALLOWED else old
            return _path(told), None
        if (sid := new.met) is not None and sid not in old.token.sids:
            return _path(new), _step(new.token.path_sids(sid), new.view, old.view, "new")
        if (sid := old.met) is not None and sid not in new.token.sids:
            return _path(old), _step(old.token.path_sids(sid), old.view, new.view, "no more")
        return (), None


def kind_of(before: Decision, after: Decision) -> EffectKind:
    """What it is that a decision became another one."""
    if (before, after) == (Decision.DENIED, Decision.ALLOWED):
        return EffectKind.GAINED
    if (before, after) == (Decision.ALLOWED, Decision.DENIED):
        return EffectKind.LOST
    is_more = before is Decision.DENIED or after is Decision.ALLOWED
    return EffectKind.MAY_HAVE_GAINED if is_more else EffectKind.MAY_HAVE_LOST


def rank(effect: Effect) -> tuple[int, int, int, tuple[str, ...]]:
    """What is told first: gains, and of these the widest."""
    return _ORDER[effect.kind], -len(effect.accounts), -len(effect.objects), effect.rights


def _decider(judged: Judged, absent: str) -> Decider:
    verdict, view = judged.verdict, judged.view
    if verdict is None:
        return Decider(absent)
    deciding = verdict.deciding
    if deciding is None:
        owner = party(judged.met, view) if judged.met else None
        return Decider(reason(verdict, view), object=str(judged.entry.dn), trustee=owner)
    source = view.origin(judged.entry.dn, deciding.position).source
    return Decider(
        reason(verdict, view),
        format_ace(deciding.ace),
        deciding.position,
        str(judged.entry.dn),
        str(source.dn),
        party(deciding.ace.trustee, view),
    )


def _path(judged: Judged) -> tuple[str, ...]:
    sid = judged.met
    return () if sid is None else tuple(map(judged.view.name, judged.token.path_sids(sid)))


def _step(way: tuple[Sid, ...], view: View, other: View, what: str) -> str | None:
    """The first membership of a way that the other snapshot does not have."""
    for member, group in pairwise(way):
        arcs = other.membership.arcs.get(member, ())
        if group not in {arc.group.sid for arc in arcs}:
            return f"{view.name(member)} is {what} in {view.name(group)}"
    return None

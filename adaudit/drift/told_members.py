"""Memberships in words: direct ones of every group, and those in tier 0 in effect."""

from collections.abc import Iterable, Iterator

from adaudit.access.bitmap import BitMap
from adaudit.access.growth import Server
from adaudit.access.view import View
from adaudit.changes import GroupEffect, MembershipChange
from adaudit.directory.population import Population
from adaudit.drift.members import GroupChange
from adaudit.drift.naming import Names
from adaudit.drift.sides import Pair, Sides, Subjects
from adaudit.findings import Party
from adaudit.review.tier_zero import TierZero
from adaudit.security.sid import Sid
from adaudit.wording import party


def membership_changes(changes: Iterable[GroupChange], sides: Sides) -> Iterator[MembershipChange]:
    """Who came into which group, and who left it; what comes in two ways comes once."""
    populations = tuple(view.membership.population for view in (sides.old, sides.new))
    for change in _once(changes):
        note = None
        if change.old is None or change.new is None:
            note = "the group is new" if change.old is None else "the group is gone"
        yield MembershipChange(
            _group(change, sides, populations),
            Names(change.came, lambda number: populations[1].principal(number).name),
            Names(change.left, lambda number: populations[0].principal(number).name),
            note,
        )


def _once(changes: Iterable[GroupChange]) -> list[GroupChange]:
    found: dict[tuple[int | None, int | None], GroupChange] = {}
    for each in changes:
        known = found.get((each.old, each.new), GroupChange(each.old, each.new))
        both = GroupChange(each.old, each.new, known.came | each.came, known.left | each.left)
        found[each.old, each.new] = both
    return list(found.values())


def _group(change: GroupChange, sides: Sides, populations: tuple[Population, ...]) -> Party:
    old, new = populations
    if change.new is not None:
        return party(new.sid(change.new), sides.new)
    return party(old.sid(change.old or 0), sides.old)


def group_effects(sides: Sides, subjects: Subjects) -> Iterator[GroupEffect]:
    """Who of those whose tokens may have changed came into a group of tier 0, or left it."""
    if not subjects.sids:
        return
    groups = TierZero.of(sides.old).groups | TierZero.of(sides.new).groups
    for sid in sorted(groups, key=str):
        found = _effect(sid, _servers(sid, sides), sides, subjects)
        if found.came or found.left:
            yield found


def _servers(sid: Sid, sides: Sides) -> list[Pair]:
    """Where the token counts: at the controllers of the group's domain, BUILTIN ones at all."""
    domains = sides.new.domains
    own = domains.by_sid.get(sid.domain) if sid.domain else None
    known = [each for each in sides.servers if each.new.domain is not None]
    return [each for each in known if own in (None, each.new.domain)] or list(sides.servers[-1:])


def _effect(sid: Sid, servers: list[Pair], sides: Sides, subjects: Subjects) -> GroupEffect:
    came, left = _Way(sides.new, subjects), _Way(sides.old, subjects)
    for each in servers:
        before = sides.carriers(sides.old, each.old, subjects).sure(sid) & subjects.present.old
        after = sides.carriers(sides.new, each.new, subjects).sure(sid) & subjects.present.new
        came.add(after - before, each.new, sid)
        left.add(before - after, each.old, sid)
    return GroupEffect(
        party(sid, sides.new if sides.new.membership.principals.get(sid) else sides.old),
        came.names,
        left.names,
        came.path,
        left.path,
    )


class _Way:
    """Who came into a group or left it, with the way of the first."""

    def __init__(self, view: View, subjects: Subjects) -> None:
        self._view, self._subjects = view, subjects
        self._found = BitMap()
        self.path: tuple[str, ...] = ()

    def add(self, found: BitMap, server: Server, sid: Sid) -> None:
        """Add those of one server."""
        self._found |= found
        if found and not self.path:
            token = self._view.token(self._subjects.sid(found.min()), server)
            self.path = tuple(map(self._view.name, token.path_sids(sid)))

    @property
    def names(self) -> Names:
        """All of them."""
        return Names(self._found, lambda number: self._view.name(self._subjects.sid(number)))

"""Two snapshots of one forest compared: `adaudit diff`."""

from collections.abc import Iterator
from itertools import chain

from adaudit.changes import Compared, Drift
from adaudit.directory.domains import Domains
from adaudit.directory.entry import Gap
from adaudit.directory.snapshot import Snapshot
from adaudit.drift.descriptors import changes
from adaudit.drift.effects import Effects
from adaudit.drift.joining import Joined, join
from adaudit.drift.members import GroupChange, group_changes
from adaudit.drift.merging import merged
from adaudit.drift.naming import Naming
from adaudit.drift.outcomes import Outcomes
from adaudit.drift.sides import Sides
from adaudit.drift.tokens import Touched, touched
from adaudit.drift.told_effects import Teller
from adaudit.drift.told_effects import rank as rank_of_effect
from adaudit.drift.told_entries import entry_change
from adaudit.drift.told_entries import rank as rank_of_entry
from adaudit.drift.told_members import group_effects, membership_changes
from adaudit.drift.told_objects import object_changes
from adaudit.errors import QuestionError
from adaudit.wording import counted


def compare(old: Snapshot, new: Snapshot, names: tuple[str, str] = ("OLD", "NEW")) -> Drift:
    """
    Tell what changed from one snapshot to another one of the same forest.

    Sets of names in the result are read from the snapshots when they are looked at.
    Raises `QuestionError` for snapshots of different forests, `DirectoryError` when one is damaged.
    """
    _check_forests(old, new)
    joined = join(old, new)
    before, after = _compared(old, names[0]), _compared(new, names[1])
    gaps = [*_gaps(old, names[0]), *_gaps(new, names[1])]
    if _is_all_the_same(joined):
        return Drift(before, after, (), gaps=tuple(gaps))
    return _Comparison(joined).drift(before, after, gaps)


class _Comparison:
    def __init__(self, joined: Joined) -> None:
        self._joined = joined
        self._sides = Sides(joined)
        self._groups: list[GroupChange] = []
        self._touched = Touched()
        if not joined.are_principals_same:
            old, new = self._sides.old, self._sides.new
            populations = old.membership.population, new.membership.population
            self._groups = list(group_changes(*populations, joined))
            self._touched = touched(old, new, joined, self._groups)

    def drift(self, old: Compared, new: Compared, gaps: list[Gap]) -> Drift:
        """All of it, in words."""
        sides = self._sides
        effects = Effects(sides, self._touched)
        found = list(effects.found())
        naming, outcomes = Naming(sides), Outcomes(sides, found)
        teller = Teller(sides, naming)
        told = [teller.effect(each) for each in merged(found)]
        entries = [entry_change(each, sides, naming, outcomes.note) for each in changes(sides)]
        gaps += self._faults(old.name, new.name)
        gaps += self._unjudged(effects, naming, old.name, new.name)
        return Drift(
            old,
            new,
            tuple(right.name for right in sides.rights),
            tuple(sorted(told, key=rank_of_effect)),
            tuple(sorted(entries, key=rank_of_entry)),
            tuple(object_changes(self._joined, sides.new.schema)),
            tuple(membership_changes(self._groups, sides)),
            tuple(group_effects(sides, effects.chosen)),
            tuple(gaps),
        )

    def _faults(self, old: str, new: str) -> Iterator[Gap]:
        for name, view in ((old, self._sides.old), (new, self._sides.new)):
            for dn, why in view.faults:
                yield Gap(f"{name}: {dn}", why)

    def _unjudged(self, effects: Effects, naming: Naming, old: str, new: str) -> Iterator[Gap]:
        names = {"old": old, "new": new}
        for (side, reason), numbers in effects.unjudged.items():
            first = naming.objects(numbers)[0]
            more = f" and {counted(len(numbers) - 1, 'object')} more" if len(numbers) > 1 else ""
            yield Gap(f"{names[side]}: {first}{more}", f"cannot be compared: {reason}")


def _compared(snapshot: Snapshot, name: str) -> Compared:
    return Compared(name, snapshot.source, snapshot.taken_at, len(snapshot))


def _gaps(snapshot: Snapshot, name: str) -> Iterator[Gap]:
    return (Gap(f"{name}: {gap.subject}", gap.reason) for gap in snapshot.gaps)


def _is_all_the_same(joined: Joined) -> bool:
    """What was lost of one of them may be what was not lost of the other."""
    differs = any(chain(joined.described, joined.met, joined.added, joined.removed))
    return not differs and set(joined.old.gaps) == set(joined.new.gaps)


def _check_forests(old: Snapshot, new: Snapshot) -> None:
    """Snapshots of one forest have a domain in common, or at least the name of the root."""
    before, after = Domains.of(old), Domains.of(new)
    if not before.all or not after.all:
        return
    known = {domain.dn: domain.sid for domain in before.all}
    for domain in after.all:
        sid = known.get(domain.dn)
        if sid and domain.sid and sid != domain.sid:
            raise QuestionError(
                f"`{domain.dns_name}` is another domain in each: {sid}, {domain.sid}"
            )
    is_common = known.keys() & {domain.dn for domain in after.all}
    if not is_common and before.by_sid.keys().isdisjoint(after.by_sid):
        names = [each.root.dns_name if each.root else "?" for each in (before, after)]
        raise QuestionError(
            f"the snapshots are of different forests: {names[0]}, {names[1]}",
            "give two snapshots of one forest",
        )

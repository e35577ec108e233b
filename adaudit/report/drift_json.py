"""
What changed between two snapshots, for programs: JSON of the format `adaudit-drift`, version 1.

Sets of accounts and objects may be large, and many changes are about the same ones: each stands
once in `sets`, and is named by its number. Fields may be added within a version. `?` may be null.

- `format`: `adaudit-drift`; `version`: 1
- `complete`: whether everything could be compared; `changed`: whether anything differs
- `old`, `new`: `name`, `source`, `taken_at`, `objects` (how many)
- `rights[]`: the rights whose holders were compared
- `effects[].kind`: `gained`, `lost`, `may have gained`, `may have lost`
- `effects[].rights[]`: who gained `FullControl` gained all others with it, which are not told then
- `effects[].accounts`, `.objects`: numbers in `sets`; `accounts_total`, `objects_total`
- `effects[].on_own`: whether each account is meant on its own object alone
- `effects[].but_own`: how many of the accounts are not meant on their own objects
- `effects[].before`, `.after`: `reason`, `sddl?`, `position?`, `object?` (a sample), `set_on?`,
  `trustee?` with `name`, `dn?`, `sid?`
- `effects[].cause`, `.path[]`, `.step?`: what made the difference, the way of the sample
- `groups[]`: tier 0 in effect: `group`, `came`, `left` (numbers in `sets`), `came_path[]`,
  `left_path[]`
- `entries[]`: `kind`, `objects` (number in `sets`), `objects_total`, `on_object`, `words`,
  `sddl?`, `sddl_before?`, `position?`, `position_before?`, `reached`, `note`
- `objects[]`: `kind`, `dn`, `dn_before?`, `class?`, `below`, `attributes[]`
- `memberships[]`: `group`, `came`, `left` (numbers in `sets`), `note?`
- `gaps[]`: `subject`, `reason`: what could not be compared
- `sets[]`: names of accounts, or DNs
"""

from collections.abc import Sequence

from adaudit.changes import (
    Compared,
    Decider,
    Drift,
    Effect,
    EntryChange,
    GroupEffect,
    MembershipChange,
    ObjectChange,
)
from adaudit.report.json import Json, dump, party_fields

FORMAT = "adaudit-drift"
VERSION = 1


def render(drift: Drift) -> str:
    """The changes as JSON, indented, in the order of the field list above."""
    sets = _Sets()
    fields: dict[str, Json] = {
        "format": FORMAT,
        "version": VERSION,
        "complete": drift.is_complete,
        "changed": drift.has_changes,
        "old": _side(drift.old),
        "new": _side(drift.new),
        "rights": drift.rights,
        "effects": [_effect(each, sets) for each in drift.effects],
        "groups": [_group(each, sets) for each in drift.groups],
        "entries": [_entry(each, sets) for each in drift.entries],
        "objects": [_object(each) for each in drift.objects],
        "memberships": [_membership(each, sets) for each in drift.memberships],
        "gaps": [{"subject": gap.subject, "reason": gap.reason} for gap in drift.gaps],
    }
    return dump({**fields, "sets": sets.told})


class _Sets:
    """Each different set of names once."""

    def __init__(self) -> None:
        self.told: list[Json] = []
        self._by_identity: dict[int, tuple[int, Sequence[str]]] = {}
        self._by_names: dict[tuple[str, ...], int] = {}

    def number(self, names: Sequence[str]) -> int:
        """The number of a set; one and the same sequence is read once."""
        known = self._by_identity.get(id(names))
        if known is not None:
            return known[0]
        told = tuple(names)
        number = self._by_names.setdefault(told, len(self.told))
        if number == len(self.told):
            self.told.append(told)
        self._by_identity[id(names)] = number, names
        return number


def _side(side: Compared) -> Json:
    return {
        "name": side.name,
        "source": side.source,
        "taken_at": side.taken_at.isoformat(),
        "objects": side.objects,
    }


def _effect(effect: Effect, sets: _Sets) -> Json:
    return {
        "kind": effect.kind,
        "rights": effect.rights,
        "accounts": sets.number(effect.accounts),
        "accounts_total": len(effect.accounts),
        "objects": sets.number(effect.objects),
        "objects_total": len(effect.objects),
        "on_own": effect.is_on_own,
        "but_own": effect.but_own,
        "before": _decider(effect.before),
        "after": _decider(effect.after),
        "cause": effect.cause,
        "path": effect.path,
        "step": effect.step,
    }


def _decider(decider: Decider) -> Json:
    return {
        "reason": decider.reason,
        "sddl": decider.sddl,
        "position": decider.position,
        "object": decider.object,
        "set_on": decider.set_on,
        "trustee": party_fields(decider.trustee) if decider.trustee else None,
    }


def _group(effect: GroupEffect, sets: _Sets) -> Json:
    return {
        "group": party_fields(effect.group),
        "came": sets.number(effect.came),
        "left": sets.number(effect.left),
        "came_path": effect.came_path,
        "left_path": effect.left_path,
    }


def _entry(change: EntryChange, sets: _Sets) -> Json:
    return {
        "kind": change.kind,
        "objects": sets.number(change.objects),
        "objects_total": len(change.objects),
        "on_object": change.is_on_object,
        "words": change.words,
        "sddl": change.sddl,
        "sddl_before": change.sddl_before,
        "position": change.position,
        "position_before": change.position_before,
        "reached": change.reached,
        "note": change.note,
    }


def _object(change: ObjectChange) -> Json:
    return {
        "kind": change.kind,
        "dn": change.dn,
        "dn_before": change.dn_before,
        "class": change.object_class,
        "below": change.below,
        "attributes": change.attributes,
    }


def _membership(change: MembershipChange, sets: _Sets) -> Json:
    return {
        "group": party_fields(change.group),
        "came": sets.number(change.came),
        "left": sets.number(change.left),
        "note": change.note,
    }

"""Families of objects, held against the inheritance of each object by itself."""

import random
from dataclasses import replace

import pytest

from adaudit.access.origin import OriginState, link
from adaudit.access.view import View
from adaudit.directory.entry import Entry
from adaudit.directory.snapshot import Snapshot, descriptor_of
from adaudit.review.defaults import Covering
from adaudit.review.families import Families
from adaudit.security import sddl, wire
from adaudit.security.ace import AnyAce
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.inheritance import inherit_entry, normalise
from tests.review.windows_forest import DOMAIN, WindowsForest

_STALE = {OriginState.STALE, OriginState.ORPHAN}
_CHANGED = 300


def dacl_of(entry: Entry | None) -> tuple[SecurityDescriptor, tuple[AnyAce, ...]] | None:
    known = descriptor_of(entry) if entry else None
    if isinstance(known, SecurityDescriptor) and isinstance(known.dacl, Acl):
        return known, known.dacl.entries
    return None


def found_in(snapshot: Snapshot) -> dict[str, tuple[list[int], list[int]]]:
    """By DN: the positions of stale entries, and those on the parent of missing ones."""
    families = Families(View(snapshot))
    return {
        str(snapshot.at(number).dn): (list(families.stale(each)), list(families.missing(each)))
        for each in families
        for number in each.numbers
    }


def test_nothing_is_stale_or_missing_in_a_real_windows_domain() -> None:
    found = found_in(WindowsForest().snapshot())

    assert {dn: each for dn, each in found.items() if each != ([], [])} == {}
    assert len(found) == 3658


def test_an_entry_that_is_taken_away_from_a_child_is_missing_there_alone() -> None:
    forest = WindowsForest()
    made = forest.made("CN=Domain Guests,CN=Users")
    known = wire.decode(made.descriptor or b"")
    assert isinstance(known.dacl, Acl)
    reached = [ace for ace in known.dacl.entries if ace.is_inherited]
    kept = tuple(ace for ace in known.dacl.entries if ace != reached[-1])
    made.descriptor = wire.encode(replace(known, dacl=Acl(4, kept)))

    found = found_in(forest.snapshot())

    changed = {dn: each for dn, each in found.items() if each != ([], [])}
    assert list(changed) == [str(made.dn)]
    ((stale, missing),) = changed.values()
    parent = wire.decode(forest.made("CN=Users").descriptor or b"").dacl
    assert isinstance(parent, Acl)
    assert (stale, [normalise(parent.entries[at]) for at in missing]) == (
        [],
        [normalise(replace(reached[-1], flags=parent.entries[missing[0]].flags))],
    )


@pytest.mark.parametrize("seed", range(3))
def test_families_are_judged_as_each_object_by_itself(seed: int) -> None:
    forest, chance = WindowsForest(), random.Random(seed)  # noqa: S311 - no secret
    for made in chance.sample(forest.objects, _CHANGED):
        known = wire.decode(made.descriptor or b"")
        assert isinstance(known.dacl, Acl)
        entries = [ace for ace in known.dacl.entries if chance.random() < 0.9]
        if chance.random() < 0.5:
            flags = chance.choice(["CI", "CIID", "ID", "CIIOID", "CINP"])
            text = (
                f"(A;{flags};{chance.choice(['RP', 'GA', 'WP'])};;;{chance.choice(['CO', 'AU'])})"
            )
            entries.insert(chance.randrange(len(entries) + 1), sddl.parse_ace(text, DOMAIN, DOMAIN))
        made.descriptor = wire.encode(replace(known, dacl=Acl(4, tuple(entries))))
    snapshot = forest.snapshot()

    found, view = found_in(snapshot), View(snapshot)

    assert sum(bool(stale) for stale, _ in found.values()) > _CHANGED // 10
    assert sum(bool(missing) for _, missing in found.values()) > _CHANGED // 10
    for entry in snapshot.entries():
        if entry.object_class == "domainDNS":
            continue  # nothing in the data tells that these are heads but their class
        stale, missing = found[str(entry.dn)]
        lacking = lacking_of(entry, view)
        assert stale == stale_of(entry, view), entry.dn
        assert set(missing) <= lacking.keys(), entry.dn
        told = {heir for position in missing for heir in lacking[position]}
        assert told == {heir for heirs in lacking.values() for heir in heirs}, entry.dn


def stale_of(entry: Entry, view: View) -> list[int]:
    known = dacl_of(entry)
    assert known
    levels = view.levels(entry.dn)
    return [at for at in range(len(known[1])) if link(levels, at).state in _STALE]


def lacking_of(entry: Entry, view: View) -> dict[int, set[AnyAce]]:
    """By position on the parent: what the object should have of that entry, and does not."""
    own, level = dacl_of(entry), view.level(entry.dn)
    above = dacl_of(view.snapshot.entry(entry.dn.parent)) if entry.dn.parent else None
    if own is None or above is None or level.is_head or own[0].is_dacl_protected:
        return {}
    assert level.class_guid
    covering, owner, group = Covering(own[1]), own[0].owner, own[0].group
    held = {normalise(ace) for ace in own[1] if ace.is_inherited}
    found = {
        at: {normalise(heir) for heir in inherit_entry(ace, level.class_guid, owner, group)} - held
        for at, ace in enumerate(above[1])
    }
    missing = {at: {h for h in heirs if not covering.covers(h)} for at, heirs in found.items()}
    return {at: heirs for at, heirs in missing.items() if heirs}

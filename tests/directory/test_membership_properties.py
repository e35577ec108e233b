"""Memberships by number are what reading them the plain way finds, however damaged the forest."""

from collections.abc import Mapping

from hypothesis import given, settings

from adaudit.directory.membership import Arc, Membership
from adaudit.security.sid import Sid
from tests.access.forest_strategies import Forest, damaged_forests
from tests.directory.plain_membership import PlainMembership


def by_group(arcs: Mapping[Sid, tuple[Arc, ...]]) -> dict[Sid, set[Arc]]:
    return {sid: set(found) for sid, found in arcs.items()}


@settings(max_examples=150)
@given(damaged_forests())
def test_memberships_are_those_that_the_plain_way_finds(forest: Forest) -> None:
    snapshot = forest.world.snapshot()
    found, plain = Membership.of(snapshot), PlainMembership.of(snapshot)
    assert dict(found.principals) == dict(plain.principals)
    assert by_group(found.arcs) == by_group(plain.arcs)
    assert found.incomplete.keys() == plain.incomplete.keys()
    assert found.in_unread_groups.keys() == plain.in_unread_groups.keys()
    assert (found.lost, found.with_builtin, found.domains) == (
        plain.lost,
        plain.with_builtin,
        plain.domains,
    )
    assert found.faults == plain.faults


@given(damaged_forests())
def test_each_mapping_tells_how_much_is_in_it_and_no_arc_comes_twice(forest: Forest) -> None:
    found = Membership.of(forest.world.snapshot())
    for mapping in (found.principals, found.arcs, found.incomplete, found.in_unread_groups):
        assert len(mapping) == len(dict(mapping))
        assert all(sid in mapping for sid in mapping)
    assert all(len(arcs) == len(set(arcs)) > 0 for arcs in found.arcs.values())

"""What the benchmark measures with: the same in every run, and shaped like a directory."""

from itertools import islice

import pytest
from impacket.ldap.ldaptypes import SR_SECURITY_DESCRIPTOR

from adaudit.access.view import View
from adaudit.directory.snapshot import Snapshot
from adaudit.directory.writer import SnapshotWriter
from adaudit.security.descriptor import Acl
from adaudit.security.wire import decode
from tests.bench.closure import tokens, walk
from tests.bench.descriptors import sharing_entries, sharing_nothing
from tests.bench.forest import Forest
from tests.bench.graph import LEVELS, Graph

OBJECTS = 2_000


@pytest.fixture(scope="module")
def forest() -> Forest:
    return Forest(OBJECTS)


@pytest.fixture(scope="module")
def snapshot(forest: Forest) -> Snapshot:
    with SnapshotWriter("test") as writer:
        for row in forest.rows():
            writer.add(row.entry())
        return writer.finish()


def test_two_forests_of_one_size_are_the_same(forest: Forest) -> None:
    assert list(forest.rows()) == list(Forest(OBJECTS).rows())


def test_half_of_all_objects_are_users(forest: Forest) -> None:
    rows = [row for row in forest.domain() if row.attributes["objectClass"][-1] == b"user"]

    assert len(rows) == OBJECTS // 2


def test_few_descriptors_are_different(forest: Forest) -> None:
    bodies = [row.descriptor for row in forest.domain()]

    assert len(set(bodies)) < len(bodies) / 20


def test_descriptors_have_as_many_entries_as_those_of_a_directory(forest: Forest) -> None:
    lists = [decode(row.descriptor).dacl for row in forest.domain() if row.descriptor]
    sizes = [len(dacl.entries) for dacl in lists if isinstance(dacl, Acl)]

    assert min(sizes) >= 31
    assert max(sizes) <= 66
    assert 48 <= sum(sizes) / len(sizes) <= 56


def test_an_independent_decoder_finds_the_same_entries(forest: Forest) -> None:
    worst = [*islice(sharing_entries(3), 3), *islice(sharing_nothing(3), 3)]
    for body in {row.descriptor for row in islice(forest.domain(), 60)} | set(worst):
        if body is not None:
            dacl = decode(body).dacl
            assert isinstance(dacl, Acl)
            theirs = SR_SECURITY_DESCRIPTOR(data=body)["Dacl"].aces
            ours = [str(ace.trustee) for ace in dacl.entries]
            assert [ace["Ace"]["Sid"].formatCanonical() for ace in theirs] == ours


def test_the_worst_descriptors_are_all_different() -> None:
    assert len(set(sharing_entries(50))) == 50
    assert len(set(sharing_nothing(50))) == 50


def test_groups_are_nested_as_deep_as_they_should_be() -> None:
    graph = Graph.of(users=5_000, groups=500)
    depth = [1] * graph.groups
    for group in range(graph.groups):
        for lower in graph.below[group]:
            if lower > group:  # the others lead back
                depth[lower] = max(depth[lower], depth[group] + 1)

    assert max(depth) == LEVELS


def test_the_graph_has_the_edges_that_it_should_have() -> None:
    graph = Graph.of(users=50_000, groups=5_000)

    assert sum(map(len, graph.below)) == 8_059
    assert sum(map(len, graph.members)) == 291_941


def test_tokens_are_what_going_up_group_by_group_gives() -> None:
    graph = Graph.of(users=1_000, groups=100)
    above, direct = graph.above(), graph.groups_of_users()

    assert [set(each) for each in tokens(above, direct)] == [walk(above, each) for each in direct]


def test_a_forest_is_whole(snapshot: Snapshot) -> None:
    with snapshot:
        view = View(snapshot)

        assert view.faults == ()
        assert view.membership.lost is None
        assert not view.membership.incomplete

"""The members of groups that hold each other, in circles and chains of any length."""

from hypothesis import given
from hypothesis import strategies as st

from adaudit.access.bitmap import BitMap
from adaudit.access.members import components, member_sets

graphs = st.integers(1, 9).flatmap(
    lambda size: st.lists(st.lists(st.integers(0, size - 1)), min_size=size, max_size=size)
)


def reached(below: list[list[int]], start: int) -> set[int]:
    """The nodes that `start` leads to, by adding until nothing is added any more."""
    found = {start}
    while more := {lower for node in found for lower in below[node]} - found:
        found |= more
    return found


@given(graphs)
def test_two_nodes_are_of_one_component_if_and_only_if_each_leads_to_the_other(
    below: list[list[int]],
) -> None:
    of = {node: number for number, part in enumerate(components(below)) for node in part}
    assert of.keys() == set(range(len(below)))
    for one, part in of.items():
        for other, its_part in of.items():
            is_circle = other in reached(below, one) and one in reached(below, other)
            assert (part == its_part) is is_circle


@given(graphs)
def test_a_component_comes_after_those_that_it_leads_to(below: list[list[int]]) -> None:
    of = {node: number for number, part in enumerate(components(below)) for node in part}
    assert all(of[lower] <= of[node] for node in of for lower in below[node])


@given(graphs, st.data())
def test_members_are_those_of_all_groups_that_a_group_leads_to(
    below: list[list[int]], data: st.DataObject
) -> None:
    numbers = st.sets(st.integers(0, 20))
    direct = data.draw(st.lists(numbers, min_size=len(below), max_size=len(below)))
    sets = member_sets([BitMap(each) for each in direct], below)
    assert [set(found) for found in sets] == [
        set().union(*(direct[lower] for lower in reached(below, node)))
        for node in range(len(below))
    ]


def test_direct_members_are_left_as_they_are() -> None:
    direct = [BitMap([1]), BitMap([2])]
    member_sets(direct, [[1], []])
    assert direct == [BitMap([1]), BitMap([2])]


def test_a_chain_of_a_hundred_thousand_groups_needs_no_deep_stack() -> None:
    length = 100_000
    below = [[node + 1] for node in range(length - 1)] + [[0]]
    sets = member_sets([BitMap([node]) for node in range(length)], below)
    assert len(sets[length // 2]) == length

"""The object type tree. [MS-ADTS] 5.1.3.3.3"""

from uuid import UUID

import pytest

from adaudit.access.question import TypeNode
from adaudit.access.tree import TypeTree

CLASS, FIRST_SET, SECOND_SET, FIRST, SECOND = (UUID(int=number) for number in range(5))
LEVELS = [(0, CLASS), (1, FIRST_SET), (2, FIRST), (1, SECOND_SET), (2, SECOND)]


def tree(*levels: tuple[int, UUID]) -> TypeTree:
    return TypeTree(tuple(TypeNode(level, guid) for level, guid in levels))


def test_a_list_in_pre_order_with_levels_is_a_tree() -> None:
    made = tree(*LEVELS)
    assert made.parents == [None, 0, 1, 0, 3]
    assert made.children == [[1, 3], [2], [], [4], []]
    assert made.ancestors(4) == [3, 0]
    assert sorted(made.below(0)) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("guid", "node"), [(None, 0), (CLASS, 0), (FIRST, 2), (SECOND, 4), (UUID(int=9), None)]
)
def test_an_entry_speaks_of_the_node_with_its_guid(guid: UUID | None, node: int | None) -> None:
    assert tree(*LEVELS).node_of(guid) == node


@pytest.mark.parametrize(
    "levels",
    [
        [(0, CLASS), (1, FIRST_SET), (2, FIRST_SET)],
        [(0, CLASS), (1, SECOND_SET), (2, FIRST_SET), (1, FIRST_SET)],
    ],
)
def test_a_guid_of_a_property_set_and_an_attribute_means_the_set(
    levels: list[tuple[int, UUID]],
) -> None:
    """72e39547-… is both DNS-Host-Name-Attributes and the attribute dNSHostName."""
    node = tree(*levels).node_of(FIRST_SET)
    assert node is not None
    assert levels[node] == (1, FIRST_SET)


def test_an_empty_list_is_one_node_that_only_entries_without_a_guid_speak_of() -> None:
    made = tree()
    assert (len(made), made.node_of(None), made.node_of(CLASS)) == (1, 0, None)


@pytest.mark.parametrize(
    ("guid", "node", "expected"),
    [(FIRST, 0, True), (CLASS, 2, True), (FIRST, 2, True), (FIRST, 4, False), (None, 4, True)],
)
def test_entries_bear_on_their_node_and_all_above_and_below(
    guid: UUID | None, node: int, *, expected: bool
) -> None:
    assert tree(*LEVELS).bears_on(guid, node) is expected

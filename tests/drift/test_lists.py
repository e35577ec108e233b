"""Two lists of entries compared: the least that makes the one of the other."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from adaudit.changes import EntryKind
from adaudit.drift.lists import Delta, deltas
from adaudit.security import sddl
from adaudit.security.ace import Ace, AceFlags, AceType
from adaudit.security.descriptor import Acl
from adaudit.security.rights import AccessMask
from adaudit.security.sid import Sid

ACES = [
    Ace(AceType.ACCESS_ALLOWED, AceFlags(flags), AccessMask(0x20), Sid(5, (21, 1, 1, 1, rid)))
    for rid in (1000, 1001, 1002)
    for flags in (0, 2)
]
lists = st.lists(st.sampled_from(ACES), max_size=7)


def parsed(text: str) -> list[Ace]:
    dacl = sddl.parse(f"D:{text}").dacl
    assert isinstance(dacl, Acl)
    return list(dacl.entries)


def told(old: str, new: str) -> list[tuple[str, int | None, int | None]]:
    return [(each.kind.value, each.old, each.new) for each in deltas(parsed(old), parsed(new))]


def test_what_came_and_went() -> None:
    assert told("(A;;RP;;;WD)(A;;WP;;;BA)", "(A;;WP;;;BA)(A;;CC;;;SY)") == [
        ("removed", 0, None),
        ("added", None, 1),
    ]


def test_other_flags_are_one_change() -> None:
    assert told("(A;;WP;;;BA)", "(A;CI;WP;;;BA)") == [("flags changed", 0, 0)]


def test_an_entry_that_came_moves_no_other() -> None:
    assert told("(A;;WP;;;BA)(A;;CC;;;SY)", "(D;;WP;;;WD)(A;;WP;;;BA)(A;;CC;;;SY)") == [
        ("added", None, 0)
    ]


def test_the_one_that_was_moved_is_told() -> None:
    assert told("(A;;WP;;;BA)(A;;CC;;;SY)(D;;WP;;;WD)", "(D;;WP;;;WD)(A;;WP;;;BA)(A;;CC;;;SY)") == [
        ("moved", 2, 0)
    ]


def test_one_of_two_that_are_equal_went() -> None:
    assert told("(A;;WP;;;BA)(A;;WP;;;BA)", "(A;;WP;;;BA)") == [("removed", 1, None)]


@given(lists)
def test_a_list_differs_in_nothing_from_itself(entries: list[Ace]) -> None:
    assert not list(deltas(entries, entries))


@given(lists, lists)
def test_the_changes_make_the_one_of_the_other(old: list[Ace], new: list[Ace]) -> None:
    found = list(deltas(old, new))
    kept = [ace for n, ace in enumerate(old) if n not in {each.old for each in found}]
    made: list[Ace | None] = [None] * len(new)
    for each in found:
        if each.new is not None:
            made[each.new] = new[each.new]
    rest = iter(kept)
    assert [next(rest) if ace is None else ace for ace in made] == new
    assert next(rest, None) is None


@given(lists)
def test_no_fewer_moves_explain_an_order(entries: list[Ace]) -> None:
    old = list(dict.fromkeys(entries))
    new = old[::-1][:2] + old[:-2] if len(old) > 2 else old[::-1]
    moves = [each for each in deltas(old, new) if each.kind is EntryKind.MOVED]
    assert len(moves) == len(old) - longest_common(old, new)


def longest_common(old: list[Ace], new: list[Ace]) -> int:
    """Naively: the size of the largest selection that stands in the same order in both."""
    return max(
        size
        for size in range(len(old) + 1)
        for chosen in combinations(old, size)
        if [ace for ace in new if ace in chosen] == list(chosen)
    )


def test_a_change_names_the_places() -> None:
    assert list(deltas(parsed("(A;;WP;;;BA)"), [])) == [Delta(EntryKind.REMOVED, 0, None)]

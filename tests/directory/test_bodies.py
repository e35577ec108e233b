"""Each distinct descriptor once, in bounded memory."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from adaudit.directory.bodies import Bodies

bodies = st.lists(st.sampled_from([bytes([number]) * 200 for number in range(20)]), max_size=60)
budgets = st.sampled_from([0, 100, 1_000, 1_000_000])


@given(bodies, budgets)
def test_equal_bytes_have_one_number_and_others_another(found: list[bytes], budget: int) -> None:
    known = Bodies(budget)
    expected: dict[bytes, int] = {}
    for body in found:
        is_new = body not in expected
        assert known.number(body) == (expected.setdefault(body, len(expected) + 1), is_new)


@given(bodies, bodies, budgets)
def test_numbers_go_on_after_those_of_a_file(
    first: list[bytes], second: list[bytes], budget: int
) -> None:
    rows = {body: number for number, body in enumerate(dict.fromkeys(first), 1)}
    known = Bodies(budget)
    known.restore([(number, body) for body, number in rows.items()])
    for body in second:
        assert known.number(body)[0] == rows.setdefault(body, len(rows) + 1)


def test_a_descriptor_that_looks_like_the_digest_of_another_is_not_taken_for_it() -> None:
    known = Bodies(budget=0)
    body = b"a descriptor"
    assert known.number(body) == (1, True)
    assert known.number(sha256(body).digest()) == (2, True)


def test_no_more_than_the_budget_is_held() -> None:
    known = Bodies(budget=10_000)
    for number in range(1_000):
        known.number(b"%d" % number * 100)
    held = sum(map(len, known._held))
    assert 0 < held <= 10_000

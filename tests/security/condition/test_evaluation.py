"""What conditions come to. [MS-DTYP] 2.4.4.17.6 and 2.4.4.17.7"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaudit.security import condition
from adaudit.security.condition import (
    Absence,
    Attribute,
    AttributeKind,
    Conjunction,
    Expression,
    Negation,
    Truth,
)
from adaudit.security.condition.comparison import CaseSensitive, Value
from adaudit.security.sid import Sid

TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
ADMINISTRATORS = Sid.parse("S-1-5-32-544")
GUESTS = Sid.parse("S-1-5-32-546")


@dataclass(frozen=True)
class World:
    """A token in Administrators whose membership of Guests is not known, and attributes."""

    attributes: dict[str, tuple[Value, ...] | Absence] = field(default_factory=dict)

    def is_member(self, sid: Sid) -> bool | None:
        """Not known of Guests."""
        return None if sid == GUESTS else sid == ADMINISTRATORS

    def is_device_member(self, sid: Sid) -> bool | None:
        """As the user."""
        return None if sid == GUESTS else sid == ADMINISTRATORS

    def attribute(self, kind: AttributeKind, name: str) -> tuple[Value, ...] | Absence:
        """Of the user only."""
        assert kind is AttributeKind.USER
        return self.attributes.get(name, Absence.ABSENT)


WORLD = World(
    {
        "one": (1,),
        "zero": (0,),
        "minus": (-5,),
        "numbers": (1, 2, 3),
        "word": ("Blue",),
        "empty": ("",),
        "words": ("red", "Blue"),
        "exact": (CaseSensitive("Blue"),),
        "yes": (True,),
        "no": (False,),
        "bytes": (b"\x01\x02",),
        "group": (ADMINISTRATORS,),
        "unseen": Absence.NOT_KNOWN,
    }
)


def outcomes(text: str) -> set[Truth]:
    """All that the condition can come to in `WORLD`; `.x` in it stands for `@User.x`."""
    return set(condition.evaluate(condition.parse(f"({text.replace(' .', ' @User.')})"), WORLD))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # tests of membership
        (" Member_of {SID(BA)}", {TRUE}),
        (" Member_of SID(BA)", {TRUE}),
        (" Member_of {SID(BU)}", {FALSE}),
        (" Member_of {SID(BA), SID(BU)}", {FALSE}),
        (" Member_of_Any {SID(BA), SID(BU)}", {TRUE}),
        (" Member_of_Any {SID(BO), SID(BU)}", {FALSE}),
        (" Not_Member_of {SID(BA)}", {FALSE}),
        (" Not_Member_of_Any {SID(BO), SID(BU)}", {TRUE}),
        (" Device_Member_of {SID(BA)}", {TRUE}),
        (" Not_Device_Member_of_Any {SID(BA), SID(BU)}", {FALSE}),
        (" Member_of {SID(BG)}", {TRUE, FALSE}),
        (" Member_of {SID(BG), SID(BU)}", {FALSE}),
        (" Member_of_Any {SID(BG), SID(BA)}", {TRUE}),
        (" Not_Member_of {SID(BG)}", {TRUE, FALSE}),
        (" Member_of {}", {UNKNOWN}),
        # attributes as terms
        (" .one", {TRUE}),
        (" .zero", {FALSE}),
        (" .word", {TRUE}),
        (" .empty", {FALSE}),
        (" .yes", {TRUE}),
        (" .no", {FALSE}),
        (" .absent", {UNKNOWN}),
        (" .bytes", {UNKNOWN}),
        (" .unseen", {TRUE, FALSE, UNKNOWN}),
        # existence
        (" Exists .one", {TRUE}),
        (" Exists .absent", {FALSE}),
        (" Not_Exists .absent", {TRUE}),
        (" Exists .unseen", {TRUE, FALSE}),
        # comparisons of integers
        (" .one == 1", {TRUE}),
        (" .one == 0x1", {TRUE}),
        (" .one != 1", {FALSE}),
        (" .one < 2", {TRUE}),
        (" .one <= 1", {TRUE}),
        (" .one > 1", {FALSE}),
        (" .one >= 2", {FALSE}),
        (" .minus < 0", {TRUE}),
        (" .minus == -5", {TRUE}),
        (" .minus == +5", {FALSE}),
        # strings: no regard to case unless the attribute minds it; a prefix is smaller
        (' .word == "bLUE"', {TRUE}),
        (' .exact == "blue"', {FALSE}),
        (' .exact == "Blue"', {TRUE}),
        (' .word < "blues"', {TRUE}),
        (' .word > "BLACK"', {TRUE}),
        # sets
        (" .numbers == {3, 2, 1, 1}", {TRUE}),
        (" .numbers == {1, 2}", {FALSE}),
        (" .numbers != {1, 2}", {TRUE}),
        (" .numbers == 1", {FALSE}),
        (" .one == {1}", {TRUE}),
        (" .numbers Contains {1, 3}", {TRUE}),
        (" .numbers Contains {1, 4}", {FALSE}),
        (" .numbers Contains 2", {TRUE}),
        (" .numbers Not_Contains {1, 4}", {TRUE}),
        (" .numbers Any_of {4, 3}", {TRUE}),
        (" .numbers Any_of {4, 5}", {FALSE}),
        (" .numbers Not_Any_of {4, 5}", {TRUE}),
        (' .words Any_of {"RED"}', {TRUE}),
        (" .words Contains .word", {TRUE}),
        (" .numbers < 4", {UNKNOWN}),
        # Booleans equal the integers 1 and 0, and with == and != only
        (" .yes == 1", {TRUE}),
        (" .no == 1", {FALSE}),
        (" .no != 1", {TRUE}),
        (" .yes == 2", {UNKNOWN}),
        (" .yes > 0", {UNKNOWN}),
        # other types
        (" .bytes == #0102", {TRUE}),
        (" .bytes < #0103", {TRUE}),
        (" .group == SID(BA)", {TRUE}),
        (" .group < SID(BA)", {UNKNOWN}),
        # absent, not known, not of one type
        (" .absent == 1", {UNKNOWN}),
        (" .one == .absent", {UNKNOWN}),
        (" .absent != 1", {UNKNOWN}),
        (' .one == "1"', {UNKNOWN}),
        (' .one == {1, "1"}', {UNKNOWN}),
        (" .unseen == 1", {TRUE, FALSE, UNKNOWN}),
        (" .unseen == .absent", {UNKNOWN}),
        (" .one == .unseen", {TRUE, FALSE, UNKNOWN}),
        (" .one == {}", {UNKNOWN}),
        # an error in one part makes all UNKNOWN; an UNKNOWN part does not
        (' .one == "1" || .one', {UNKNOWN}),
        (' .one == "1" && .zero', {UNKNOWN}),
        (" .absent || .one", {TRUE}),
        (" .absent && .zero", {FALSE}),
        (" .absent && .one", {UNKNOWN}),
        (" .absent || .zero", {UNKNOWN}),
        (" !( .absent)", {UNKNOWN}),
        # what is not known may be an error: its type is not known either
        (" .unseen == 1 || .one", {TRUE, UNKNOWN}),
        (" Exists .unseen || .one", {TRUE}),
        (" .unseen || .one", {TRUE}),
        # a literal whose bits and sign disagree: the specification leaves open what it means
        (" .one == 0xffffffffffffffff", {TRUE, FALSE, UNKNOWN}),
    ],
)
def test_a_condition_comes_to(text: str, expected: set[Truth]) -> None:
    assert outcomes(text) == expected


@pytest.mark.parametrize(
    "data", [b"", b"artx", b"abcd" * 3, b"artx\xa2\0\0\0", b"artx\x04\0\0\0\0\0\0\0\0\3\2\0"]
)
def test_what_is_no_condition_is_unknown(data: bytes) -> None:
    assert condition.evaluate_data(data, WORLD) == {UNKNOWN}


def test_the_bytes_of_a_condition_are_evaluated() -> None:
    data = condition.encode(condition.parse("(@User.one == 1)"))
    assert condition.evaluate_data(data, WORLD) == {TRUE}


LEAVES = {"one": [TRUE], "zero": [FALSE], "absent": [UNKNOWN], "unseen": list(Truth)}
"""Terms, and what each can come to in `WORLD`"""

leaves: st.SearchStrategy[Expression] = st.sampled_from(sorted(LEAVES)).map(
    lambda name: Attribute(AttributeKind.USER, name)
)
trees: st.SearchStrategy[Expression] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Negation, inner), st.builds(Conjunction, inner, inner, st.booleans())
    ),
    max_leaves=5,
)


def leaves_of(node: Expression) -> Iterator[Attribute]:
    """The terms of a tree from left to right."""
    if isinstance(node, Attribute):
        yield node
    elif isinstance(node, Negation):
        yield from leaves_of(node.operand)
    elif isinstance(node, Conjunction):
        yield from leaves_of(node.left)
        yield from leaves_of(node.right)


def naive(node: Expression, values: Iterator[Truth]) -> Truth:
    """The three-valued logic of [MS-DTYP] 2.4.4.17.7, one value for each term."""
    if isinstance(node, Attribute):
        return next(values)
    if isinstance(node, Negation):
        return {TRUE: FALSE, FALSE: TRUE, UNKNOWN: UNKNOWN}[naive(node.operand, values)]
    assert isinstance(node, Conjunction)
    both = {naive(node.left, values), naive(node.right, values)}
    decisive, other = (TRUE, FALSE) if node.is_disjunction else (FALSE, TRUE)
    if decisive in both:
        return decisive
    return UNKNOWN if UNKNOWN in both else other


@given(trees)
def test_all_combinations_of_what_terms_can_come_to_are_found(tree: Expression) -> None:
    choices = [LEAVES[leaf.name] for leaf in leaves_of(tree)]
    expected = {naive(tree, iter(values)) for values in product(*choices)}
    assert condition.evaluate(tree, WORLD) == expected

"""Descriptors split but not decoded: the same is refused, and the bytes are those of the whole."""

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaudit.errors import DescriptorError
from adaudit.security import wire
from adaudit.security.ace import AnyAce
from adaudit.security.descriptor import AbsentAcl, Acl, ControlFlags, NullAcl, SecurityDescriptor
from tests.strategies import aces, acls, descriptors, opaque_aces
from tests.windows import descriptors as windows_descriptors


def expected(data: bytes) -> wire.Pieces | None:
    """What the pieces have to be, from the decoded value; None where it is refused."""
    try:
        value = wire.decode(data)
    except DescriptorError:
        return None
    owner = value.owner.encode() if value.owner else None
    is_list = isinstance(value.dacl, Acl)
    return wire.Pieces(owner, [*map(wire.encode_ace, value.dacl.entries)] if is_list else None)


def found(data: bytes) -> wire.Pieces | None:
    try:
        return wire.pieces(data)
    except DescriptorError:
        return None


@given(descriptors)
def test_the_pieces_are_the_bytes_of_what_is_decoded(value: SecurityDescriptor) -> None:
    data = wire.encode(value)
    assert found(data) == expected(data)


@given(st.data(), descriptors.map(wire.encode) | st.sampled_from([*windows_descriptors().values()]))
def test_what_is_damaged_is_refused_if_and_only_if_it_cannot_be_decoded(
    draw: st.DataObject, data: bytes
) -> None:
    damaged = bytearray(data)
    for _ in range(draw.draw(st.integers(1, 3))):
        damaged[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    kept = bytes(damaged[: draw.draw(st.integers(len(data) - 8, len(data)))])
    assert found(kept) == expected(kept)


@st.composite
def bodies(draw: st.DrawFn) -> tuple[bytes, int]:
    """What may stand in a list: entries that are sound, or nearly so, and a count of them."""
    entry = st.one_of(aces(), opaque_aces()).map(wire.encode_ace)
    known = draw(st.lists(entry, max_size=6))
    body = bytearray(b"".join(known) + draw(st.sampled_from([b"", bytes(4), b"\1\0\x14\0"])))
    for _ in range(draw(st.integers(0, 2))):
        if body:
            body[draw(st.integers(0, len(body) - 1))] = draw(
                st.sampled_from([0, 4, 20, 36, 56, 255])
            )
    return bytes(body), max(len(known) + draw(st.integers(-1, 1)), 0)


@given(bodies())
def test_the_quick_way_to_split_a_list_is_the_slow_one(case: tuple[bytes, int]) -> None:
    body, count = case
    try:
        slow = wire._split_any(body, count, "list")
    except DescriptorError:
        slow = None
    try:
        quick = wire._split(body, count, "list")
    except DescriptorError:
        quick = None
    assert quick == slow


@given(st.lists(aces(), max_size=4).map(tuple), st.sampled_from([b"", bytes(4)]))
def test_a_list_from_bytes_is_the_one_that_was_made_of_entries(
    entries: tuple[AnyAce, ...], slack: bytes
) -> None:
    made = Acl(4, entries, slack)
    assert wire.decode_acl(wire.encode_acl(made)) == made
    assert hash(wire.decode_acl(wire.encode_acl(made))) == hash(made)
    assert repr(wire.decode_acl(wire.encode_acl(made))) == repr(made)


@given(acls)
def test_a_list_from_bytes_can_be_copied_before_anyone_looked_at_its_entries(value: Acl) -> None:
    data = wire.encode_acl(value)
    assert pickle.loads(pickle.dumps(wire.decode_acl(data))) == value  # noqa: S301 - our own bytes
    assert copy.copy(wire.decode_acl(data)) == value


def test_a_list_has_no_attributes_but_its_own() -> None:
    assert not hasattr(wire.decode_acl(wire.encode_acl(Acl(2, ()))), "bits")


@pytest.mark.parametrize("dacl", [NullAcl(), AbsentAcl()])
def test_there_are_no_pieces_of_a_list_that_is_not_there(dacl: NullAcl | AbsentAcl) -> None:
    data = wire.encode(SecurityDescriptor(ControlFlags(0), None, None, dacl))
    assert wire.pieces(data).dacl is None

"""How attributes lie in a snapshot."""

from collections.abc import Mapping
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaudit.directory.layout import (
    dump_attributes,
    dump_values,
    load_attributes,
    load_values,
    values_in,
)
from adaudit.errors import DirectoryError

names = st.text("abz09.;-", min_size=1, max_size=4) | st.sampled_from(
    ["member", "values", "msexch-x", "class", "__init__"]
)
attributes = st.dictionaries(names, st.lists(st.binary(max_size=300), max_size=20).map(tuple))

DAMAGED = [
    b"",
    b"\x90",  # a list
    b"\x80\x80",  # something after the end
    b"\x81\xa1a\x91\x05",  # a number in the place of a value
    b"\x81\xa1a\x91\xa1b",  # text in the place of a value
    b"\x81\xa1a\xdd\xff\xff\xff\xff",  # four billion values, none of which is there
    b"\x81\xa1a\xc6\xff\xff\xff\xff",  # a value of four gigabytes, not there
    b"\xdf\xff\xff\xff\xff",  # four billion attributes, none of which is there
    b"\x81\xa1\xff\x90",  # a name that is no text
    b"\x81\xa1a" + b"\x91" * 100_000,  # depth
]


@given(attributes)
def test_attributes_come_back(found: Mapping[str, tuple[bytes, ...]]) -> None:
    assert load_attributes(dump_attributes(found)) == found
    assert load_attributes(dump_attributes(MappingProxyType(found))) == found


@given(attributes, names)
def test_the_values_of_one_attribute_are_those_of_all(
    found: Mapping[str, tuple[bytes, ...]], name: str
) -> None:
    packed = bytes(dump_attributes(found))
    for each in (*found, name):
        assert values_in(packed, each) == found.get(each, ())


@given(st.lists(st.binary()).map(tuple))
def test_values_come_back(found: tuple[bytes, ...]) -> None:
    assert load_values(dump_values(found)) == found


@pytest.mark.parametrize("packed", DAMAGED)
def test_damaged_attributes_are_a_directory_error(packed: bytes) -> None:
    with pytest.raises(DirectoryError, match="the snapshot is damaged: "):
        load_attributes(packed)


@pytest.mark.parametrize("packed", DAMAGED[:-2])
def test_damaged_values_of_one_attribute_are_a_directory_error(packed: bytes) -> None:
    with pytest.raises(DirectoryError, match="the snapshot is damaged: "):
        values_in(packed, "a")


def test_depth_in_an_attribute_that_is_skipped_is_a_directory_error() -> None:
    with pytest.raises(DirectoryError, match="the snapshot is damaged: "):
        values_in(DAMAGED[-1], "b")

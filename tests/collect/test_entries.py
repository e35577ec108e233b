"""
Found objects decoded at speed: the same as decoded carefully, and as ldap3 decodes them.

`decode_answer` is the careful decoder; ldap3 is another author's.
"""

import warnings
from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adaudit.collect.answers import FoundObject, decode_answer
from adaudit.collect.ber import BerError
from adaudit.collect.entries import Entries, Names

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from ldap3.operation.search import search_result_entry_response_to_dict_fast
    from ldap3.utils.asn1 import decode_message_fast

NUMBER = 7
Attributes = Sequence[tuple[str, Sequence[bytes]]]
Form = int
"""How many octets more than the first one a length takes; 0 for the shortest form"""
ACTIVE_DIRECTORY = 4
# [MS-ADTS] says nothing of lengths; this one is of the form that domain controllers send
ENTRY = bytes.fromhex(
    "30840000002b 020107 648400000022"
    "0404 444e3d78"  # DN=x
    "308400000016"
    "308400000010 0402 636e 318400000006 0401 61 0401 62"  # cn: a, b
)


def element(tag: int, value: bytes, form: Form = 0) -> bytes:
    size = len(value)
    if not form and size < 0x80:
        return bytes((tag, size)) + value
    octets = form or (size.bit_length() + 7) // 8
    return bytes((tag, 0x80 | octets)) + size.to_bytes(octets, "big") + value


def message(dn: str, attributes: Attributes, lists: Form = 4, values: Form = 0) -> bytes:
    """An LDAP message with a searchResultEntry; the forms of its lengths can be chosen."""
    encoded = [
        element(
            0x30,
            element(4, name.encode(), values)
            + element(0x31, b"".join(element(4, value, values) for value in held), lists),
            lists,
        )
        for name, held in attributes
    ]
    entry = element(4, dn.encode(), values) + element(0x30, b"".join(encoded), lists)
    return element(0x30, b"\2\1%c" % NUMBER + element(0x64, entry, lists), lists)


def quickly(data: bytes, names: Names | None = None) -> tuple[list[FoundObject], int]:
    """What is decoded at speed, and where it ends."""
    found: list[FoundObject] = []
    end = Entries(NUMBER, Names() if names is None else names).decode(data, 0, found)
    return found, end


NAMES = st.sampled_from(
    ["cn", "CN", "objectClass", "nTSecurityDescriptor", "member;range=0-1499", "ä"]
)
ATTRIBUTES = st.lists(
    st.tuples(NAMES, st.lists(st.binary(max_size=300), max_size=4)),
    max_size=5,
    unique_by=lambda attribute: attribute[0].lower(),
)
DNS = st.sampled_from(["", "CN=a,DC=contoso,DC=example", "CN=" + "b" * 200, "CN=\N{SNOWMAN}"])
LIST_FORMS = st.sampled_from([0, 3, 4])
VALUE_FORMS = st.sampled_from([0, 2, 3, 4])


def test_an_entry_as_active_directory_writes_it_is_decoded_at_speed() -> None:
    assert quickly(ENTRY) == ([FoundObject("DN=x", {"cn": (b"a", b"b")})], len(ENTRY))


@given(DNS, ATTRIBUTES.filter(lambda found: all(held for _, held in found)))
def test_all_that_active_directory_writes_is_decoded_at_speed(
    dn: str, attributes: Attributes
) -> None:
    data = message(dn, attributes)
    expected = {name.lower(): tuple(held) for name, held in attributes}
    assert quickly(data) == ([FoundObject(dn, expected)], len(data))


@given(DNS, ATTRIBUTES, LIST_FORMS, VALUE_FORMS)
def test_in_any_form_of_lengths_an_entry_is_decoded_as_carefully_or_left(
    dn: str, attributes: Attributes, lists: Form, values: Form
) -> None:
    data = message(dn, attributes, lists, values)
    carefully = decode_answer(data).operation
    assert carefully == FoundObject(dn, {name.lower(): tuple(held) for name, held in attributes})
    found, end = quickly(data)
    assert (found, end) in [([carefully], len(data)), ([], 0)]


@given(DNS, ATTRIBUTES, LIST_FORMS, VALUE_FORMS)
def test_ldap3_decodes_the_same(dn: str, attributes: Attributes, lists: Form, values: Form) -> None:
    data = message(dn, attributes, lists, values)
    decoded = search_result_entry_response_to_dict_fast(
        decode_message_fast(data)["payload"], None, None, check_names=False
    )
    ours = decode_answer(data).operation
    assert isinstance(ours, FoundObject)
    assert decoded["raw_dn"] == ours.dn.encode()
    theirs = {name.lower(): tuple(held or ()) for name, held in decoded["raw_attributes"].items()}
    assert theirs == ours.attributes


@given(st.data(), DNS, ATTRIBUTES.filter(bool), VALUE_FORMS)
@example(None, "", [("cn", [b"a", b"b"])], 0)
def test_whatever_is_damaged_is_refused_by_both_or_the_same_to_both(
    data: st.DataObject | None, dn: str, attributes: Attributes, values: Form
) -> None:
    whole = message(dn, attributes, 4, values)
    damages = _every_damage(whole) if data is None else [data.draw(_damages(whole))]
    for damaged in damages:
        found, end = quickly(damaged)
        if not found:
            assert end == 0
            continue
        answer = decode_answer(damaged[:end])
        assert answer.message_id == NUMBER
        assert answer.operation == found[0]
        assert answer.controls == {}


def _every_damage(whole: bytes) -> list[bytes]:
    """Each byte changed to each other value."""
    return [
        whole[:place] + bytes((value,)) + whole[place + 1 :]
        for place in range(len(whole))
        for value in range(256)
    ]


@st.composite
def _damages(draw: st.DrawFn, whole: bytes) -> bytes:
    data = bytearray(whole)
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(data) - 1))
        end = draw(st.integers(start, min(start + 8, len(data))))
        data[start:end] = draw(st.binary(max_size=8))
        if not data:
            return b"\0"
    return bytes(data)


@pytest.mark.parametrize(
    ("place", "octets"),
    [
        pytest.param(0, "31", id="the tag of the message"),
        pytest.param(1, "80", id="an indefinite length of the message"),
        pytest.param(2, "80", id="a message of two gigabytes"),
        pytest.param(5, "2a", id="a message shorter than the entry"),
        pytest.param(5, "2c", id="a message longer than the bytes"),
        pytest.param(14, "23", id="an entry longer than the message"),
        pytest.param(14, "21", id="an entry shorter than its parts"),
        pytest.param(15, "05", id="the tag of the name"),
        pytest.param(16, "7f", id="a name longer than the entry"),
        pytest.param(16, "80", id="an indefinite length of the name"),
        pytest.param(21, "31", id="the tag of the list"),
        pytest.param(26, "17", id="a list longer than the entry"),
        pytest.param(26, "15", id="a list shorter than its parts"),
        pytest.param(27, "31", id="the tag of an attribute"),
        pytest.param(27, "3f", id="a tag of several bytes"),
        pytest.param(32, "11", id="an attribute longer than the list"),
        pytest.param(32, "0f", id="an attribute shorter than its parts"),
        pytest.param(33, "05", id="the tag of a description"),
        pytest.param(34, "7f", id="a description longer than the attribute"),
        pytest.param(37, "30", id="the tag of the values"),
        pytest.param(42, "05", id="values that end in the middle of one"),
        pytest.param(42, "07", id="values longer than the attribute"),
        pytest.param(43, "05", id="the tag of a value"),
        pytest.param(44, "02", id="a value that reaches into the next one"),
        pytest.param(46, "05", id="the tag of the last value"),
        pytest.param(47, "02", id="a value that reaches beyond the end"),
        pytest.param(47, "00", id="a byte left over"),
        pytest.param(47, "85", id="a length of five octets"),
    ],
)
def test_an_entry_of_wrong_bytes_is_refused_by_both(place: int, octets: str) -> None:
    damaged = ENTRY[:place] + bytes.fromhex(octets) + ENTRY[place + 1 :]
    assert quickly(damaged) == ([], 0)
    with pytest.raises(BerError):
        decode_answer(damaged)


def test_an_attribute_that_comes_twice_is_refused_by_both() -> None:
    twice = message("CN=a", [("member", [b"x"]), ("Member", [b"y"])])
    assert quickly(twice) == ([], 0)
    with pytest.raises(BerError, match="`member` twice"):
        decode_answer(twice)


def test_entries_in_a_row_are_decoded_up_to_one_that_is_cut_off() -> None:
    entries = [message(f"CN={name}", [("cn", [name.encode()])]) for name in "abc"]
    data = b"".join(entries)
    found, end = quickly(data[:-1])
    assert [each.dn for each in found] == ["CN=a", "CN=b"]
    assert end == len(entries[0]) + len(entries[1])


def test_an_entry_of_another_answer_is_left() -> None:
    assert Entries(NUMBER + 1, Names()).decode(ENTRY, 0, []) == 0


@pytest.mark.parametrize("number", [0x7F, 0x80, 0x7FFF, 0x8000, 0x7FFFFFFF])
def test_the_number_of_a_message_may_be_of_any_size(number: int) -> None:
    octets = number.to_bytes(number.bit_length() // 8 + 1, "big")
    data = element(0x30, element(2, octets) + ENTRY[9:], 4)
    found: list[FoundObject] = []
    assert Entries(number, Names()).decode(data, 0, found) == len(data)
    assert decode_answer(data).message_id == number


def test_what_is_not_wanted_is_left_out_by_both_and_options_are_kept() -> None:
    attributes = [("Member;range=0-1", [b"a", b"b"]), ("cn", [b"c"]), ("Mail", [b"d"])]
    data = message("CN=a", attributes)
    names = Names(["member", "mail"])
    expected = FoundObject("CN=a", {"member;range=0-1": (b"a", b"b"), "mail": (b"d",)})
    assert quickly(data, names) == ([expected], len(data))
    assert decode_answer(data, names).operation == expected


def test_made_up_names_are_not_kept_without_end() -> None:
    names = Names()
    for number in range(10_000):
        assert names[b"A%d" % number] == f"a{number}"
    assert len(names) < 5_000

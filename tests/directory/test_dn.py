"""Distinguished names. [RFC4514], [MS-ADTS] 3.1.1.1.6"""

from collections.abc import Callable
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adaudit.directory import Dn
from adaudit.directory.dn import _path, _split
from adaudit.errors import DirectoryError

names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
types = st.sampled_from(["CN", "OU", "dc", "cn"])


def escaped(name: str) -> str:
    """Every character by its bytes, as [RFC4514] 2.4 allows."""
    return "".join(f"\\{byte:02X}" for byte in name.encode())


dns = st.lists(st.tuples(types, names), min_size=1, max_size=5).map(
    lambda rdns: Dn(",".join(f"{kind}={escaped(name)}" for kind, name in rdns))
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CN=EX01,DC=Contoso,DC=example", "cn=ex01,dc=CONTOSO,dc=EXAMPLE"),
        ("CN=a, DC=b", "CN=a,DC=b"),
        (" CN = a , DC = b ", "CN=a,DC=b"),
        (r"CN=Smith\, John,DC=b", r"CN=Smith\2c John,DC=b"),
        (r"CN=Smith\, John,DC=b", 'CN="Smith, John",DC=b'),
        ("CN=Levelező,DC=b", r"CN=Levelez\C5\91,DC=b"),
        (r"CN=\ a\ ,DC=b", r"CN=\20a\20,DC=b"),
        (r"CN=a\\ ,DC=b", r"CN=a\5C,DC=b"),
        (r"CN=a=b,DC=c", r"CN=a\=b,DC=c"),
        (r"CN=a\+b,DC=c", r"CN=a\2Bb,DC=c"),
        (r"CN=a\0ACNF:1,DC=c", r"CN=a\0acnf:1,DC=c"),
    ],
)
def test_two_spellings_of_a_name_are_equal(one: str, other: str) -> None:
    assert (Dn(one), hash(Dn(one))) == (Dn(other), hash(Dn(other)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CN=a,DC=b", "OU=a,DC=b"),
        ("CN=a,DC=b", "CN=a,DC=b,DC=c"),
        (r"CN=a\,OU=b,DC=c", "CN=a,OU=b,DC=c"),
        (r"CN=a\ ,DC=b", "CN=a,DC=b"),
        (r"CN=a\\,DC=b", r"CN=a\ ,DC=b"),
        (r"CN=a\0ACNF:1,DC=c", "CN=aCNF:1,DC=c"),
        (r"CN=a\0A,DC=b", r"CN=a\20,DC=b"),
    ],
)
def test_two_different_names_are_not_equal(one: str, other: str) -> None:
    assert Dn(one) != Dn(other)


def test_a_name_is_shown_as_it_was_written() -> None:
    assert str(Dn("cn=Levelező, DC=Contoso")) == "cn=Levelező, DC=Contoso"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("CN=EX01,DC=b", "EX01"),
        ("CN = EX01 ,DC=b", "EX01"),
        (r"CN=Smith\, John,DC=b", "Smith, John"),
        ('CN="Smith, John",DC=b', "Smith, John"),
        (r"CN=a\ ,DC=b", "a "),
        (r"CN=Levelez\C5\91,DC=b", "Levelező"),
        (r"CN=a\0ACNF:1,DC=b", "a\nCNF:1"),
        (r"CN=a\E9,DC=b", r"a\xe9"),
        ("CN=a=b,DC=c", "a=b"),
        (
            "CN={31B2F340-016D-11D2-945F-00C04FB984F9},DC=c",
            "{31B2F340-016D-11D2-945F-00C04FB984F9}",
        ),
        ("", ""),
    ],
)
def test_the_name_of_an_object_is_its_first_value_without_escapes(text: str, name: str) -> None:
    assert Dn(text).name == name


def test_a_relative_name_of_several_values_is_one_step() -> None:
    assert Dn("CN=a+OU=b,DC=c").rdns == ("CN=a+OU=b", "DC=c")


def test_the_parent_of_an_object_is_one_step_up() -> None:
    assert Dn(r"CN=a\,b,OU=c,DC=d").parent == Dn("OU=c,DC=d")


def test_above_the_last_name_is_the_root_and_nothing_above_it() -> None:
    assert Dn("DC=d").parent == Dn("")
    assert Dn("").parent is None


def test_a_child_is_named_below_its_parent() -> None:
    assert Dn("DC=d").child("CN=1") == Dn("CN=1,DC=d")
    assert Dn("").child("DC=d") == Dn("DC=d")


@pytest.mark.parametrize("above", ["OU=b,DC=c", "ou=B, dc=C", "DC=c", ""])
def test_an_object_is_below_all_above_it(above: str) -> None:
    assert Dn("CN=a,OU=b,DC=c").is_below(Dn(above))


@pytest.mark.parametrize(
    "other", ["CN=a,OU=b,DC=c", "CN=x,OU=b,DC=c", "OU=b", "OU=bb,DC=c", "DC=cc", "OU=b,DC=cc"]
)
def test_an_object_is_not_below_itself_or_names_that_look_alike(other: str) -> None:
    assert not Dn("CN=a,OU=b,DC=c").is_below(Dn(other))


def test_a_name_that_goes_on_is_not_below_the_shorter_one() -> None:
    assert not Dn("OU=bb,DC=c").is_below(Dn("OU=b,DC=c"))
    assert not Dn(r"OU=b\,CN=x,DC=c").is_below(Dn("OU=b,DC=c"))


def test_the_root_is_not_below_itself() -> None:
    assert not Dn("").is_below(Dn(""))


@pytest.mark.parametrize(
    "text",
    [
        "no name",
        "CN=a,",
        ",CN=a",
        "CN=a,,DC=b",
        "=a,DC=b",
        " =a",
        'CN="a,DC=b',
        "CN=a\\",
        "CN=\ud800,DC=b",
        " ",
    ],
)
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(DirectoryError, match=r"is not a .*distinguished name"):
        Dn(text)


@given(names)
def test_an_escaped_name_comes_back_as_it_was(name: str) -> None:
    assert Dn(f"CN={escaped(name)},DC=b").name == name


@given(dns)
def test_a_name_put_together_from_its_parts_is_the_same(dn: Dn) -> None:
    parent = dn.parent
    assert parent is not None
    assert parent.child(dn.rdns[0]) == dn
    assert dn.is_below(parent)


@given(st.lists(dns, max_size=6))
def test_in_the_order_of_paths_parents_come_before_children(found: list[Dn]) -> None:
    ordered = sorted(found, key=lambda dn: dn.path)
    for number, dn in enumerate(ordered):
        assert not any(dn.is_below(later) for later in ordered[number + 1 :])


@given(dns)
def test_a_path_can_be_stored(dn: Dn) -> None:
    assert dn.path.encode().decode() == dn.path


@given(st.text(max_size=20))
def test_any_text_is_a_name_or_a_directory_error(text: str) -> None:
    try:
        dn = Dn(text)
    except DirectoryError:
        return
    assert Dn(str(dn)) == dn
    assert dn.path.encode().decode() == dn.path


# what has a meaning in names, or another lower case somewhere else or of another length
odd = st.text(st.sampled_from('aZ09 .-_=,+;<>"#\\\0\n\r\tΣςİK\u2028\xa0\udcff'), max_size=8)
plain = st.text(st.sampled_from("aZ09 .-'ΣςİK\u212a\u2028"), min_size=1, max_size=8)
relative_names = st.builds(
    "{}={}".format, st.sampled_from(["CN", "ou", "1.2", "C N", " CN", ""]), plain | odd
) | plain.map("CN={}".format)
texts = st.lists(relative_names | relative_names | odd, max_size=4).flatmap(
    lambda parts: st.sampled_from([",", ", "]).map(lambda comma: comma.join(parts))
)


def path_or_error(make: Callable[[str], str], text: str) -> str:
    try:
        return make(text)
    except DirectoryError as error:
        return f"error: {error.message}"


@given(texts)
@settings(max_examples=500)
def test_the_short_way_to_a_path_leads_where_the_long_one_does(text: str) -> None:
    path = path_or_error(lambda text: Dn(text).path, text)
    assert path == path_or_error(_path, text)


@given(texts)
@settings(max_examples=500)
def test_the_short_way_to_the_relative_names_leads_where_the_long_one_does(text: str) -> None:
    try:
        dn = Dn(text)
    except DirectoryError:
        return
    assert dn.rdns == _split(text)


def test_a_name_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Dn("CN=a,DC=b").text = "CN=c,DC=b"  # type: ignore[misc]

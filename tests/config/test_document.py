"""YAML itself: what is refused before any key is looked at, and where."""

import pytest

from adaudit.config.document import decode, parse
from adaudit.config.faults import Place
from adaudit.errors import ConfigError

TAG = "a tag `!` has no meaning here: quote a value that begins so"
ESCAPE = "in double quotes `\\` begins an escape, single quotes take it as it is"

SEQUENCE = "while parsing a flow sequence"
QUOTED = "while scanning a quoted scalar"


def message(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        parse(text, "f")
    return caught.value.message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "f:1:1: the file holds no document"),
        ("# only a comment\n", "f:1:1: the file holds no document"),
        ("a: 1\n--- \nb: 2\n", "f:2:1: a second document: a target list is one"),
        ("a:\n\t- b\n", "f:2:1: a tab cannot indent: use spaces"),
        ("a: @b", "f:1:4: a plain value cannot begin with this character: quote it"),
        ("a: b: c", "f:1:5: a second `:` in this place: quote a value that holds one"),
        ("a: *b", "f:1:4: an alias `*` without its anchor `&`: quote a value that begins so"),
        ("a: &a b\nc: &a d", "f:2:4: an anchor `&` is here twice: quote a value that begins so"),
        ("a: !b!c d", f"f:1:4: {TAG}"),
        ("a: [b", f"f:1:6: not YAML: {SEQUENCE}, expected ',' or ']', but got '<stream end>'"),
        ("a: 'b", f"f:1:6: not YAML: {QUOTED}, found unexpected end of stream"),
        ("a: b\x07c", "f:1:5: the character U+0007 is not allowed in YAML"),
        ("a: b\nc: \x00", "f:2:4: the character U+0000 is not allowed in YAML"),
        ('a: "\\UFFFFFFFF"', "f:1:7: not YAML: a number that is out of range"),
        ('a: "\\U00110000"', "f:1:7: not YAML: a number that is out of range"),
        ("a: &a [*a]", "f:1:4: a[0]: an alias inside its own anchor never ends"),
    ],
)  # fmt: skip
def test_a_text_that_cannot_be_read_is_refused_at_its_place(text: str, expected: str) -> None:
    assert message(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: !!int 1", ["f:1:4: a: " + TAG]),
        ("a: !!python/object/apply:os.system [id]", ["f:1:4: a: " + TAG]),
        ("a: !b {c: !d e}", ["f:1:4: a: " + TAG, "f:1:11: a.c: " + TAG]),
        ("!a b: c", ["f:1:1: " + TAG]),
        ("? [a]\n: b\n? {c: d}\n: e", [
            "f:1:3: a key must be a word, not a list or a mapping",
            "f:3:3: a key must be a word, not a list or a mapping",
        ]),
        ("a:\n  ~: b\n  null: c", ["f:2:3: a: a key is empty", "f:3:3: a: a key is empty"]),
        ("a:\nb: [~, null, ]", [
            "f:1:3: a: the value is empty",
            "f:2:5: b[0]: the value is empty",
            "f:2:8: b[1]: the value is empty",
        ]),
        ("a: {b: 1, b: 2}\na: 3\na: 4", [
            "f:1:11: a.b: the key is here twice, first in line 1",
            "f:2:1: a: the key is here twice, first in line 1",
            "f:3:1: a: the key is here twice, first in line 1",
        ]),
        ('a: "CONTOSO\\admin"', ["f:1:4: a: holds the character U+0007: " + ESCAPE]),
        ('a: "\\ud800"', ["f:1:4: a: holds the character U+D800: " + ESCAPE]),
        ('"\\0": b', ["f:1:1: holds the character U+0000: " + ESCAPE]),
    ],
)  # fmt: skip
def test_what_a_list_never_needs_is_a_fault_and_reading_goes_on(
    text: str, expected: list[str]
) -> None:
    assert [fault.format("f") for fault in parse(text, "f").faults] == expected


def test_every_scalar_is_text() -> None:
    text = "[no, 0123, 1:30, 2027-03-31, 1_000, 1e3, .inf, true, <<, =]"
    assert parse(text, "f").tree == text.strip("[]").split(", ")


def test_a_byte_order_mark_does_not_move_the_first_key() -> None:
    document = parse(decode(b"\xef\xbb\xbfa: b", "f"), "f")
    assert document.keys == {("a",): Place(1, 1)}


def test_columns_count_characters_and_lines_count_every_line_end() -> None:
    document = parse("é: {ű: 北京, b: c}\r\nd: e\rf: g", "f")
    assert document.keys["é", "b"] == Place(1, 12)
    assert document.keys["d",] == Place(2, 1)
    assert document.keys["f",] == Place(3, 1)


def test_an_alias_stands_where_its_anchor_does() -> None:
    document = parse("a: &x {b: c}\nd: *x", "f")
    assert document.tree == {"a": {"b": "c"}, "d": {"b": "c"}}
    assert document.values["d", "b"] == Place(1, 11)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a: caf\xe9", "f:1:7: byte 0xe9 is not UTF-8: save the file as UTF-8"),
        (
            b"a: \xc3\xa9\r\nb: \xc3\xa9\xff",
            "f:2:5: byte 0xff is not UTF-8: save the file as UTF-8",
        ),
        (b"\xff\xfea\x00", "f:1:1: byte 0xff is not UTF-8: save the file as UTF-8"),
        (b"a: \xed\xa0\x80", "f:1:4: byte 0xed is not UTF-8: save the file as UTF-8"),
    ],
)
def test_a_byte_that_is_not_utf8_is_refused_at_its_place(data: bytes, expected: str) -> None:
    with pytest.raises(ConfigError) as caught:
        decode(data, "f")
    assert caught.value.message == expected


@pytest.mark.parametrize("text", ["[" * 5000, "- " * 5000, "{a: " * 5000, "? " * 5000])
def test_deep_nesting_is_refused_before_the_stack_ends(text: str) -> None:
    assert "nested deeper than 32 levels" in message(text) or "not YAML" in message(text)


def test_nesting_by_aliases_is_refused_too() -> None:
    text = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 50))
    assert message(text).endswith("nested deeper than 32 levels")


def test_an_alias_bomb_is_refused() -> None:
    text = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
    )
    assert message(text).endswith("more than 200000 values, aliases expanded")


@pytest.mark.parametrize(
    "word", ["*hunter2", "!hunter2", "!hunter2!x y", "&hunter2 x\nb: &hunter2 y"]
)
def test_a_password_that_yaml_takes_for_syntax_is_not_repeated(word: str) -> None:
    try:
        told = [fault.text for fault in parse(f"password: {word}", "f").faults]
    except ConfigError as error:
        told = [error.message]
    assert told
    assert "hunter2" not in "".join(told)

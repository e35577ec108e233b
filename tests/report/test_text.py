import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adaudit.report.text import columns, safe_text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a\x1b[2Jb", r"a\x1b[2Jb"),
        ("a\nb\r\tc\0", r"a\x0ab\x0d\x09c\x00"),
        ("\x7f\x85\x9b", r"\x7f\x85\x9b"),
        ("a\u2028b\u2029c", r"a\u2028b\u2029c"),
        ("\u202eexe.txt\u202c", r"\u202eexe.txt\u202c"),
        (
            "\u061c\u200e\u200f\u2066\u2067\u2068\u2069",
            r"\u061c\u200e\u200f\u2066\u2067\u2068\u2069",
        ),
        ("Ad\u200bmins\u2060\ufeff\u00ad", r"Ad\u200bmins\u2060\ufeff\xad"),
        ("tag\U000e0041", r"tag\U000e0041"),
        ("\udc80\ud800", r"\udc80\ud800"),
        ("\ue000\U0010ffff", r"\ue000\U0010ffff"),
        ("Domain\u00a0Admins", r"Domain\xa0Admins"),
        ("Admins\ufe0f\u3164\u115f", r"Admins\ufe0f\u3164\u115f"),
    ],
    ids=[
        "escape sequence",
        "C0 controls",
        "DEL and C1 controls",
        "line and paragraph separators",
        "bidirectional override",
        "bidirectional marks and isolates",
        "characters without width",
        "tag characters",
        "lone surrogates",
        "private use and unassigned",
        "a space that looks like another",
        "marks and letters that show nothing",
    ],
)
def test_hidden_characters_become_visible_escapes(name: str, shown: str) -> None:
    assert safe_text(name) == shown


@pytest.mark.parametrize(
    "name",
    [
        r"CONTOSO\EX01$",
        "Tartományi Exchange-kiszolgálók ŐŰ őű",
        "邮件服务器　一号",
        "Почта, γράμματα, メール, 한국어, ไทย, हिन्दी",
        "e\u0301 decomposed",
        "EX01 → EX02",
        "😀",
        "=1+1",
        "",
    ],
)
def test_what_is_seen_as_itself_stays(name: str) -> None:
    assert safe_text(name) == name


@pytest.mark.parametrize(
    "name",
    ["\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0915\u094d\u200d\u0937"],
    ids=["Persian", "Hindi"],
)
def test_a_joiner_stays_where_it_shapes_the_word(name: str) -> None:
    assert safe_text(name) == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ad\u200cmins", r"Ad\u200cmins"),
        ("\u0645\u06cc\u200c", "\u0645\u06cc" + r"\u200c"),
        ("\u0627\u200c\u0645", "\u0627" + r"\u200c" + "\u0645"),
        ("\u0645\u200d\u0645", "\u0645" + r"\u200d" + "\u0645"),
        ("\u0915\u094d\u200d", "\u0915\u094d" + r"\u200d"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468" + r"\u200d" + "\U0001f469"),
    ],
    ids=["Latin", "at the end", "after a letter that does not join", "ZWJ", "no letter", "emoji"],
)
def test_a_joiner_that_changes_nothing_is_shown(name: str, shown: str) -> None:
    assert safe_text(name) == shown


def test_the_letters_before_a_non_joiner_are_those_with_an_initial_form() -> None:
    """The presentation forms of Unicode say which letters join the next one."""
    forms = [unicodedata.decomposition(chr(code)).split() for code in range(0xFB50, 0xFF00)]
    single = [(kind, chr(int(letter, 16))) for kind, letter in (f for f in forms if len(f) == 2)]
    joining = {letter for kind, letter in single if kind == "<initial>"}
    other = {letter for kind, letter in single} - joining
    meem = "\u0645"
    kept = {c for c in joining | other if safe_text(f"{c}\u200c{meem}") == f"{c}\u200c{meem}"}
    dotless_noon = "\u06ba"  # joins too, says ArabicShaping.txt, yet has no such form
    assert kept - {dotless_noon} == joining


@settings(deadline=None)  # the machine may be busy with other things
@given(st.text(st.characters()))
def test_safe_text_is_safe_already(name: str) -> None:
    assert safe_text(safe_text(name)) == safe_text(name)


@pytest.mark.parametrize(("text", "width"), [("EX01", 4), ("邮件", 4), ("e\u0301", 1), ("ő", 1)])
def test_width_counts_columns_of_a_terminal(text: str, width: int) -> None:
    assert columns(text) == width

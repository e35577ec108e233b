"""Whatever the names hold, no form of a report does anything but show them."""

import csv
import io
import json
import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adaudit.findings import Report
from adaudit.report import FORMATS
from adaudit.report.text import safe_text
from tests.report.worlds import everywhere

unhurried = settings(deadline=None)  # the machine may be busy with other things
JOINERS = "\u200c\u200d"
HOSTILE = {
    "escape sequence": "\x1b]0;title\x07\x1b[2J",
    "line break": "EX01\r\ncomplete\n",
    "separators": "a\u2028b\u2029c\x85d\x0b\x0c\x1c",
    "bidirectional": "\u202egpj.exe\u2066\u200f\u061c",
    "no width": "Ad\u200bmins\u2060\ufeff",
    "tags": "Admins\U000e0041\U000e007f",
    "lone surrogate": "EX\udcff\ud800",
    "formula": "=cmd|'/c calc'!A0",
    "formula after a tab": "\t=1+1",
    "quotes": 'a","b\n"',
    "NUL": "\0=1",
    "markup": "</script><b>&amp;",
}
names = st.one_of(
    st.sampled_from(sorted(HOSTILE.values())),
    st.text(st.characters(), max_size=12),
    st.text(
        st.sampled_from("=+-@'\"\t\r\n\0\x1b\x9b\u202e\u200b\u2028\udcff\ufe0fa,;→ "), max_size=8
    ),
)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_name_is_inert(name: str, form: str) -> None:
    text = FORMATS[form].render(everywhere(name))
    assert steering(text, form) == []


@pytest.mark.parametrize("form", FORMATS)
@unhurried
@given(names)
def test_no_name_brings_a_control_into_a_report(form: str, name: str) -> None:
    text = FORMATS[form].render(everywhere(name))
    assert steering(text, form) == []
    text.encode(FORMATS[form].encoding)


def steering(text: str, form: str) -> list[str]:
    """The characters of a report that are no text, but for the line ends of its own layout."""
    if form == "csv":
        text = text.replace("\r\n", "")
    text = text.replace("\n", "")
    if form != "json":
        text = re.sub(rf"(?<=\w)[{JOINERS}](?=\w)|(?<=\u094d)[{JOINERS}]", "", text)
    return [
        c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    ]


@unhurried
@given(names)
def test_a_name_adds_no_line_to_a_table(name: str) -> None:
    """As many lines as with an innocent name, but for those that a long name folds."""
    text = FORMATS["table"].render(everywhere(name))
    starts = ("Result", "Offending groups", "Not granted", "Not judged", "Warnings", "Checks")
    found = [line.split("   ")[0] for line in text.splitlines() if line.startswith(starts)]
    shown = safe_text(name)
    if not any(shown.startswith(start) for start in starts):
        assert found == [
            "Offending groups",
            "Not granted",
            "Not judged",
            "Warnings",
            "Checks",
            "Result",
        ]


@unhurried
@given(names)
def test_csv_reads_back_to_the_safe_text(name: str) -> None:
    text = FORMATS["csv"].render(everywhere(name))
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    targets = {unquoted(row["target"]) for row in rows}
    subjects = {unquoted(row["subject"]) for row in rows if row["kind"] == "finding"}
    assert targets == subjects == {safe_text(name)}


@unhurried
@given(names)
def test_no_cell_of_csv_is_a_formula(name: str) -> None:
    text = FORMATS["csv"].render(everywhere(name))
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert not [cell for cell in cells if cell.startswith(tuple("=+-@\t\r\0＝＋－＠"))]  # noqa: RUF001 - full-width signs


def unquoted(cell: str) -> str:
    return cell.removeprefix("'")


@unhurried
@given(names.filter(lambda name: not re.search("[\ud800-\udbff][\udc00-\udfff]", name)))
def test_json_reads_back_to_the_name(name: str) -> None:
    """Two surrogates that make a pair are excepted: JSON cannot tell them from their character."""
    target = json.loads(FORMATS["json"].render(everywhere(name)))["targets"][0]
    assert target["name"] == target["findings"][0]["evidence"][0]["object"] == name


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    "name", ["Tartományi kiszolgálók", "邮件服务器一", r"CONTOSO\EX01$"], ids=["hu", "zh", "$"]
)
def test_names_of_all_languages_come_out_as_they_are(name: str, form: str) -> None:
    text = FORMATS[form].render(everywhere(name))
    assert (name.replace("\\", "\\\\") if form == "json" else name) in text


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_name_does_no_harm(form: str) -> None:
    assert "3f9a52c1d0e7" in FORMATS[form].render(everywhere(""))


def test_a_report_without_targets_is_no_clean_one() -> None:
    assert "INCOMPLETE" in FORMATS["table"].render(Report(()))

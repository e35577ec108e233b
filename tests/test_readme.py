"""README.md says what the code does."""

import pytest

from adaudit.checks import catalogue
from tests.readme import README, renewed


def test_the_table_of_checks_is_the_one_of_the_code() -> None:
    """If it is not, `make readme` writes it."""
    text = README.read_text(encoding="utf-8")

    assert renewed(text) == text


def test_every_check_has_its_row() -> None:
    rows = README.read_text(encoding="utf-8").splitlines()
    missing = [
        each.id
        for each in catalogue()
        if sum(row.startswith(f"| `{each.id}` | {each.severity} |") for row in rows) != 1
    ]

    assert missing == []


def test_the_example_of_a_review_is_what_is_said() -> None:
    """Line by line, what is left out apart."""
    golden = README.parent / "tests" / "golden" / "review.txt"
    said = golden.read_text(encoding="utf-8").splitlines()
    text = README.read_text(encoding="utf-8")
    example = text[text.index("tailspin   LDIF") :].partition("```")[0]
    lines = [line for line in example.splitlines() if "…" not in line]

    assert len(lines) > 15
    assert [line for line in lines if line not in said] == []


def test_a_readme_without_the_place_for_the_table_is_an_error() -> None:
    with pytest.raises(ValueError, match="lacks"):
        renewed("# adaudit\n")

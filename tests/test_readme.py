"""README.md says what the code does."""

import click
import pytest

from adaudit.checks import catalogue
from adaudit.cli import adaudit
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


@pytest.mark.parametrize(
    ("begin", "golden"),
    [
        ("tailspin   LDIF", "review.txt"),
        ("Control of DC=tailspin", "paths.txt"),
        ("Delete: 2 users", "who-can-delete.txt"),
    ],
)
def test_an_example_is_what_is_said(begin: str, golden: str) -> None:
    """Line by line, what is left out apart."""
    said = (README.parent / "tests" / "golden" / golden).read_text(encoding="utf-8").splitlines()
    text = README.read_text(encoding="utf-8")
    example = text[text.index(f"```\n{begin}") + 4 :].partition("```")[0]
    lines = [line for line in example.splitlines() if "…" not in line]

    assert len(lines) > 9
    assert [line for line in lines if line not in said] == []


def test_every_command_is_in_the_table() -> None:
    rows = README.read_text(encoding="utf-8").splitlines()
    named = {row.split("`adaudit ")[1].split("`")[0].split()[0] for row in rows if _is_row(row)}

    assert named >= set(adaudit.list_commands(click.Context(adaudit)))


def _is_row(row: str) -> bool:
    return row.startswith("| `adaudit ")


def test_a_readme_without_the_place_for_the_table_is_an_error() -> None:
    with pytest.raises(ValueError, match="lacks"):
        renewed("# adaudit\n")

"""What every check brings along, so that nothing else has to be written to add one."""

import re

import pytest

from adaudit import checks
from adaudit.checks import Check, catalogue
from adaudit.findings import Severity

CHECKS = catalogue()
PARTS = ("What it reports: ", "Why it matters: ", "How to mend it: ")


def test_the_ids_are_those_of_the_modules_in_their_order() -> None:
    ids = [check.id for check in CHECKS]

    assert ids == sorted(set(ids))
    assert "send-as-denied" in ids


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
class TestCheck:
    def test_its_id_is_in_kebab_case(self, check: Check) -> None:
        """A waiver and the list of checks to skip name it so."""
        assert re.fullmatch(r"[a-z]+[0-9]*(-[a-z]+[0-9]*)*", check.id)

    def test_its_title_is_one_line_without_a_stop(self, check: Check) -> None:
        """It stands in a list."""
        assert check.title
        assert "\n" not in check.title
        assert not check.title.endswith(".")

    def test_it_says_what_why_and_how_in_that_order(self, check: Check) -> None:
        """Whoever reads the documentation finds the three parts as paragraphs."""
        paragraphs = check.documentation.split("\n\n")

        assert len(paragraphs) == len(PARTS)
        for paragraph, part in zip(paragraphs, PARTS, strict=True):
            assert paragraph.startswith(part)

    def test_a_check_of_the_domain_says_why_it_is_so_severe_and_who_else_describes_it(
        self, check: Check
    ) -> None:
        """Auditors ask for the reason of each rating."""
        if check.run.__module__.startswith(f"{checks.__name__}.domain."):
            assert check.reason
            assert not check.reason.endswith(".")
            assert check.references

    def test_its_severity_is_one_that_can_be_asked_for(self, check: Check) -> None:
        """`--fail-on` compares it."""
        assert check.severity in Severity

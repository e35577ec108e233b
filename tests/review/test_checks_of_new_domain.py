"""No check of entries and inheritance finds anything in a new Windows domain."""

from functools import cache

import pytest

from adaudit.checks import Check, Context, catalogue
from adaudit.directory.reach import Reach
from adaudit.findings import Outcome
from tests.review.windows_forest import WindowsForest

CHECKS = {check.id: check for check in catalogue()}


@cache
def context() -> Context:
    forest = WindowsForest()
    forest.reach = Reach("all", has_sacls=False)
    return Context(forest.snapshot(), ())


@pytest.mark.parametrize(
    "check",
    [
        CHECKS[name]
        for name in (
            "blocked-inheritance",
            "broad-grants",
            "dacl-order",
            "damaged-descriptor",
            "ineffective-denies",
            "missing-dacl",
            "missing-inheritance",
            "stale-inheritance",
            "unmapped-generic-rights",
            "unresolvable-trustees",
        )
    ],
    ids=lambda check: check.id,
)
def test_a_new_windows_domain_passes(check: Check) -> None:
    result = check.result(context())

    assert (result.outcome, result.findings, result.unknown) == (Outcome.PASS, (), ())


def test_there_is_nothing_of_exchange_to_judge_in_a_new_windows_domain() -> None:
    result = CHECKS["exchange-grants"].result(context())

    assert (result.outcome, result.findings) == (Outcome.NOT_APPLICABLE, ())

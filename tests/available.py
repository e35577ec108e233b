"""What becomes of a test whose server or library is not on this machine."""

import os
from collections.abc import Generator
from typing import NoReturn

import pytest


class UnavailableError(pytest.skip.Exception):
    """Skips a test; all that are skipped for one reason are reported in one line."""


def unavailable(reason: str) -> NoReturn:
    """Skip the test that asks, or fail it where `CI=true` promises that everything is there."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI=true, and yet: {reason}", pytrace=False)
    raise UnavailableError(reason)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Report this file as the place of the skip: pytest puts skips of one place in one line."""
    report = yield
    if call.excinfo is not None and isinstance(call.excinfo.value, UnavailableError):
        report.longrepr = (__file__, 0, f"Skipped: {call.excinfo.value.msg}")
    return report

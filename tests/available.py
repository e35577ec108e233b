"""What becomes of a test whose server or library is not on this machine."""

import os
from typing import NoReturn

import pytest


def unavailable(reason: str) -> NoReturn:
    """Skip the test that asks, or fail it where `CI=true` promises that everything is there."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI=true, and yet: {reason}", pytrace=False)
    pytest.skip(reason)

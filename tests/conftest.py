"""What holds for all tests: the settings of hypothesis, and what is begun with."""

from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is no fault of the code: how long an example takes is not judged.
settings.register_profile("adaudit", deadline=None)
settings.load_profile("adaudit")

_TESTS = Path(__file__).parent
_FIRST = tuple(_TESTS / name for name in ("live/test_crowd.py", "live", "fleet"))
"""What takes longest"""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of several processes none shall wait at the end for another that began a long file last."""
    if hasattr(config, "workerinput"):  # one of several: pytest-xdist deals out files in this order
        items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    return next(
        (rank for rank, place in enumerate(_FIRST) if item.path.is_relative_to(place)), len(_FIRST)
    )

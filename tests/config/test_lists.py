"""Whole target lists: what is good loads, and what is bad is told fault by fault."""

import re
from pathlib import Path

import pytest

from adaudit.config import load
from adaudit.errors import ConfigError
from tests.config.lists import BAD, GOOD, expected_faults

pytestmark = pytest.mark.usefixtures("folder")


@pytest.mark.parametrize("sample", GOOD, ids=lambda path: path.stem)
def test_a_good_list_loads(sample: Path) -> None:
    Path("targets.yaml").write_bytes(sample.read_bytes())
    assert load(Path("targets.yaml")).targets


@pytest.mark.parametrize("sample", BAD, ids=lambda path: path.stem)
def test_a_bad_list_is_told_by_all_its_faults(sample: Path) -> None:
    Path("targets.yaml").write_bytes(sample.read_bytes())
    faults = expected_faults(sample.read_text("utf-8"))
    with pytest.raises(ConfigError) as caught:
        load(Path("targets.yaml"))
    assert faults
    assert caught.value.message.splitlines() == [f"targets.yaml:{fault}" for fault in faults]


@pytest.mark.parametrize("sample", BAD, ids=lambda path: path.stem)
def test_no_message_holds_what_stands_in_place_of_a_secret(sample: Path) -> None:
    Path("targets.yaml").write_bytes(sample.read_bytes())
    with pytest.raises(ConfigError) as caught:
        load(Path("targets.yaml"))
    assert "hunter2" not in f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize(
    ("line", "column", "value"),
    [
        (sample.read_text("utf-8").splitlines()[int(match[1]) - 1], int(match[2]) - 1, match[3])
        for sample in BAD
        for fault in expected_faults(sample.read_text("utf-8"))
        if (match := re.match(r"(\d+):(\d+): \S+: `(\w+)` is ", fault))
    ],
)
def test_a_value_that_a_fault_quotes_stands_at_its_place(
    line: str, column: int, value: str
) -> None:
    assert line[column:].startswith(value)

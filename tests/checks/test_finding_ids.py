"""The id of a finding, by which waivers and comparisons know it again."""

import pytest

from adaudit.audit import choose, report_on
from tests.scenarios.model import Scenario, load
from tests.scenarios.reading import snapshot_of
from tests.scenarios.world import build

GUID = bytes(range(16))


def ids(scenario: Scenario, *, taking_name: str | None = None, guid: bytes = GUID) -> set[str]:
    """The ids of the findings of a world, whose group `Restricted` may take another name."""
    forest = build(scenario)
    for number, made in enumerate(forest.objects.values()):
        made.put(objectGUID=guid[:12] + number.to_bytes(4))
    if taking_name:
        forest.principals.made["restricted"].attributes["samaccountname"] = [taking_name.encode()]
    report = report_on("test", lambda: snapshot_of(forest), ("test.snapshot",), choose())
    return {finding.id for finding in report.findings}


@pytest.fixture
def scenario() -> Scenario:
    return load("refused-twice")


def test_a_name_makes_no_difference(scenario: Scenario) -> None:
    assert ids(scenario) == ids(scenario, taking_name="Renamed")


def test_another_object_does(scenario: Scenario) -> None:
    assert not ids(scenario) & ids(scenario, guid=GUID[::-1])


def test_another_entry_does(scenario: Scenario) -> None:
    entry = scenario.set["organisation"]
    other = scenario.model_copy(update={"set": {"organisation": entry.replace("OD;CI", "OD;CIOI")}})

    assert not ids(scenario) & ids(other)


def test_how_many_pairs_are_broken_makes_no_difference(scenario: Scenario) -> None:
    smaller = {name: server for name, server in scenario.servers.items() if name != "EX03"}
    groups = {
        name: group.model_copy(update={"members": tuple(m for m in group.members if m != "EX03$")})
        for name, group in scenario.groups.items()
    }
    fewer = scenario.model_copy(update={"servers": smaller, "groups": groups})

    assert len(ids(scenario)) == 1
    assert len(ids(fewer)) == 1

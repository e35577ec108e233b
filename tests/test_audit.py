"""The pipeline: what fails in one place is told there, and stops nothing else."""

from pathlib import Path

import pytest

from adaudit.audit import choose, report_on, run
from adaudit.config import AuditConfig, load
from adaudit.directory.snapshot import Snapshot
from adaudit.errors import CollectError, ConfigError, DescriptorError, DirectoryError
from adaudit.findings import Outcome, PairState, TargetReport
from tests.builders import World
from tests.scenarios import model
from tests.scenarios.reading import snapshot_file, snapshot_of
from tests.scenarios.world import Forest, build


def report_of(forest: Forest) -> TargetReport:
    return report_on("test", lambda: snapshot_of(forest), ("test.snapshot",), choose())


@pytest.mark.parametrize("kind", [CollectError, DirectoryError, ConfigError, DescriptorError])
def test_an_expected_failure_becomes_the_report_of_its_target(
    kind: type[CollectError | DirectoryError | ConfigError | DescriptorError],
) -> None:
    def fail() -> Snapshot:
        raise kind("it went wrong", "do it right")

    report = report_on("test", fail, ("test.snapshot",), choose())

    assert report.error == "it went wrong (do it right)"
    assert not report.is_complete


def test_an_unexpected_failure_is_not_hidden() -> None:
    def fail() -> Snapshot:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        report_on("test", fail, ("test.snapshot",), choose())


def test_every_check_has_a_result_and_a_skipped_one_has_none() -> None:
    forest = build(model.load("sound"))
    everything = report_of(forest)
    skipping = report_on(
        "test", lambda: snapshot_of(forest), ("test.snapshot",), choose(["dacl-order"])
    )

    outcomes = {result.outcome for result in everything.results}
    assert outcomes == {Outcome.PASS, Outcome.NOT_APPLICABLE}
    missing = {r.check for r in everything.results} - {r.check for r in skipping.results}
    assert missing == {"dacl-order"}


def test_a_config_is_run_target_by_target(tmp_path: Path) -> None:
    one, other = snapshot_file("sound", tmp_path), snapshot_file("account-denied", tmp_path)
    file = tmp_path / "targets.yaml"
    file.write_text(
        f"version: 1\ntargets: [{{name: a, snapshot: '{one}'}}, {{name: b, snapshot: '{other}'}}]\n"
    )
    report = run(load(file), file=str(file))

    assert [target.name for target in report.targets] == ["a", "b"]
    assert [len(target.findings) for target in report.targets] == [0, 1]
    assert report.is_complete


def two_domains(folder: Path, widened: str) -> AuditConfig:
    for name in ("contoso", "fabrikam"):
        world = World()
        world.domain(name.upper(), f"DC={name},DC=example").group("Backup", 1200)
        world.snapshot(folder / f"{name}.snapshot")
    file = folder / "targets.yaml"
    targets = ", ".join(f"{{name: {n}, snapshot: {n}.snapshot}}" for n in ("contoso", "fabrikam"))
    file.write_text(f"version: 1\ntargets: [{targets}]\ntier_zero: ['{widened}']\n")
    return load(file)


def test_what_widens_tier_zero_is_to_be_found_in_one_target_at_least(tmp_path: Path) -> None:
    known, unknown = r"FABRIKAM\Backup", r"TAILSPIN\Backup"

    assert run(two_domains(tmp_path, known)).warnings == ()
    assert run(two_domains(tmp_path, unknown)).warnings == (
        rf"`{unknown}` of `tier_zero` matches nothing that was read",
    )


@pytest.mark.parametrize(
    ("who", "attribute", "value"),
    [
        ("restricted", "objectsid", b"\x01\x05 damaged"),
        ("restricted", "grouptype", b"many"),
        ("ex01$", "primarygroupid", b"first"),
        ("ex01$", "sidhistory", b"\x01\x09"),
    ],
)
def test_a_principal_that_is_damaged_makes_no_pair_sure(
    who: str, attribute: str, value: bytes
) -> None:
    """Its memberships are not known: `Restricted` is denied, and may hold EX01."""
    forest = build(model.load("two-sources"))
    made = forest.principals.made[who]
    made.attributes[attribute] = [value]
    report = report_of(forest)

    assert report.error is None
    assert str(made.dn) in {gap.subject for gap in report.gaps}
    assert report.matrix is not None
    (pair,) = [p for p in report.matrix.pairs if p.sender == "EX01"]
    assert pair.state is not PairState.ALLOWED


def test_an_organisation_without_servers_has_no_matrix(tmp_path: Path) -> None:
    world = World()
    world.domain("CONTOSO", "DC=contoso,DC=example")
    path = tmp_path / "empty.snapshot"
    world.snapshot(path)
    report = report_on("test", lambda: Snapshot.open(path), (str(path),), choose())

    assert report.matrix is None
    assert report.facts[0] == "0 Exchange servers"
    assert report.findings == ()

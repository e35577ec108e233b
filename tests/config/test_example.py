"""The example to start from."""

import re
from pathlib import Path

import pytest

from adaudit.config import AuditConfig, EvidenceConfig, EvidenceFile, LiveConfig, example, load
from adaudit.config.auth import METHODS
from adaudit.config.strict import StrictModel
from adaudit.config.target import KINDS
from tests.config.test_schema import is_valid

STORED = Path(__file__).parents[2] / "config" / "targets.example.yaml"
NAMED = (
    "adatum-domain.ldif.gz",
    "adatum-configuration.ldif.gz",
    "adatum.dat",
    "adatum-2025.snapshot",
    "tailspin-ca.pem",
    "adatum-ex01.evtx",
    "adatum-ex01.reg",
    "ex01-application.evt",
    "ex02-application.csv",
    "ex041124.log",
    "trace.pcap",
    "ex01.reg",
    "ex01-probe.json",
    "hosts.txt",
)


def taken_in(text: str) -> str:
    """Take in every setting that is commented out, as the head of the example says."""
    return re.sub(r"(?m)^#(?=  )", "", text).replace(": []\n", ":\n")


def load_text(text: str, folder: Path) -> AuditConfig:
    for name in NAMED:
        (folder / name).touch()
    (folder / "targets.yaml").write_text(text, "utf-8")
    return load(folder / "targets.yaml")


def keys_of(model: StrictModel) -> set[str]:
    inner = [value for _, value in model if isinstance(value, StrictModel)]
    return model.model_fields_set.union(*map(keys_of, inner))


def test_the_stored_example_is_the_packaged_one() -> None:
    assert STORED.read_text("utf-8") == example()


def test_editors_find_the_schema_beside_it() -> None:
    first = example().splitlines()[0]
    assert first == "# yaml-language-server: $schema=targets.schema.json"
    assert (STORED.parent / "targets.schema.json").is_file()


def test_the_example_loads_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "targets.yaml").write_text(example(), "utf-8")
    (target,) = load(tmp_path / "targets.yaml").targets
    assert target.name == "contoso"
    assert is_valid(example())


def test_the_example_loads_with_everything_taken_in(tmp_path: Path) -> None:
    config = load_text(taken_in(example()), tmp_path)
    assert len(config.targets) == 11
    assert len(config.waivers) == 2
    assert len(config.tier_zero) == 3
    assert is_valid(taken_in(example()))


def test_the_example_shows_every_key(tmp_path: Path) -> None:
    config = load_text(taken_in(example()), tmp_path)
    for kind, model in KINDS.items():
        targets = [target for target in config.targets if isinstance(target, model)]
        shown = set[str]().union(*map(keys_of, targets))
        assert shown >= set(model.model_fields), kind
    auths = [target.auth for target in config.targets if hasattr(target, "auth")]
    for method, model in METHODS.items():
        shown = set[str]().union(*(keys_of(auth) for auth in auths if isinstance(auth, model)))
        assert shown >= set(model.model_fields), method


def test_the_example_shows_every_key_of_evidence(tmp_path: Path) -> None:
    target = load_text(taken_in(example()), tmp_path).targets[0]
    assert target.evidence
    assert target.evidence.live
    assert target.evidence.model_fields_set == set(EvidenceConfig.model_fields)
    assert target.evidence.live.model_fields_set == set(LiveConfig.model_fields)
    assert target.evidence.event_logs[1].model_fields_set == set(EvidenceFile.model_fields)


@pytest.mark.parametrize("text", [example(), taken_in(example())], ids=["as it is", "all"])
def test_every_line_fits_a_screen(text: str) -> None:
    assert max(map(len, text.splitlines())) <= 100

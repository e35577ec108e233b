"""Evidence of a target, as a program gives and reads it."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from adaudit.config import (
    EvidenceConfig,
    EvidenceFile,
    KerberosAuth,
    LdifTarget,
    LiveConfig,
    load,
)
from adaudit.endpoint import Endpoint

pytestmark = pytest.mark.usefixtures("folder")


def read(evidence: str) -> EvidenceConfig:
    Path("targets.yaml").write_text(
        f"{{version: 1, targets: [{{name: a, ldif: contoso.ldif, evidence: {evidence}}}]}}", "utf-8"
    )
    (target,) = load(Path("targets.yaml")).targets
    assert target.evidence
    return target.evidence


def test_evidence_that_is_left_out_is_empty() -> None:
    evidence = read("{hosts: hosts.txt}")
    assert evidence.event_logs == evidence.smtp_logs == evidence.registry == ()
    assert evidence.captures == evidence.smtp_probes == ()
    assert evidence.live is None


def test_what_is_not_asked_has_its_default() -> None:
    live = read("{live: {dns: true}}").live
    assert live
    assert live.smtp == live.registry == live.event_logs == ()
    assert (live.dns, live.auth, live.timeout) == (True, KerberosAuth(), 10)
    assert read("{live: {smtp: ex01}}").live == LiveConfig(smtp=(Endpoint("ex01", 25),), dns=False)


@pytest.mark.parametrize(
    "written", ["ex01.evt", "[ex01.evt]", "{file: ex01.evt}", "[{file: ex01.evt}]"]
)
def test_a_plain_name_is_a_file_of_no_named_computer(written: str) -> None:
    file = EvidenceFile(file=Path("ex01.evt"), computer=None)
    assert read(f"{{event_logs: {written}}}") == EvidenceConfig(event_logs=(file,))


def test_a_file_is_taken_from_the_folder_of_the_list(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "targets.yaml").write_text(
        "{version: 1, targets: [{name: a, ldif: contoso.ldif,"
        " evidence: {registry: {file: ex01.reg, computer: EX01}, hosts: hosts.txt}}]}"
    )
    monkeypatch.chdir(folder / "folder")
    (target,) = load(Path("../targets.yaml")).targets
    assert target.evidence == EvidenceConfig(
        registry=(EvidenceFile(file=Path("../ex01.reg"), computer="EX01"),),
        hosts=(Path("../hosts.txt"),),
    )


@pytest.mark.parametrize(
    "name", ["EX01", "ex01.contoso.example", "EX-01", "EX_01", "2003A", "KISZOLGÁLÓ", "a" * 255]
)
def test_a_computer_is_named_as_it_is_known(name: str) -> None:
    assert EvidenceFile(file=Path("ex01.evt"), computer=name).computer == name


@pytest.mark.parametrize("name", ["", ".", "192.0.2.1", "EX01$", r"CONTOSO\EX01", "a" * 256])
def test_what_names_no_computer_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="is no name of a computer"):
        EvidenceFile(file=Path("ex01.evt"), computer=name)


def test_a_program_may_give_a_path_for_a_file() -> None:
    made = EvidenceConfig.model_validate({"event_logs": [Path("ex01.evt")]})
    assert made.event_logs == (EvidenceFile(file=Path("ex01.evt")),)


def test_a_program_cannot_make_evidence_of_nothing() -> None:
    for make in (EvidenceConfig, LiveConfig):
        with pytest.raises(ValidationError):
            make()


def test_the_rules_between_keys_hold_for_a_program_too() -> None:
    with pytest.raises(ValidationError, match="is in the list twice"):
        LiveConfig(smtp=(Endpoint("ex01", 25), Endpoint("EX01", 25)))
    with pytest.raises(ValidationError, match="does nothing without"):
        LiveConfig(dns=True, auth=KerberosAuth())


def test_evidence_cannot_be_changed() -> None:
    target = LdifTarget(
        name="a", ldif=(Path("contoso.ldif"),), evidence=EvidenceConfig(hosts=(Path("hosts.txt"),))
    )
    with pytest.raises(ValidationError, match="frozen"):
        target.evidence = None

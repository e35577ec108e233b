"""What `adaudit diagnose` says of the sample is what samples/README.md says was planted."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from adaudit.audit import choose, report_on
from adaudit.checks import Context
from adaudit.cli.inputs import opener
from adaudit.diagnosis import diagnose
from adaudit.findings import Outcome, TargetReport
from adaudit.rulings import DiagnosisReport

LIST = Path(__file__).parents[1] / "samples" / "contoso.yaml"
PLANTED = {
    "EX01 → EX08": ("service-principal-name", "SMTPSVC/ex08.contoso.example"),
    "EX01 → EX09": ("integrated-authentication", "msExchAuthenticationFlags is 3"),
    "EX01 → EX12": ("receive-connector", "ms-Exch-SMTP-Accept-Exch50"),
    "EX01 → mail.fabrikam.example": ("peer-scope", "504 is expected"),
    "EX02 → EX01": ("tls-without-authentication", "uses STARTTLS with EX01"),
    "EX02 → EX05": ("smtp-name", "calls itself `mail.contoso.com`"),
    "EX02 → mail.litware.example": ("peer-scope", "504 is expected"),
    "EX03 → EX01": ("send-as-denied", "Mail Restrictions is denied Send-As"),
    "EX04 → EX02": ("send-as-not-granted", "it is not in CONTOSO\\Exchange Domain Servers"),
    "EX06 → EX02": ("exchange-protocol-security", "0x8009030C SEC_E_LOGON_DENIED"),
    "EX06 → EX11": ("smtp-filtering", "PIX `fixup protocol smtp`"),
}
"""By pair: the check that finds the cause, and what it says"""
WARNED = {
    ("EX01 → EX08", "servers-group"),  # the deny that stands too late
    ("EX01 → mail.fabrikam.example", "suppress-external"),
    ("EX02 → mail.litware.example", "suppress-external"),
}
NOT_SEEN = {
    *("anonymous-exch50", "exchange-protocol-security", "smtp-filtering"),
    "tls-without-authentication",
}
"""The checks that need evidence, which is not there of every server"""


@pytest.fixture(scope="module")
def report() -> DiagnosisReport:
    return diagnose("contoso", opener(LIST), (str(LIST),))


@pytest.fixture(scope="module")
def audit() -> TargetReport:
    return report_on("contoso", opener(LIST), (str(LIST),), choose())


@pytest.fixture(scope="module")
def context() -> Iterator[Context]:
    with opener(LIST)() as snapshot:
        yield Context(snapshot, (str(LIST),))


def test_the_evidence_names_each_planted_pair_and_no_other(report: DiagnosisReport) -> None:
    assert [str(diagnosis) for diagnosis in report.diagnoses] == sorted(PLANTED)


def test_each_pair_has_its_planted_cause_and_no_other(report: DiagnosisReport) -> None:
    for diagnosis in report.diagnoses:
        check, text = PLANTED[str(diagnosis)]
        found = {step.check: step.ruling.cause for step in diagnosis.steps if step.ruling.cause}
        assert found.keys() == {check}, diagnosis
        assert text in (found[check] or "")


def test_beside_the_symptom_no_other_step_fails(report: DiagnosisReport) -> None:
    for diagnosis in report.diagnoses:
        failed = {s.check for s in diagnosis.steps if s.ruling.outcome is Outcome.FAIL}
        explained = {"refused-exch50", "servers-group"}  # the symptom; why Send-As is not held
        assert failed - explained == {PLANTED[str(diagnosis)][0]}


def test_the_warnings_are_those_that_were_planted(report: DiagnosisReport) -> None:
    assert steps_with(Outcome.WARNING, report) == WARNED


def test_only_for_want_of_evidence_is_a_step_unknown(report: DiagnosisReport) -> None:
    unknown = steps_with(Outcome.UNKNOWN, report)

    assert {check for _, check in unknown} - NOT_SEEN == {"service-principal-name"}
    assert ("EX06 → EX11", "service-principal-name") in unknown  # two accounts claim to be EX11


def steps_with(outcome: Outcome, report: DiagnosisReport) -> set[tuple[str, str]]:
    return {
        (str(diagnosis), step.check)
        for diagnosis in report.diagnoses
        for step in diagnosis.steps
        if step.ruling.outcome is outcome
    }


def test_all_of_the_evidence_is_read(report: DiagnosisReport) -> None:
    assert len(report.evidence) == 10
    assert report.gaps == ()


def test_a_server_that_takes_xexch50_from_anyone_is_warned_of(audit: TargetReport) -> None:
    found = [f.subject.name for f in audit.findings if f.check == "anonymous-exch50"]

    assert found == ["EX07"]


def test_an_audit_finds_the_symptom_of_each_pair_inside(audit: TargetReport) -> None:
    inside = {pair for pair in PLANTED if not pair.endswith(".example")}
    found = {pair for f in audit.findings if f.check == "refused-exch50" for pair in f.affects}

    assert found == inside


def test_the_evidence_leaves_nothing_more_undecided(audit: TargetReport) -> None:
    assert [gap.subject for gap in audit.unknown] == ["EX10", "EX11"]
    assert audit.gaps == ()


def test_addresses_are_mapped_to_servers_by_the_hosts_file(context: Context) -> None:
    by_address = {f"192.0.2.{10 + n}": f"EX{n:02}" for n in range(1, 13)}
    found = {address: context.peers.find(address).label for address in by_address}

    assert found == by_address

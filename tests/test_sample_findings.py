"""What is found in the sample is what samples/README.md says was planted, and nothing else."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from adaudit.audit import choose, report_on
from adaudit.checks import Context
from adaudit.cli.inputs import opener
from adaudit.findings import PairState, TargetReport
from adaudit.wording import state

SAMPLES = Path(__file__).parents[1] / "samples"
HOSTILE = "evil.invalid"
DENIED = {
    "Exchange Domain Servers": {f"EX{number:02} → EX06" for number in (1, 2, 3, 5, 7, 8, 9, 11)},
    "Domain Admins": {f"EX05 → EX{number:02}" for number in (1, 2, 3, 4, 6, 9, 10, 11)},
    "Mail Restrictions": {f"EX03 → EX{number:02}" for number in (1, 4, 5, 6)},
    "Migration Servers": {"EX02 → EX10"},
    "邮件服务器": {"EX09 → EX11"},
    HOSTILE: {"EX08 → EX04"},
}
"""The pairs that each planted deny breaks"""


@pytest.fixture(scope="module")
def context() -> Iterator[Context]:
    with opener(SAMPLES / "contoso.ldif")() as snapshot:
        yield Context(snapshot, ("contoso.ldif",))


@pytest.fixture(scope="module")
def report() -> TargetReport:
    file = SAMPLES / "contoso.ldif"
    return report_on("contoso", opener(file), (str(file),), choose())


def test_every_judgement_is_the_answer_of_the_server(context: Context) -> None:
    text = (SAMPLES / "contoso.answers.json").read_text(encoding="utf-8")
    answers = {(who, on): ok for who, row in json.loads(text).items() for on, ok in row.items()}
    flow = context.flow
    judged = {
        (answer.account.name.partition("\\")[2], str(answer.object.dn)): state(answer.verdict)
        for sender in flow.servers
        for receiver in flow.servers
        for answer in flow.verdicts(sender, receiver)
    }

    assert len(judged) >= 24 * 12
    assert judged.keys() <= answers.keys()
    assert {key: found is PairState.ALLOWED for key, found in judged.items()} == {
        key: answers[key] for key in judged
    }
    assert PairState.UNKNOWN not in judged.values()


def test_each_planted_deny_is_found_with_the_pairs_that_it_breaks(report: TargetReport) -> None:
    found = {
        _short(finding.subject.name): set(finding.affects)
        for finding in report.findings
        if finding.check == "send-as-denied"
    }

    assert found == DENIED


def _short(name: str) -> str:
    return HOSTILE if HOSTILE in name else name.partition("\\")[2]


def test_what_is_not_granted_is_said_of_whoever_is_to_blame(report: TargetReport) -> None:
    found = {
        finding.subject.name.rpartition("\\")[2]
        for finding in report.findings
        if finding.check == "send-as-not-granted"
    }

    assert found == {"EX04$", "MAIL11$", "EX07"}


def test_the_other_faults_are_found_and_no_more(report: TargetReport) -> None:
    found = {
        (finding.check, finding.subject.name)
        for finding in report.findings
        if not finding.check.startswith("send-as")
    }

    assert found == {
        ("dacl-order", "EX08"),
        ("integrated-authentication", "virtual server 1 of EX09"),
        ("receive-connector", "EX12"),
        ("service-principal-name", "virtual server 1 of EX08"),
        ("smtp-name", "virtual server 1 of EX05"),
        ("stale-inheritance", "EX10"),
    }


def test_the_servers_without_a_sure_account_are_all_that_is_not_judged(
    report: TargetReport,
) -> None:
    assert [gap.subject for gap in report.unknown] == ["EX10", "EX11"]
    assert report.gaps == ()

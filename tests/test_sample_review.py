"""What a review finds in samples/tailspin.* is what was planted there, and nothing else."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from adaudit.audit import choose, report_on, run
from adaudit.checks import catalogue
from adaudit.cli.inputs import opener
from adaudit.config import load
from adaudit.control import paths_to
from adaudit.directory.dn import Dn
from adaudit.directory.snapshot import Snapshot
from adaudit.findings import Finding, Outcome, Report, TargetReport
from adaudit.findings.control import ControlReport
from adaudit.report.table import render

SAMPLES = Path(__file__).parents[1] / "samples"
LIST, EXPECTED = SAMPLES / "tailspin.yaml", SAMPLES / "tailspin.expected.json"
PLANTED, UNTOUCHED = SAMPLES / "tailspin.ldif.gz", SAMPLES / "tailspin-untouched.ldif.gz"
HEAD = "DC=tailspin,DC=example"
WAIVED = "key-credentials"
DECOYS = {
    "Reporting": "both rights of replication, one of which Contractors are denied before",
    "svc-bi": "in Reporting, and in Contractors",
    "svc-monitor": "one right of replication without the other",
    "Address Book Editors": "WriteDacl and WriteOwner for contacts below the head alone",
    "On Call": "WriteDacl on the head, for who is in a distribution group",
    "lchen": "in that distribution group",
    "barcher": "entries for classes that the objects are not of, or a superclass of theirs",
    "SELF": "members of Virtualization Administrators may join it, who are in it",
    "zlund": "owns a linked policy that has an entry for OWNER RIGHTS",
}
"""Who has what other tools report, and can do nothing by it"""

Told = tuple[str, str, frozenset[str]]
"""Check, subject, and the names of the objects"""


@pytest.fixture(scope="module")
def whole() -> Report:
    return run(load(LIST))


@pytest.fixture(scope="module")
def report(whole: Report) -> TargetReport:
    return whole.targets[0]


@pytest.fixture(scope="module")
def untouched() -> TargetReport:
    widened = load(LIST).tier_zero
    source = opener(UNTOUCHED, scope="all")
    return report_on("tailspin", source, (str(UNTOUCHED),), choose(), widened)


@pytest.fixture(scope="module")
def before() -> Iterator[Snapshot]:
    with opener(UNTOUCHED, scope="all")() as snapshot:
        yield snapshot


@pytest.fixture(scope="module")
def after() -> Iterator[Snapshot]:
    with opener(PLANTED, scope="all")() as snapshot:
        yield snapshot


@pytest.fixture(scope="module")
def paths(after: Snapshot) -> ControlReport:
    return paths_to(after, HEAD, load(LIST).tier_zero)


def planted() -> set[Told]:
    weaknesses = json.loads(EXPECTED.read_text(encoding="utf-8"))
    found = [each for weakness in weaknesses for each in weakness["findings"]]
    told = {(each["check"], each["subject"], frozenset(each["objects"])) for each in found}
    assert len(told) == len(found)
    return told


def told(finding: Finding) -> Told:
    names = (name if name == HEAD else Dn(name).name for name in finding.affects)
    return finding.check, short(finding.subject.name), frozenset(names)


def short(name: str) -> str:
    return name.rpartition("\\")[2]


def test_each_planted_weakness_is_found_once_and_nothing_else(report: TargetReport) -> None:
    found = [told(finding) for finding in report.findings]

    assert len(set(found)) == len(found)
    assert set(found) == planted()


def test_each_finding_says_why_and_how_to_mend_it(report: TargetReport) -> None:
    assert [finding.id for finding in report.findings if not finding.message] == []
    assert [finding.id for finding in report.findings if not finding.remedy] == []


def test_there_is_a_weakness_for_every_check_of_a_domain() -> None:
    checks = {check.id for check in catalogue() if not check.of_exchange}

    assert {check for check, _, _ in planted()} | {WAIVED} == checks


def test_who_can_do_nothing_by_what_he_has_is_in_no_finding(report: TargetReport) -> None:
    """As a trustee; what is wrong with the objects themselves is another thing."""
    trustees = {
        short(name)
        for finding in report.findings
        if finding.check != "blocked-inheritance"  # shows the entries that give nothing
        for evidence in finding.evidence
        for name in (evidence.trustee.name, *evidence.path)
    }
    owners = {short(f.subject.name) for f in report.findings if f.subject.sid}

    assert (trustees | owners) & DECOYS.keys() == set()


def test_nothing_is_found_before_and_everything_was_read(untouched: TargetReport) -> None:
    assert untouched.findings == ()
    assert untouched.is_complete
    judged = {r.check: r.outcome for r in untouched.results if not is_of_exchange(r.check)}
    assert judged.pop("exchange-grants") is Outcome.NOT_APPLICABLE  # it is not installed yet
    assert set(judged.values()) == {Outcome.PASS}


def is_of_exchange(check_id: str) -> bool:
    return next(check.of_exchange for check in catalogue() if check.id == check_id)


def test_everything_was_read_and_decided(report: TargetReport) -> None:
    assert report.gaps == ()
    assert report.unknown == ()
    assert report.unmatched == ()


def test_what_is_waived_is_told_with_its_reason(report: TargetReport) -> None:
    (warning,) = report.warnings

    assert "waived until 2099-12-31" in warning
    assert "Device Enrolment may add keys or certificates to 4 privileged accounts" in warning
    assert "(its host becomes tier 0)" in warning


def test_both_exports_are_of_one_domain(before: Snapshot, after: Snapshot) -> None:
    guids = [{entry.dn: entry.guid for entry in each.entries()} for each in (before, after)]

    assert len(guids[0]) > 3000
    assert guids[0].items() <= guids[1].items()


def test_the_exports_are_small_enough_for_a_demonstration() -> None:
    assert all(file.stat().st_size < 400_000 for file in (PLANTED, UNTOUCHED))


def test_the_first_screen_tells_what_was_found_and_nothing_of_mail(whole: Report) -> None:
    first = render(whole).splitlines()[:50]

    assert "Exchange server" not in "\n".join(first)
    checks = {check for check, _, _ in planted()}
    assert [check for check in checks if not any(f" {check} " in line for line in first)] == []


def test_a_helper_comes_to_control_the_domain_by_a_local_password(paths: ControlReport) -> None:
    """He reads that of a mail server, whose groups may write the DACL of the domain."""
    (path,) = [path for path in paths.paths if "TAILSPIN\\hweiss" in path.names]
    steps = [(link.right, Dn(link.object).name) for link in path.links]

    assert steps == [
        ("read:ms-Mcs-AdmPwd", "EX01"),
        ("WriteDacl", "tailspin"),
    ]


def test_a_manager_comes_to_control_the_domain_through_a_group(paths: ControlReport) -> None:
    (path,) = [path for path in paths.paths if "TAILSPIN\\ohale" in path.names]
    steps = [(link.right, Dn(link.object).name) for link in path.links]

    assert steps == [
        ("write:member", "Virtualization Administrators"),
        ("WriteDacl", "DC1"),
        ("DS-Replication-Get-Changes-All", "tailspin"),
    ]


def test_nobody_comes_to_control_it_before(before: Snapshot) -> None:
    assert paths_to(before, HEAD, load(LIST).tier_zero).paths == ()


def test_only_who_was_let_in_comes_to_control_it(paths: ControlReport) -> None:
    named = {short(name) for path in paths.paths for name in path.names}

    assert named & DECOYS.keys() == set()
    assert named == {
        *("EX01$", "svc-dirsync", "svc-deploy", "svc-idm", "svc-enrol"),
        *("tokafor", "mtorres", "rmenon", "ohale", "hweiss"),
    }


def test_a_copy_of_the_folder_is_enough(tmp_path: Path) -> None:
    for file in (LIST, PLANTED):
        shutil.copy(file, tmp_path)

    assert run(load(tmp_path / LIST.name)).targets[0].error is None

"""Waivers by pattern: what a finding must be for one to match it."""

from dataclasses import replace
from datetime import date

import pytest

from adaudit.config import Waiver
from adaudit.errors import ConfigError
from adaudit.findings import (
    CheckResult,
    Evidence,
    Finding,
    Outcome,
    Party,
    Place,
    Report,
    Severity,
    TargetReport,
)
from adaudit.report import FORMATS
from adaudit.waivers import check_names, waive

TODAY = date(2027, 3, 31)
BACKUP = Party(
    r"CONTOSO\Backup", "CN=Backup,OU=Groups,DC=contoso,DC=example", "S-1-5-21-1-2-3-1133"
)
ARCHIVE = Party(
    r"CONTOSO\Archive", "CN=Archive,OU=Groups,DC=contoso,DC=example", "S-1-5-21-1-2-3-9"
)
HR, LAB = ("OU=HR,DC=contoso,DC=example", "OU=Lab,OU=Branches,DC=contoso,DC=example")


def entry(trustee: Party, on: str, set_on: str | None = None) -> Evidence:
    origin = (Place(on, 0, is_explicit=False), Place(set_on, 0, is_explicit=True)) if set_on else ()
    return Evidence(on, 0, "(A;;GA;;;WD)", "allow", trustee, (trustee.name,), origin)


def finding(*evidence: Evidence, subject: Party = BACKUP, affects: tuple[str, ...] = ()) -> Finding:
    return Finding(
        "0123456789ab", "tier-zero", Severity.HIGH, subject, "it is bad", evidence, affects=affects
    )


def told(known: Finding, waiver: Waiver) -> Report:
    result = CheckResult("tier-zero", Outcome.FAIL, (known,))
    return waive(Report((TargetReport("a", "a file", results=(result,)),)), [waiver], TODAY)


def is_waived(known: Finding, **pattern: str) -> bool:
    report = told(known, Waiver(why="x", until=TODAY, **pattern))
    return not list(report.findings())


@pytest.mark.parametrize(
    "pattern",
    [
        r"CONTOSO\Backup",
        "backup",
        r"contoso\BACK*",
        "Back?p",
        "S-1-5-21-1-2-3-1133",
        "S-1-5-*-1133",
    ],
)
def test_a_trustee_is_matched_by_name_or_sid(pattern: str) -> None:
    assert is_waived(finding(entry(BACKUP, HR)), trustee=pattern)


@pytest.mark.parametrize("pattern", ["Backu", "ackup", "CONTOSO", "S-1-5-21-1-2-3-113", HR])
def test_a_pattern_matches_whole_names_alone(pattern: str) -> None:
    assert not is_waived(finding(entry(BACKUP, HR)), trustee=pattern)


def test_a_trustee_must_be_that_of_every_entry() -> None:
    both = finding(entry(BACKUP, HR), entry(ARCHIVE, HR))
    assert not is_waived(both, trustee="Backup")
    assert is_waived(both, trustee=r"CONTOSO\*")


def test_without_an_entry_the_subject_is_the_trustee() -> None:
    assert is_waived(finding(), trustee="Backup")
    assert not is_waived(finding(entry(ARCHIVE, HR)), trustee="Backup")


@pytest.mark.parametrize("pattern", [LAB, LAB.lower(), "*,OU=Branches,DC=contoso,DC=example"])
def test_an_object_is_one_with_an_entry(pattern: str) -> None:
    assert is_waived(finding(entry(BACKUP, LAB)), object=pattern)


def test_an_object_is_where_the_entry_was_set() -> None:
    assert is_waived(finding(entry(BACKUP, LAB, HR)), object=HR)


def test_every_object_with_an_entry_must_match() -> None:
    assert not is_waived(finding(entry(BACKUP, LAB), entry(BACKUP, HR)), object="OU=Lab,*")


def test_an_object_is_the_subject() -> None:
    assert is_waived(finding(entry(BACKUP, LAB)), object="*,OU=Groups,DC=contoso,DC=example")
    assert is_waived(finding(entry(BACKUP, LAB)), object=r"CONTOSO\Backup")


def test_all_that_is_affected_must_match() -> None:
    assert is_waived(finding(affects=("EX02 → EX01", "EX03 → EX01")), object="* → EX01")
    assert not is_waived(finding(affects=("EX02 → EX01", "EX02 → EX03")), object="* → EX01")


def test_brackets_are_plain_characters() -> None:
    known = finding(entry(BACKUP, "CN=[a],DC=x"))
    assert is_waived(known, object="CN=[a],DC=x")
    assert not is_waived(finding(entry(BACKUP, "CN=a,DC=x")), object="CN=[a],DC=x")


def test_names_are_matched_as_reports_show_them() -> None:
    hostile = replace(BACKUP, name="CONTOSO\\Ba\u202eckup")
    assert is_waived(finding(entry(hostile, HR)), trustee=r"CONTOSO\Ba\u202eckup")


def test_all_that_is_given_must_match() -> None:
    known = finding(entry(BACKUP, HR))
    assert is_waived(known, check="tier-zero", trustee="Backup", object=HR)
    assert not is_waived(known, check="dacl-order", trustee="Backup", object=HR)
    assert not is_waived(known, check="tier-zero", trustee="Archive", object=HR)
    assert not is_waived(known, check="tier-zero", trustee="Backup", object=LAB)


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_says_what_was_waived_and_by_which_pattern(form: str) -> None:
    waiver = Waiver(check="tier-zero", trustee="Backup", why="old", until=TODAY)
    text = " ".join(FORMATS[form].render(told(finding(), waiver)).split())
    said = "waived until 2027-03-31 by `check: tier-zero, trustee: Backup`: 0123456789ab it is bad"
    assert said in text


def test_a_pattern_that_matches_nothing_is_said() -> None:
    report = told(finding(), Waiver(trustee="Archive", why="old", until=TODAY))
    assert report.warnings == ("the waiver for `trustee: Archive` matches no finding (old)",)


def test_a_pattern_that_is_expired_waives_nothing_and_is_said() -> None:
    report = told(finding(), Waiver(trustee="Backup", why="old", until=date(2027, 3, 30)))
    assert list(report.findings()) == [finding()]
    assert report.warnings == ("the waiver for `trustee: Backup` expired on 2027-03-30 (old)",)


def test_a_check_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ConfigError, match="no check `dcal-order` to waive"):
        check_names([Waiver(check="dcal-order", why="x", until=TODAY)], {"dacl-order"})

"""How a report shows what a review of a domain found: at a glance, then one block a finding."""

from collections.abc import Sequence
from dataclasses import replace

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
from adaudit.report.csv_rows import target_rows
from adaudit.report.table import render

HEAD = "DC=contoso,DC=example"
STAFF = f"OU=Staff,{HEAD}"
HELPDESK = Party("CONTOSO\\Helpdesk", f"CN=Helpdesk,{STAFF}", "S-1-5-21-1-1-1-1101")
SET = Place(HEAD, 4, is_explicit=True)


def finding(check: str, severity: Severity = Severity.HIGH, affects: Sequence[str] = ()) -> Finding:
    name = f"{check}-{len(affects)}"
    return Finding(name, check, severity, HELPDESK, f"{check} is weak", affects=tuple(affects))


def effect(dn: str, words: str, sddl: str) -> Evidence:
    """The entry that was set on the head, in effect there or where it came down to."""
    origin = (SET,) if dn == HEAD else (Place(dn, 7, is_explicit=False), SET)
    path = ("CONTOSO\\ann", HELPDESK.name)
    return Evidence(dn, origin[0].position, sddl, words, HELPDESK, path, origin, affects=(dn,))


def handed_down() -> Finding:
    words, sddl = "allow write of gPLink", "(OA;CI;WP;;;DU)"
    explicit = effect(HEAD, words, sddl)
    inherited = effect(STAFF, f"{words}, inherited", sddl.replace("CI", "CIID"))
    found = finding("policy-links", affects=(HEAD, STAFF))
    return replace(found, evidence=(explicit, inherited))


def target(*findings: Finding) -> TargetReport:
    results = (CheckResult(each.check, Outcome.FAIL, (each,)) for each in findings)
    return TargetReport("contoso", "LDIF contoso.ldif", results=tuple(results))


def lines(*findings: Finding) -> list[str]:
    return render(Report((target(*findings),))).splitlines()


def test_several_findings_are_told_at_a_glance_the_worst_first() -> None:
    found = lines(
        finding("a", Severity.LOW),
        finding("bb", Severity.HIGH),
        finding("c", Severity.HIGH, [HEAD]),
        finding("a", Severity.MEDIUM, [HEAD]),
    )
    start = found.index("Findings at a glance   4 findings (2 high, 1 medium, 1 low)")
    assert found[start + 1 : start + 5] == [
        "   high     c    CONTOSO\\Helpdesk",
        "   high     bb   CONTOSO\\Helpdesk",
        "   medium   a    CONTOSO\\Helpdesk",
        "",
    ]


def test_a_few_findings_are_told_at_once() -> None:
    assert not any("at a glance" in line for line in lines(finding("a"), finding("b")))


def test_the_one_that_affects_most_is_to_be_looked_at_first() -> None:
    found = lines(finding("a", affects=[HEAD]), finding("b", affects=[HEAD, STAFF]))
    assert "Look first at CONTOSO\\Helpdesk (b)" in found


def test_an_entry_is_shown_once_with_what_it_comes_down_to() -> None:
    found = lines(handed_down())
    assert sum("gPLink" in line for line in found) == 1
    assert any(line.split() == ["set", "on", HEAD, "(explicit,", "entry", "4)"] for line in found)
    assert any(line.split() == ["also", "on", "OU=Staff,…", "(entry", "7)"] for line in found)


def test_objects_are_counted_and_listed_where_no_entry_names_them() -> None:
    owned = lines(finding("ownership", affects=[HEAD, STAFF]))
    assert "CONTOSO\\Helpdesk   ownership   2 objects" in owned
    assert any(line.split() == ["objects", HEAD] for line in owned)
    assert not any(line.lstrip().startswith("objects") for line in lines(handed_down()))


def test_very_many_objects_are_counted_as_such_in_csv() -> None:
    many = finding("broad-grants", affects=[f"CN={number},{STAFF}" for number in range(2000)])
    (_, row) = target_rows(target(many))
    assert row["affects"].startswith("2000 objects")


def test_checks_stand_together_by_what_they_came_to() -> None:
    passed = CheckResult("sound", Outcome.PASS)
    both = replace(target(finding("a")), results=(*target(finding("a")).results, passed))
    found = render(Report((both,))).splitlines()
    assert "Checks   fail   a" in found
    assert "         pass   sound" in found

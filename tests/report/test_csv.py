import csv
import io
from dataclasses import replace

from adaudit.findings import CheckResult, Outcome, Party, Report
from adaudit.report.csv import COLUMNS, render
from tests.report.worlds import (
    denied,
    everywhere,
    failed,
    forty,
    incomplete,
    sound,
    virtual_server_dn,
)


def rows(report: Report) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(render(report), newline="")))


def of_group(name: str, report: Report) -> list[dict[str, str]]:
    return [row for row in rows(report) if row["group"] == rf"CONTOSO\{name}"]


def test_the_header_names_the_documented_columns() -> None:
    assert render(Report(())) == ",".join(COLUMNS) + "\r\n"


def test_every_row_ends_in_cr_lf() -> None:
    text = render(denied())
    assert text.count("\n") == text.count("\r\n") == len(rows(denied())) + 1


def test_a_group_has_a_row_for_each_pair_and_object() -> None:
    found = of_group("Mail Restrictions", denied())
    assert {(row["sender"], row["receiver"], row["object"].split(",")[0]) for row in found} == {
        ("EX02", receiver, first)
        for receiver in ("EX01", "EX03", "EX04")
        for first in (f"CN={receiver}", "CN=1")
    }
    assert len(found) == 6


def test_a_row_of_the_deciding_group_holds_the_whole_reason() -> None:
    (row,) = of_group("Legacy Bridgeheads", denied())
    virtual = virtual_server_dn("EX03")
    assert row["kind"] == "finding"
    assert row["role"] == "entry"
    assert row["group_dn"] == "CN=Legacy Bridgeheads,OU=Groups,DC=contoso,DC=example"
    assert row["group_sid"] == "S-1-5-21-1004336348-1177238915-682003330-1140"
    assert (row["right"], row["sender"], row["receiver"], row["state"]) == (
        "Send-As",
        "EX01",
        "EX03",
        "denied",
    )
    assert (row["object"], row["position"], row["set_on"]) == (virtual, "0", virtual)
    assert row["entry"] == r"deny Send-As for CONTOSO\Legacy Bridgeheads"
    assert row["path"] == r"EX01$ → CONTOSO\Legacy Bridgeheads"
    assert (row["finding"], row["severity"]) == ("77aa01b2c3d4", "high")


def test_a_group_on_the_way_has_the_same_rows_as_nesting() -> None:
    found = of_group("Branch Servers", denied())
    assert {row["role"] for row in found} == {"nesting"}
    assert len(found) == len(of_group("Mail Restrictions", denied()))


def test_a_group_on_no_membership_path_leads_to_no_entry_of_another_path() -> None:
    target = denied().targets[0]
    finding = target.results[0].findings[0]
    first, *others = finding.evidence
    direct = replace(first, path=(r"CONTOSO\EX02$", r"CONTOSO\Mail Restrictions"))
    result = replace(target.results[0], findings=(replace(finding, evidence=(direct, *others)),))
    report = Report((replace(target, results=(result,)),))
    assert len(of_group("Branch Servers", report)) == len(others)


def test_an_entry_is_not_said_to_take_effect_on_the_receiver_of_another_pair() -> None:
    target = denied().targets[0]
    finding = target.results[0].findings[0]
    first = replace(finding.evidence[0], affects=finding.affects)
    result = replace(target.results[0], findings=(replace(finding, evidence=(first,)),))
    found = of_group("Mail Restrictions", Report((replace(target, results=(result,)),)))
    assert [(row["receiver"], bool(row["object"]), bool(row["sddl"])) for row in found] == [
        ("EX01", True, True),
        ("EX03", False, True),
        ("EX04", False, True),
    ]


def test_a_finding_without_entry_has_a_row_for_each_pair() -> None:
    found = [row for row in rows(denied()) if row["check"] == "send-as-not-granted"]
    assert {row["subject_dn"] for row in found} == {"CN=EX04,OU=Servers,DC=contoso,DC=example"}
    assert [(row["subject"], row["receiver"], row["state"]) for row in found] == [
        ("EX04$", receiver, "not granted") for receiver in ("EX01", "EX02", "EX03")
    ]
    assert {row["group"] for row in found} == {""}


def test_a_finding_that_breaks_nothing_has_one_row() -> None:
    (row,) = [row for row in rows(denied()) if row["check"] == "non-canonical-acl"]
    assert (row["severity"], row["affects"], row["sender"]) == ("low", "", "")


def test_every_target_has_a_row_that_says_how_it_stands() -> None:
    states = {row["target"]: row["state"] for row in rows(failed()) if row["kind"] == "target"}
    assert states == {"contoso": "complete", "fabrikam": "failed", "tailspin": "complete"}


def test_a_failed_target_has_a_row_with_its_error() -> None:
    (row,) = [row for row in rows(failed()) if row["kind"] == "error"]
    assert (row["target"], "certificate is not trusted" in row["message"]) == ("fabrikam", True)


def test_every_gap_and_unknown_has_a_row() -> None:
    found = rows(incomplete())
    kinds = [row["kind"] for row in found]
    assert (kinds.count("gap"), kinds.count("unknown")) == (10, 1)
    assert found[0]["state"] == "incomplete"


def test_an_unknown_pair_of_which_no_check_spoke_has_a_row() -> None:
    silent = replace(incomplete().targets[0], results=())
    found = [row for row in rows(Report((silent,))) if row["kind"] == "unknown"]
    assert [(row["sender"], row["receiver"], row["state"]) for row in found] == [
        ("EX09", "EX01", "unknown"),
        ("EX09", "EX02", "unknown"),
    ]


def test_a_check_that_came_to_nothing_has_a_row() -> None:
    results = (CheckResult("send-as-denied", Outcome.UNKNOWN),)
    found = rows(Report((replace(sound().targets[0], results=results),)))
    assert [(row["kind"], row["check"]) for row in found[1:]] == [("unknown", "send-as-denied")]


def test_a_warning_has_a_row() -> None:
    (row,) = [row for row in rows(failed()) if row["kind"] == "warning" and row["target"]]
    assert "TLS is not verified" in row["message"]


def test_the_quote_before_a_formula_is_the_only_change_to_it() -> None:
    target = replace(sound().targets[0], warnings=("=1+1", "'=1+1", "a=1", "-", ""))
    found = [row["message"] for row in rows(Report((target,))) if row["kind"] == "warning"]
    assert found == ["'=1+1", "''=1+1", "a=1", "'-", ""]


def test_a_subject_without_dn_and_sid_has_empty_cells() -> None:
    target = denied().targets[0]
    finding = replace(target.results[0].findings[1], subject=Party(r"CONTOSO\Unknown"))
    result = replace(target.results[0], findings=(finding,))
    (row,) = of_group("Unknown", Report((replace(target, results=(result,)),)))
    assert (row["group_dn"], row["group_sid"]) == ("", "")


def test_all_pairs_of_a_large_matrix_are_there() -> None:
    found = of_group("Mail Restrictions", forty())
    assert len({(row["sender"], row["receiver"]) for row in found}) == 78


def test_a_thing_that_is_no_pair_stands_in_its_own_column() -> None:
    affects = {row["affects"] for row in rows(everywhere("mailbox store")) if row["group"]}
    assert affects == {"mailbox store", ""}


def test_a_warning_that_concerns_no_target_names_none() -> None:
    found = rows(Report((), ("the waiver for 0123456789ab matches no finding (old)",)))

    assert [(row["kind"], row["target"]) for row in found] == [("warning", "")]
    assert found[0]["message"].startswith("the waiver for 0123456789ab")

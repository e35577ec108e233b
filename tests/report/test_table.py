"""The report for people. `ADAUDIT_ACCEPT=1` writes the golden texts anew; read them then."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from adaudit.directory.entry import Gap
from adaudit.findings import CheckResult, Judgement, Matrix, Outcome, Pair, PairState, Report
from adaudit.report.table import render
from adaudit.report.table_matrix import Grid, differences
from adaudit.report.text import columns
from tests.report.worlds import WORLDS, denied, everywhere, forty, incomplete, matrix, sound

GOLDEN = Path(__file__).parent / "golden"
ALLOWED, DENIED = PairState.ALLOWED, PairState.DENIED


@pytest.mark.parametrize("world", WORLDS)
def test_table_is_the_golden_one(world: str) -> None:
    text, file = render(WORLDS[world]()), GOLDEN / f"{world}.txt"
    if os.environ.get("ADAUDIT_ACCEPT") == "1":
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("world", WORLDS)
def test_only_what_cannot_be_broken_is_wider_than_the_target(world: str) -> None:
    wide = [line for line in render(WORLDS[world]()).splitlines() if columns(line) > 100]
    assert not [line for line in wide if not is_one_thing(line)]


def is_one_thing(line: str) -> bool:
    """A DN, an SDDL text or a command, behind nothing but its label."""
    return "   " not in line[15:].strip()


def test_the_first_screen_names_the_groups_to_look_at() -> None:
    screen = "\n".join(render(forty()).splitlines()[:25])
    assert r"Look first at CONTOSO\Mail Restrictions" in screen
    assert "CN=Mail Restrictions,OU=Groups,DC=contoso,DC=example" in screen


def test_a_group_with_several_findings_stands_once_with_all_its_pairs() -> None:
    target = denied().targets[0]
    first, second = target.results[0].findings
    again = replace(second, subject=first.subject)
    results = (replace(target.results[0], findings=(first, again)), *target.results[1:])
    text = render(Report((replace(target, results=results),)))
    assert text.count("\n1  CONTOSO") == 1
    assert "\n2  " not in text
    assert r"1  CONTOSO\Mail Restrictions   breaks 4 of 12 pairs" in text


@pytest.mark.parametrize("state", PairState)
def test_each_state_has_its_mark(state: PairState) -> None:
    grid = Grid.of(matrix(["A", "B"], lambda _s, _r: (state, state)))
    mark = {"allowed": "ok", "denied": "DENY", "not granted": "--", "unknown": "?"}[state]
    assert grid.blocks() == [[["", "A", "B"], ["A", ".", mark], ["B", mark, "."]]]


def test_a_pair_that_nobody_judged_is_unknown() -> None:
    grid = Grid.of(Matrix("Send-As", ("A", "B"), ("A", "B"), ()))
    assert grid.blocks()[0][1] == ["A", ".", "?"]


def test_a_server_that_receives_otherwise_has_a_row_and_no_column() -> None:
    full = matrix(["A", "B"], lambda _s, _r: (ALLOWED, ALLOWED))
    pairs = tuple(pair for pair in full.pairs if pair.receiver == "A")
    target = replace(sound().targets[0], matrix=Matrix("Send-As", ("A", "B"), ("A",), pairs))
    text = render(Report((target,)))
    assert "not let in by Send-As, so no column: B" in text


def test_a_matrix_too_wide_for_names_has_numbers_and_blocks() -> None:
    names = [f"MAILSERVER-{number:03}" for number in range(1, 31)]
    grid = Grid.of(matrix(names, lambda s, r: (DENIED, DENIED) if (s < r) else (ALLOWED, ALLOWED)))
    blocks = grid.blocks()
    assert len(blocks) == 3
    assert blocks[0][0][:3] == ["", "3", "4"]
    assert [row[0] for row in blocks[0][1:]][:2] == ["2 MAILSERVER-002", "3 MAILSERVER-003"]
    assert grid.key()[0] == "columns: 29 MAILSERVER-029"


def test_names_too_long_for_columns_become_numbers() -> None:
    names = [f"a-very-long-name-of-a-mail-server-{number}" for number in range(3)]
    grid = Grid.of(matrix(names, lambda _s, _r: (ALLOWED, ALLOWED)))
    assert grid.blocks()[0][:2] == [["", "1", "2", "3"], [f"1 {names[0]}", ".", "ok", "ok"]]
    assert grid.key() == []


def test_no_broken_pair_of_a_wide_matrix_gets_lost() -> None:
    names = [f"EX{number:02}" for number in range(40)]

    def state(sender: str, receiver: str) -> tuple[PairState, PairState]:
        bad = sender == "EX05" or receiver == "EX09" or (sender, receiver) in drawn
        return (DENIED, DENIED) if bad else (ALLOWED, ALLOWED)

    drawn = {("EX01", "EX02"), ("EX03", "EX04")}
    grid = Grid.of(matrix(names, state))
    (block,) = grid.blocks()
    assert block == [["", "EX02", "EX04"], ["EX01", "DENY", "ok"], ["EX03", "ok", "DENY"]]
    assert grid.key() == [
        "DENY  EX05 → every other",
        "DENY  the others → EX09",
        "ok    all others",
    ]


def test_a_wide_matrix_that_is_all_fine_is_one_line() -> None:
    names = [f"EX{number:02}" for number in range(40)]
    grid = Grid.of(matrix(names, lambda _s, _r: (ALLOWED, ALLOWED)))
    assert (grid.blocks(), grid.key()) == ([], ["ok    all others"])


def test_where_objects_differ_the_table_says_which() -> None:
    lines = render(denied()).splitlines()
    start = lines.index("* EX01 → EX03")
    assert lines[start + 1] == "   ok          on the server object"
    assert lines[start + 2] == "   DENY        on CN=1,CN=SMTP,CN=Protocols,…"


def test_accounts_that_differ_are_told_once_for_all_receivers() -> None:
    names = ("A", "B", "C", "D", "E", "F")
    pairs = tuple(
        Pair(
            "A",
            receiver,
            DENIED,
            (
                Judgement("A$", f"CN={receiver}", ALLOWED, ""),
                Judgement("OLD$", f"CN={receiver}", DENIED, ""),
            ),
        )
        for receiver in names[1:]
    )
    assert differences(Matrix("Send-As", names, names, pairs)) == [
        "* A → every other server",
        "   ok          as A$   on every object",
        "   DENY        as OLD$   on every object",
    ]


def test_a_check_that_came_to_nothing_is_told() -> None:
    results = (CheckResult("send-as-denied", Outcome.UNKNOWN),)
    text = render(Report((replace(sound().targets[0], results=results),)))
    assert "not decided: the check came to no result" in text


def test_an_entry_of_unknown_origin_is_still_placed() -> None:
    target = denied().targets[0]
    finding = target.results[0].findings[1]
    evidence = replace(finding.evidence[0], origin=(), origin_note="not followed")
    result = replace(target.results[0], findings=(replace(finding, evidence=(evidence,)),))
    lines = render(Report((replace(target, results=(result,)),))).splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("   origin"))
    assert lines[start] == "   origin      not followed"
    assert lines[start + 1].startswith(
        "   on          CN=1,CN=SMTP,CN=Protocols,CN=EX03,CN=Servers,"
    )


def test_many_gaps_of_one_reason_are_counted() -> None:
    gaps = tuple(Gap(f"CN={number}", "no security descriptor") for number in range(5000))
    text = render(Report((replace(sound().targets[0], gaps=gaps),)))
    assert "INCOMPLETE (5000 not read)" in text
    assert "and 4995 more" in text
    assert len(text.splitlines()) < 40


@pytest.mark.parametrize("report", [incomplete(), WORLDS["failed"](), everywhere("x"), Report(())])
def test_what_is_not_complete_says_so_in_the_last_line(report: Report) -> None:
    last = render(report).splitlines()[-1]
    assert "INCOMPLETE" in last or "FAILED" in last


@pytest.mark.parametrize("report", [sound(), denied(), forty()])
def test_what_is_complete_says_so_in_the_last_line(report: Report) -> None:
    assert render(report).splitlines()[-1].startswith("Result   complete")

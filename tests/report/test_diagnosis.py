"""Diagnoses for people: what stops the mail comes first, and nothing unknown looks sound."""

import re
from dataclasses import replace

import pytest
from hypothesis import given

from adaudit.findings import Outcome
from adaudit.report.diagnosis import render
from adaudit.report.text import columns
from adaudit.rulings import Diagnosis, DiagnosisReport, Ruling
from tests.report.diagnosis_worlds import (
    DENIED,
    LEVEL,
    OPEN,
    STOPPED,
    UNKNOWN,
    WORLDS,
    denial,
    diagnosis,
    everywhere,
    failed,
    incomplete,
    nothing,
    report,
    several,
    sound_pair,
    stopped,
    stopped_pair,
    unknown_pair,
)
from tests.report.test_hostile import HOSTILE, names, steering, unhurried

FIRST_SCREEN = 24
STEP = re.compile(r"^ ?(\d+)  (pass|FAIL|warning|unknown|not applicable) +([a-z0-9-]+)   ")


def lines(*reports: DiagnosisReport) -> list[str]:
    return render(reports).splitlines()


def flowing(*reports: DiagnosisReport) -> str:
    """The text without its line breaks."""
    return " ".join(render(reports).split())


def steps(text: list[str]) -> list[tuple[str, ...]]:
    """Number, outcome and check of every step that is shown."""
    return [match.groups() for match in map(STEP.match, text) if match]


def block(text: list[str], check: str) -> str:
    """The lines of one step, without their breaks."""
    (start,) = (i for i, line in enumerate(text) if f"  {check}   " in line and STEP.match(line))
    rest = text[start + 1 :]
    end = next((i for i, line in enumerate(rest) if not line.startswith("   ")), len(rest))
    return " ".join(" ".join(text[start : start + 1 + end]).split())


def test_the_first_screen_of_a_pair_says_what_stops_it_and_how_to_mend_that() -> None:
    screen = " ".join("\n".join(lines(stopped())[:6]).split())
    assert f"EX02 → EX01 cause: {DENIED} (step 3)" in screen
    for remedy in denial.remedy:
        assert f"- {remedy}" in screen


def test_forty_sources_do_not_push_the_cause_off_the_first_screen() -> None:
    sources = tuple(f"event log ex{n:02}.evt: 1 record" for n in range(40))
    screen = " ".join("\n".join(lines(replace(several(), evidence=sources))[:FIRST_SCREEN]).split())
    assert f"cause {DENIED} (step 3) EX02 → EX01 EX02 → EX03" in screen


def test_the_steps_stand_in_the_order_of_the_article_with_their_outcomes() -> None:
    assert steps(lines(stopped())) == [
        ("0", "pass", "refused-exch50"),
        ("1", "pass", "peer-scope"),
        ("2", "pass", "integrated-authentication"),
        ("3", "FAIL", "send-as-denied"),
        ("3", "pass", "send-as-not-granted"),
        ("5", "not applicable", "tls-without-authentication"),
        ("12", "warning", "exch50-auth-check"),
    ]


def test_the_outcomes_of_all_steps_stand_in_one_line() -> None:
    (line,) = (line for line in lines(stopped()) if line.startswith("   steps "))
    assert line.split(None, 1)[1] == "FAIL 3   warning 12   pass 0, 1, 2   not applicable 5"


def test_a_step_of_which_one_check_is_unknown_is_so_beside_a_failure() -> None:
    pair = diagnosis("EX02", "EX01", send_as_denied=STOPPED, send_as_not_granted=UNKNOWN)
    (line,) = (line for line in lines(report(pair)) if line.startswith("   steps "))
    assert "FAIL 3   unknown 3   " in line


def test_a_failure_shows_its_evidence_its_finding_and_the_way_to_look() -> None:
    shown = block(lines(stopped()), "send-as-denied")
    assert "An entry denies an Exchange server Send-As on another" in shown
    assert "- deny Send-As, entry 2 of EX01" in shown
    assert "finding 3f9a52c1d0e7 high" in shown
    assert denial.evidence[0].sddl in shown
    assert f"set on {denial.evidence[0].set_on}" in shown
    assert "mend - take Branch Servers out of Mail Restrictions" in shown
    assert f"look {denial.look}" in shown


def test_a_warning_shows_its_remedy_and_is_no_cause() -> None:
    text = lines(report(diagnosis("EX02", "EX01", exch50_auth_check=OPEN)))
    assert "EX02 → EX01   no cause found" in text
    assert "mend - delete Exch50AuthCheckEnabled on EX01" in block(text, "exch50-auth-check")


def test_what_a_finding_says_is_not_said_twice_by_its_evidence() -> None:
    shown = block(lines(stopped()), "exch50-auth-check")
    assert shown.count("accepts anonymous XEXCH50") == 1
    assert "- ex01.reg says 0" in shown


def test_evidence_that_a_finding_of_another_pair_says_is_not_lost() -> None:
    only = replace(OPEN, evidence=(OPEN.findings[0].message,))
    pairs = (diagnosis(sender, "EX01", exch50_auth_check=only) for sender in ("EX02", "EX03"))
    assert flowing(report(*pairs)).count("EX01 accepts anonymous XEXCH50") == 2


def test_a_pass_shows_all_its_evidence_and_not_the_fault_that_was_looked_for() -> None:
    text = lines(stopped())
    shown = block(text, "peer-scope")
    assert shown == "1 pass peer-scope EX01 is Exchange 2003; EX02 is Exchange 2003"
    assert "The other side is no server" not in flowing(stopped())


def test_a_pass_says_not_again_what_stands_above() -> None:
    assert block(lines(report(sound_pair())), "send-as-not-granted").endswith(" as above")


def test_a_failure_says_again_what_stands_above() -> None:
    again = Ruling(Outcome.FAIL, ("EX01 is Exchange 2003",), (denial,), DENIED)
    text = lines(report(diagnosis("EX02", "EX01", send_as_denied=again)))
    assert "- EX01 is Exchange 2003" in block(text, "send-as-denied")


def test_what_is_unknown_says_what_would_have_to_be_seen() -> None:
    text = lines(report(unknown_pair()))
    assert block(text, "refused-exch50").endswith(
        f"- no event log of EX02 among the evidence - {LEVEL}"
    )


def test_an_unknown_step_never_makes_a_pair_look_sound() -> None:
    text = flowing(report(unknown_pair()))
    assert "EX04 → EX01 not decided: 2 steps are unknown" in text
    assert "unknown 0, 3" in text
    assert "contoso LDIF contoso.ldif INCOMPLETE (2 steps unknown)" in text
    assert "Result INCOMPLETE 1 pair: 1 undecided" in text
    assert "no cause found" not in text


def test_one_unknown_step_is_counted_as_one() -> None:
    pair = diagnosis("EX04", "EX01", send_as_denied=UNKNOWN, send_as_not_granted=UNKNOWN)
    assert "not decided: 1 step is unknown" in flowing(report(pair))


def test_a_cause_beside_an_unknown_step_leaves_the_report_incomplete() -> None:
    pair = diagnosis("EX02", "EX01", refused_exch50=UNKNOWN, send_as_denied=STOPPED)
    text = flowing(report(pair))
    assert "Result INCOMPLETE 1 pair: 1 with a cause" in text
    assert "unknown 0 " in text


def test_a_sound_pair_says_that_no_cause_was_found() -> None:
    text = lines(report(sound_pair()))
    assert "EX03 → EX01   no cause found" in text
    assert text[-1] == "Result   complete   1 pair: 1 without a cause"


def test_a_pair_without_steps_is_said_to_be_so() -> None:
    assert "steps none was made" in flowing(report(Diagnosis("EX01", "EX02", ())))


def test_two_causes_stand_one_after_the_other_in_the_order_of_the_article() -> None:
    late = Ruling(Outcome.FAIL, ("seen",), (replace(denial, id="0" * 12),), "TLS without AUTH")
    pair = stopped_pair()
    text = flowing(
        report(replace(pair, steps=(*pair.steps[:5], replace(pair.steps[5], ruling=late))))
    )
    first, second = text.index(f"cause: {DENIED}"), text.index("cause: TLS without AUTH (step 5)")
    assert first < second < text.index("Evidence")


def test_of_several_pairs_each_cause_stands_first_once_with_all_its_pairs() -> None:
    text = lines(several())
    glance = " ".join(" ".join(text[2 : text.index("Evidence")]).split())
    assert glance.startswith(
        "5 pairs: 3 with a cause, 1 undecided, 1 without a cause cause CONTOSO"
    )
    assert glance.count(DENIED) == 1
    assert "(step 3) EX02 → EX01 EX02 → EX03" in glance
    assert glance.endswith("undecided EX04 → EX01 no cause EX03 → EX01")


def test_pairs_with_a_cause_stand_before_those_undecided_and_those_before_sound_ones() -> None:
    heads = [line.split("   ")[0] for line in lines(several()) if re.match(r"EX\d\d → ", line)]
    assert list(dict.fromkeys(heads)) == [
        "EX01 → mail.partner.example",
        "EX02 → EX01",
        "EX02 → EX03",
        "EX04 → EX01",
        "EX03 → EX01",
    ]


def test_a_finding_of_several_pairs_is_told_in_full_under_the_first() -> None:
    text = flowing(several())
    assert text.count(denial.evidence[0].sddl) == 1
    assert text.count("finding 3f9a52c1d0e7 high in full under EX02 → EX01") == 1
    assert text.count("mend as under EX02 → EX01") == 1


def test_the_evidence_is_listed_with_what_limits_it() -> None:
    text = lines(stopped())
    assert text[text.index("Evidence") + 1] == (
        "   - event log ex01.evt of EX01: 3 records; 1 record is damaged"
    )


def test_a_report_without_evidence_says_so() -> None:
    assert "Evidence none beside the directory" in flowing(replace(stopped(), evidence=()))


def test_a_report_without_pairs_says_that_nothing_was_diagnosed() -> None:
    text = flowing(nothing())
    assert "no pair to diagnose" in text
    assert text.endswith("no pair diagnosed")


def test_what_else_may_suffer_and_what_does_not_is_said_where_mail_is_stopped() -> None:
    text = flowing(stopped())
    assert "may suffer while XEXCH50 is refused - public folder replication - message" in text
    assert "What does not - mail to public folders" in text


def test_nothing_suffers_where_no_cause_was_found() -> None:
    assert "suffer" not in flowing(report(sound_pair()))


def test_what_was_not_read_is_counted_in_the_head_and_told_below() -> None:
    text = flowing(incomplete())
    assert "INCOMPLETE (10 gaps, 2 steps unknown)" in text
    assert "- ex04.reg: no such file" in text
    assert "no event log: its header is damaged ex00.evt ex01.evt" in text
    assert "and 4 more, each of them in the json form" in text
    assert "Warnings - LDAP was read without TLS" in text


def test_a_target_that_failed_says_why_and_makes_the_result_incomplete() -> None:
    text = lines(report(sound_pair()), failed())
    assert "FAILED   nothing could be read: no such file: `fabrikam.ldif`" in text
    assert text[-1] == (
        "Result   INCOMPLETE   2 targets: 1 FAILED, 1 complete   1 pair: 1 without a cause"
    )


def test_no_target_at_all_is_no_clean_result() -> None:
    assert "INCOMPLETE" in render(())


@pytest.mark.parametrize("world", WORLDS)
def test_only_what_cannot_be_broken_is_wider_than_100_columns(world: str) -> None:
    wide = [line for line in lines(WORLDS[world]()) if columns(line) > 100]
    assert not [line for line in wide if "   " in line[15:].strip()]


def test_a_long_sentence_is_broken_and_nothing_of_it_is_lost() -> None:
    words = [f"word{n}" for n in range(200)]
    sentence = " ".join(words)
    for outcome in (Outcome.PASS, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE):
        text = lines(report(diagnosis("A", "B", peer_scope=Ruling(outcome, (sentence,)))))
        assert all(columns(line) <= 100 for line in text)
        assert re.findall(r"word\d+", "\n".join(text)) == words


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_name_is_inert(name: str) -> None:
    assert steering(render([everywhere(name)]), "text") == []


@unhurried
@given(names)
def test_no_name_brings_a_control_into_a_diagnosis(name: str) -> None:
    text = render([everywhere(name)])
    assert steering(text, "text") == []
    text.encode()


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_name_adds_no_heading(name: str) -> None:
    assert len(headings(name)) == len(headings("innocent"))


def headings(name: str) -> list[str]:
    return [line for line in lines(everywhere(name)) if not line.startswith(" ")]


def test_an_empty_name_hides_no_outcome() -> None:
    outcomes = [outcome for _, outcome, _ in steps(lines(everywhere("")))]
    assert outcomes[:3] == ["FAIL", "pass", "pass"]
    assert "unknown" in outcomes

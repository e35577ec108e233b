"""Diagnoses for programs."""

import json
import re
from dataclasses import replace

import pytest

from adaudit.report import diagnosis_json
from adaudit.rulings import DiagnosisReport
from tests.report.diagnosis_worlds import (
    DENIED,
    FOREIGN,
    STOPPED,
    UNKNOWN,
    WORLDS,
    denial,
    diagnosis,
    everywhere,
    report,
    several,
    sound_pair,
    stopped,
    unknown_pair,
)
from tests.report.test_hostile import HOSTILE, steering
from tests.report.test_json import paths


def load(*reports: DiagnosisReport) -> dict[str, object]:
    return json.loads(diagnosis_json.render(reports))


def documented() -> dict[str, str]:
    """The fields of the docstring by path, each as written there, `?` where it may be null."""
    found = re.findall(r"^- `(.+?)`", diagnosis_json.__doc__ or "", re.MULTILINE)
    return {name.replace("?", ""): name for name in found}


def test_the_field_list_is_that_of_the_output() -> None:
    worlds = [*(world() for world in WORLDS.values()), everywhere("x")]
    found = {path for world in worlds for path in paths(load(world))}
    by_absence = {"targets[].consequences", "targets[].findings[].evidence[].origin[]"}
    assert found - by_absence == set(documented())


def test_the_field_list_has_the_order_of_the_output() -> None:
    shown = list(dict.fromkeys(paths(load(everywhere("x")))))
    assert [name for name in documented() if name in shown] == [
        path for path in shown if path in documented()
    ]


def test_only_fields_marked_so_are_null() -> None:
    nullable = {
        "targets[].taken_at",
        "targets[].error",
        "targets[].diagnoses[].steps[].cause",
        "targets[].findings[].subject.dn",
        "targets[].findings[].subject.sid",
        "targets[].findings[].through[].dn",
        "targets[].findings[].through[].sid",
        "targets[].findings[].look",
        "targets[].findings[].evidence[].trustee.dn",
        "targets[].findings[].evidence[].trustee.sid",
        "targets[].findings[].evidence[].origin_note",
    }
    assert {name for name, marked in documented().items() if marked.endswith("?")} == nullable


def test_the_format_and_its_version_come_first() -> None:
    assert list(load(report(sound_pair())).items())[:3] == [
        ("format", "adaudit-diagnosis"),
        ("version", 1),
        ("complete", True),
    ]


@pytest.mark.parametrize("world", ["incomplete", "failed"])
def test_what_was_not_read_or_not_decided_is_not_complete(world: str) -> None:
    found = load(WORLDS[world]())
    assert (found["complete"], found["targets"][0]["complete"]) == (False, False)


def test_no_target_is_not_complete() -> None:
    assert load()["complete"] is False


def test_a_step_tells_its_number_outcome_and_evidence() -> None:
    steps = load(stopped())["targets"][0]["diagnoses"][0]["steps"]
    assert steps[3] == {
        "number": 3,
        "check": "send-as-denied",
        "title": "An entry denies an Exchange server Send-As on another",
        "outcome": "fail",
        "evidence": ["deny Send-As, entry 2 of EX01"],
        "cause": DENIED,
        "findings": ["3f9a52c1d0e7"],
    }
    assert (steps[0]["outcome"], steps[0]["cause"], steps[0]["findings"]) == ("pass", None, [])


def test_pairs_keep_their_order_and_tell_their_verdict() -> None:
    pairs = load(several())["targets"][0]["diagnoses"]
    assert [(p["sender"], p["receiver"], p["verdict"]) for p in pairs] == [
        ("EX03", "EX01", "no cause"),
        ("EX04", "EX01", "undecided"),
        ("EX01", "mail.partner.example", "cause"),
        ("EX02", "EX01", "cause"),
        ("EX02", "EX03", "cause"),
    ]
    assert [pair["causes"] for pair in pairs] == [[], [], [FOREIGN], [DENIED], [DENIED]]


def test_a_pair_with_a_cause_and_an_unknown_step_is_not_complete() -> None:
    pair = diagnosis("EX02", "EX01", refused_exch50=UNKNOWN, send_as_denied=STOPPED)
    (found,) = load(report(pair))["targets"][0]["diagnoses"]
    assert (found["verdict"], found["complete"]) == ("cause", False)


def test_a_finding_of_several_pairs_is_told_once_with_all_that_it_affects() -> None:
    first = replace(denial, affects=("EX02 → EX01",))
    second = replace(denial, affects=("EX02 → EX03",))
    pairs = (
        diagnosis("EX02", to, send_as_denied=replace(STOPPED, findings=(finding,)))
        for to, finding in (("EX01", first), ("EX03", second))
    )
    (found,) = load(report(*pairs))["targets"][0]["findings"]
    assert found["affects"] == ["EX02 → EX01", "EX02 → EX03"]


def test_consequences_are_null_where_no_mail_is_stopped() -> None:
    assert load(report(unknown_pair()))["targets"][0]["consequences"] is None


def test_times_are_iso_8601_with_their_zone() -> None:
    assert load(stopped())["targets"][0]["taken_at"] == "2004-11-24T09:30:00+00:00"


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_name_is_inert_and_reads_back(name: str) -> None:
    text = diagnosis_json.render([everywhere(name)])
    target = json.loads(text)["targets"][0]
    assert steering(text, "json") == []
    assert target["name"] == target["diagnoses"][0]["sender"] == name

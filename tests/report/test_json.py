import json
import re
from collections.abc import Iterator
from dataclasses import replace

from adaudit.findings import Report
from adaudit.report import json as json_report
from tests.report.many_pairs import many
from tests.report.worlds import WORLDS, denied, everywhere, failed, incomplete, sound


def load(report: Report) -> dict[str, object]:
    return json.loads(json_report.render(report))


def paths(value: object, path: str = "") -> Iterator[str]:
    """Every field as the field list writes it: `targets[].matrix.pairs[].state`."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from paths(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for inner in value:
            yield from paths(inner, f"{path}[]")
    else:
        yield path


def documented() -> dict[str, str]:
    """The fields of the docstring by path, each as written there, `?` where it may be null."""
    found = re.findall(r"^- `(.+?)`", json_report.__doc__ or "", re.MULTILINE)
    return {name.replace("?", ""): name for name in found}


def test_the_field_list_is_that_of_the_output() -> None:
    found = {path for world in (*WORLDS.values(), many) for path in paths(load(world()))}
    no_matrix = "targets[].matrix"
    assert found - {no_matrix} == set(documented())


def test_only_fields_marked_so_are_null() -> None:
    nullable = {
        "targets[].taken_at",
        "targets[].error",
        "targets[].offending_groups[].dn",
        "targets[].offending_groups[].sid",
        "targets[].findings[].subject.dn",
        "targets[].findings[].subject.sid",
        "targets[].findings[].through[].dn",
        "targets[].findings[].through[].sid",
        "targets[].findings[].look",
        "targets[].findings[].evidence[].trustee.dn",
        "targets[].findings[].evidence[].trustee.sid",
        "targets[].findings[].evidence[].origin_note",
        "targets[].checks[].reason",
    }
    assert {name for name, marked in documented().items() if marked.endswith("?")} == nullable


def test_the_format_and_its_version_come_first() -> None:
    assert list(load(sound()).items())[:3] == [
        ("format", "adaudit-report"),
        ("version", 2),
        ("complete", True),
    ]


def test_a_report_with_a_gap_is_not_complete() -> None:
    report = load(incomplete())
    assert (report["complete"], report["targets"][0]["complete"]) == (False, False)


def test_a_report_with_a_failed_target_is_not_complete() -> None:
    report = load(failed())
    assert report["complete"] is False
    assert [target["complete"] for target in report["targets"]] == [True, False, True]


def test_offending_groups_are_those_of_entries_and_those_on_the_way() -> None:
    groups = load(denied())["targets"][0]["offending_groups"]
    assert [(group["name"], group["role"], len(group["pairs"])) for group in groups] == [
        (r"CONTOSO\Mail Restrictions", "entry", 3),
        (r"CONTOSO\Legacy Bridgeheads", "entry", 1),
        (r"CONTOSO\Exchange Domain Servers", "nesting", 3),
        (r"CONTOSO\Branch Servers", "nesting", 3),
    ]
    assert groups[0]["findings"] == ["3f9a52c1d0e7"]
    assert groups[0]["pairs"][0] == {"sender": "EX02", "receiver": "EX01"}


def test_the_state_of_a_pair_is_told_for_each_object() -> None:
    pairs = load(denied())["targets"][0]["matrix"]["pairs"]
    (pair,) = [p for p in pairs if (p["sender"], p["receiver"]) == ("EX01", "EX03")]
    assert (pair["state"], pair["differs"]) == ("denied", True)
    assert [judgement["state"] for judgement in pair["judgements"]] == ["allowed", "denied"]


def test_the_origin_is_told_link_by_link() -> None:
    (evidence, *_) = load(denied())["targets"][0]["findings"][0]["evidence"]
    assert [(place["position"], place["explicit"]) for place in evidence["origin"]] == [
        (2, False),
        (3, False),
        (0, True),
    ]
    assert evidence["set_on"] == evidence["origin"][-1]["dn"]


def test_times_are_iso_8601_with_their_zone() -> None:
    assert load(sound())["targets"][0]["taken_at"] == "2004-11-24T09:30:00+00:00"


def test_the_severity_is_a_word() -> None:
    severities = [finding["severity"] for finding in load(denied())["targets"][0]["findings"]]
    assert severities == ["high", "high", "high", "low"]


def test_letters_stand_as_they_are_and_hidden_characters_escaped() -> None:
    text = json_report.render(everywhere("ő邮\u202e\x9b\u200b\U000e0041\udcff"))
    assert r'"ő邮\u202e\u009b\u200b\udb40\udc41\udcff"' in text


def test_a_naive_time_is_given_as_it_is() -> None:
    target = sound().targets[0]
    assert target.taken_at is not None
    naive = replace(target, taken_at=target.taken_at.replace(tzinfo=None))
    assert load(Report((naive,)))["targets"][0]["taken_at"] == "2004-11-24T09:30:00"


def test_of_very_many_pairs_the_first_are_listed_and_all_are_in_blocks() -> None:
    report = load(many(servers=200, denied=100))
    (finding,) = report["targets"][0]["findings"]
    (block,) = finding["blocks"]

    assert len(finding["affects"]) == 1000
    assert finding["affects_total"] == 100 * 199
    assert (len(block["senders"]), len(block["receivers"])) == (100, 200)
    assert (len(finding["evidence"]), finding["evidence_total"]) == (100, 200)


def test_of_very_many_pairs_the_matrix_lists_the_first_that_are_not_allowed() -> None:
    matrix = load(many(servers=200, denied=100))["targets"][0]["matrix"]

    assert matrix["pairs_total"] == 200 * 199
    assert len(matrix["pairs"]) == 1000
    assert {pair["state"] for pair in matrix["pairs"]} == {"denied"}
    assert {state["state"]: state["pairs"] for state in matrix["states"]} == {
        "denied": 100 * 199,
        "not granted": 0,
        "unknown": 0,
        "allowed": 100 * 199,
    }


def test_the_report_grows_with_the_servers_and_not_with_their_pairs() -> None:
    small = len(json_report.render(many(servers=200, denied=100)))
    large = len(json_report.render(many(servers=800, denied=400)))

    assert large < 5 * small

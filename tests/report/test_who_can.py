"""Who holds a right, in each form."""

import csv
import io
import json
import re

import pytest

from adaudit.explanation.who_can import who_can
from adaudit.findings.who_can import WhoCan
from adaudit.report import who_can_csv, who_can_json
from adaudit.report.answer_forms import WHO_CAN_FORMATS
from tests.builders import World
from tests.explanation.asking import OBJECT, small_world
from tests.report.test_hostile import HOSTILE, steering
from tests.report.test_json import paths


def answer(
    entries: str = "(A;;DT;;;A)", right: str = "DeleteTree", *, with_paths: bool = False
) -> WhoCan:
    return who_can(small_world(entries)[0].snapshot(), right, OBJECT, with_paths=with_paths)


def rendered(form: str, found: WhoCan) -> str:
    return WHO_CAN_FORMATS[form].render(found)


def crowded(count: int) -> World:
    """Very many users in the group that holds the right, beside those who are in it anyway."""
    world, contoso = small_world("(A;;DT;;;A)")
    users = [contoso.user(f"user{number:04}", 2000 + number) for number in range(count)]
    admins = next(made for made in world.objects if str(made.dn).startswith("CN=Admins"))
    admins.put(member=users)
    return world


def test_the_first_line_says_what_was_asked_and_how_many_hold_it() -> None:
    assert rendered("text", answer()).startswith("DeleteTree: 2 users (1 disabled), 2 groups\n")


def test_nobody_is_said_in_words() -> None:
    assert rendered("text", answer("")).startswith("DeleteTree: nobody\n")


def test_what_decides_is_told_with_the_names_of_those_for_whom_it_does() -> None:
    text = rendered("text", answer())
    for part in (
        "1  CONTOSO\\Admins   2 users (1 disabled), 2 groups",
        "users       CONTOSO\\ann, CONTOSO\\bob (disabled)",
        "entry       allow delete tree for CONTOSO\\Admins (entry 0)",
        "reached     CONTOSO\\ann → CONTOSO\\Helpers → CONTOSO\\Admins",
    ):
        assert part in text


def test_every_way_is_shown_if_asked_for() -> None:
    text = rendered("text", answer(with_paths=True))
    assert "CONTOSO\\bob → CONTOSO\\Helpers → CONTOSO\\Admins" in text


def test_of_many_names_the_rest_is_counted_and_said_where_it_is() -> None:
    found = who_can(crowded(40).snapshot(), "DeleteTree", OBJECT)
    text = rendered("text", found)
    assert "and 30 more, each of them in the csv and json forms" in text
    assert len(json.loads(rendered("json", found))["lots"][0]["principals"]) == len(found.holders)
    assert rendered("csv", found).count("\r\nholds,") == len(found.holders)


def test_very_many_are_named_as_few_are() -> None:
    """Of more than a thousand the names are read in another way."""
    found = who_can(crowded(1100).snapshot(), "DeleteTree", OBJECT)
    [lot] = json.loads(rendered("json", found))["lots"]
    told = {each["name"]: (each["kind"], each["dn"], each["sid"]) for each in lot["principals"]}
    assert len(told) == 1104
    assert told["CONTOSO\\user1099"] == (
        "user",
        "CN=user1099,CN=Users,DC=contoso,DC=example",
        "S-1-5-21-1-1-1-3099",
    )


SHORT = (
    (r"\.(total|disabled_accounts|by_kind.*)$", ""),
    (r"evidence\..*", "evidence"),
    (r"\[\]\[\]$", "[]"),
    (r"doubted\[\]\.principals\[\]\..*", "doubted[].principals[]"),
)
"""What the field list tells once, for all places where it is"""


def test_the_field_list_is_that_of_the_output() -> None:
    answers = (
        answer("(A;;SD;;;ANN)(A;;SD;;;S-1-5-64-10)", "Delete", with_paths=True),
        answer("(A;;DT;;;AU)"),
        answer("", "create:computer"),
    )
    found = {path for each in answers for path in paths(json.loads(rendered("json", each)))}
    for pattern, short in SHORT:
        found = {re.sub(pattern, short, path) for path in found}
    told = re.findall(r"^- `(.+?)`", who_can_json.__doc__ or "", re.MULTILINE)
    assert found == {name.replace("?", "") for name in told}


def test_the_format_and_its_version_come_first() -> None:
    found = json.loads(rendered("json", answer()))
    assert list(found.items())[:2] == [("format", "adaudit-who-can"), ("version", 1)]
    assert found["complete"] is True


def test_a_doubt_makes_the_answer_incomplete() -> None:
    found = json.loads(rendered("json", answer("(A;;DT;;;S-1-5-64-10)")))
    assert found["complete"] is False
    decisions = {(row["kind"], row["decision"]) for row in rows(answer("(A;;DT;;;S-1-5-64-10)"))}
    assert ("user", "may hold") in decisions
    assert ("user", "holds") not in decisions


def rows(found: WhoCan) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(rendered("csv", found), newline="")))


def test_a_row_is_a_principal_and_a_check_that_it_passes() -> None:
    found = rows(answer("(A;;SD;;;ANN)(A;;SD;;;H)", "Delete"))
    assert [(row["name"], row["check"], row["position"]) for row in found] == [
        ("CONTOSO\\ann", "Delete", "0"),
        ("CONTOSO\\bob", "Delete", "1"),
        ("CONTOSO\\Helpers", "Delete", "1"),
    ]
    assert list(found[0]) == list(who_can_csv.COLUMNS)


@pytest.mark.parametrize("form", WHO_CAN_FORMATS)
@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_name_is_inert(name: str, form: str) -> None:
    world, _ = small_world("(A;;DT;;;H)")
    helpers = next(made for made in world.objects if str(made.dn).startswith("CN=Helpers"))
    helpers.attributes["samaccountname"] = (
        [name.encode("utf-8", "surrogateescape")] if ("\ud800" not in name) else [b"EX\xff"]
    )
    found = who_can(world.snapshot(), "DeleteTree", OBJECT, with_paths=True)
    assert steering(rendered(form, found), form) == []

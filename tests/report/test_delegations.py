"""What was set by hand, in each form of the report."""

import csv
import io
import json
import re

import pytest

from adaudit.access.view import View
from adaudit.directory.entry import Gap
from adaudit.findings import Party
from adaudit.report import DELEGATION_FORMATS, delegations_csv, delegations_json
from adaudit.report.delegation_lines import (
    By,
    DelegationLine,
    DelegationReport,
    EarlierEntry,
    delegation_report,
)
from adaudit.review.delegations import find_delegations
from tests.builders import World
from tests.report.test_hostile import HOSTILE, steering
from tests.report.test_json import paths

BASE = "DC=contoso,DC=example"
OU = f"OU=Sales,{BASE}"


def line(name: str = "CONTOSO\\Helpdesk", **changed: object) -> DelegationLine:
    values: dict[str, object] = {
        "kind": "allow",
        "place": OU,
        "objects": 1,
        "example": OU,
        "object_class": "organizationalUnit",
        "readable": f"allow write property for {name}",
        "sddl": "(A;CI;WP;;;S-1-5-21-1-1-1-1601)",
        "position": 2,
        "trustee": Party(name, f"CN={name},{BASE}", "S-1-5-21-1-1-1-1601"),
        "standing": "known",
        "standing_note": "",
        "reach": 1204,
        "copies": 0,
        "earlier": (),
        "is_overruled": False,
    }
    return DelegationLine(**(values | changed))  # type: ignore[arg-type]


def report(
    *lines: DelegationLine, gaps: tuple[Gap, ...] = (), by: By = "place"
) -> DelegationReport:
    return DelegationReport(
        "contoso.snapshot", lines, (("default of the class", 7),), 12, gaps, ("a note",), by
    )


def text(told: DelegationReport) -> str:
    return DELEGATION_FORMATS["text"].render(told)


OVERRULED = line(
    earlier=(EarlierEntry(0, "deny write property for Everyone", "(D;;WP;;;WD)"),),
    is_overruled=True,
    standing="deleted",
    standing_note="CONTOSO has nobody of that SID",
)
OWNED = line(
    kind="owner",
    readable="CONTOSO\\Helpdesk owns 3 objects of class user",
    objects=3,
    place=OU,
    example=f"CN=a,{OU}",
    object_class="user",
    sddl=None,
    position=None,
    reach=0,
)
BLOCKED = line(
    kind="blocked inheritance",
    readable="1 object of class organizationalUnit takes no entries from above",
    sddl=None,
    position=None,
    trustee=None,
    reach=None,
)


def test_a_place_is_named_once_above_what_was_set_there() -> None:
    found = text(report(line(), line(position=3))).splitlines()

    assert found.count(OU) == 1
    assert [each[:14].strip() for each in found if "entry" in each[:14]] == ["entry 2", "entry 3"]


def test_by_trustee_the_place_stands_with_each_entry() -> None:
    found = text(report(line(), by="trustee"))

    assert "\nCONTOSO\\Helpdesk (S-1-5-21-1-1-1-1601)\n" in found
    assert re.search(rf"on +{OU}\n", found)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (line(), "1204 objects below"),
        (line(reach=None), "objects of a class that the snapshot does not define"),
        (line(copies=3), "3 protected objects"),
        (OWNED, f"first       CN=a,{OU}"),
        (line(objects=3), f"3 objects of class organizationalUnit,   the first is {OU}"),
        (OVERRULED, "decides nothing on the object itself: an earlier entry says the contrary"),
        (OVERRULED, "entry 0: deny write property for Everyone"),
        (OVERRULED, "deleted: CONTOSO has nobody of that SID"),
        (BLOCKED, "takes no entries from above"),
    ],
)
def test_what_is_told_of_one(told: DelegationLine, words: str) -> None:
    assert words in text(report(told)).replace("\n               ", " ")


def test_what_is_not_listed_and_not_judged_stands_at_the_end() -> None:
    found = text(report(gaps=(Gap("2 objects", "no security descriptor was read"),)))

    assert found.startswith("contoso.snapshot   12 descriptors   INCOMPLETE\n")
    assert "Nothing was set by hand, as far as was read\n" in found
    assert "Not listed   7 defaults of the class\n" in found
    assert found.endswith("Not judged\n   2 objects: no security descriptor was read\n")


def test_nothing_is_plain_where_everything_was_judged() -> None:
    assert "complete\n\nNothing was set by hand\n" in text(report())


def rows(told: DelegationReport) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(DELEGATION_FORMATS["csv"].render(told))))


def test_a_spreadsheet_has_a_row_for_each_and_for_what_is_missing() -> None:
    found = rows(report(OVERRULED, OWNED, gaps=(Gap("a", "why"),)))

    assert [row["kind"] for row in found] == ["source", "allow", "owner", "gap"]
    assert list(found[0]) == list(delegations_csv.COLUMNS)
    assert (found[1]["idle"], found[1]["earlier"]) == (
        "overruled",
        "deny write property for Everyone (entry 0)",
    )
    assert (found[2]["idle"], found[2]["sddl"], found[2]["objects"]) == ("", "", "3")


def load(told: DelegationReport) -> dict[str, object]:
    found: dict[str, object] = json.loads(DELEGATION_FORMATS["json"].render(told))
    return found


def test_the_field_list_of_the_form_for_programs_is_that_of_its_output() -> None:
    found = load(report(OVERRULED, OWNED, BLOCKED, gaps=(Gap("a", "why"),)))

    listed = re.findall(r"^- `(.+?)`", delegations_json.__doc__ or "", re.MULTILINE)
    fields = set(paths(found)) - {"delegations[].trustee"}  # which may be null
    assert fields == {name.replace("?", "") for name in listed}


def test_the_form_for_programs_says_what_it_is() -> None:
    found = load(report(gaps=(Gap("a", "why"),)))

    assert (found["format"], found["version"], found["complete"]) == (
        "adaudit-delegations",
        1,
        False,
    )


@pytest.mark.parametrize("form", DELEGATION_FORMATS)
@pytest.mark.parametrize("by", ["place", "trustee"])
@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_name_is_inert(name: str, by: By, form: str) -> None:
    told = report(
        line(name, place=f"CN={name}", example=f"CN={name}", standing="x", standing_note=name),
        gaps=(Gap(name, name),),
        by=by,
    )

    assert steering(DELEGATION_FORMATS[form].render(told), form) == []


def test_orders_have_the_same_lines() -> None:
    world = World()
    contoso = world.domain("CONTOSO", BASE, "S-1-5-21-1-1-1")
    contoso.group("Helpdesk", 1601)
    contoso.group("Auditors", 1602)
    for name in "ab":
        world.add(
            f"OU={name},{BASE}",
            "organizationalUnit",
            "O:DAD:(A;CI;WP;;;S-1-5-21-1-1-1-1601)(A;CI;WP;;;S-1-5-21-1-1-1-1602)",
        )
    view = View(world.snapshot())
    found = find_delegations(view)

    by_place, by_trustee = (delegation_report(found, view, by) for by in ("place", "trustee"))

    assert sorted(map(str, by_place.lines)) == sorted(map(str, by_trustee.lines))
    assert [each.place[3] for each in by_place.lines] == ["a", "a", "b", "b"]
    names = [each.trustee.name for each in by_trustee.lines if each.trustee]
    assert names == ["CONTOSO\\Auditors"] * 2 + ["CONTOSO\\Helpdesk"] * 2

"""All that one holds, in each form."""

import csv
import io
import json
import re

import pytest

from adaudit.explanation.rights_of import rights_of
from adaudit.findings.rights_of import Held, RightsOf
from adaudit.report import rights_of_csv, rights_of_json
from adaudit.report.answer_forms import RIGHTS_OF_FORMATS
from adaudit.report.powers import in_words
from tests.explanation.asking import OBJECT, PARENT, small_world
from tests.report.test_hostile import HOSTILE, steering
from tests.report.test_json import paths

UNIT = "organizationalUnit"


def on_object(entries: str = "(A;;DT;;;A)", *, is_all: bool = False) -> RightsOf:
    return rights_of(small_world(entries)[0].snapshot(), "ann", OBJECT, is_all=is_all)


def under(count: int = 2) -> RightsOf:
    """Units on which Helpers may delete trees, and one on which they may write too."""
    world, contoso = small_world("(A;;DTWP;;;H)", "(A;;RP;;;AU)")
    sid = contoso.sid.relative(1201)
    for number in range(count):
        world.add(f"OU={number},{PARENT}", UNIT, f"O:SYG:SYD:(A;;DT;;;{sid})")
    world.add(f"OU=none,{PARENT}", UNIT)
    return rights_of(world.snapshot(), "ann", under=PARENT)


def rendered(form: str, found: RightsOf) -> str:
    return RIGHTS_OF_FORMATS[form].render(found)


def test_one_object_is_told_by_what_decides() -> None:
    text = rendered("text", on_object())
    for part in (
        "CONTOSO\\ann: what is held on the object\n",
        "1  CONTOSO\\Admins\n   holds       DeleteTree\n",
        "by          allow delete tree for CONTOSO\\Admins (entry 0)",
        "reached     CONTOSO\\ann → CONTOSO\\Helpers → CONTOSO\\Admins",
        "Operations\n   See         no: ListContents on its parent\n",
    ):
        assert part in text


def test_what_is_left_out_is_said_to_be() -> None:
    assert "what Authenticated Users hold as well is left out; --all" in rendered(
        "text", on_object()
    )
    assert "left out" not in rendered("text", on_object(is_all=True))


def test_nothing_is_said_in_words() -> None:
    assert rendered("text", on_object("")).startswith(
        "CONTOSO\\ann: nothing beyond Authenticated Users\n"
    )


def test_many_objects_are_told_with_their_number_and_first_names() -> None:
    text = rendered("text", under(40))
    for part in (
        "CONTOSO\\ann: something on 41 objects, nothing more on 1\n",
        "   1  1 object through CONTOSO\\Helpers: DeleteTree; write every property\n",
        "   2  40 objects through CONTOSO\\Helpers: DeleteTree\n",
        "2  40 objects\n   objects     OU=0,…\n",
        "and 35 more, each of them in the csv and json forms",
        "?  Not judged   1 object\n   because     the directory gave no security descriptor\n",
    ):
        assert part in text


def test_all_objects_are_in_the_forms_for_programs() -> None:
    found = under(1200)
    spread = json.loads(rendered("json", found))["spreads"][1]
    assert spread["objects_total"] == len(spread["objects"]) == 1200
    assert f"OU=1199,{PARENT}" in spread["objects"]
    assert rendered("csv", found).count("\r\nholds,") == 1201


def test_the_field_list_is_that_of_the_output() -> None:
    but = "(OD;;WP;bf9679c0-0de6-11d0-a285-00aa003049e2;;ANN)(A;;WP;;;H)"
    documents = [json.loads(rendered("json", each)) for each in (on_object(but), under())]
    documents[0]["notes"] = ["a note"]
    found = {path for each in documents for path in paths(each)}
    for pattern, short in ((r"evidence\..*", "evidence"), (r"^subject\..*", "subject")):
        found = {re.sub(pattern, short, path) for path in found}
    told = re.findall(r"^- `(.+?)`", rights_of_json.__doc__ or "", re.MULTILINE)
    assert found == {name.replace("?", "") for name in told}


def test_the_format_and_its_version_come_first() -> None:
    found = json.loads(rendered("json", on_object()))
    assert list(found.items())[:2] == [("format", "adaudit-rights-of"), ("version", 1)]
    assert (found["complete"], json.loads(rendered("json", under()))["complete"]) == (True, False)


def test_a_row_is_an_object_and_what_decides_on_it() -> None:
    rows = list(csv.DictReader(io.StringIO(rendered("csv", under()), newline="")))
    assert [(row["kind"], row["object"].partition(",")[0], row["held"]) for row in rows] == [
        ("holds", "CN=Object", "DeleteTree | write every property"),
        ("holds", "OU=0", "DeleteTree"),
        ("holds", "OU=1", "DeleteTree"),
        ("not judged", "OU=none", ""),
        *[("note", "", "")] * 2,
    ]
    assert list(rows[0]) == list(rights_of_csv.COLUMNS)


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        (("write", "*", ()), "write every property"),
        (("write", "*", ("a", "b")), "write every property but a, b"),
        (("read", "member", ()), "read member"),
        (("read confidential", "*", ()), "read every confidential property"),
        (("create children", "user", ()), "create user"),
        (("delete children", "*", ("user",)), "delete children of every class but user"),
        (("extended right", "*", ()), "every extended right"),
        (("validated write", "Validated-SPN", ()), "Validated-SPN"),
        (("on the object as a whole", "WriteDac", ()), "WriteDac"),
    ],
)
def test_what_is_held_is_said_in_words(
    held: tuple[str, str, tuple[str, ...]], expected: str
) -> None:
    assert in_words([Held(*held)]) == (expected,)


def test_things_of_one_kind_stand_together() -> None:
    held = [Held("write", "a", ()), Held("read", "b", ()), Held("write", "Set", ("c",))]
    assert in_words(held) == ("read b", "write a, Set but c")


@pytest.mark.parametrize("form", RIGHTS_OF_FORMATS)
@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_name_is_inert(name: str, form: str) -> None:
    world, contoso = small_world("(A;;DT;;;H)")
    helpers = next(made for made in world.objects if str(made.dn).startswith("CN=Helpers"))
    text = name.encode("utf-8", "surrogateescape") if "\ud800" not in name else b"EX\xff"
    helpers.attributes["samaccountname"] = [text]
    found = rights_of(world.snapshot(), str(contoso.sid.relative(1101)), OBJECT)
    assert steering(rendered(form, found), form) == []

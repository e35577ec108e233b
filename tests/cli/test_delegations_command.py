"""`adaudit delegations`: its forms and its exit status."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from adaudit.directory.known_schema import known_schema
from adaudit.directory.reach import Reach
from adaudit.directory.writer import SnapshotWriter
from tests.builders import TAKEN_AT, World
from tests.cli.command import Command

BASE = "DC=contoso,DC=example"
OU = f"OU=Sales,{BASE}"
ACE = "(A;CI;WP;;;S-1-5-21-1-1-1-1601)"
Make = Callable[..., Path]


def default(name: str) -> str:
    text = known_schema().classes[name.lower()].default_descriptor
    assert text is not None
    return text[text.index("D:") :].partition("S:")[0]


@pytest.fixture
def made(tmp_path: Path) -> Make:
    """A snapshot of a domain, with an entry set by hand or not, and read whole or not."""

    def make(*, is_set: bool, is_whole: bool = True) -> Path:
        world = World()
        contoso = world.domain("CONTOSO", BASE, "S-1-5-21-1-1-1")
        contoso.group("Helpdesk", 1601)
        ace = ACE if is_set else ""
        world.add(OU, "organizationalUnit", f"O:DA{default('organizationalUnit')}{ace}")
        for each in world.objects:
            name = each.attributes["objectclass"][-1].decode()
            each.descriptor = each.descriptor or world._bytes(f"O:DA{default(name)}")
        if not is_whole:
            world.add(f"CN=hidden,{BASE}", "container")
        path = tmp_path / "made.snapshot"
        with SnapshotWriter("test", path, TAKEN_AT) as writer:
            writer.tell(Reach("all"))
            for each in world.objects:
                writer.add(each.entry())
            writer.finish()
        return path

    return make


@pytest.mark.parametrize(
    ("is_set", "is_whole", "status"),
    [(False, True, 0), (True, True, 1), (False, False, 3), (True, False, 1)],
)
def test_the_status_tells_whether_there_is_any_and_whether_all_was_judged(
    adaudit: Command, made: Make, *, is_set: bool, is_whole: bool, status: int
) -> None:
    assert adaudit("delegations", made(is_set=is_set, is_whole=is_whole)).status == status


@pytest.mark.parametrize("by", ["place", "trustee"])
def test_both_orders_tell_where_and_for_whom(adaudit: Command, made: Make, by: str) -> None:
    ran = adaudit("delegations", made(is_set=True), "--by", by)

    assert OU in ran.out
    assert "CONTOSO\\Helpdesk" in ran.out


def test_the_form_for_programs(adaudit: Command, made: Make) -> None:
    ran = adaudit("delegations", made(is_set=True), "--format", "json")

    (found,) = json.loads(ran.out)["delegations"]
    assert (found["place"], found["sddl"], found["trustee"]["sid"]) == (
        OU,
        ACE,
        "S-1-5-21-1-1-1-1601",
    )


def test_a_report_can_be_written_to_a_file_beside(
    adaudit: Command, made: Make, tmp_path: Path
) -> None:
    file = tmp_path / "delegations.csv"

    adaudit("delegations", made(is_set=True), "-o", f"csv={file}")

    assert OU in file.read_text("utf-8-sig")


def test_what_was_read_for_exchange_alone_is_incomplete_and_says_what_to_do(
    adaudit: Command, snapshot: Callable[[str], Path]
) -> None:
    ran = adaudit("delegations", snapshot("sound"))

    assert "INCOMPLETE" in ran.out
    assert "`scope: all`" in ran.out.replace("\n   ", " ")


def test_of_an_export_every_descriptor_is_read(
    adaudit: Command, ldif: Callable[[str], Path]
) -> None:
    ran = adaudit("delegations", ldif("sound"))

    assert "`scope: all`" not in ran.out.replace("\n   ", " ")

"""Paths of control to an object, as they are told."""

from collections.abc import Iterator

import pytest

from adaudit.control import paths_to
from adaudit.directory.snapshot import Snapshot
from adaudit.errors import DirectoryError, QuestionError
from adaudit.findings.control import ControlReport
from tests.builders import MadeDomain, World

RESET_PASSWORD = "00299570-246d-11d0-a768-00aa006e0529"
MEMBER = "bf9679c0-0de6-11d0-a285-00aa003049e2"
OWNED = "O:DAG:DAD:(A;;GA;;;DA)"


@pytest.fixture
def world() -> World:
    """
    A chain of three rights.

    Anna, of the desk, resets the password of Max; he manages the members of the operators; they
    may write the DACL of the domain. A deny stands before the same right of Zoe.
    """
    world = World(scope="all")
    contoso = world.domain("CONTOSO", "DC=contoso,DC=example")
    anna, zoe = contoso.user("anna", 1101), contoso.user("zoe", 1102)
    contoso.user("max", 1103).descriptor = _descriptor(
        contoso, "(OD;;CR;{reset};;{zoe})(OA;;CR;{reset};;{desk})"
    )
    contoso.group("desk", 1201, members=[anna, zoe])
    contoso.group("operators", 1202).descriptor = _descriptor(contoso, "(OA;;WP;{member};;{max})")
    assert contoso.head is not None
    contoso.head.descriptor = _descriptor(contoso, "(A;;WD;;;{operators})")
    return world


RIDS = {"anna": 1101, "zoe": 1102, "max": 1103, "desk": 1201, "operators": 1202}


def _descriptor(domain: MadeDomain, entries: str) -> bytes | None:
    sids = {name: f"{domain.sid}-{rid}" for name, rid in RIDS.items()}
    text = entries.format(reset=RESET_PASSWORD, member=MEMBER, **sids)
    return domain.world._bytes(OWNED + text)


@pytest.fixture
def snapshot(world: World) -> Iterator[Snapshot]:
    with world.snapshot() as snapshot:
        yield snapshot


@pytest.fixture
def report(snapshot: Snapshot) -> ControlReport:
    return paths_to(snapshot, "DC=contoso,DC=example")


def test_each_account_has_one_path_and_the_shortest_comes_first(report: ControlReport) -> None:
    names = [(path.names, len(path.links)) for path in report.paths]

    assert names == [(("CONTOSO\\max",), 2), (("CONTOSO\\anna",), 3)]


def test_whom_an_earlier_deny_stops_has_none(report: ControlReport) -> None:
    assert "CONTOSO\\zoe" not in {name for path in report.paths for name in path.names}


def test_a_path_tells_who_holds_which_right_on_what(report: ControlReport) -> None:
    links = [(str(link.who), link.right, link.object) for link in report.paths[-1].links]

    assert links == [
        ("CONTOSO\\anna", "ResetPassword", "CN=max,CN=Users,DC=contoso,DC=example"),
        ("CONTOSO\\max", "write:member", "CN=operators,CN=Users,DC=contoso,DC=example"),
        ("CONTOSO\\operators", "WriteDacl", "DC=contoso,DC=example"),
    ]


def test_a_step_has_the_entry_that_grants_it_and_the_way_to_its_trustee(
    report: ControlReport,
) -> None:
    evidence = report.paths[-1].links[0].evidence

    assert evidence is not None
    assert (evidence.position, evidence.path) == (2, ("CONTOSO\\anna", "CONTOSO\\desk"))


def test_the_step_to_cut_is_the_last_that_is_held_outside_tier_zero(report: ControlReport) -> None:
    path = report.paths[-1]

    assert (path.cut, path.mend) == (
        2,
        r"remove the entry for CONTOSO\operators from DC=contoso,DC=example",
    )


def test_a_group_that_is_named_tier_zero_is_not_cut_from_it(snapshot: Snapshot) -> None:
    report = paths_to(snapshot, "DC=contoso,DC=example", ["CONTOSO\\operators"])

    assert [path.cut for path in report.paths] == [0, 1]
    assert report.paths[0].mend.startswith("remove the entry for CONTOSO\\max from CN=operators,")


def test_a_principal_can_be_named_as_what_is_controlled(snapshot: Snapshot) -> None:
    report = paths_to(snapshot, "operators")

    assert report.target == "CN=operators,CN=Users,DC=contoso,DC=example"
    assert [path.names for path in report.paths] == [("CONTOSO\\max",), ("CONTOSO\\anna",)]


def test_the_head_of_a_domain_is_of_tier_zero(report: ControlReport) -> None:
    assert report.why == "the head of CONTOSO"


@pytest.mark.parametrize("name", ["CN=nobody,DC=contoso,DC=example", "nobody"])
def test_what_does_not_exist_is_a_question_error(snapshot: Snapshot, name: str) -> None:
    with pytest.raises(QuestionError, match="nobody"):
        paths_to(snapshot, name)


def test_what_was_read_for_exchange_alone_is_refused() -> None:
    world = World()
    world.domain("CONTOSO", "DC=contoso,DC=example")
    with world.snapshot() as snapshot, pytest.raises(DirectoryError, match="not read as a whole"):
        paths_to(snapshot, "DC=contoso,DC=example")


def test_what_was_not_read_is_told(report: ControlReport) -> None:
    assert "CN=AdminSDHolder,CN=System,DC=contoso,DC=example" in {g.subject for g in report.gaps}

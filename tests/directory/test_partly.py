"""What is not known of a domain that was read from a global catalog bears on verdicts."""

import pytest

from adaudit.directory.membership import Membership
from adaudit.directory.partly import FROM_CATALOG, partly_known
from adaudit.explanation import explain
from tests.builders import World

EMEA = "DC=emea,DC=contoso,DC=example"
TARGET = "CN=target,DC=contoso,DC=example"


def forest(scope: str, *, from_catalog: bool) -> World:
    """A child domain with an account, and a group that may Send-As and does not name it."""
    world = World()
    world.domain("CONTOSO", "DC=contoso,DC=example").builtin("Administrators", 544)
    emea = world.domain("EMEA", EMEA)
    emea.builtin("Administrators", 544)
    emea.user("ann", 1100, primary=None)
    group = emea.group("Senders", 1201, scope)
    world.schema_class("container", "bf967a8b-0de6-11d0-a285-00aa003049e2")
    world.schema_attribute("member", "bf9679c0-0de6-11d0-a285-00aa003049e2")
    world.right("Send-As", "ab721a54-1e2f-11d0-9819-00aa0040529b")
    sddl = f"O:SYG:SYD:(OA;;CR;ab721a54-1e2f-11d0-9819-00aa0040529b;;{group.sid})"
    world.add(TARGET, "container", sddl)
    if from_catalog:
        world.gap("domain emea.contoso.example", FROM_CATALOG)
    return world


@pytest.mark.parametrize(
    ("scope", "from_catalog", "decision"),
    [
        ("global", True, "undecided"),
        ("universal", True, "denied"),
        ("global", False, "denied"),
        ("universal", False, "denied"),
    ],
)
def test_nobody_is_kept_out_of_a_group_whose_members_are_not_known(
    scope: str, decision: str, *, from_catalog: bool
) -> None:
    with forest(scope, from_catalog=from_catalog).snapshot() as snapshot:
        found = explain(snapshot, "EMEA\\ann", TARGET, "Send-As", "emea.contoso.example")
        assert found.decision == decision


def test_groups_of_other_domains_are_as_complete_as_they_were() -> None:
    world = forest("global", from_catalog=True)
    world.domains[0].group("Ops", 1301)
    with world.snapshot() as snapshot:
        membership = Membership.of(snapshot)
        names = {membership.name(sid) for sid in membership.incomplete}
        assert "EMEA\\Senders" in names
        assert "CONTOSO\\Ops" not in names


def test_a_domain_is_known_in_part_by_such_a_gap_alone() -> None:
    world = forest("global", from_catalog=False)
    world.gap("domain emea.contoso.example", "not read")
    with world.snapshot() as snapshot:
        assert not partly_known(snapshot.gaps, Membership.of(snapshot).domains.all)

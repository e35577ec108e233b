"""What access checks derive from one snapshot."""

from uuid import UUID

import pytest

from adaudit.access import Decision, evaluate
from adaudit.access.origin import OriginState
from adaudit.access.view import View
from adaudit.directory import Dn
from adaudit.directory.snapshot import descriptor_of
from adaudit.errors import QuestionError
from adaudit.security.descriptor import SecurityDescriptor
from adaudit.security.rights import SEND_AS, AccessMask, Right
from tests.builders import MadeDomain, World

WRITE_DAC = Right("WriteDac", AccessMask.WRITE_DAC)
USER = UUID("bf967aba-0de6-11d0-a285-00aa003049e2")
COMPUTER = UUID("bf967a86-0de6-11d0-a285-00aa003049e2")
ENFORCED = "00000000010000000002000000001"  # character 29 is 1


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def contoso(world: World) -> MadeDomain:
    domain = world.domain("CONTOSO", "DC=contoso,DC=example")
    world.schema_class("user", USER)
    world.schema_class("computer", COMPUTER, "user")
    return domain


@pytest.mark.parametrize(
    "text",
    [
        "EX01$",
        "contoso\\ex01$",
        "S-1-5-21-1-1-1-1105",
        "CN=EX01,CN=Users,DC=contoso,DC=example",
        "cn=ex01, cn=users, dc=contoso, dc=example",
    ],
)
def test_a_principal_is_found_by_each_of_its_names(
    world: World, contoso: MadeDomain, text: str
) -> None:
    ex01 = contoso.computer("EX01", 1105)
    assert View(world.snapshot()).principal_named(text) == ex01.sid


def test_a_name_of_two_principals_is_a_question_error(world: World, contoso: MadeDomain) -> None:
    contoso.computer("EX01", 1105)
    world.domain("EMEA", "DC=emea,DC=contoso,DC=example").computer("EX01", 1105)
    with pytest.raises(QuestionError, match=r"2 principals `EX01\$`"):
        View(world.snapshot()).principal_named("EX01$")


def test_an_unknown_principal_is_a_question_error(world: World, contoso: MadeDomain) -> None:
    assert contoso.head is not None
    with pytest.raises(QuestionError, match="no principal `EX09"):
        View(world.snapshot()).principal_named("EX09$")


def test_a_right_is_found_by_name_and_an_unknown_one_is_a_question_error(
    world: World, contoso: MadeDomain
) -> None:
    assert contoso.head is not None
    view = View(world.snapshot())
    assert view.right_of("send-as") == SEND_AS
    with pytest.raises(QuestionError, match="no right `fly`") as caught:
        view.right_of("fly")
    assert caught.value.hint is not None
    assert "Send-As" in caught.value.hint


@pytest.mark.parametrize(
    ("object_class", "heuristics", "expected"),
    [
        ("computer", ENFORCED, Decision.DENIED),
        ("computer", ENFORCED[:-1] + "2", Decision.ALLOWED),
        ("computer", "001", Decision.ALLOWED),
        ("user", ENFORCED, Decision.ALLOWED),
    ],
)
def test_the_block_on_owners_holds_for_computers_where_it_is_switched_on(
    world: World, contoso: MadeDomain, object_class: str, heuristics: str, expected: Decision
) -> None:
    owner = contoso.user("owner", 1105)
    world.heuristics(heuristics)
    made = world.add("CN=x,DC=contoso,DC=example", object_class, f"O:{owner.sid}D:")
    view = View(world.snapshot())
    entry = view.snapshot.entry(made.dn)
    assert entry is not None
    descriptor = descriptor_of(entry)
    assert isinstance(descriptor, SecurityDescriptor)
    token = view.token(owner.sid, view.controller_of(view.domains.named("CONTOSO")))
    assert evaluate(descriptor, token, view.question(WRITE_DAC, entry)).decision is expected


@pytest.mark.parametrize(
    ("dn", "heads"),
    [
        ("CN=a,OU=b,DC=contoso,DC=example", ["contoso"]),
        ("CN=a,CN=Services,CN=Configuration,DC=contoso,DC=example", ["Configuration"]),
        ("CN=a,CN=Schema,CN=Configuration,DC=contoso,DC=example", ["Schema"]),
        ("DC=a,DC=DomainDnsZones,DC=contoso,DC=example", ["DomainDnsZones"]),
        ("CN=Configuration,OU=b,DC=contoso,DC=example", ["contoso"]),
    ],
)
def test_the_way_up_ends_at_the_head_of_the_naming_context(
    world: World, contoso: MadeDomain, dn: str, heads: list[str]
) -> None:
    zones = f"DC=DomainDnsZones,{contoso.dn}"
    world.add(
        f"CN=zones,CN=Partitions,{world.configuration}", "crossRef", nCName=zones, systemFlags=5
    )
    levels = View(world.snapshot()).levels(Dn(dn))
    assert [level.dn.name for level in levels if level.is_head] == heads
    assert levels[-1].is_head


def test_a_name_of_very_many_steps_is_gone_up_all_the_same(
    world: World, contoso: MadeDomain
) -> None:
    deep = ",".join(["OU=x"] * 1200) + f",{contoso.dn}"
    assert len(View(world.snapshot()).levels(Dn(deep))) == 1201


def test_the_origin_of_an_entry_is_traced_in_the_snapshot(
    world: World, contoso: MadeDomain
) -> None:
    world.add(f"OU=a,{contoso.dn}", "organizationalUnit", "D:(A;CI;RP;;;AU)")
    made = world.add(f"CN=b,OU=a,{contoso.dn}", "user", "D:(A;CIID;RP;;;AU)")
    origin = View(world.snapshot()).origin(made.dn, 0)
    assert (origin.state, str(origin.source.dn)) == (
        OriginState.INHERITED,
        "OU=a,DC=contoso,DC=example",
    )


def test_faults_of_memberships_and_of_the_schema_are_told(
    world: World, contoso: MadeDomain
) -> None:
    group = contoso.group("Damaged", 1201)
    group.attributes["grouptype"] = [b"two"]
    right = world.right("Damaged", USER)
    right.attributes["rightsguid"] = [b"no guid"]
    assert [dn for dn, _ in View(world.snapshot()).faults] == [group.dn, right.dn]

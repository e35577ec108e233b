"""What questions are about, by the names that people give."""

import pytest

from adaudit.access.right_names import operation_of
from adaudit.access.view import View
from adaudit.errors import QuestionError
from adaudit.exchange.pairs import MailFlow
from adaudit.explanation.asked import object_named, server_for, subject_named
from adaudit.explanation.who_can import who_can
from adaudit.security.sid import AUTHENTICATED_USERS
from tests.builders import World
from tests.explanation.asking import CONTOSO, OBJECT, small_world

SERVER = (
    "CN=EX01,CN=Servers,CN=Group,CN=Administrative Groups,CN=Org,CN=Microsoft Exchange,"
    f"CN=Services,CN=Configuration,{CONTOSO}"
)


@pytest.fixture
def view() -> View:
    world, contoso = small_world("")
    contoso.computer("EX01", 1500, dNSHostName="ex01.contoso.example")
    world.add(SERVER, "msExchExchangeServer", networkAddress="ncacn_ip_tcp:ex01.contoso.example")
    return View(world.snapshot())


@pytest.mark.parametrize(
    ("text", "dn"),
    [
        (OBJECT, OBJECT),
        ("EX01", SERVER),
        ("ann", f"CN=ann,CN=Users,{CONTOSO}"),
        ("CONTOSO\\Helpers", f"CN=Helpers,CN=Users,{CONTOSO}"),
        ("contoso", CONTOSO),
        ("CONTOSO.example", CONTOSO),
    ],
)
def test_an_object_has_several_names(view: View, text: str, dn: str) -> None:
    assert str(object_named(text, view, MailFlow(view)).dn) == dn


@pytest.mark.parametrize(
    ("text", "hint"),
    [("EX02", "`EX01`"), ("Helprs", "`Helpers`"), ("zzz", "give its DN"), ("contso", "`contoso`")],
)
def test_a_name_of_nothing_brings_those_that_are_like_it(view: View, text: str, hint: str) -> None:
    with pytest.raises(QuestionError, match="no object") as raised:
        object_named(text, view, MailFlow(view))
    assert hint in (raised.value.hint or "")


def test_a_subject_of_no_name_brings_those_that_are_like_it(view: View) -> None:
    with pytest.raises(QuestionError, match=r"no principal `CONTOSO.Helpes`") as raised:
        subject_named("CONTOSO\\Helpes", view)
    assert "`Helpers`" in (raised.value.hint or "")


def test_a_subject_can_be_a_well_known_one(view: View) -> None:
    assert subject_named("authenticated users", view) == AUTHENTICATED_USERS


def test_what_the_directory_calls_so_comes_before_a_well_known_name() -> None:
    world = World()
    made = world.domain("CONTOSO", CONTOSO).user("Network", 1101)
    assert subject_named("Network", View(world.snapshot())) == made.sid


@pytest.mark.parametrize(
    ("right", "name"),
    [
        ("Send-As", "EX01"),
        ("WriteDacl", "a controller of contoso.example"),
        ("Delete", "a controller of contoso.example"),
    ],
)
def test_extended_rights_on_an_exchange_server_are_checked_by_itself(
    view: View, right: str, name: str
) -> None:
    flow = MailFlow(view)
    entry = object_named("EX01", view, flow)
    server = server_for(operation_of(right, view), entry.dn, None, view, flow)
    assert server.name.startswith(name)


def test_that_anonymous_users_are_refused_is_noted() -> None:
    world, _ = small_world("(A;;DT;;;AN)")
    assert any("anonymous" in note for note in who_can(world.snapshot(), "DT", OBJECT).notes)
    world.heuristics("0000002")
    assert not any("anonymous" in note for note in who_can(world.snapshot(), "DT", OBJECT).notes)

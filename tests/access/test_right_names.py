"""Rights and operations by name."""

from uuid import UUID

import pytest

from adaudit.access.operation import Check, checks_of
from adaudit.access.permission import Permission
from adaudit.access.question import ObjectFacts, TypeNode
from adaudit.access.right_names import OPERATIONS, operation_of, permission_of
from adaudit.access.view import View
from adaudit.directory.schema import Schema
from adaudit.errors import QuestionError
from tests.builders import World

USER = UUID("bf967aba-0de6-11d0-a285-00aa003049e2")
MEMBER = UUID("bf9679c0-0de6-11d0-a285-00aa003049e2")
MEMBERSHIP = UUID("bc0ac240-79a9-11d0-9020-00c04fc2d4cf")
RESET = UUID("00299570-246d-11d0-a768-00aa006e0529")
SPN = UUID("f3a64788-5306-11d1-a9c5-0000f80367c1")
PUBLIC = UUID("e48d0154-bcf8-11d1-8702-00c04fb96050")
HOST_NAMES = UUID("72e39547-7b18-11d1-adef-00c04fd8d5cd")
KEYS = UUID("5b47d60f-6090-40b2-9f37-2a4de88f3063")
KEY_SET = UUID("9b026da6-0d3c-465c-8bee-5199d7165cba")
UNKNOWN = UUID("12345678-1234-1234-1234-123456789abc")


@pytest.fixture(scope="module")
def view() -> View:
    """The published schema, as the snapshot holds none."""
    world = World()
    world.domain("CONTOSO", "DC=contoso,DC=example")
    return View(world.snapshot())


@pytest.fixture(scope="module")
def schema(view: View) -> Schema:
    return view.schema


def asked(permission: Permission) -> tuple[int, tuple[UUID, ...]]:
    """The mask, and the GUIDs from below the class down to the node that is asked about."""
    question = permission.question(ObjectFacts(class_guid=UUID(int=1)))
    path: list[TypeNode] = []
    for node in question.type_list[: question.node + 1]:
        path = [each for each in path if each.level < node.level] + [node]
    guids = tuple(node.guid for node in path)
    return int(question.right.mask), guids[1:] if guids[:1] == (UUID(int=1),) else guids


@pytest.mark.parametrize(
    ("name", "mask", "guids"),
    [
        ("Send-As", 0x100, (UUID("ab721a54-1e2f-11d0-9819-00aa0040529b"),)),
        ("sendas", 0x100, (UUID("ab721a54-1e2f-11d0-9819-00aa0040529b"),)),
        ("ResetPassword", 0x100, (RESET,)),
        ("reset password", 0x100, (RESET,)),
        ("User-Force-Change-Password", 0x100, (RESET,)),
        ("ForceChangePassword", 0x100, (RESET,)),
        (str(RESET), 0x100, (RESET,)),
        (f"CR:{RESET}", 0x100, (RESET,)),
        ("WriteDacl", 0x40000, ()),
        ("write-dac", 0x40000, ()),
        ("WriteOwner", 0x80000, ()),
        ("FullControl", 0xF01FF, ()),
        ("GA", 0xF01FF, ()),
        ("GenericWrite", 0x20028, ()),
        ("0x40000000", 0x20028, ()),
        ("RPWP", 0x30, ()),
        ("0x30", 0x30, ()),
        ("write:member", 0x20, (MEMBERSHIP, MEMBER)),
        ("WRITE:Member", 0x20, (MEMBERSHIP, MEMBER)),
        (f"write:{MEMBER}", 0x20, (MEMBERSHIP, MEMBER)),
        ("WP:member", 0x20, (MEMBERSHIP, MEMBER)),
        (f"WP:{MEMBER}", 0x20, (MEMBERSHIP, MEMBER)),
        ("write:Membership", 0x20, (MEMBERSHIP,)),
        ("WriteSPN", 0x20, (PUBLIC, SPN)),
        ("AddKeyCredentialLink", 0x20, (KEY_SET, KEYS)),
        ("DS-Validated-Write-Computer", 0x8, (KEY_SET,)),
        ("Validated-SPN", 0x8, (PUBLIC, SPN)),
        ("Validated-DNS-Host-Name", 0x8, (HOST_NAMES,)),
        (f"SW:{HOST_NAMES}", 0x8, (HOST_NAMES,)),
        (f"WP:{HOST_NAMES}", 0x20, (HOST_NAMES,)),
        ("write:dNSHostName", 0x20, (HOST_NAMES,)),
        ("create:user", 0x1, (USER,)),
        ("delete:user", 0x2, (USER,)),
        ("CC:user", 0x1, (USER,)),
        (f"CCDC:{USER}", 0x3, (USER,)),
        (f"CR:{UNKNOWN}", 0x100, (UNKNOWN,)),
    ],
)
def test_a_name_stands_for_a_mask_at_a_node(
    schema: Schema, name: str, mask: int, guids: tuple[UUID, ...]
) -> None:
    assert asked(permission_of(name, schema)) == (mask, guids)


def test_a_guid_that_the_schema_does_not_define_is_asked_about_as_it_stands(
    schema: Schema,
) -> None:
    assert asked(permission_of(f"RP:{UNKNOWN}", schema))[1][-1] == UNKNOWN


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("Sned-As", "no right `Sned-As`", "`Send-As`"),
        ("resetpasword", "no right", "`ResetPassword`"),
        ("DCSnyc", "no right", "`DCSync`"),
        ("write:membre", "no attribute or property set `membre`", "`write:member`"),
        ("write:Membershp", "no attribute or property set", "`write:Membership`"),
        ("create:usr", "no class `usr`", "`create:user`"),
        ("member", "no right `member`", "`write:member`"),
        ("user", "no right `user`", "`create:user`"),
        ("Membership", "property set", "`read:Membership`"),
        ("zzzzzzzz", "no right", "Send-As"),
        ("0x0", "asks for nothing", ""),
        ("CCWP:user", "more than children", ""),
        ("write:unicodePwd", "no entry for `unicodePwd`", "`ResetPassword`"),
        ("read:unicodePwd", "given to nobody", "`DCSync`"),
    ],
)
def test_a_name_that_means_nothing_is_a_question_error_that_says_what_may_be_meant(
    view: View, name: str, message: str, hint: str
) -> None:
    with pytest.raises(QuestionError, match=message) as raised:
        operation_of(name, view)
    assert hint in (raised.value.hint or "")


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name != "ReadLAPSPassword"])
def test_an_operation_is_found_in_any_case_and_has_checks(view: View, name: str) -> None:
    operation = operation_of(name.lower(), view)
    assert operation.name == name
    assert list(checks_of(operation.need))


def test_a_right_on_the_object_alone_is_told_as_its_permission(view: View) -> None:
    operation = operation_of("Send-As", view)
    assert isinstance(operation.need, Check)
    assert operation.permission == operation.need.permission
    assert operation_of("DCSync", view).permission is None


def test_local_administrators_passwords_are_in_the_attributes_that_the_schema_has() -> None:
    """Their GUIDs are other ones in each forest."""
    world = World()
    world.domain("CONTOSO", "DC=contoso,DC=example")
    world.schema_attribute("ms-Mcs-AdmPwd", UUID(int=77), searchFlags=0x388)
    operation = operation_of("ReadLAPSPassword", View(world.snapshot()))
    guids = {
        (int(check.permission.right.mask), check.permission.right.object_type)
        for check in checks_of(operation.need)
        if isinstance(check, Check)
    }
    assert {(0x10, UUID(int=77)), (0x100, UUID(int=77))} < guids


def test_without_the_attributes_of_laps_nothing_can_be_asked_of_them() -> None:
    world = World()
    world.domain("CONTOSO", "DC=contoso,DC=example")
    world.schema_attribute("cn", UUID(int=78))
    with pytest.raises(QuestionError, match="no attribute for passwords of LAPS"):
        operation_of("ReadLAPSPassword", View(world.snapshot()))


def test_what_entries_do_not_tell_is_noted(view: View) -> None:
    assert "ms-DS-MachineAccountQuota" in operation_of("create:computer", view).notes[0]
    assert operation_of("create:user", view).notes == ()

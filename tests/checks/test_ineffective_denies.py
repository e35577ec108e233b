"""Denies for nothing, in a forest whose whole schema was read."""

from uuid import UUID

import pytest

from adaudit.checks import Context, catalogue
from adaudit.findings import Finding
from adaudit.security import wire
from adaudit.security.sddl import parse
from tests.builders import World

CHECK = next(check for check in catalogue() if check.id == "ineffective-denies")
USER = "bf967aba-0de6-11d0-a285-00aa003049e2"
COMPUTER = "bf967a86-0de6-11d0-a285-00aa003049e2"
UNIT = "bf967aa5-0de6-11d0-a285-00aa003049e2"
MEMBER = "bf9679c0-0de6-11d0-a285-00aa003049e2"
SECRET = "5f6e1a52-9f0b-4c3c-9a36-0b6c5f3a7c11"
UNKNOWN = "12345678-1111-2222-3333-444444444444"
RESET = "00299570-246d-11d0-a768-00aa006e0529"
EMPTY_SET = "59ba2f42-79a2-11d0-9020-00c04fc2d3cf"
MEMBERSHIP = "bc0ac240-79a9-11d0-9020-00c04fc2d4cf"


def findings(sddl: str, where: str = "user") -> list[Finding]:
    """What is found of a deny for a group without members, on a user or a unit."""
    world = World("all")
    contoso = world.domain("CONTOSO", "DC=contoso,DC=example")
    for name, guid, parent in (
        ("top", "bf967ab7-0de6-11d0-a285-00aa003049e2", "top"),
        ("user", USER, "top"),
        ("computer", COMPUTER, "user"),
        ("group", "bf967a9c-0de6-11d0-a285-00aa003049e2", "top"),
        ("organizationalUnit", UNIT, "top"),
        ("domainDNS", "19195a5b-6da0-11d0-afd3-00c04fd930c9", "top"),
    ):
        world.schema_class(name, guid, parent)
    world.schema_attribute("member", MEMBER, attributeSecurityGUID=UUID(MEMBERSHIP))
    world.schema_attribute("badgeNumber", SECRET, searchFlags=0x80)
    world.right("User-Force-Change-Password", RESET).put(validAccesses=0x100)
    world.right("General-Information", EMPTY_SET).put(validAccesses=0x30)
    world.right("Membership", MEMBERSHIP).put(validAccesses=0x30)
    group = contoso.group("Helpdesk", 1201)
    made = contoso.user("ann", 1105)
    if where == "unit":
        made = world.add("OU=Staff,DC=contoso,DC=example", "organizationalUnit")
    text = f"O:SYG:SYD:{sddl.replace('GROUP', str(group.sid))}"
    made.descriptor = wire.encode(parse(text, contoso.sid, contoso.sid))
    return list(CHECK.result(Context(world.snapshot(), ())).findings)


@pytest.mark.parametrize(
    ("sddl", "where", "why"),
    [
        (f"(OD;;RP;{UNKNOWN};;GROUP)", "user", "nothing in the schema has the GUID"),
        (f"(OD;;WP;{COMPUTER};;GROUP)", "user", "objects of class computer itself"),
        (f"(OD;;WP;{USER};;GROUP)", "unit", "objects of class user itself"),
        (f"(OD;;SDWD;{USER};;GROUP)", "unit", "objects of class user itself"),
        (f"(OD;;WP;{RESET};;GROUP)", "user", "of User-Force-Change-Password"),
        (f"(OD;;CR;{MEMBER};;GROUP)", "user", "of member"),
        (f"(OD;;CR;{MEMBERSHIP};;GROUP)", "user", "of Membership"),
        (f"(OD;;SW;{MEMBER};;GROUP)", "user", "of member"),
        (f"(OD;;RPWP;{EMPTY_SET};;GROUP)", "user", "of General-Information"),
        (f"(OD;;CC;{MEMBER};;GROUP)", "unit", "of member"),
        ("(D;;RP;;;S-1-0-0)", "user", "no token holds Nobody"),
        ("(D;;RP;;;CO)", "user", "no token holds Creator Owner"),
        ("(D;;RP;;;PS)", "unit", "no principal that Self could stand for"),
        ("(D;;0x100000;;;GROUP)", "user", "it names no right"),
    ],
)
def test_a_deny_of_what_no_access_check_asks_for_is_told(sddl: str, where: str, why: str) -> None:
    (found,) = findings(sddl, where)

    assert why in found.message


@pytest.mark.parametrize(
    ("sddl", "where"),
    [
        (f"(OD;;WP;{USER};;GROUP)", "user"),
        (f"(OD;;SD;{USER};;GROUP)", "user"),
        (f"(OD;;WP;{MEMBER};;GROUP)", "user"),
        (f"(OD;;WP;{MEMBERSHIP};;GROUP)", "user"),
        (f"(OD;;CR;{RESET};;GROUP)", "user"),
        (f"(OD;;CR;{SECRET};;GROUP)", "user"),
        (f"(OD;;CCDC;{COMPUTER};;GROUP)", "unit"),
        (f"(OD;CIIO;WP;;{COMPUTER};GROUP)", "unit"),
        (f"(OD;CI;WP;{USER};;GROUP)", "unit"),
        ("(D;CI;RP;;;CO)", "unit"),
        ("(D;CI;RP;;;PS)", "unit"),
        ("(D;;RP;;;PS)", "user"),
        ("(D;;RP;;;GROUP)", "user"),
        ("(D;CIIO;GA;;;GROUP)", "unit"),
    ],
)
def test_a_deny_that_may_mean_something_is_not(sddl: str, where: str) -> None:
    assert findings(sddl, where) == []

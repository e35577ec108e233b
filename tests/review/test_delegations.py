"""What is told as set by hand and what is not, rule by rule, on small forests."""

import re
from collections.abc import Sequence

import pytest

from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.directory.known_schema import known_schema
from adaudit.review.delegations import (
    Delegation,
    Delegations,
    Kind,
    Origin,
    Standing,
    find_delegations,
)
from adaudit.security.sddl import format_ace
from adaudit.security.sid import Sid
from tests.builders import Made, MadeDomain, World

DOMAIN = Sid.parse("S-1-5-21-1-1-1")
BASE = "DC=contoso,DC=example"
HELPDESK = DOMAIN.relative(1601)
HELPDESK_ACE = f"(A;CI;WP;;;{HELPDESK})"
OU = f"OU=Sales,{BASE}"


def default(name: str, owner: str = "DA") -> str:
    """The DACL of a new object of a class, as Microsoft publishes it, for its owner."""
    text = known_schema().classes[name.lower()].default_descriptor
    assert text is not None
    dacl = text[text.index("D:") :].partition("S:")[0].replace(" ", "")
    # what is for CREATOR OWNER takes effect for the owner, and goes on to objects below
    dacl = re.sub(r"\((O?A);CI;([^()]*);CO\)", rf"(\1;;\2;{owner})(\1;CIIO;\2;CO)", dacl)
    return re.sub(r"\((O?A);;([^()]*);CO\)", rf"(\1;;\2;{owner})", dacl)


class Forest:
    """One domain, with a group *Helpdesk* and whatever is added."""

    def __init__(self) -> None:
        self.world = World()
        self.contoso: MadeDomain = self.world.domain("CONTOSO", BASE, DOMAIN)
        self.contoso.group("Helpdesk", 1601)
        for made in self.world.objects:
            name = made.attributes["objectclass"][-1].decode()
            made.descriptor = self.bytes(f"O:DA{default(name)}")

    def bytes(self, sddl: str) -> bytes | None:
        """A descriptor with the aliases of the domain."""
        return self.world._bytes(sddl)

    def add(self, dn: str, name: str, aces: str = "", owner: str = "DA", **more: object) -> Made:
        """An object with the default of its class, and what else is given."""
        return self.world.add(dn, name, f"O:{owner}{default(name, owner)}{aces}", **more)

    def delegations(self) -> Delegations:
        """What was set by hand in it."""
        return find_delegations(View(self.world.snapshot()))

    def found(self) -> Sequence[Delegation]:
        """The same without what is told beside."""
        return self.delegations().found


def texts(found: Sequence[Delegation]) -> list[str]:
    return [format_ace(each.ace) if each.ace else str(each.kind) for each in found]


# the class


@pytest.mark.parametrize("name", ["organizationalUnit", "container", "user", "group", "computer"])
def test_what_a_class_gives_its_objects_was_not_set_by_hand(name: str) -> None:
    forest = Forest()
    forest.add(f"CN=New,{BASE}", name)

    found = forest.delegations()

    assert (found.found, found.gaps) == ([], ())
    assert found.defaults[Origin.CLASS] > 0


def test_an_entry_beside_the_defaults_was_set_by_hand() -> None:
    forest = Forest()
    forest.add(OU, "organizationalUnit", HELPDESK_ACE)

    (found,) = forest.found()

    assert (found.kind, found.place, found.ace and format_ace(found.ace)) == (
        Kind.ALLOW,
        Dn(OU),
        HELPDESK_ACE,
    )
    assert found.trustee is not None
    assert found.trustee.sid == HELPDESK


def test_an_inherited_entry_is_told_where_it_was_set_alone() -> None:
    forest = Forest()
    forest.add(OU, "organizationalUnit", HELPDESK_ACE)
    forest.add(f"CN=a,{OU}", "user", f"(A;CIID;WP;;;{HELPDESK})")

    assert [each.place for each in forest.found()] == [Dn(OU)]


def test_the_default_of_the_directory_counts_before_the_published_one() -> None:
    forest = Forest()
    made = forest.world.schema_class("organizationalUnit", "bf967aa5-0de6-11d0-a285-00aa003049e2")
    made.put(defaultSecurityDescriptor=f"D:(A;CI;WP;;;{HELPDESK})")
    forest.world.add(OU, "organizationalUnit", f"O:DAD:{HELPDESK_ACE}(A;;RP;;;AU)")

    assert texts([each for each in forest.found() if each.place == Dn(OU)]) == ["(A;;RP;;;AU)"]


def test_what_the_class_gives_one_domain_is_set_by_hand_in_another() -> None:
    forest = Forest()
    emea = forest.world.domain("EMEA", f"DC=emea,{BASE}", "S-1-5-21-2-2-2")
    dn = f"OU=Sales,{emea.dn}"
    forest.world.add(dn, "organizationalUnit", f"O:{emea.sid}-512D:(A;;GA;;;{emea.sid}-512)")
    forest.world.add(f"{dn[:8]}2,{emea.dn}", "organizationalUnit", "O:SYD:(A;;GA;;;DA)")

    found = forest.found()

    assert [each.trustee.sid for each in found if each.trustee] == [DOMAIN.relative(512)]


def test_creator_owner_of_the_class_is_whoever_owns_the_object() -> None:
    forest = Forest()
    dacl = "D:(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;{who})"
    mine, other = f"DC=a,CN=MicrosoftDNS,{BASE}", f"DC=b,CN=MicrosoftDNS,{BASE}"
    forest.world.add(mine, "dnsNode", f"O:{HELPDESK}{dacl.format(who=HELPDESK)}")
    forest.world.add(other, "dnsNode", f"O:DA{dacl.format(who=HELPDESK)}")

    found = [each for each in forest.found() if each.ace]

    assert [each.example for each in found] == [Dn(other)]


def test_who_made_a_computer_by_his_quota_has_what_the_class_gives_its_creator() -> None:
    forest = Forest()
    ace = f"(OA;;WP;4c164200-20c0-11d0-a768-00aa006e0529;;{HELPDESK})"
    forest.add(f"CN=a,{BASE}", "computer", ace)
    forest.add(f"CN=b,{BASE}", "computer", ace, **{"mS-DS-CreatorSID": HELPDESK})

    assert [each.example for each in forest.found()] == [Dn(f"CN=a,{BASE}")]


def test_of_a_class_that_nobody_knows_only_what_no_default_can_be_is_told() -> None:
    forest = Forest()
    forest.world.add(f"CN=x,{BASE}", "fabrikamThing", f"O:DAD:(A;;GA;;;DA){HELPDESK_ACE}")

    found = forest.delegations()

    assert texts(found.found) == [HELPDESK_ACE]
    assert [(gap.subject, gap.reason) for gap in found.gaps] == [
        ("class fabrikamthing", "no definition of the class is known: 1 entry may be a default")
    ]


def test_a_default_that_is_damaged_is_told() -> None:
    forest = Forest()
    made = forest.world.schema_class("fabrikamThing", "00000000-0000-0000-0000-000000000001")
    made.put(defaultSecurityDescriptor="D:(A;;GA")
    forest.world.add(f"CN=x,{BASE}", "fabrikamThing", "O:DAD:(A;;GA;;;DA)")

    gaps = {gap.subject: gap.reason for gap in forest.delegations().gaps}

    assert "its default descriptor cannot be read" in gaps["class fabrikamthing"]


# partitions


def test_in_the_configuration_domain_admins_are_those_of_the_root() -> None:
    forest = Forest()
    forest.world.domain("EMEA", f"DC=emea,{BASE}", "S-1-5-21-2-2-2")
    forest.add(f"CN=new,CN=Configuration,{BASE}", "container")

    assert forest.found() == []


@pytest.mark.parametrize("is_named", [True, False])
def test_in_an_application_partition_they_are_those_of_the_reference_domain(
    *, is_named: bool
) -> None:
    forest = Forest()
    emea = forest.world.domain("EMEA", f"DC=emea,{BASE}", "S-1-5-21-2-2-2")
    reference = forest.world.add(
        f"CN=app,CN=Partitions,CN=Configuration,{BASE}",
        "crossRef",
        nCName=f"DC=app,{BASE}",
        systemFlags=5,
    )
    if is_named:
        reference.put(**{"msDS-SDReferenceDomain": str(emea.dn)})
    forest.world.add(f"CN=x,DC=app,{BASE}", "container", f"O:SYD:(A;;GA;;;{emea.sid}-512)")

    assert len(forest.found()) == (0 if is_named else 1)


def test_defaults_that_name_groups_of_a_root_that_was_not_read_are_not_judged() -> None:
    world = World()
    world.domain("CONTOSO", BASE, is_read=False)
    emea = world.domain("EMEA", f"DC=emea,{BASE}", DOMAIN)
    policy = f"CN={{1}},CN=Policies,CN=System,{emea.dn}"
    world.add(
        policy, "groupPolicyContainer", f"O:{DOMAIN}-512D:P(A;;GA;;;{DOMAIN}-512){HELPDESK_ACE}"
    )
    for made in world.objects:
        made.descriptor = made.descriptor or world._bytes("O:SYD:")

    found = find_delegations(View(world.snapshot()))

    assert [each.trustee.sid for each in found.found if each.trustee] == [HELPDESK]
    assert "class grouppolicycontainer" in [gap.subject for gap in found.gaps]


@pytest.mark.parametrize(("name", "is_default"), [("DnsAdmins", True), ("DnsHelpers", False)])
def test_dnsadmins_are_known_by_name_in_their_own_domain(name: str, *, is_default: bool) -> None:
    forest = Forest()
    group = forest.contoso.group(name, 1102, "domain local")
    group.dn = Dn(f"CN={name},{OU}")
    group.descriptor = forest.bytes(f"O:DA{default('group')}")
    dns = f"CN=MicrosoftDNS,CN=System,{BASE}"
    forest.add(dns, "container", f"(A;CI;CCDCLCSWRPWPDTCRSDRCWDWO;;;{DOMAIN}-1102)")

    assert [each.place for each in forest.found()] == ([] if is_default else [Dn(dns)])


# AdminSDHolder

HOLDER = f"CN=AdminSDHolder,CN=System,{BASE}"


def protected(forest: Forest, **more: object) -> None:
    forest.world.add(HOLDER, "container", f"O:DAD:P(A;;WP;;;{HELPDESK})(A;;RP;;;AU)")
    forest.world.add(
        f"CN=a,CN=Users,{BASE}", "user", f"O:DAD:P(A;;WP;;;{HELPDESK})(A;;RP;;;AU)", **more
    )


def test_a_copy_of_adminsdholder_is_told_on_adminsdholder_alone() -> None:
    forest = Forest()
    protected(forest, adminCount=1)

    found = forest.found()

    assert {each.place for each in found if each.ace} == {Dn(HOLDER)}
    assert {each.copies for each in found if each.trustee and each.trustee.sid == HELPDESK} == {1}
    assert [each for each in found if each.kind is Kind.BLOCKED] == []


def test_what_looks_like_a_copy_on_an_object_that_is_not_protected_was_set_by_hand() -> None:
    forest = Forest()
    protected(forest)

    kinds = [each.kind for each in forest.found() if each.place == Dn(f"CN=a,CN=Users,{BASE}")]

    assert Kind.ALLOW in kinds
    assert Kind.BLOCKED in kinds


def test_privileged_groups_are_protected_without_admincount() -> None:
    forest = Forest()
    protected(forest, objectSid=DOMAIN.relative(500))

    assert {each.place for each in forest.found() if each.ace} == {Dn(HOLDER)}


def test_what_adminsdholder_has_not_got_was_set_by_hand_on_a_protected_object() -> None:
    forest = Forest()
    forest.world.add(HOLDER, "container", "O:DAD:P(A;;RP;;;AU)")
    dn = f"CN=a,CN=Users,{BASE}"
    forest.world.add(dn, "user", f"O:DAD:P(A;;RP;;;AU)(A;;WD;;;{HELPDESK})", adminCount=1)

    found = [each for each in forest.found() if each.place == Dn(dn)]

    assert texts(found) == [f"(A;;WD;;;{HELPDESK})"]


# owners


@pytest.mark.parametrize("owner", ["DA", "EA", "SA", "BA", "SY"])
def test_administrators_and_the_system_own_what_they_create(owner: str) -> None:
    forest = Forest()
    forest.add(OU, "organizationalUnit", owner=owner)

    assert forest.found() == []


def test_any_other_owner_is_told_once_for_all_objects_of_a_class_in_one_place() -> None:
    forest = Forest()
    for name in "abc":
        forest.add(f"CN={name},{OU}", "user", owner=str(HELPDESK))
    forest.add(f"CN=d,{OU}", "group", owner=str(HELPDESK))

    found = forest.found()

    assert [(each.kind, each.place, each.object_class, len(each.objects)) for each in found] == [
        (Kind.OWNER, Dn(OU), "user", 3),
        (Kind.OWNER, Dn(f"CN=d,{OU}"), "group", 1),
    ]


def test_what_an_owner_has_below_what_he_owns_is_told_with_it() -> None:
    forest = Forest()
    forest.add(OU, "organizationalUnit", owner=str(HELPDESK))
    forest.add(f"OU=b,{BASE}", "organizationalUnit", owner=str(HELPDESK))
    forest.add(f"CN=a,{OU}", "user", owner=str(HELPDESK))
    forest.add(f"OU=Inner,{OU}", "organizationalUnit", owner=str(HELPDESK))
    forest.add(f"CN=b,OU=Inner,{OU}", "user", owner=str(HELPDESK))
    forest.add(f"CN=c,OU=Inner,{OU}", "user", owner=f"{DOMAIN}-513")

    found = [(each.place, len(each.objects), each.reach) for each in forest.found()]

    assert found == [(Dn(BASE), 2, 3), (Dn(f"CN=c,OU=Inner,{OU}"), 1, 0)]


def test_a_computer_owns_itself_and_what_is_below_it() -> None:
    forest = Forest()
    sid = DOMAIN.relative(1701)
    forest.add(f"CN=PC,{OU}", "computer", owner=str(sid), objectSid=sid, sAMAccountName="PC$")
    forest.add(f"CN=printer,CN=PC,{OU}", "container", owner=str(sid))
    forest.add(f"CN=other,{OU}", "container", owner=str(sid))

    assert [each.place for each in forest.found()] == [Dn(f"CN=other,{OU}")]


def test_a_computer_owns_the_names_that_it_registers_in_dns_and_a_user_does_not() -> None:
    forest = Forest()
    pc = forest.contoso.computer("PC", 1701)
    pc.descriptor = forest.bytes(f"O:DA{default('computer')}")
    zone = f"DC=contoso.example,CN=MicrosoftDNS,CN=System,{BASE}"
    forest.add(f"DC=pc,{zone}", "dnsNode", owner=str(pc.sid))
    forest.add(f"DC=x,{zone}", "dnsNode", owner=str(HELPDESK))

    owners = [each for each in forest.found() if each.kind is Kind.OWNER]

    assert [each.place for each in owners] == [Dn(f"DC=x,{zone}")]


# blocked inheritance


def blocked(forest: Forest, own: str) -> list[Delegation]:
    forest.add(OU, "organizationalUnit", own)
    forest.world.add(
        f"OU=Inner,{OU}",
        "organizationalUnit",
        f"O:DAD:P{default('organizationalUnit')[2:]}{own}",
    )
    return [each for each in forest.found() if each.place == Dn(f"OU=Inner,{OU}")]


def test_blocked_inheritance_is_told() -> None:
    assert [each.kind for each in blocked(Forest(), "")] == [Kind.BLOCKED]


def test_what_was_set_by_hand_above_and_kept_below_is_told_on_both() -> None:
    kinds = [each.kind for each in blocked(Forest(), HELPDESK_ACE)]

    assert kinds == [Kind.BLOCKED, Kind.ALLOW]


def test_a_default_that_the_parent_hands_down_and_that_is_kept_is_not_told() -> None:
    forest = Forest()
    head = forest.contoso.head
    assert head is not None
    kept = "(A;CI;LC;;;RU)"  # a default of domain heads that no unit has of its own
    assert kept in default("domainDNS")
    forest.world.add(OU, "organizationalUnit", f"O:DAD:P{default('organizationalUnit')[2:]}{kept}")

    found = forest.delegations()

    assert [each.kind for each in found.found] == [Kind.BLOCKED]
    assert found.defaults[Origin.KEPT] == 1


def test_a_class_that_blocks_by_default_is_not_told() -> None:
    forest = Forest()
    forest.add(f"CN={{1}},CN=Policies,CN=System,{BASE}", "groupPolicyContainer")

    assert default("groupPolicyContainer").startswith("D:P")
    assert forest.found() == []


# other products


def exchange(forest: Forest, group: str, parent: str) -> Sid:
    sid = DOMAIN.relative(1801)
    forest.add(
        f"CN={group},{parent}",
        "group",
        objectSid=sid,
        sAMAccountName=group,
        groupType=8 - (1 << 31),
    )
    return sid


@pytest.mark.parametrize(
    ("parent", "is_default"),
    [
        (f"OU=Microsoft Exchange Security Groups,{BASE}", True),
        (f"CN=Users,{BASE}", True),
        (OU, False),
    ],
)
def test_entries_of_exchange_are_known_for_its_own_groups_alone(
    parent: str, *, is_default: bool
) -> None:
    forest = Forest()
    sid = exchange(forest, "Organization Management", parent)
    dn = f"CN=Microsoft Exchange,CN=Services,CN=Configuration,{BASE}"
    forest.add(dn, "container", f"(A;CI;GA;;;{sid})")

    assert [each.place for each in forest.found()] == ([] if is_default else [Dn(dn)])


def test_a_group_of_exchange_that_was_moved_is_known_by_the_name_of_its_container() -> None:
    forest = Forest()
    sid = exchange(forest, "Organization Management", OU)
    dn = f"CN=Microsoft Exchange,CN=Services,CN=Configuration,{BASE}"
    named = f"B:32:C262A929D691B74A9E068728F8F842EA:CN=Organization Management,{OU}"
    forest.world.add(
        dn,
        "msExchConfigurationContainer",
        f"O:DAD:(A;CI;GA;;;{sid})",
        otherWellKnownObjects=named,
    )

    assert forest.found() == []


def test_write_dacl_of_exchange_is_known_for_objects_below_the_head_and_not_on_it() -> None:
    """The entry without inherit-only is the one that CVE-2019-0724 is about."""
    found = []
    for flags in ("CIIO", "CI"):
        forest = Forest()
        parent = f"OU=Microsoft Exchange Security Groups,{BASE}"
        sid = exchange(forest, "Exchange Windows Permissions", parent)
        head = forest.contoso.head
        assert head is not None
        user = "bf967aba-0de6-11d0-a285-00aa003049e2"
        head.descriptor = forest.bytes(f"O:BA{default('domainDNS')}(OA;{flags};WD;;{user};{sid})")
        found.append(len(forest.found()))

    assert found == [0, 1]


def laps(forest: Forest, trustee: str) -> Sequence[Delegation]:
    guid = "5f1f1d84-0000-4000-8000-000000000001"  # LAPS has another one in each forest
    forest.world.schema_attribute("ms-Mcs-AdmPwd", guid)
    computer = "bf967a86-0de6-11d0-a285-00aa003049e2"
    forest.add(OU, "organizationalUnit", f"(OA;CIIO;WP;{guid};{computer};{trustee})")
    return [each for each in forest.found() if each.place == Dn(OU)]


def test_computers_may_write_their_own_password_by_laps_and_nobody_else() -> None:
    assert laps(Forest(), "PS") == []
    assert len(laps(Forest(), str(HELPDESK))) == 1


@pytest.mark.parametrize(
    ("ace", "is_default"),
    [
        ("(D;;DTSD;;;WD)", True),
        ("(D;;DC;;;WD)", True),
        ("(D;CI;DTSD;;;WD)", False),
        ("(D;;DTSDWP;;;WD)", False),
        (f"(D;;DTSD;;;{HELPDESK})", False),
    ],
)
def test_protection_from_accidental_deletion_is_what_new_units_have(
    ace: str, *, is_default: bool
) -> None:
    forest = Forest()
    forest.add(OU, "organizationalUnit", ace)

    assert (forest.found() == []) is is_default


# what is alike, and what is told of each


def test_one_entry_on_many_children_of_one_parent_is_told_once() -> None:
    forest = Forest()
    for name in "abc":
        forest.add(f"CN={name},{OU}", "user", HELPDESK_ACE)
    forest.add(f"CN=d,{BASE}", "user", HELPDESK_ACE)

    found = forest.found()

    assert [(each.place, len(each.objects)) for each in found] == [
        (Dn(f"CN=d,{BASE}"), 1),
        (Dn(OU), 3),
    ]


@pytest.mark.parametrize(
    ("ace", "kind"),
    [
        (f"(D;;WP;;;{HELPDESK})", Kind.DENY),
        (f"(AU;SA;WP;;;{HELPDESK})", Kind.OTHER),
        ("(0x14;;#01020304)", Kind.OTHER),
    ],
)
def test_denies_and_entries_without_effect_are_told_too(ace: str, kind: Kind) -> None:
    forest = Forest()
    forest.add(OU, "organizationalUnit", ace)

    assert [each.kind for each in forest.found()] == [kind]


def test_an_entry_says_that_an_earlier_one_decides_in_its_place() -> None:
    forest = Forest()
    forest.world.add(
        OU, "container", f"O:DAD:(D;;WP;;;{HELPDESK})(A;;WP;;;{HELPDESK}){default('container')[2:]}"
    )

    deny, allow = forest.found()

    assert deny.shadow is None
    assert allow.shadow is not None
    assert (allow.shadow.earlier, allow.shadow.is_overruled) == ((0,), True)


def test_by_trustee_and_by_place_hold_the_same() -> None:
    forest = Forest()
    forest.add(OU, "organizationalUnit", HELPDESK_ACE + "(A;;WD;;;DU)")
    forest.add(f"OU=b,{BASE}", "organizationalUnit", HELPDESK_ACE)

    found = forest.delegations()

    by_place, by_trustee = found.by_place(), found.by_trustee()
    assert {dn: len(each) for dn, each in by_place.items()} == {Dn(OU): 2, Dn(f"OU=b,{BASE}"): 1}
    assert {t.sid: len(each) for t, each in by_trustee.items() if t} == {
        HELPDESK: 2,
        DOMAIN.relative(513): 1,
    }


# what could not be judged


def test_objects_without_a_descriptor_and_with_a_damaged_one_are_gaps() -> None:
    forest = Forest()
    forest.world.add(f"CN=a,{BASE}", "container")
    forest.world.add(f"CN=b,{BASE}", "container", b"\x01\x02\x03")

    subjects = [gap.subject for gap in forest.delegations().gaps]

    assert subjects == ["1 object", "1 object"]


def test_what_was_not_read_is_a_gap() -> None:
    forest = Forest()
    forest.world.gap("the server", "it broke off")

    found = forest.delegations()

    assert not found.is_complete
    assert ("the server", "it broke off") in [(gap.subject, gap.reason) for gap in found.gaps]


@pytest.mark.parametrize(
    ("sid", "standing"),
    [
        (str(HELPDESK), Standing.KNOWN),
        (f"{DOMAIN}-9999", Standing.DELETED),
        (f"{DOMAIN}-527", Standing.KNOWN),
        ("S-1-5-21-9-9-9-1105", Standing.FOREIGN),
        ("S-1-5-21-8-8-8-1105", Standing.TRUSTED),
        ("S-1-5-21-7-7-7-1105", Standing.HISTORY),
        ("S-1-5-32-549", Standing.KNOWN),
        ("S-1-1-0", Standing.KNOWN),
    ],
)
def test_a_trustee_without_an_object_is_told_for_what_it_is(sid: str, standing: Standing) -> None:
    forest = Forest()
    forest.add(
        f"CN=fabrikam.example,CN=System,{BASE}",
        "trustedDomain",
        securityIdentifier=Sid.parse("S-1-5-21-8-8-8"),
    )
    moved = forest.contoso.user("moved", 1901, sIDHistory=Sid.parse("S-1-5-21-7-7-7-1105"))
    moved.descriptor = forest.bytes(f"O:DA{default('user')}")
    forest.add(OU, "organizationalUnit", f"(A;;WD;;;{sid})")

    (found,) = forest.found()

    assert found.trustee is not None
    assert found.trustee.standing is standing
    assert found.trustee.is_orphan is (standing in {Standing.DELETED, Standing.FOREIGN})


def test_a_trustee_of_a_domain_that_was_not_read_cannot_be_told() -> None:
    forest = Forest()
    forest.world.domain("EMEA", f"DC=emea,{BASE}", is_read=False)
    forest.add(OU, "organizationalUnit", "(A;;WD;;;S-1-5-21-9-9-9-1105)")

    standings = [each.trustee.standing for each in forest.found() if each.trustee]

    assert standings == [Standing.UNTOLD]


def test_nobody_is_told_to_be_deleted_where_not_all_was_read() -> None:
    forest = Forest()
    forest.world.gap("users of contoso.example", "not read to the end")
    forest.add(OU, "organizationalUnit", f"(A;;WD;;;{DOMAIN}-9999)")

    standings = [each.trustee.standing for each in forest.found() if each.trustee]

    assert standings == [Standing.UNTOLD]

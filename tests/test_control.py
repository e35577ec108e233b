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
LINK = "f30e3bbe-9ff0-11d1-b603-0000f80367c1"
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
    text = entries.format(reset=RESET_PASSWORD, member=MEMBER, link=LINK, **sids)
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


@pytest.fixture
def protected() -> World:
    """An administrator whose descriptor inherits nothing, as that of AdminSDHolder."""
    world = World(scope="all")
    contoso = world.domain("CONTOSO", "DC=contoso,DC=example")
    contoso.user("anna", 1101).descriptor = world._bytes(OWNED)
    boss = contoso.user("boss", 1103)
    administrators = contoso.group("Domain Admins", 512, members=[boss])
    for made in (boss, administrators):
        made.descriptor = world._bytes("O:DAG:DAD:P(A;;GA;;;DA)")
    for place in ("CN=Users", "CN=System"):
        world.add(f"{place},{contoso.dn}", "container", OWNED)
    world.add(f"CN=AdminSDHolder,CN=System,{contoso.dn}", "container", OWNED)
    assert contoso.head is not None
    contoso.head.descriptor = world._bytes(OWNED)
    return world


@pytest.mark.parametrize(
    ("place", "how"),
    [
        ("DC=contoso,DC=example", "has its secrets here"),
        ("CN=AdminSDHolder,CN=System,DC=contoso,DC=example", "is given the descriptor of this"),
    ],
)
def test_who_takes_over_what_a_protected_account_hangs_on_controls_it(
    protected: World, place: str, how: str
) -> None:
    (made,) = (made for made in protected.objects if str(made.dn) == place)
    made.descriptor = _descriptor(protected.domains[0], "(A;;WD;;;{anna})")
    with protected.snapshot() as snapshot:
        (path,) = paths_to(snapshot, "boss").paths

    assert [(link.object, link.how) for link in path.links] == [(place, how)]


@pytest.mark.parametrize(
    "attribute",
    [
        "00fbf30c-91fe-11d1-aebc-0000f80367c1",  # altSecurityIdentities
        "888eedd6-ce04-df40-b462-b8a50e41ba38",  # msDS-GroupMSAMembership
    ],
)
def test_who_names_a_certificate_or_readers_of_a_managed_account_controls_it(
    protected: World, attribute: str
) -> None:
    contoso = protected.domains[0]
    account = protected.add(f"CN=svc,CN=Users,{contoso.dn}", "msDS-GroupManagedServiceAccount")
    account.put(objectSid=contoso.sid.relative(1104), sAMAccountName="svc$")
    account.descriptor = _descriptor(contoso, f"(OA;;WP;{attribute};;{{anna}})")
    with protected.snapshot() as snapshot:
        (path,) = paths_to(snapshot, "svc$").paths

    assert path.names == ("CONTOSO\\anna",)


PASSWORD = "7f5a0b0e-5a3c-4a54-9a0c-6f6a3e0b5c11"
FULL = "CCDCLCSWRPWPDTLOCRSDRCWDWO"
"""As cmdlets write it to these attributes"""
READERS, ACTING = "msDS-GroupMSAMembership", "msDS-AllowedToActOnBehalfOfOtherIdentity"


def _paths_to_member(
    world: World, entries: str, attribute: str = "ms-Mcs-AdmPwd", flags: int = 0x388
) -> ControlReport:
    """The paths to a computer with these entries, in a schema with a password of LAPS."""
    contoso = world.domains[0]
    world.schema_attribute(attribute, PASSWORD, searchFlags=flags)
    contoso.computer("PC01", 1105).descriptor = _descriptor(contoso, entries)
    with world.snapshot() as snapshot:
        return paths_to(snapshot, "PC01$")


def test_who_reads_the_local_password_of_a_computer_controls_it(protected: World) -> None:
    entries = f"(OA;;RP;{PASSWORD};;{{anna}})(OA;;CR;{PASSWORD};;{{anna}})"
    (path,) = _paths_to_member(protected, entries).paths

    (link,) = path.links
    assert (path.names, link.right) == (("CONTOSO\\anna",), "read:ms-Mcs-AdmPwd")
    assert link.evidence is not None
    assert link.evidence.position == 2  # that which fewer have: to the confidential value


@pytest.mark.parametrize("right", ["RP", "CR"])
def test_a_confidential_password_takes_two_rights(protected: World, right: str) -> None:
    assert _paths_to_member(protected, f"(OA;;{right};{PASSWORD};;{{anna}})").paths == ()


def test_a_password_that_is_not_confidential_takes_one(protected: World) -> None:
    (path,) = _paths_to_member(protected, f"(OA;;RP;{PASSWORD};;{{anna}})", flags=0x300).paths

    assert path.names == ("CONTOSO\\anna",)


def test_two_rights_on_two_computers_give_none(protected: World) -> None:
    contoso = protected.domains[0]
    contoso.computer("PC02", 1106).descriptor = _descriptor(
        contoso, f"(OA;;CR;{PASSWORD};;{{anna}})"
    )

    assert _paths_to_member(protected, f"(OA;;RP;{PASSWORD};;{{anna}})").paths == ()


def test_of_an_encrypted_password_it_is_told_that_the_group_is_not_known(protected: World) -> None:
    entries = f"(OA;;RPCR;{PASSWORD};;{{anna}})"
    report = _paths_to_member(protected, entries, "msLAPS-EncryptedPassword")
    reasons = {gap.subject: gap.reason for gap in report.gaps}

    assert report.paths == ()
    assert reasons["CN=PC01,CN=Users,DC=contoso,DC=example"] == (
        "whether what read:msLAPS-EncryptedPassword gives is of use to 1 account "
        "hangs on whom it is encrypted for"
    )


def _let_in(world: World, object_class: str, attribute: str, entries: str) -> ControlReport:
    """The paths to an account, in an attribute of which a descriptor lets somebody in."""
    contoso = world.domains[0]
    made = world.add(f"CN=svc,CN=Users,{contoso.dn}", object_class, OWNED)
    made.put(objectSid=contoso.sid.relative(1105), sAMAccountName="svc$")
    made.put(**{attribute: _descriptor(contoso, entries)})
    with world.snapshot() as snapshot:
        return paths_to(snapshot, "svc$")


@pytest.mark.parametrize(
    ("object_class", "attribute", "right"),
    [
        ("msDS-GroupManagedServiceAccount", READERS, "ReadGMSAPassword"),
        ("computer", ACTING, "AllowedToAct"),
    ],
)
def test_whom_an_account_lets_in_by_itself_controls_it(
    protected: World, object_class: str, attribute: str, right: str
) -> None:
    protected.domains[0].group("desk", 1201, members=["CN=anna,CN=Users,DC=contoso,DC=example"])
    (path,) = _let_in(protected, object_class, attribute, f"(A;;{FULL};;;{{desk}})").paths

    (link,) = path.links
    account = "CN=svc,CN=Users,DC=contoso,DC=example"
    assert (path.names, link.right, link.object) == (("CONTOSO\\anna",), right, account)
    assert link.evidence is not None
    assert link.evidence.origin_note == f"in {attribute}"
    assert link.evidence.path == ("CONTOSO\\anna", "CONTOSO\\desk")
    assert path.mend == f"take CONTOSO\\desk out of {attribute} of {account}"


def test_of_two_rights_it_is_told_if_one_is_not_known(protected: World) -> None:
    protected.domain("FAR", "DC=far,DC=example", is_read=False)
    far = "S-1-5-21-2-2-2-1200"
    report = _paths_to_member(protected, f"(OA;;RP;{PASSWORD};;{{anna}})(OA;;CR;{PASSWORD};;{far})")
    reasons = {gap.subject: gap.reason for gap in report.gaps}

    assert report.paths == ()
    assert reasons["CN=PC01,CN=Users,DC=contoso,DC=example"] == (
        "whether read:ms-Mcs-AdmPwd is held by 1 account hangs on what is not known"
    )


def test_whether_an_account_lets_somebody_in_is_told_if_it_is_not_known(protected: World) -> None:
    protected.domain("FAR", "DC=far,DC=example", is_read=False)
    report = _let_in(protected, "computer", ACTING, f"(A;;{FULL};;;S-1-5-21-2-2-2-1200)")
    reasons = {gap.subject: gap.reason for gap in report.gaps}

    assert report.paths == ()
    assert reasons["CN=svc,CN=Users,DC=contoso,DC=example"] == (
        "whether AllowedToAct is held by 1 account hangs on what is not known"
    )


def test_an_attribute_whose_descriptor_is_damaged_is_told(protected: World) -> None:
    contoso = protected.domains[0]
    contoso.computer("PC01", 1105, **{ACTING: b"damaged"}).descriptor = protected._bytes(OWNED)
    with protected.snapshot() as snapshot:
        gaps = {gap.subject: gap.reason for gap in paths_to(snapshot, "PC01$").gaps}

    assert gaps["CN=PC01,CN=Users,DC=contoso,DC=example"].startswith(f"`{ACTING}` is damaged: ")


def test_a_controller_takes_the_policies_of_its_site(protected: World) -> None:
    contoso = protected.domains[0]
    protected.add(f"OU=Domain Controllers,{contoso.dn}", "organizationalUnit", OWNED)
    controller = protected.add(f"CN=DC01,OU=Domain Controllers,{contoso.dn}", "computer", OWNED)
    controller.put(objectSid=contoso.sid.relative(1000), sAMAccountName="DC01$")
    site = f"CN=Budapest,CN=Sites,{protected.configuration}"
    protected.add(site, "site", _descriptor(contoso, "(OA;;WP;{link};;{anna})"))
    protected.add(f"CN=DC01,CN=Servers,{site}", "server", OWNED, serverReference=controller)
    with protected.snapshot() as snapshot:
        (path,) = paths_to(snapshot, "DC01$").paths

    assert [(link.right, link.object) for link in path.links] == [("write:gPLink", site)]


def test_what_is_below_a_unit_is_not_lost_by_another_whose_name_goes_on(protected: World) -> None:
    contoso = protected.domains[0]
    units = [
        protected.add(f"OU={name},{contoso.dn}", "organizationalUnit", OWNED)
        for name in ("Sales", "Sales North")
    ]
    units[0].descriptor = _descriptor(contoso, "(OA;;WP;{link};;{anna})")
    target = protected.add(f"CN=seller,{units[0].dn}", "user", OWNED)
    target.put(objectSid=contoso.sid.relative(1104), sAMAccountName="seller")
    with protected.snapshot() as snapshot:
        (path,) = paths_to(snapshot, "seller").paths

    assert [link.object for link in path.links] == [str(units[0].dn)]


def test_a_descriptor_that_was_not_read_is_told_as_what_may_hide_a_path(protected: World) -> None:
    (made,) = (made for made in protected.objects if made.dn.name == "AdminSDHolder")
    made.descriptor = None
    with protected.snapshot() as snapshot:
        gaps = {gap.subject: gap.reason for gap in paths_to(snapshot, "boss").gaps}

    assert gaps[str(made.dn)] == "the directory gave no security descriptor"


def test_a_container_that_was_not_read_is_told_too(protected: World) -> None:
    protected.objects = [made for made in protected.objects if made.dn.name != "Users"]
    with protected.snapshot() as snapshot:
        gaps = {gap.subject: gap.reason for gap in paths_to(snapshot, "anna").gaps}

    assert gaps["CN=anna,CN=Users,DC=contoso,DC=example"].startswith("what it lies in was not read")


def test_who_may_hold_a_right_is_told_as_unknown(protected: World) -> None:
    protected.domain("FAR", "DC=far,DC=example", is_read=False)
    head = protected.domains[0].head
    assert head is not None
    head.descriptor = protected._bytes(f"{OWNED}(A;;WD;;;S-1-5-21-2-2-2-1200)")
    with protected.snapshot() as snapshot:
        report = paths_to(snapshot, "boss")
    reasons = {gap.subject: gap.reason for gap in report.gaps}

    assert report.paths == ()
    assert reasons[str(head.dn)] == (
        "whether WriteDacl is held by 1 account hangs on what is not known"
    )


def test_a_copy_of_an_entry_of_adminsdholder_is_cut_there(world: World) -> None:
    """Removed from the group alone it would come again within the hour."""
    contoso = world.domains[0]
    text = f"O:DAG:DAD:P(A;;GA;;;DA)(OA;;WP;{MEMBER};;{contoso.sid}-{RIDS['max']})"
    contoso.group("Domain Admins", 512).descriptor = world._bytes(text)
    holder = f"CN=AdminSDHolder,CN=System,{contoso.dn}"
    world.add(holder, "container", text)
    with world.snapshot() as snapshot:
        report = paths_to(snapshot, "Domain Admins")

    assert report.paths[0].mend == rf"remove the entry for CONTOSO\max from {holder}"

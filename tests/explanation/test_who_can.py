"""Everybody who holds something: what is found for each by itself."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adaudit.access import Decision, Reason
from adaudit.access.verdict import Verdict
from adaudit.errors import DirectoryError, QuestionError
from adaudit.explanation.who_can import who_can
from adaudit.findings.who_can import WhoCan
from adaudit.security.sid import Sid
from tests.access.forest_strategies import Forest
from tests.explanation.asking import OBJECT, PARENT, asked_forests, counted, one_by_one, small_world


def ask(entries: str, right: str = "DeleteTree", above: str | None = "") -> WhoCan:
    return who_can(small_world(entries, above)[0].snapshot(), right, OBJECT)


def names(found: WhoCan) -> set[str]:
    return {named.name.removeprefix("CONTOSO\\") for named in found.holders}


@settings(max_examples=60)
@given(asked_forests(), st.data())
def test_of_everybody_the_answer_and_what_decides_are_those_of_each(
    forest: Forest, data: st.DataObject
) -> None:
    snapshot = forest.world.snapshot()
    dn = str(data.draw(st.sampled_from(forest.world.objects)).dn)
    right = data.draw(st.sampled_from(["WriteDacl", "Delete", "See", "Send-As"]))
    try:
        found = who_can(snapshot, right, dn)
    except DirectoryError:
        return
    known = counted(snapshot, dn)
    outcomes = one_by_one(snapshot, right, dn, known)
    for crowd, decision in (
        (found.holders, Decision.ALLOWED),
        (found.undecided, Decision.UNDECIDED),
    ):
        told = {Sid.parse(named.sid) for named in crowd}
        expected = {sid for sid in known if outcomes[sid].decision is decision}
        assert {sid for sid in told if sid in outcomes} == expected
    for lot in found.lots:
        for sid in set(lot.crowd.sids()) & outcomes.keys():
            passed = [
                (str(asked.dn), asked.name, verdict.deciding and verdict.deciding.position)
                for asked, verdict in outcomes[sid].answers
                if isinstance(verdict, Verdict) and verdict.decision is Decision.ALLOWED
            ]
            assert passed == [
                (each.object, each.check, each.evidence and each.evidence.position)
                for each in lot.grounds
            ]


@settings(max_examples=15)
@given(asked_forests(), st.data())
def test_everybody_is_in_one_lot_or_one_doubt(forest: Forest, data: st.DataObject) -> None:
    dn = str(data.draw(st.sampled_from(forest.world.objects)).dn)
    found = who_can(forest.world.snapshot(), "Delete", dn)
    for crowd, parts in (
        (found.holders, [lot.crowd for lot in found.lots]),
        (found.undecided, [doubted.crowd for doubted in found.doubted]),
    ):
        sids = [sid for part in parts for sid in part.sids()]
        assert len(sids) == len(set(sids)) == len(crowd)
        assert set(sids) == set(crowd.sids())


def test_a_group_holds_what_a_member_with_nothing_else_would() -> None:
    """A deny for its members does not touch one who is in the wider group alone."""
    found = ask("(D;;DT;;;H)(A;;DT;;;A)")
    assert names(found) == {"Admins"}


def test_nested_members_are_told_with_the_way_to_the_trustee() -> None:
    [lot] = ask("(A;;DT;;;A)").lots
    assert {named.name for named in lot.crowd} == {
        "CONTOSO\\ann",
        "CONTOSO\\bob",
        "CONTOSO\\Helpers",
        "CONTOSO\\Admins",
    }
    assert lot.grounds[0].evidence is not None
    assert lot.grounds[0].evidence.path == ("CONTOSO\\ann", "CONTOSO\\Helpers", "CONTOSO\\Admins")


def test_each_way_is_found_if_asked_for() -> None:
    world, contoso = small_world("(A;;DT;;;A)")
    [lot] = who_can(world.snapshot(), "DeleteTree", OBJECT, with_paths=True).lots
    paths = lot.paths[str(contoso.sid.relative(1102))]
    assert paths == (("CONTOSO\\bob", "CONTOSO\\Helpers", "CONTOSO\\Admins"),)
    assert len(lot.paths) == len(lot.crowd)


def test_accounts_are_counted_by_kind_and_disabled_ones_marked() -> None:
    crowd = ask("(A;;DT;;;AU)").holders
    counts = dict(crowd.counts)
    del counts["well-known"]
    assert counts == {"user": 2, "computer": 1, "group": 2}
    assert crowd.disabled == 1
    assert [named.name for named in crowd if named.is_disabled] == ["CONTOSO\\bob"]


def test_a_distribution_group_holds_nothing() -> None:
    assert "Mailing List" not in names(ask("(A;;DT;;;AU)"))


def test_who_logs_on_is_told_as_such() -> None:
    assert ask("(A;;DT;;;AU)").everyone == "Authenticated Users"
    assert ask("(A;;DT;;;WD)").everyone == "Authenticated Users"
    assert ask("(A;;DT;;;A)").everyone is None


def test_without_a_dacl_everybody_holds_everything() -> None:
    world, contoso = small_world("")
    world.objects[-2].descriptor = b"\x01\x00\x00\x80" + bytes(16)
    found = who_can(world.snapshot(), "WriteDacl", OBJECT)
    assert found.everyone
    assert found.lots[0].grounds[0].reason == Reason.NO_DACL
    assert contoso.sid.relative(1101) in set(found.holders.sids())


def test_the_owner_is_told_as_such() -> None:
    world, contoso = small_world("")
    sid = contoso.sid.relative(1202)
    world.objects[-2].descriptor = world._bytes(f"O:{sid}G:SYD:(A;;RP;;;AU)")
    [lot] = who_can(world.snapshot(), "WriteDacl", OBJECT).lots
    assert lot.grounds[0].through == "CONTOSO\\Admins (owner)"
    assert {named.name for named in lot.crowd} >= {"CONTOSO\\ann", "CONTOSO\\Admins"}


def test_an_entry_for_owner_rights_takes_what_the_owner_has_implicitly() -> None:
    world, contoso = small_world("")
    sid = contoso.sid.relative(1202)
    world.objects[-2].descriptor = world._bytes(f"O:{sid}G:SYD:(A;;RC;;;OW)")
    assert not who_can(world.snapshot(), "WriteDacl", OBJECT).holders


def test_an_entry_for_self_on_a_group_is_for_its_members() -> None:
    world, contoso = small_world("")
    world.objects[-2].put(objectSid=contoso.sid.relative(1300), sAMAccountName="Object")
    world.objects[-2].put(groupType=-2147483646, member=[world.objects[2]])
    world.objects[-2].descriptor = world._bytes("O:SYG:SYD:(A;;DT;;;PS)")
    assert names(who_can(world.snapshot(), "DeleteTree", OBJECT)) == {"ann", "Object"}


def test_a_trustee_of_which_no_object_was_read_is_told_as_unread() -> None:
    found = ask("(A;;DT;;;S-1-5-21-7-7-7-1000)(A;;DT;;;SY)")
    assert {named.sid: named.kind for named in found.holders} == {
        "S-1-5-21-7-7-7-1000": "unread",
        "S-1-5-18": "well-known",
    }


def test_a_doubt_is_told_with_its_reason() -> None:
    """Who logs on by NTLM depends on how he logs on."""
    found = ask("(A;;DT;;;S-1-5-64-10)")
    assert found.undecided.counts["user"] == 2
    [doubted] = found.doubted
    assert "depends on how the account logs on" in doubted.why[0]


def test_of_several_checks_each_says_who_passes_it() -> None:
    found = ask("(A;;SD;;;ANN)", "Delete", "(A;;DC;;;H)")
    assert names(found) == {"ann", "bob", "Helpers"}
    assert [(check.asked_of, len(check.passed)) for check in found.checks] == [
        ("the object", 1),
        ("its parent", 3),
    ]
    assert [[each.asked_of for each in lot.grounds] for lot in found.lots] == [
        ["the object", "its parent"],
        ["its parent"],
    ]


def test_what_a_parent_that_was_not_read_might_allow_is_undecided() -> None:
    found = ask("(A;;SD;;;ANN)", "Delete", None)
    assert names(found) == {"ann"}
    assert "bob" in {named.name.removeprefix("CONTOSO\\") for named in found.undecided}
    assert found.checks[1].unreadable == "the directory gave no security descriptor"


def test_an_object_without_a_descriptor_cannot_be_judged() -> None:
    world, _ = small_world("")
    world.objects[-2].descriptor = None
    with pytest.raises(DirectoryError, match="cannot be judged"):
        who_can(world.snapshot(), "WriteDacl", OBJECT)


def test_a_move_hangs_on_the_new_parent_too() -> None:
    world, _ = small_world("(A;;WPSD;;;ANN)")
    target = f"OU=New,{world.domains[0].dn}"
    sid = world.domains[0].sid.relative(1101)
    world.add(target, "organizationalUnit", f"O:SYG:SYD:(A;;CC;;;{sid})")
    snapshot = world.snapshot()
    assert names(who_can(snapshot, "Move", OBJECT, to=target)) == {"ann"}
    assert names(who_can(snapshot, "Move", OBJECT, to=PARENT)) == set()
    with pytest.raises(QuestionError, match="a new parent"):
        who_can(snapshot, "Move", OBJECT)


def test_local_groups_are_those_of_the_controller_that_is_asked() -> None:
    world, contoso = small_world("")
    emea = world.domain("EMEA", f"DC=emea,{contoso.dn}")
    carl = emea.user("carl", 1101)
    local = emea.group("Locals", 1102, "domain local", members=[carl])
    dn = f"CN=Thing,{world.configuration}"
    world.add(dn, "container", f"O:SYG:SYD:(A;;DT;;;{local.sid})")
    snapshot = world.snapshot()
    here, there = (who_can(snapshot, "DeleteTree", dn, domain) for domain in (None, "EMEA"))
    assert {named.name for named in there.holders} == {"EMEA\\carl", "EMEA\\Locals"}
    assert not [named for named in here.holders if named.kind == "user"]
    assert any("--in" in note for note in here.notes)
    assert not any("--in" in note for note in there.notes)


def test_to_see_the_head_of_a_naming_context_takes_no_right() -> None:
    """[MS-ADTS] 5.1.3.3.6"""
    world, _ = small_world("")
    found = who_can(world.snapshot(), "See", "CONTOSO")
    [lot] = found.lots
    assert (lot.grounds, found.checks) == ((), ())
    assert lot.crowd.counts["user"] == 2

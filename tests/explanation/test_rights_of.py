"""All that one holds: on one object, under one, everywhere."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adaudit.access import Decision, evaluate, token_of
from adaudit.access.permission import Permission
from adaudit.access.view import View
from adaudit.directory import Dn
from adaudit.directory.snapshot import descriptor_of
from adaudit.errors import DirectoryError, QuestionError
from adaudit.explanation.rights_of import rights_of
from adaudit.findings.rights_of import RightsOf
from adaudit.security.descriptor import SecurityDescriptor
from adaudit.security.rights import AccessMask
from adaudit.security.sddl import format_ace
from tests.access.forest_strategies import Forest
from tests.explanation.asking import CONTOSO, OBJECT, PARENT, asked_forests, small_world


def told(found: RightsOf) -> list[tuple[str, str, tuple[str, ...]]]:
    """Kind, name and exceptions of all that is held for sure."""
    return [
        (held.kind, held.what, held.but)
        for spread in found.spreads
        for source in spread.sources
        if source.is_sure
        for held in source.held
    ]


def ask(entries: str, who: str = "ann", *, is_all: bool = False) -> RightsOf:
    return rights_of(small_world(entries)[0].snapshot(), who, OBJECT, is_all=is_all)


def write_dac(snapshot_view: View, dn: str, who: str) -> tuple[Decision, int | None]:
    """What one check by itself says, and the position of its entry."""
    entry = snapshot_view.snapshot.entry(Dn(dn))
    assert entry is not None
    descriptor = descriptor_of(entry)
    assert isinstance(descriptor, SecurityDescriptor)
    domain = snapshot_view.domains.containing(entry.dn) or snapshot_view.domains.root
    server = snapshot_view.controller_of(domain)
    token = token_of(snapshot_view.principal_named(who), server, snapshot_view.membership)
    question = Permission.whole("WriteDac", AccessMask.WRITE_DAC).question(
        snapshot_view.facts(entry)
    )
    verdict = evaluate(descriptor, token, question)
    return verdict.decision, verdict.deciding.position if verdict.deciding else None


@settings(max_examples=40)
@given(asked_forests(), st.data())
def test_every_object_is_told_of_once_and_as_the_access_check_says(
    forest: Forest, data: st.DataObject
) -> None:
    snapshot = forest.world.snapshot()
    view = View(snapshot)
    subject = data.draw(st.sampled_from(forest.named))
    found = rights_of(snapshot, str(subject), is_all=True)
    dns = [dn for spread in found.spreads for dn in spread.objects]
    unjudged = [dn for each in found.unjudged for dn in each.objects]
    assert len({*dns, *unjudged}) == len(dns) + len(unjudged)
    assert len(dns) + len(unjudged) + found.idle == len(list(snapshot.entries()))
    for spread in found.spreads:
        sure = {
            held.what: source for source in spread.sources if source.is_sure for held in source.held
        }
        maybe = {h.what for each in spread.sources if not each.is_sure for h in each.held}
        for dn in spread.objects:
            decision, position = write_dac(view, dn, str(subject))
            assert (decision is Decision.ALLOWED) == ("WriteDac" in sure)
            assert (decision is Decision.UNDECIDED) == ("WriteDac" in maybe)
            if "WriteDac" in sure and dn == next(iter(spread.objects)):
                evidence = sure["WriteDac"].evidence
                assert (evidence.position if evidence else None) == position


@settings(max_examples=20)
@given(asked_forests(), st.data())
def test_the_entry_that_is_shown_is_the_one_at_its_position(
    forest: Forest, data: st.DataObject
) -> None:
    snapshot = forest.world.snapshot()
    found = rights_of(snapshot, str(data.draw(st.sampled_from(forest.named))))
    for spread in found.spreads:
        for evidence in filter(None, (source.evidence for source in spread.sources)):
            entry = snapshot.entry(Dn(evidence.object))
            assert entry is not None
            descriptor = descriptor_of(entry)
            assert isinstance(descriptor, SecurityDescriptor)
            entries = getattr(descriptor.dacl, "entries", ())
            assert format_ace(entries[evidence.position]) == evidence.sddl


def test_what_whoever_logs_on_holds_is_left_out() -> None:
    entries = "(A;;RP;;;AU)(A;;DT;;;H)"
    assert told(ask(entries)) == [("on the object as a whole", "DeleteTree", ())]
    assert ("read", "*", ()) in told(ask(entries, is_all=True))
    assert ask(entries).beyond == "Authenticated Users"
    assert ask(entries, is_all=True).beyond is None


def test_what_whoever_logs_on_holds_is_told_of_themselves() -> None:
    found = rights_of(small_world("(A;;RP;;;AU)")[0].snapshot(), "S-1-5-11", OBJECT)
    assert told(found) == [("read", "*", ())]


def test_a_deny_that_comes_first_leaves_the_rest() -> None:
    membership = "bc0ac240-79a9-11d0-9020-00c04fc2d4cf"
    found = ask(f"(OD;;WP;{membership};;ANN)(A;;WP;;;H)")
    assert told(found) == [("write", "*", ("Membership",))]


def test_each_thing_that_decides_has_its_own_part() -> None:
    found = ask("(A;;DT;;;ANN)(A;;SD;;;A)")
    [spread] = found.spreads
    assert [(source.through, source.held[0].what) for source in spread.sources] == [
        ("CONTOSO\\Admins", "Delete"),
        ("CONTOSO\\ann", "DeleteTree"),
    ]
    assert spread.sources[0].evidence is not None
    assert spread.sources[0].evidence.path == (
        *("CONTOSO\\ann", "CONTOSO\\Helpers", "CONTOSO\\Admins"),
    )


def test_full_control_is_said_though_a_part_of_it_is_left_out() -> None:
    full = "CCDCLCSWRPWPDTLOCRSDRCWDWO"
    assert ask(f"(A;;RP;;;AU)(A;;{full};;;H)").spreads[0].is_full
    assert (
        not ask(f"(OD;;CR;ab721a53-1e2f-11d0-9819-00aa0040529b;;ANN)(A;;{full};;;H)")
        .spreads[0]
        .is_full
    )


def test_operations_say_what_they_come_to() -> None:
    member = "bf9679c0-0de6-11d0-a285-00aa003049e2"
    found = ask(f"(OA;;SW;{member};;ANN)(A;;SD;;;AU)")
    abilities = {each.operation: (each.decision, each.is_common) for each in found.abilities}
    assert abilities == {
        "See": ("denied", False),
        "Delete": ("allowed", True),
        "Rename": ("denied", False),
        "AddMember": ("denied", False),
        "AddSelf": ("allowed", False),
    }


def test_what_may_be_held_makes_the_answer_incomplete() -> None:
    found = ask("(A;;DT;;;S-1-5-64-10)")
    assert not found.is_complete
    [source] = found.spreads[0].sources
    assert (source.is_sure, source.held[0].what) == (False, "DeleteTree")


def test_objects_on_which_the_same_is_held_are_told_once() -> None:
    world, contoso = small_world("")
    sid = contoso.sid.relative(1201)
    for number in range(3):
        place = f"CN=Same {number},{PARENT}"
        flags = "CI" if number else ""
        text = f"O:SYG:SYD:(A;;RP;;;S-1-5-21-7-7-7-{number})(A;{flags};DT;;;{sid})"
        world.add(place, ["user", "group", "container"][number], text)
    found = rights_of(world.snapshot(), "ann", under=PARENT)
    [spread] = found.spreads
    assert sorted(spread.objects) == [f"CN=Same {n},{PARENT}" for n in range(3)]
    assert found.idle == 2


def test_only_what_is_under_the_object_is_looked_at() -> None:
    world, contoso = small_world("(A;;DT;;;H)")
    sid = contoso.sid.relative(1201)
    world.add(f"OU=Unit2,{CONTOSO}", "organizationalUnit", f"O:SYG:SYD:(A;;DT;;;{sid})")
    snapshot = world.snapshot()
    under, everywhere = rights_of(snapshot, "ann", under=PARENT), rights_of(snapshot, "ann")
    assert [len(spread.objects) for spread in under.spreads] == [1]
    assert [len(spread.objects) for spread in everywhere.spreads] == [2]
    assert not under.unjudged
    assert everywhere.unjudged


def test_local_groups_count_in_their_own_domain_alone() -> None:
    world, contoso = small_world("")
    emea = world.domain("EMEA", f"DC=emea,{contoso.dn}")
    carl = emea.user("carl", 1101)
    local = emea.group("Locals", 1102, "domain local", members=[carl])
    text = f"O:SYG:SYD:(A;;DT;;;{local.sid})"
    places = [f"OU=Here,{emea.dn}", f"OU=There,{contoso.dn}", f"CN=Forest,{world.configuration}"]
    for place in places:
        world.add(place, "organizationalUnit", text)
    snapshot = world.snapshot()

    def held(domain: str | None) -> list[str]:
        found = rights_of(snapshot, "carl", domain=domain)
        return sorted(dn for spread in found.spreads for dn in spread.objects)

    assert held(None) == places[:1]
    assert held("EMEA") == sorted([places[0], places[2]])


def test_an_object_without_a_descriptor_cannot_be_judged() -> None:
    world, _ = small_world("")
    world.objects[-2].descriptor = None
    with pytest.raises(DirectoryError, match="cannot be judged"):
        rights_of(world.snapshot(), "ann", OBJECT)


def test_a_domain_that_is_not_there_is_a_question_error() -> None:
    with pytest.raises(QuestionError, match="no domain `fabrikam`"):
        rights_of(small_world("")[0].snapshot(), "ann", domain="fabrikam")

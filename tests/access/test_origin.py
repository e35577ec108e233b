"""Where inherited entries were set, link by link. [MS-ADTS] 6.1.3, [MS-DTYP] 2.5.3.4"""

from collections import Counter
from uuid import UUID

import pytest

from adaudit.access.origin import Level, Origin, OriginState, trace
from adaudit.directory.dn import Dn
from adaudit.directory.snapshot import Unreadable
from adaudit.security import sddl, wire
from adaudit.security.descriptor import SecurityDescriptor
from tests.windows import descriptors

SEND_AS = "ab721a54-1e2f-11d0-9819-00aa0040529b"
USER = UUID("bf967aba-0de6-11d0-a285-00aa003049e2")
CONTAINER = UUID("bf967a8b-0de6-11d0-a285-00aa003049e2")
GROUP = "S-1-5-21-1-2-3-1201"
REAL_HEADS = {
    Dn(f"{prefix}DC=LAB,DC=local")
    for prefix in (
        "",
        "CN=Configuration,",
        "CN=Schema,CN=Configuration,",
        "DC=DomainDnsZones,",
        "DC=ForestDnsZones,",
    )
}
OWNER = "S-1-5-21-1-2-3-1104"


def level(
    name: str,
    text: str | None,
    class_guid: UUID | None = CONTAINER,
    *,
    is_head: bool = False,
) -> Level:
    """One level; without a text it was not read."""
    descriptor = sddl.parse(f"O:{OWNER}G:{OWNER}{text}") if text is not None else None
    return Level(Dn(name), class_guid, descriptor, is_head)


def way(origin: Origin) -> list[tuple[str, int]]:
    return [(found.dn.name, found.position) for found in origin.way]


def test_an_entry_without_the_inherited_flag_was_set_on_the_object() -> None:
    origin = trace([level("CN=EX01", f"D:(A;CI;RP;;;{GROUP})")], 0)
    assert (origin.state, way(origin), origin.note) == (OriginState.EXPLICIT, [("EX01", 0)], None)


def test_an_inherited_entry_is_followed_over_every_level() -> None:
    levels = [
        level("CN=1,CN=EX01,CN=Contoso", f"D:(A;;WP;;;{OWNER})(OD;CIID;CR;{SEND_AS};;{GROUP})"),
        level("CN=EX01,CN=Contoso", f"D:(OD;CIID;CR;{SEND_AS};;{GROUP})"),
        level("CN=Contoso", f"D:(A;CI;RP;;;AU)(OD;CI;CR;{SEND_AS};;{GROUP})", is_head=True),
    ]
    origin = trace(levels, 1)
    assert origin.state is OriginState.INHERITED
    assert way(origin) == [("1", 1), ("EX01", 0), ("Contoso", 1)]


def test_of_a_generic_entry_the_effective_copy_comes_from_the_unmapped_one() -> None:
    """GR is 0x20094 on directory objects: READ_CONTROL, LIST, READ_PROPERTY, LIST_OBJECT."""
    child = f"D:(A;ID;RCLCRPLO;;;{GROUP})(A;CIIOID;GR;;;{GROUP})"
    levels = [level("CN=a,CN=b", child), level("CN=b", f"D:(A;CI;GR;;;{GROUP})")]
    assert way(trace(levels, 0)) == [("a", 0), ("b", 0)]
    assert way(trace(levels, 1)) == [("a", 1), ("b", 0)]


def test_an_entry_of_the_owner_comes_from_that_of_creator_owner() -> None:
    child = f"D:(A;ID;RP;;;{OWNER})(A;CIIOID;RP;;;CO)"
    levels = [level("CN=a,CN=b", child), level("CN=b", "D:(A;CIIO;RP;;;CO)")]
    assert way(trace(levels, 0)) == [("a", 0), ("b", 0)]


def test_an_entry_of_a_former_owner_is_an_orphan() -> None:
    child = f"D:(A;ID;RP;;;{GROUP})(A;CIIOID;RP;;;CO)"
    levels = [level("CN=a,CN=b", child), level("CN=b", "D:(A;CIIO;RP;;;CO)")]
    assert trace(levels, 0).state is OriginState.ORPHAN


def test_the_way_of_an_entry_for_a_class_goes_over_its_inherit_only_twin() -> None:
    """On the containers between, an entry for users takes no effect and is handed on."""
    levels = [
        level("CN=u,OU=b,OU=c", f"D:(A;CIID;RP;;{USER};{GROUP})".replace("(A;", "(OA;"), USER),
        level("OU=b,OU=c", f"D:(OA;CIIOID;RP;;{USER};{GROUP})"),
        level("OU=c", f"D:(OA;CIIO;RP;;{USER};{GROUP})"),
    ]
    origin = trace(levels, 0)
    assert (origin.state, way(origin)) == (
        OriginState.INHERITED,
        [("u", 0), ("b", 0), ("c", 0)],
    )


def test_an_entry_for_another_class_explains_no_effective_one() -> None:
    levels = [
        level("CN=u,OU=b", f"D:(OA;CIID;RP;;{CONTAINER};{GROUP})", USER),
        level("OU=b", f"D:(OA;CIIO;RP;;{CONTAINER};{GROUP})"),
    ]
    assert trace(levels, 0).state is OriginState.ORPHAN


def test_an_entry_that_is_not_passed_on_explains_only_its_effective_copy() -> None:
    parent = level("CN=b", f"D:(A;CINP;RP;;;{GROUP})")
    assert way(trace([level("CN=a,CN=b", f"D:(A;ID;RP;;;{GROUP})"), parent], 0))[-1] == ("b", 0)
    child = level("CN=a,CN=b", f"D:(A;CIID;RP;;;{GROUP})")
    assert trace([child, parent], 0).state is OriginState.ORPHAN


def test_of_several_sources_the_nearest_is_given_and_the_others_are_kept() -> None:
    """CN=Builtin of a real domain holds explicit copies of entries that it inherits as well."""
    levels = [
        level("CN=g,CN=Builtin,DC=x", "D:(A;CIID;RP;;;AU)"),
        level("CN=Builtin,DC=x", "D:(A;CI;RP;;;AU)(A;CIID;RP;;;AU)"),
        level("DC=x", "D:(A;CI;RP;;;AU)", is_head=True),
    ]
    origin = trace(levels, 0)
    assert way(origin) == [("g", 0), ("Builtin", 0)]
    assert [(found.dn.name, found.position) for found in origin.others] == [("x", 0)]
    assert origin.note is not None
    assert "removing one does not remove it" in origin.note


def test_an_entry_that_the_parent_lacks_is_an_orphan() -> None:
    levels = [
        level("CN=a,CN=b", f"D:(A;CIID;RP;;;{GROUP})"),
        level("CN=b", "D:(A;CI;RP;;;AU)"),
    ]
    origin = trace(levels, 0)
    assert (origin.state, way(origin)) == (OriginState.ORPHAN, [("a", 0)])


def test_a_wider_entry_of_the_parent_does_not_explain_a_narrower_one() -> None:
    levels = [
        level("CN=a,CN=b", f"D:(A;CIID;RP;;;{GROUP})"),
        level("CN=b", f"D:(A;CI;RPWP;;;{GROUP})"),
    ]
    assert trace(levels, 0).state is OriginState.ORPHAN


def test_a_similar_entry_farther_up_does_not_bridge_a_level_that_lacks_it() -> None:
    levels = [
        level("CN=a,CN=b,CN=c", f"D:(A;CIID;RP;;;{GROUP})"),
        level("CN=b,CN=c", "D:"),
        level("CN=c", f"D:(A;CI;RP;;;{GROUP})"),
    ]
    assert trace(levels, 0).state is OriginState.ORPHAN


def test_a_parent_without_a_dacl_makes_an_orphan() -> None:
    levels = [level("CN=a,CN=b", f"D:(A;CIID;RP;;;{GROUP})"), level("CN=b", "D:NO_ACCESS_CONTROL")]
    assert trace(levels, 0).state is OriginState.ORPHAN


def test_an_inherited_entry_on_a_protected_object_is_stale() -> None:
    levels = [
        level("CN=a,CN=b", f"D:P(A;CIID;RP;;;{GROUP})"),
        level("CN=b", f"D:(A;CI;RP;;;{GROUP})"),
    ]
    origin = trace(levels, 0)
    assert (origin.state, way(origin)) == (OriginState.STALE, [("a", 0)])
    assert origin.note == "marked as inherited, on an object that inherits nothing (CN=a,CN=b)"


def test_an_inherited_entry_on_the_head_of_a_naming_context_is_stale() -> None:
    head = level("DC=b,DC=c", f"D:(A;CIID;RP;;;{GROUP})", is_head=True)
    above = level("DC=c", f"D:(A;CI;RP;;;{GROUP})", is_head=True)
    assert trace([head, above], 0).state is OriginState.STALE


def test_an_entry_inherited_from_a_stale_one_leads_to_it() -> None:
    levels = [
        level("CN=a,CN=b,CN=c", f"D:(A;CIID;RP;;;{GROUP})"),
        level("CN=b,CN=c", f"D:P(A;CIID;RP;;;{GROUP})"),
        level("CN=c", f"D:(A;CI;RP;;;{GROUP})"),
    ]
    origin = trace(levels, 0)
    assert (origin.state, way(origin)) == (OriginState.STALE, [("a", 0), ("b", 0)])


@pytest.mark.parametrize("descriptor", [None, Unreadable("no right to read it")])
def test_a_parent_that_was_not_read_ends_the_way(descriptor: Unreadable | None) -> None:
    child = level("CN=a,CN=b", f"D:(A;CIID;RP;;;{GROUP})")
    parent = Level(Dn("CN=b"), CONTAINER, descriptor, is_head=False)
    assert trace([child, parent], 0).state is OriginState.UNREAD


def test_an_object_without_a_parent_that_is_known_ends_the_way() -> None:
    assert trace([level("CN=a", f"D:(A;CIID;RP;;;{GROUP})")], 0).state is OriginState.UNREAD


def test_an_entry_for_all_classes_is_followed_without_knowing_the_class() -> None:
    """An export without the schema does not say what the GUID of a class is."""
    levels = [
        level("CN=a,CN=b", f"D:(A;CIID;RP;;;{GROUP})", None),
        level("CN=b", f"D:(A;CI;RP;;;{GROUP})", None),
    ]
    assert way(trace(levels, 0)) == [("a", 0), ("b", 0)]


def test_an_entry_for_a_class_that_takes_effect_tells_the_class() -> None:
    levels = [
        level("CN=a,CN=b", f"D:(OA;CIID;RP;;{USER};{GROUP})", None),
        level("CN=b", f"D:(OA;CIIO;RP;;{USER};{GROUP})", None),
    ]
    assert trace(levels, 0).state is OriginState.INHERITED


def test_what_nothing_explains_is_no_orphan_for_sure_without_the_class() -> None:
    """It may have been an entry for a dynamic auxiliary class, say."""
    levels = [
        level("CN=a,CN=b", f"D:(A;CIID;RP;;;{GROUP})", None),
        level("CN=b", "D:", None),
    ]
    assert trace(levels, 0).state is OriginState.UNREAD


def test_many_equal_entries_on_many_levels_take_no_longer_than_their_number() -> None:
    """Two sources on each of 40 levels are 2**40 ways, which nobody can go."""
    names = [",".join(f"OU={n}" for n in range(start, 40)) for start in range(40)]
    inherited = "D:(A;CIID;RP;;;AU)(A;CIID;RP;;;AU)"
    levels = [level(name, inherited) for name in names[:-1]]
    levels.append(level(names[-1], "D:(A;CI;RP;;;AU)(A;CI;RP;;;AU)"))
    origin = trace(levels, 0)
    assert (len(origin.way), len(origin.others)) == (40, 1)


def test_of_a_real_domain_every_inherited_entry_is_explained() -> None:
    """No classes are in the data, so that each entry is tried as if for its own class."""
    read = {Dn(name): wire.decode(data) for name, data in descriptors().items()}
    states: Counter[OriginState] = Counter()
    for dn in read:
        levels = real_levels(dn, read)
        entries = levels[0].dacl.entries if levels[0].dacl else ()
        for position, ace in enumerate(entries):
            if ace.is_inherited:
                states[trace(levels, position).state] += 1
    assert states == {OriginState.INHERITED: 15980}


def real_levels(dn: Dn, read: dict[Dn, SecurityDescriptor]) -> list[Level]:
    found = [Level(dn, None, read[dn], dn in REAL_HEADS)]
    while not found[-1].is_head and (above := found[-1].dn.parent) is not None:
        found.append(Level(above, None, read.get(above), above in REAL_HEADS))
    return found

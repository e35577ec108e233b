"""How many objects below take an entry over, counted one by one."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.review.delegations import find_delegations
from adaudit.review.delegations.reach import Reach
from adaudit.security.ace import Ace, AceFlags, AceType, AnyAce
from adaudit.security.inheritance import inherit_entry
from adaudit.security.rights import AccessMask
from adaudit.security.sddl import parse_ace
from adaudit.security.sid import Sid
from tests.builders import World

BASE = "DC=contoso,DC=example"
CLASSES = {"container": UUID(int=1), "user": UUID(int=2)}
TRUSTEE = Sid.parse("S-1-5-21-1-1-1-1105")
NAMES = ("a", "a b", "a-b", "a\\,b", "b")
"""Such that paths of siblings and of children lie between each other when they are sorted"""

Tree = dict[str, tuple[str, bool]]
"""By DN: the class, and whether nothing is inherited"""


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    found: Tree = {BASE: ("container", True)}
    for _ in range(draw(st.integers(1, 12))):
        parent = draw(st.sampled_from(sorted(found)))
        name = f"CN={draw(st.sampled_from(NAMES))},{parent}"
        found.setdefault(name, (draw(st.sampled_from(sorted(CLASSES))), draw(st.booleans())))
    return found


def in_effect(ace: AnyAce, dn: str, tree: Tree) -> Iterator[str]:
    """The objects below one that have what they inherit of an entry in effect."""
    for child, (name, is_blocked) in tree.items():
        if str(Dn(child).parent) == dn and not is_blocked:
            heirs = inherit_entry(ace, CLASSES[name], None, None)
            if any(not heir.is_inherit_only for heir in heirs):
                yield child
            for heir in heirs[-1:]:  # the last one is what goes on
                yield from in_effect(heir, child, tree)


@settings(deadline=None)
@given(
    trees(),
    st.sampled_from([0x02, 0x0A, 0x06, 0x00, 0x01]),
    st.none() | st.sampled_from(sorted(CLASSES.values())),
)
def test_as_many_objects_are_counted_as_inherit_it(
    tree: Tree, flags: int, inherited: UUID | None
) -> None:
    kind = AceType.ACCESS_ALLOWED_OBJECT
    ace = Ace(kind, AceFlags(flags), AccessMask(0x20), TRUSTEE, None, inherited)
    world = World()
    world.domain("CONTOSO", BASE)
    world.objects.clear()
    for name, guid in CLASSES.items():
        world.schema_class(name, guid)
    for dn, (name, _) in tree.items():
        world.add(dn, name)
    blocked = {Dn(dn).path: name for dn, (name, is_blocked) in tree.items() if is_blocked}
    # the schema that says what the classes are lies below a head of its own
    blocked[Dn(f"CN=Configuration,{BASE}").path] = "configuration"
    world.add(f"CN=Configuration,{BASE}", "configuration")

    reach = Reach(View(world.snapshot()), blocked)

    for dn in tree:
        assert reach.of(Dn(dn).path, ace) == len(list(in_effect(ace, dn, tree)))


def test_of_an_entry_for_a_class_that_is_not_known_nobody_can_tell() -> None:
    world = World()
    world.domain("CONTOSO", BASE)
    ace = parse_ace("(OA;CIIO;WP;;00000000-0000-0000-0000-0000000000ff;WD)")

    assert Reach(View(world.snapshot()), {}).of(Dn(BASE).path, ace) is None


@pytest.mark.parametrize("flags", ["", "OI"])
def test_what_is_not_handed_down_to_objects_reaches_none(flags: str) -> None:
    world = World()
    world.domain("CONTOSO", BASE)
    world.add(f"CN=a,{BASE}", "container")

    assert (
        Reach(View(world.snapshot()), {}).of(Dn(BASE).path, parse_ace(f"(A;{flags};WP;;;WD)")) == 0
    )


@pytest.mark.parametrize("is_head_read", [True, False])
def test_another_partition_is_no_place_below_whether_its_head_was_read_or_not(
    *, is_head_read: bool
) -> None:
    world = World()
    world.domain("CONTOSO", BASE, "S-1-5-21-1-1-1")
    world.objects[0].dn = Dn("CN=elsewhere")  # the cross reference lies in the configuration
    assert world.domains[0].head is not None
    world.domains[0].head.descriptor = world._bytes("O:SYD:(A;CI;WP;;;S-1-5-21-1-1-1-1601)")
    world.add(f"OU=a,{BASE}", "organizationalUnit", "O:SYD:")
    world.add(f"CN=b,CN=Configuration,{BASE}", "container", "O:SYD:")
    if is_head_read:
        world.add(f"CN=Configuration,{BASE}", "configuration")

    found = find_delegations(View(world.snapshot())).found

    assert [each.reach for each in found] == [1]

"""What one holds on all objects: what is found on each by itself."""

from hypothesis import given, settings
from hypothesis import strategies as st

from adaudit.access import token_of
from adaudit.access.bitmap import BitMap
from adaudit.access.everywhere import Everywhere
from adaudit.access.leaves import Vocabulary
from adaudit.access.powers import Power, powers
from adaudit.access.view import View
from adaudit.directory.snapshot import descriptor_of
from adaudit.errors import DescriptorError
from adaudit.security import wire
from adaudit.security.ace import Ace, AnyAce
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.sid import AUTHENTICATED_USERS
from tests.access.access_strategies import GUIDS
from tests.access.forest_strategies import forests
from tests.access.holding_strategies import DAMAGED, descriptors
from tests.builders import World

Told = tuple[object, ...]


def bare(power: Power, entries: tuple[AnyAce, ...]) -> Told:
    """A power with its entry, wherever that stands and was set."""
    ace = None if power.position is None else entries[power.position]
    known = (ace.type, ace.mask, ace.trustee, ace.object_type) if isinstance(ace, Ace) else ace
    told = (power.kind, power.what, power.but, power.decision, power.reason, power.is_common)
    return (*told, known)


def entries_of(descriptor: SecurityDescriptor) -> tuple[AnyAce, ...]:
    return descriptor.dacl.entries if isinstance(descriptor.dacl, Acl) else ()


@settings(max_examples=50)
@given(st.data())
def test_on_every_object_it_is_what_the_whole_descriptor_says(data: st.DataObject) -> None:
    forest = data.draw(forests(with_gaps=data.draw(st.booleans())))
    bodies = [wire.encode(data.draw(descriptors(forest.named))) for _ in range(3)]
    for made in forest.world.objects:
        made.descriptor = data.draw(st.sampled_from([*bodies * 3, DAMAGED, None]))
    for number, name in enumerate(["user", "computer"]):
        forest.world.schema_class(name, GUIDS[number])
    forest.world.schema_attribute("a", GUIDS[2], attributeSecurityGUID=GUIDS[3])
    view = View(forest.world.snapshot())
    server = view.controller_of(view.domains.root)
    subject = data.draw(st.sampled_from(forest.named))
    token = token_of(subject, server, view.membership)
    common = token_of(AUTHENTICATED_USERS, server, view.membership)
    vocabulary = Vocabulary(view.schema)
    everywhere = Everywhere(view, vocabulary, token, common)
    found = {}
    for case in everywhere.cases():
        for number in case.objects:
            assert number not in found
            found[number] = [bare(power, case.entries) for power in case.powers]
    aside = {number for numbers in everywhere.unjudged.values() for number in numbers}
    for number, *_ in view.snapshot.object_rows():
        entry = view.snapshot.at(number)
        descriptor = descriptor_of(entry)
        if not isinstance(descriptor, SecurityDescriptor):
            assert number in aside
            continue
        try:
            facts = view.facts(entry)
        except DescriptorError:
            assert number in aside or number in found
            continue
        held = powers(descriptor, token, facts, vocabulary, common)
        assert found[number] == [bare(power, entries_of(descriptor)) for power in held]
        assert number not in aside


def test_objects_outside_those_asked_for_are_left_out() -> None:
    world = World()
    contoso = world.domain("CONTOSO", "DC=contoso,DC=example")
    ann = contoso.user("ann", 1101)
    for made in world.objects:
        made.descriptor = world._bytes(f"O:SYG:SYD:(A;;WP;;;{ann.sid})")
    view = View(world.snapshot())
    numbers = BitMap(number for number, *_ in view.snapshot.object_rows())
    token = view.token(ann.sid, view.controller_of(view.domains.root))
    everywhere = Everywhere(view, Vocabulary(view.schema), token)
    few = BitMap((numbers.min(),))
    assert [case.objects for case in everywhere.cases()] == [numbers]
    assert [case.objects for case in everywhere.cases(few)] == [few]


def test_an_audit_entry_for_owner_rights_ends_what_the_owner_has_implicitly() -> None:
    """Any entry for OWNER RIGHTS does, whatever its type. [MS-DTYP] 2.4.2.4"""
    world = World()
    contoso = world.domain("CONTOSO", "DC=contoso,DC=example")
    ann = contoso.user("ann", 1101)
    for made in world.objects:
        made.descriptor = world._bytes(f"O:{ann.sid}G:SYD:(AU;;RC;;;OW)")
    view = View(world.snapshot())
    token = view.token(ann.sid, view.controller_of(view.domains.root))
    assert [case.powers for case in Everywhere(view, Vocabulary(view.schema), token).cases()] == [
        ()
    ]

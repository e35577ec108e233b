"""Memberships by number are what reading them the plain way finds, however damaged the forest."""

from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from adaudit.directory.membership import Arc, Membership
from adaudit.security.sid import Sid
from tests.access.forest_strategies import Forest, forests
from tests.builders import Made
from tests.directory.plain_membership import PlainMembership

DAMAGES = [
    {"objectSid": b"\x01\x05damaged"},
    {"objectSid": Sid(5, (21, 1, 1, 1, 1000))},
    {"objectSid": Sid(5, (32, 1, 1, 1, 544))},
    {"sIDHistory": b"damaged"},
    {"groupType": b"two"},
    {"groupType": b" 2 "},
    {"groupType": None},
    {"groupType": b"99999999999999999999999"},
    {"userAccountControl": b"two"},
    {"userAccountControl": b"-1"},
    {"userAccountControl": b"\xff"},
    {"primaryGroupID": b"-5"},
    {"primaryGroupID": b"99999999999"},
    {"primaryGroupID": b"1_100"},
    {"primaryGroupID": b"1000"},
    {"primaryGroupID": b""},
    {"member": b"no name"},
    {"member": b"CN=\xff,DC=a"},
    {"memberOf": b"no name"},
    {"member": b"CN=G1,DC=a,DC=example"},
    {"member": b"DC=a,DC=example"},
    {"memberOf": b"CN=U0,CN=Users,DC=a,DC=example"},
    {"memberOf": b"CN=Hidden,CN=Users,DC=a,DC=example"},
    {"memberOf": b"CN=Hidden,CN=Users,DC=c,DC=example"},
    {"member": b"CN=Hidden,CN=Users,DC=a,DC=example"},
    {"objectClass": b"foreignSecurityPrincipal"},
    {"objectClass": b"domainDNS"},
    {"objectClass": b"group"},
]
SPELLINGS = [
    str.lower,
    str.upper,
    lambda name: name.replace(",", ", "),
    lambda name: name.replace("CN=U", "CN=\\55"),
    lambda name: name.replace("CN=U0", 'CN="U0"'),
]


@st.composite
def damaged_forests(draw: st.DrawFn) -> Forest:
    """Forests in which some objects are damaged, and some names are spelled in other ways."""
    forest = draw(forests())
    for made in draw(st.lists(st.sampled_from(forest.principals), max_size=3)):
        damage(made, draw(st.sampled_from(DAMAGES)))
    for made in draw(st.lists(st.sampled_from(forest.principals), max_size=4)):
        spell = draw(st.sampled_from(SPELLINGS))
        for attribute in ("member", "memberof"):
            values = made.attributes.get(attribute, [])
            values[:] = [spell(value.decode("latin-1")).encode("latin-1") for value in values]
    forest.world.objects = draw(st.permutations(forest.world.objects))
    return forest


def damage(made: Made, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        if name not in ("member", "memberOf", "objectClass"):
            made.attributes.pop(name.lower(), None)
        if value is not None:
            made.put(**{name: value})


def by_group(arcs: Mapping[Sid, tuple[Arc, ...]]) -> dict[Sid, set[Arc]]:
    return {sid: set(found) for sid, found in arcs.items()}


@settings(max_examples=150)
@given(damaged_forests())
def test_memberships_are_those_that_the_plain_way_finds(forest: Forest) -> None:
    snapshot = forest.world.snapshot()
    found, plain = Membership.of(snapshot), PlainMembership.of(snapshot)
    assert dict(found.principals) == dict(plain.principals)
    assert by_group(found.arcs) == by_group(plain.arcs)
    assert found.incomplete.keys() == plain.incomplete.keys()
    assert found.in_unread_groups.keys() == plain.in_unread_groups.keys()
    assert (found.lost, found.with_builtin, found.domains) == (
        plain.lost,
        plain.with_builtin,
        plain.domains,
    )
    assert found.faults == plain.faults


@given(damaged_forests())
def test_each_mapping_tells_how_much_is_in_it_and_no_arc_comes_twice(forest: Forest) -> None:
    found = Membership.of(forest.world.snapshot())
    for mapping in (found.principals, found.arcs, found.incomplete, found.in_unread_groups):
        assert len(mapping) == len(dict(mapping))
        assert all(sid in mapping for sid in mapping)
    assert all(len(arcs) == len(set(arcs)) > 0 for arcs in found.arcs.values())

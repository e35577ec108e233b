"""The explicit part of a descriptor, as the whole decoder reads it."""

import pytest

from adaudit.errors import DescriptorError
from adaudit.review.delegations.explicit import explicit_part, explicit_parts
from adaudit.security.descriptor import Acl
from adaudit.security.wire import decode
from tests.builders import World
from tests.windows import descriptors


def test_of_every_descriptor_of_a_real_domain_it_is_what_decoding_all_of_it_gives() -> None:
    for body in set(descriptors().values()):
        whole, part = decode(body), explicit_part(body)
        assert isinstance(whole.dacl, Acl)
        own = [(at, ace) for at, ace in enumerate(whole.dacl.entries) if not ace.is_inherited]
        assert list(part.entries) == own
        assert (part.owner, part.is_protected) == (whole.owner, whole.is_dacl_protected)


def test_descriptors_that_are_alike_but_for_what_is_inherited_share_it() -> None:
    world = World()
    world.domain("CONTOSO", "DC=contoso,DC=example")
    for number, inherited in enumerate(("(A;ID;RP;;;WD)", "(A;ID;WP;;;WD)", "")):
        world.add(f"CN={number},DC=contoso,DC=example", "user", f"O:DAD:(A;;RC;;;WD){inherited}")
    world.add("CN=x,DC=contoso,DC=example", "user", b"\x01")

    found, damaged = explicit_parts(world.snapshot())

    assert (len(found), len(set(map(id, found.values()))), len(damaged)) == (3, 1, 1)


def test_a_null_dacl_has_no_entries_and_damage_is_an_error() -> None:
    world = World()
    world.domain("CONTOSO", "DC=contoso,DC=example")
    body = world._bytes("O:DAD:NO_ACCESS_CONTROL")
    assert body is not None
    assert explicit_part(body).entries == ()
    with pytest.raises(DescriptorError):
        explicit_part(b"\x01")

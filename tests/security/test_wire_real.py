"""Decoding and encoding what a real domain controller stores."""

from adaudit.security import wire
from tests.windows import descriptors


def test_every_descriptor_of_a_real_domain_encodes_to_the_same_bytes() -> None:
    changed = [dn for dn, data in descriptors().items() if wire.encode(wire.decode(data)) != data]
    assert (len(descriptors()), changed) == (3658, [])

"""
Decoding compared with impacket's `ldaptypes`, which nobody here wrote.

Left out is what impacket is known to get wrong: lists with entries of unknown types (it raises
KeyError), descriptors without a DACL (it empties the SACL instead, and does not tell null from
absent), and SIDs whose authority needs more than one byte in their text form (they are compared
as bytes). Malformed input is not compared: it leaves impacket as any exception.
"""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from impacket.ldap.ldaptypes import ACE, ACL, LDAP_SID, SR_SECURITY_DESCRIPTOR

from adaudit.security import wire
from adaudit.security.ace import CALLBACK_TYPES, Ace
from adaudit.security.descriptor import Acl, ControlFlags, SecurityDescriptor
from adaudit.security.sid import Sid
from tests.strategies import aces, sids
from tests.windows import descriptors

Fields = tuple[int, int, int, bytes, UUID | None, UUID | None, bytes]
"""Type, flags, mask, SID, object type, inherited object type and application data of an entry"""


def ours(ace: object) -> Fields:
    """The fields of an entry as adaudit reads them."""
    assert isinstance(ace, Ace)
    sid = ace.trustee.encode()
    guids = (ace.object_type, ace.inherited_object_type)
    return (ace.type, ace.flags, ace.mask, sid, *guids, ace.application_data)


def theirs(ace: ACE) -> Fields:
    """The fields of an entry as impacket reads them."""
    body = ace["Ace"]
    guids = [
        UUID(bytes_le=body[name]) if name in body.fields and body[name] else None
        for name in ("ObjectType", "InheritedObjectType")
    ]
    data = body["ApplicationData"] if "ApplicationData" in body.fields else b""
    sid = body["Sid"].getData()
    return (ace["AceType"], ace["AceFlags"], body["Mask"]["Mask"], sid, *guids, data)


def compare(data: bytes) -> None:
    """Both read the same out of `data`."""
    own, peer = wire.decode(data), SR_SECURITY_DESCRIPTOR(data=data)
    assert own.full_control_flags == peer["Control"]
    for sid, name in ((own.owner, "OwnerSid"), (own.group, "GroupSid")):
        assert (sid.encode() if sid else b"") == (peer[name].getData() if peer[name] else b"")
    compare_lists(own.dacl, peer["Dacl"])
    if peer["Sacl"]:
        compare_lists(own.sacl, peer["Sacl"])


def compare_lists(own: object, peer: ACL) -> None:
    """Both read the same entries in the same order."""
    assert isinstance(own, Acl)
    assert own.revision == peer["AclRevision"]
    assert [ours(ace) for ace in own.entries] == [theirs(ace) for ace in peer.aces]


@pytest.mark.parametrize("data", sorted(set(descriptors().values())), ids=len)
def test_a_real_descriptor_is_read_alike(data: bytes) -> None:
    compare(data)


@given(
    st.builds(
        SecurityDescriptor,
        st.sampled_from([ControlFlags(0), ControlFlags.DACL_PROTECTED]),
        sids,
        sids,
        st.builds(
            Acl,
            st.just(4),
            st.lists(
                aces().filter(
                    lambda ace: not ace.application_data or ace.type in CALLBACK_TYPES | {0x12}
                ),
                max_size=4,
            ).map(tuple),
        ),
    )
)
def test_a_made_up_descriptor_is_read_alike(value: SecurityDescriptor) -> None:
    compare(wire.encode(value))


@given(sids)
def test_a_sid_is_written_alike(value: Sid) -> None:
    peer = LDAP_SID(data=value.encode())
    assert peer.getData() == value.encode()
    if value.authority < 256:
        assert peer.formatCanonical() == str(value)

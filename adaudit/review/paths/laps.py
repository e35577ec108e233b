"""The rights by which one reads the password of a computer's administrator that LAPS keeps."""

from collections.abc import Iterator
from dataclasses import dataclass

from adaudit.access.permission import Permission
from adaudit.access.permission_names import attribute_named
from adaudit.directory.schema import Schema
from adaudit.security.rights import AccessMask

CLEAR = ("read:ms-Mcs-AdmPwd", "read:msLAPS-Password")
"""Rights by the names of attributes, of either LAPS"""
ENCRYPTED = ("read:msLAPS-EncryptedPassword", "read:msLAPS-EncryptedDSRMPassword")
"""What these give is of use to members of a group alone that is not told"""


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading an attribute takes. [MS-ADTS] 3.1.1.4.4"""

    deciding: Permission
    """What fewer have: CONTROL_ACCESS where the attribute is confidential, else to read it"""
    lesser: Permission | None
    """To read it, where that is not enough"""


def readings(schema: Schema) -> Iterator[Reading]:
    """Of each of the attributes that the forest has, as its schema defines them."""
    for name in (*CLEAR, *ENCRYPTED):
        attribute = attribute_named(name.removeprefix("read:"), schema)
        if attribute is None:
            continue
        if not attribute.is_confidential:
            yield Reading(Permission.attribute(name, AccessMask.READ_PROPERTY, attribute), None)
            continue
        lesser = f"RP:{attribute.name}"
        yield Reading(
            Permission.attribute(name, AccessMask.CONTROL_ACCESS, attribute),
            Permission.attribute(lesser, AccessMask.READ_PROPERTY, attribute),
        )

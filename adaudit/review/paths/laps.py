"""The rights by which one reads the password of a computer's administrator that LAPS keeps."""

from collections.abc import Iterator

from adaudit.access.permission_names import attribute_named
from adaudit.access.reading import Reading
from adaudit.directory.schema import Schema

CLEAR = ("read:ms-Mcs-AdmPwd", "read:msLAPS-Password")
"""Rights by the names of attributes, of either LAPS"""
ENCRYPTED = ("read:msLAPS-EncryptedPassword", "read:msLAPS-EncryptedDSRMPassword")
"""What these give is of use to members of a group alone that is not told"""


def readings(schema: Schema) -> Iterator[Reading]:
    """Of each of the attributes that the forest has, as its schema defines them."""
    for name in (*CLEAR, *ENCRYPTED):
        attribute = attribute_named(name.removeprefix("read:"), schema)
        if attribute is not None:
            yield Reading.of(attribute, name)

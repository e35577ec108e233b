"""
Attributes that hold a descriptor of their own, which lets somebody in: that of the object is none.

Objects with the same value are answered once.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from adaudit.access.bitmap import BitMap
from adaudit.access.permission import Permission
from adaudit.directory.entry import Entry
from adaudit.directory.snapshot import Snapshot
from adaudit.errors import DescriptorError
from adaudit.security.descriptor import SecurityDescriptor
from adaudit.security.rights import AccessMask
from adaudit.security.sid import PRINCIPAL_SELF
from adaudit.security.wire import decode


@dataclass(frozen=True, slots=True)
class Stored:
    """What somebody is let in to, and where that is said."""

    attribute: str
    permission: Permission
    """What is asked of the descriptor"""

    def descriptor(self, entry: Entry) -> SecurityDescriptor:
        """
        The descriptor in the attribute of an object that has it.

        Raises `DescriptorError` when it is damaged.
        """
        try:
            return decode(entry.values(self.attribute)[0])
        except DescriptorError as error:
            raise DescriptorError(f"`{self.attribute}` is damaged: {error.message}") from error


STORED: Mapping[str, Stored] = {
    each.permission.name: each
    for each in (
        # [MS-ADTS] 3.1.1.4.5.39
        Stored(
            "msDS-GroupMSAMembership",
            Permission.whole("ReadGMSAPassword", AccessMask.READ_PROPERTY),
        ),
        # which right controllers ask for is not published; what is set there is full control
        Stored(
            "msDS-AllowedToActOnBehalfOfOtherIdentity",
            Permission.whole("AllowedToAct", AccessMask.CONTROL_ACCESS),
        ),
    )
}
"""By the name of what is asked"""


def alike(stored: Stored, snapshot: Snapshot) -> Iterator[BitMap]:
    """The objects that have the attribute, those together for which it says the same."""
    found: dict[tuple[bytes, str, bytes], BitMap] = defaultdict(BitMap)
    for entry in snapshot.having(stored.attribute):
        number = snapshot.number(entry.dn)
        if number is not None:
            found[_said(entry.values(stored.attribute)[0], entry)].add(number)
    yield from found.values()


def _said(value: bytes, entry: Entry) -> tuple[bytes, str, bytes]:
    """The value, with what of the object its meaning hangs on: the class, and whom SELF is."""
    is_of_itself = entry.sid is not None and PRINCIPAL_SELF.encode() in value
    itself = entry.sid.encode() if is_of_itself and entry.sid else b""
    return value, (entry.object_class or "").lower(), itself

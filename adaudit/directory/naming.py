"""
Names of objects as numbers.

A controller writes a member as it writes the name of the object itself, byte for byte, so most
names are found by their bytes. Only what bears the name of no principal is compared with care.
"""

from dataclasses import dataclass

from adaudit.directory.dn import Dn
from adaudit.directory.snapshot import Snapshot
from adaudit.errors import DirectoryError


class Names(dict[bytes, int]):
    """The number of each name, in the order in which names first occur."""

    def __missing__(self, name: bytes) -> int:
        number = self[name] = len(self)
        return number


@dataclass(frozen=True, slots=True)
class Absent:
    """A name that was given for a member or a group, and that no principal bears."""

    dn: Dn | None
    """None where it is no distinguished name"""
    fault: str = ""
    """Why it is none"""


def absent(name: bytes) -> Absent:
    """What is known of a name that is known by nothing else."""
    try:
        return Absent(Dn(name.decode("utf-8", "surrogateescape")))
    except DirectoryError as error:
        return Absent(None, error.message)


def spelling(dn: Dn, snapshot: Snapshot) -> bytes | None:
    """The name of an object as it spells it itself, None if there is no such object."""
    entry = snapshot.entry(dn)
    return None if entry is None else str(entry.dn).encode()

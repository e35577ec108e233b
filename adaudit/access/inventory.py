"""
What stays of the descriptors of a snapshot when they were read: relevant lists, and owners.

They are read one after the other, and none is kept, so that a million different ones take no
more room than their relevant entries.
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from adaudit.access.kinds import RightKinds
from adaudit.access.listing import KIND_BITS, Listing
from adaudit.access.trustees import CONDITIONAL, NO_ONE, SELF, Trustees
from adaudit.errors import DescriptorError
from adaudit.security.wire import pieces

_WITHOUT_LIST = b"\x00"
_NONE_SPECIAL: frozenset[int] = frozenset()
_CODE_SIZE = 8
_NUMBER_SIZE = 9
"""Bytes for the number of a descriptor: no multiple of those of a code, so that it can be told"""


@dataclass(frozen=True, slots=True)
class RelevantList:
    """The relevant entries that some descriptors have in common."""

    codes: "array[int]"
    """In stored order, see `Listing`"""
    special: frozenset[int]
    """Those of its trustees that are not SIDs by themselves: SELF, OWNER, OBSCURE, CONDITIONAL"""
    has_list: bool = True
    """Whether there is a list at all; without one everything is granted"""
    descriptor: int | None = None
    """The one that has it, if it holds conditions: what they come to may hang on the rest of it"""


class Lists:
    """The relevant lists for one right, each different one once."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}
        self._keys: list[bytes] = []
        self.of_descriptor = array("I")
        """The number of the list of each descriptor, in the order of reading"""

    def __len__(self) -> int:
        return len(self._keys)

    def __getitem__(self, number: int) -> RelevantList:
        key = self._keys[number]
        if key == _WITHOUT_LIST:
            return RelevantList(array("Q"), frozenset(), has_list=False)
        descriptor = None
        if len(key) % _CODE_SIZE:
            key, tail = key[:-_NUMBER_SIZE], key[-_NUMBER_SIZE:]
            descriptor = int.from_bytes(tail, "big", signed=True)
        codes = array("Q", key)
        return RelevantList(codes, _special(codes), descriptor=descriptor)

    def add(self, key: bytes) -> None:
        """Take up the list of the next descriptor."""
        number = self._numbers.setdefault(key, len(self._keys))
        if number == len(self._keys):
            self._keys.append(key)
        self.of_descriptor.append(number)


class Inventory:
    """The relevant lists and the owners of descriptors, for several rights."""

    def __init__(self, rights: Sequence[RightKinds], trustees: Trustees) -> None:
        self.listing = Listing(rights, trustees)
        self.lists = tuple(Lists() for _ in rights)
        self.owners = array("I")
        """The number of the owner of each descriptor, NO_ONE if he is no subject's"""
        self.index: dict[int, int] = {}
        """In which place each descriptor was read that could be"""
        self.damaged: dict[int, str] = {}
        """Why others could not"""
        self.with_self: set[int] = set()
        """The places of those where an entry for SELF may matter for some right"""
        self._trustees = trustees

    def read(self, descriptors: Iterable[tuple[int, bytes]]) -> None:
        """Take up descriptors, as bytes by their numbers in the snapshot."""
        for number, body in descriptors:
            try:
                owner, entries = pieces(body)
            except DescriptorError as error:
                self.damaged[number] = error.message
                continue
            self.index[number] = len(self.owners)
            if entries is None:
                for lists in self.lists:
                    lists.add(_WITHOUT_LIST)
            else:
                self._add(number, entries)
            self.owners.append(NO_ONE if owner is None else self._trustees.number(owner))

    def _add(self, number: int, entries: Sequence[bytes]) -> None:
        found = [codes for codes in self.listing.codes(entries) if codes is not None]
        columns = zip(*found, strict=True) if found else ((),) * len(self.lists)
        for lists, column in zip(self.lists, columns, strict=True):
            codes = array("Q", filter(None, column))
            key = codes.tobytes()
            special = _special(codes)
            if SELF in special or CONDITIONAL in special:
                self.with_self.add(len(self.owners))
            if CONDITIONAL in special:
                key += number.to_bytes(_NUMBER_SIZE, "big", signed=True)
            lists.add(key)


def _special(codes: "array[int]") -> frozenset[int]:
    if not codes or min(codes) >> KIND_BITS > CONDITIONAL:
        return _NONE_SPECIAL  # most lists, and this takes no look at each code
    return frozenset(code >> KIND_BITS for code in codes if code >> KIND_BITS <= CONDITIONAL)

"""The objects of a snapshot, in groups of the same descriptor and classes."""

from array import array
from collections.abc import Iterable

from adaudit.access.bitmap import BitMap
from adaudit.access.carriers import Carriers
from adaudit.access.inventory import Inventory
from adaudit.errors import DescriptorError, DirectoryError
from adaudit.security.sid import Sid

NO_SUBJECT = -1
"""SELF stands for nobody on the object: it has no SID, or one that no subject carries"""
_SHARED = -2

Key = tuple[int, int]
"""The place of a descriptor in the inventory, and the chain of classes of its objects"""
ObjectRow = tuple[int, int, int | None, bytes | None]
"""Number, chain of classes, descriptor and objectSid"""


class ObjectGroups:
    """
    All objects, in groups that are named by the place of their descriptor and their classes.

    Nothing is kept of an object but its number and, where it matters, whom SELF stands for on it.
    """

    def __init__(self, inventory: Inventory, carriers: Carriers) -> None:
        self.objects: dict[Key, array[int]] = {}
        """The numbers of the objects of each group"""
        self.selves: dict[Key, array[int]] = {}
        """
        For groups with an entry for SELF: whom it stands for on each object.

        It is the number of a subject that carries the SID alone, or NO_SUBJECT, or `shared`.
        """
        self.unjudged: dict[str, BitMap] = {}
        """Objects of which nothing can be said, by the reason why"""
        self._inventory = inventory
        self._carriers = carriers
        self._shared: list[Sid] = []
        self._places: dict[tuple[int | None, int], tuple[array[int], array[int] | None]] = {}
        """By descriptor and classes, where to put an object and whom SELF stands for on it"""

    def read(self, rows: Iterable[ObjectRow]) -> None:
        """
        Take up objects.

        Raises `DirectoryError` for a number that no snapshot gives an object.
        """
        places = self._places
        try:
            for number, chain, descriptor, sid in rows:
                place = places.get((descriptor, chain)) or self._place(descriptor, chain)
                objects, selves = place
                if selves is None or self._add_self(selves, number, sid):
                    objects.append(number)
        except OverflowError as error:
            raise DirectoryError("the snapshot is damaged: the number of an object") from error
        for (descriptor, _), (objects, _) in places.items():
            if descriptor not in self._inventory.index and objects:
                self._set_aside(self._why(descriptor), objects)
        places.clear()

    def shared(self, code: int) -> Sid:
        """The SID for which SELF stands, of those that others than one subject carry."""
        return self._shared[_SHARED - code]

    def _place(self, descriptor: int | None, chain: int) -> "tuple[array[int], array[int] | None]":
        objects, selves = array("I"), None
        place = None if descriptor is None else self._inventory.index.get(descriptor)
        if place is not None:
            self.objects[place, chain] = objects
            if place in self._inventory.with_self:
                selves = self.selves[place, chain] = array("i")
        found = self._places[descriptor, chain] = (objects, selves)
        return found

    def _add_self(self, selves: "array[int]", number: int, sid: bytes | None) -> bool:
        try:
            code = NO_SUBJECT if sid is None else self._code(sid)
        except DescriptorError as error:
            self._set_aside(f"the objectSid is damaged: {error.message}", (number,))
            return False
        selves.append(code)
        return True

    def _code(self, sid: bytes) -> int:
        carriers = self._carriers
        number = carriers.subjects.number(sid)
        if number is not None and carriers.is_plainly_alone(sid):
            return number
        known = Sid.decode(sid)
        if number is not None and carriers.is_alone(known):
            return number
        if not carriers.sure(known) and not carriers.doubtful(known):
            return NO_SUBJECT
        self._shared.append(known)
        return _SHARED - len(self._shared) + 1

    def _why(self, descriptor: int | None) -> str:
        if descriptor is None:
            return "the directory gave no security descriptor"
        damage = self._inventory.damaged.get(descriptor)
        if damage is None:
            return "the snapshot lacks the security descriptor"
        return f"the security descriptor is damaged: {damage}"

    def _set_aside(self, reason: str, numbers: Iterable[int]) -> None:
        self.unjudged.setdefault(reason, BitMap()).update(numbers)

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

ObjectRow = tuple[int, int, int | None, bytes | None]
"""Number, chain of classes, descriptor and objectSid"""


class Population:
    """
    All objects, grouped.

    A group is named by the place of its descriptor and the chain of its classes.
    """

    def __init__(self, inventory: Inventory, carriers: Carriers) -> None:
        self.groups: dict[tuple[int, int], array[int]] = {}
        """The numbers of the objects of each group"""
        self.selves: dict[tuple[int, int], array[int]] = {}
        """
        For groups with an entry for SELF: whom it stands for on each object.

        It is the number of a subject that carries the SID alone, or NO_SUBJECT, or `shared`.
        """
        self.unjudged: dict[str, BitMap] = {}
        """Objects of which nothing can be said, by the reason why"""
        self._inventory = inventory
        self._carriers = carriers
        self._shared: list[Sid] = []
        self._subjects: dict[bytes, int] = {}

    def read(self, rows: Iterable[ObjectRow]) -> None:
        """
        Take up objects.

        Raises `DirectoryError` for a number that no snapshot gives an object.
        """
        if self._inventory.with_self:
            subjects = enumerate(self._carriers.subjects)
            self._subjects = {sid.encode(): number for number, sid in subjects}
        index, groups, with_self = self._inventory.index, self.groups, self._inventory.with_self
        for number, chain, descriptor, sid in rows:
            if number >> 32:
                raise DirectoryError(f"the snapshot is damaged: it has an object {number}")
            place = None if descriptor is None else index.get(descriptor)
            if place is None:
                self._set_aside(number, self._why(descriptor))
                continue
            key = (place, chain)
            if place in with_self and not self._add_self(key, number, sid):
                continue
            try:
                groups[key].append(number)
            except KeyError:
                groups[key] = array("I", (number,))
        self._subjects.clear()

    def shared(self, code: int) -> Sid:
        """The SID for which SELF stands, of those that others than one subject carry."""
        return self._shared[_SHARED - code]

    def _add_self(self, key: tuple[int, int], number: int, sid: bytes | None) -> bool:
        try:
            code = NO_SUBJECT if sid is None else self._code(sid)
        except DescriptorError as error:
            self._set_aside(number, f"the objectSid is damaged: {error.message}")
            return False
        self.selves.setdefault(key, array("i")).append(code)
        return True

    def _code(self, sid: bytes) -> int:
        carriers = self._carriers
        number = self._subjects.get(sid)
        known = Sid.decode(sid) if number is None else carriers.subjects[number]
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

    def _set_aside(self, number: int, reason: str) -> None:
        self.unjudged.setdefault(reason, BitMap()).add(number)

"""
What descriptors hold without anybody having set it: by class, by the system, by other products.

An entry of an object is a default if it says no more than the default descriptor of the object's
class does, or a documented entry of its place. Defaults are taken one by one: an object need not
have all of them.
"""

from collections.abc import Iterator, Sequence
from functools import cache

from adaudit.access.view import View
from adaudit.directory.principal import PrincipalKind
from adaudit.review.defaults.class_defaults import ClassDefaults
from adaudit.review.defaults.covering import Covering
from adaudit.review.defaults.partitions import Partition, PartitionKind, Partitions
from adaudit.review.defaults.rows import Row, rows
from adaudit.review.defaults.spelling import COMPUTER_ABOVE, Spelling
from adaudit.security.ace import AnyAce
from adaudit.security.sid import BUILTIN, LOCAL_SYSTEM, Sid

__all__ = [
    "COMPUTER_ABOVE",
    "PROTECTED",
    "Covering",
    "Defaults",
    "Partition",
    "PartitionKind",
    "Partitions",
    "Row",
]

PROTECTED = "D:P"
"""What a row says of a DACL that takes nothing from its parent"""
_OWNER = "O:"
_ANY_COMPUTER = "{computer}"
_ADMINISTRATORS = BUILTIN.relative(544)
_ADMINS_OF_DOMAIN = 512
_ADMINS_OF_ROOT = (518, 519)


class Defaults:
    """All defaults of a forest."""

    def __init__(self, view: View) -> None:
        self.classes = ClassDefaults(view.schema)
        self.under = cache(self._under)
        self.owners = cache(self._owners)
        self._spelling = Spelling(view)
        self._view = view

    def _under(self, partition: Partition, parent: str, name: str) -> Sequence[Row]:
        """The rows for objects of a class, in lower case, right below an object."""
        relative = partition.relative(parent)
        return [row for row in _of(partition) if row.is_under(relative) and row.is_for_class(name)]

    def of_head(self, partition: Partition, name: str) -> Sequence[Row]:
        """The rows for the head of a partition."""
        return [row for row in _of(partition) if row.is_at("") and row.is_for_class(name)]

    def entry(self, row: Row, partition: Partition, above: Sid | None) -> AnyAce | None:
        """
        The entry of a row, on an object below the computer account `above`.

        None where it is no entry, or names what the forest lacks.
        """
        return self._spelling.entry(row.what, partition, above) if row.what[0] == "(" else None

    def is_owner(self, sid: Sid, rows: Sequence[Row], partition: Partition) -> bool:
        """Whether an object that rows are for belongs to `sid` by default."""
        return sid in self.owners(partition) or any(
            self._is_owner(sid, row.what.removeprefix(_OWNER), partition)
            for row in rows
            if row.what.startswith(_OWNER)
        )

    def _is_owner(self, sid: Sid, text: str, partition: Partition) -> bool:
        if text != _ANY_COMPUTER:
            return sid == self._spelling.sid(text, partition, None)
        known = self._view.membership.principals.get(sid)
        return known is not None and known.kind is PrincipalKind.COMPUTER

    def _owners(self, partition: Partition) -> frozenset[Sid]:
        """Who owns what administrators and the system create. [MS-ADTS] 6.1.3.8"""
        return frozenset({_ADMINISTRATORS, LOCAL_SYSTEM, *_administrators(partition)})


def _of(partition: Partition) -> Iterator[Row]:
    return (row for row in rows() if row.partition == partition.kind)


def _administrators(partition: Partition) -> Iterator[Sid]:
    if partition.domain:
        yield partition.domain.relative(_ADMINS_OF_DOMAIN)
    if partition.root:
        yield from map(partition.root.relative, _ADMINS_OF_ROOT)

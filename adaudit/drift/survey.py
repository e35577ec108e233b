"""Who of some subjects holds the compared rights on some objects of one snapshot."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from adaudit.access.answer import Answer
from adaudit.access.answering import Answering, QuestionOf, Questions
from adaudit.access.bitmap import BitMap, union
from adaudit.access.carriers import Carriers
from adaudit.access.grouping import ObjectGroups
from adaudit.access.inventory import Inventory
from adaudit.access.matching import Matcher
from adaudit.access.permission import Permission
from adaudit.access.trustees import Trustees
from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.directory.snapshot import ObjectRow, Snapshot, Unreadable, descriptor_of
from adaudit.drift.rights import Compared
from adaudit.errors import DirectoryError
from adaudit.security.descriptor import SecurityDescriptor


def question_of(permission: Permission, view: View) -> QuestionOf:
    """What a permission asks of objects of each class."""
    return lambda chain: permission.question(view.facts(_of_classes(chain)))


def _of_classes(chain: Sequence[str]) -> Entry:
    values = tuple(name.encode("utf-8", "surrogateescape") for name in chain)
    return Entry(Dn(""), {"objectclass": values})


class Survey:
    """
    The rights on the objects of `rows`, which have the numbers of the old snapshot.

    `own` gives the number that the snapshot itself has for one of them, `descriptors` are those
    of all of them.
    """

    def __init__(
        self,
        view: View,
        carriers: Carriers,
        rights: Sequence[Compared],
        descriptors: Iterable[int],
        rows: Iterable[ObjectRow],
        own: Sequence[int] | None = None,
    ) -> None:
        self._snapshot = view.snapshot
        self._own = own
        self._carriers = carriers
        trustees = Trustees(carriers)
        asked = [
            Questions(question_of(each.permission, view), view.snapshot.chains) for each in rights
        ]
        inventory = Inventory([each.kinds for each in asked], trustees)
        inventory.read(view.snapshot.descriptors_of(descriptors))
        self._groups = ObjectGroups(inventory, carriers)
        self._groups.read(rows)
        self._rights: Mapping[str, Answering] = {
            right.name: Answering(
                questions,
                lists,
                inventory,
                self._groups,
                carriers,
                Matcher(questions.kinds, trustees, carriers),
                self._descriptor,
            )
            for right, questions, lists in zip(rights, asked, inventory.lists, strict=True)
        }

    @property
    def unjudged(self) -> Mapping[str, BitMap]:
        """Objects of which nothing can be said, by the reason why."""
        return self._groups.unjudged

    def judged(self) -> dict[int, BitMap]:
        """All others by their chain of classes."""
        found: dict[int, list[BitMap]] = defaultdict(list)
        for (_, chain), objects in self._groups.objects.items():
            found[chain].append(BitMap(objects))
        return {chain: union(sets) for chain, sets in found.items()}

    def answers(self, right: str, pool: BitMap) -> list[Answer]:
        """Who of `pool` holds a right; each judged object is in one answer."""
        return list(self._rights[right].answers(pool)) if pool else []

    def _descriptor(self, number: int) -> SecurityDescriptor:
        own = number if self._own is None else self._own[number]
        found = descriptor_of(self._snapshot.at(own))
        if isinstance(found, Unreadable):
            raise DirectoryError("the snapshot has changed while it was read")
        return found


def rows_of(
    snapshot: Snapshot, numbers: BitMap, old_of: Sequence[int] | None = None
) -> list[ObjectRow]:
    """The rows of some objects, under the numbers of the old snapshot."""
    if len(numbers) * _SCAN_FROM < len(snapshot):
        rows = snapshot.rows_of(numbers)
    else:
        rows = (row for row in snapshot.object_rows() if row[0] in numbers)
    if old_of is None:
        return list(rows)
    return [(old_of[row[0]], *row[1:]) for row in rows]


_SCAN_FROM = 20
"""One in how many objects are asked for one by one, rather than all of them read"""

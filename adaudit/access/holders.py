"""
Who holds rights on all objects of a snapshot, and on which objects someone holds them.

Of each descriptor only the entries on which a right hangs count, and objects that have these in
common (with what is asked of their classes, and the owner where he matters) are answered once,
for all subjects, as sets. Pairs of subject and object are never made: they may be 10**12.
"""

from collections.abc import Iterator, Mapping

from adaudit.access.answer import Answer, ObjectSets
from adaudit.access.answering import Answering, QuestionOf, Questions, of_object
from adaudit.access.bitmap import BitMap, union
from adaudit.access.carriers import Carriers
from adaudit.access.evaluator import evaluate
from adaudit.access.grouping import ObjectGroups
from adaudit.access.holding import Holding, holding
from adaudit.access.inventory import Inventory
from adaudit.access.listing import KIND_BITS
from adaudit.access.matching import Matcher
from adaudit.access.pools import Slice
from adaudit.access.question import Question
from adaudit.access.token import token_of
from adaudit.access.trustees import CONDITIONAL, Trustees
from adaudit.access.verdict import Decision, Verdict
from adaudit.directory.snapshot import Snapshot, Unreadable, descriptor_of
from adaudit.errors import QuestionError
from adaudit.security.descriptor import SecurityDescriptor
from adaudit.security.sid import Sid
from adaudit.security.wire import pieces

__all__ = ["Answer", "Holders", "Holding", "ObjectSets", "QuestionOf", "Slice", "holding"]


class Holders:
    """
    The holders of several rights on the objects of a snapshot, for the subjects of `carriers`.

    `rights` are questions by the name that the right shall have. Descriptors and objects are read
    once, here; only what is asked of a single object is read again. Every method that takes the
    name of a right raises `KeyError` for one that is not among them.

    Raises `DirectoryError` when the snapshot is damaged.
    """

    def __init__(
        self, snapshot: Snapshot, carriers: Carriers, rights: Mapping[str, QuestionOf]
    ) -> None:
        self._snapshot = snapshot
        self._carriers = carriers
        trustees = Trustees(carriers)
        questions = [Questions(of, snapshot.chains) for of in rights.values()]
        self._inventory = Inventory([each.kinds for each in questions], trustees)
        self._inventory.read(snapshot.descriptors())
        self._groups = ObjectGroups(self._inventory, carriers)
        self._groups.read(snapshot.object_rows())
        self._numbers = {name: number for number, name in enumerate(rights)}
        self._rights = [
            Answering(
                asked,
                lists,
                self._inventory,
                self._groups,
                carriers,
                Matcher(asked.kinds, trustees, carriers),
                self._descriptor,
            )
            for asked, lists in zip(questions, self._inventory.lists, strict=True)
        ]

    @property
    def unjudged(self) -> Mapping[str, BitMap]:
        """The objects of which nothing can be said, by the reason why."""
        return self._groups.unjudged

    def answers(self, right: str) -> Iterator[Answer]:
        """Who holds a right on all objects that can be judged; each object is in one answer."""
        return self._right(right).answers(self._carriers.everyone)

    def objects_of(self, right: str, subject: Sid) -> ObjectSets:
        """On which objects a subject of `carriers` holds a right."""
        number = self._carriers.numbers[subject]
        found: dict[Decision, list[BitMap]] = {decision: [] for decision in Decision}
        for answer in self._right(right).answers(BitMap((number,))):
            objects = answer.objects
            for one in answer.own:
                own = BitMap((answer.own_object(number),))
                found[one.decision].append(own)
                objects = objects - own
            for one in answer.slices:
                found[one.decision].append(objects)
        return ObjectSets(*(union(found[decision]) for decision in Decision))

    def on(self, right: str, number: int) -> Holding:
        """
        Who holds a right on one object.

        Raises `QuestionError` if nothing can be said of it.
        """
        return holding(self._descriptor(number), self._question(right, number), self._carriers)

    def verdict(self, right: str, number: int, subject: Sid) -> Verdict:
        """
        The whole answer for one subject on one object.

        Raises `QuestionError` if nothing can be said of the object.
        """
        token = token_of(subject, self._carriers.server, self._carriers.membership)
        return evaluate(self._descriptor(number), token, self._question(right, number))

    def position(self, right: str, number: int, relevant: int) -> int:
        """
        Where an entry stands in the DACL of an object.

        `relevant` is its position in an answer for the object: that among the relevant entries,
        except where entries stand under conditions, which an answer counts in the whole DACL.
        """
        known = self._numbers[right]
        entries = pieces(self._snapshot.at(number).descriptor or b"").dacl or ()
        columns = self._inventory.listing.codes(entries)
        codes = [0 if each is None else each[known] for each in columns]
        if any(code >> KIND_BITS == CONDITIONAL for code in codes):
            return relevant
        return [position for position, code in enumerate(codes) if code][relevant]

    def _right(self, name: str) -> Answering:
        return self._rights[self._numbers[name]]

    def _descriptor(self, number: int) -> SecurityDescriptor:
        entry = self._snapshot.at(number)
        found = descriptor_of(entry)
        if isinstance(found, Unreadable):
            raise QuestionError(f"nothing can be said of `{entry.dn}`: {found.reason}")
        return found

    def _question(self, right: str, number: int) -> Question:
        entry = self._snapshot.at(number)
        chain = tuple(name.lower() for name in entry.texts("objectclass"))
        return of_object(self._right(right).questions.of(chain), entry.sid)

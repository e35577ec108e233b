"""The rights by which one comes to control an object, by what the object leads to."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from adaudit.access.answering import QuestionOf
from adaudit.access.bitmap import NONE, BitMap, union
from adaudit.access.carriers import Carriers
from adaudit.access.holders import Holders
from adaudit.access.permission import Permission
from adaudit.access.question import Question
from adaudit.access.right_names import permission_of
from adaudit.access.verdict import Decision
from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.errors import QuestionError
from adaudit.review.paths.structure import Structure


class Role(StrEnum):
    """Why control of an object is control of what lies behind it."""

    ITSELF = "is it"
    CONTAINER = "hands entries down to it"
    LINK = "takes the policies that are linked here"
    POLICY = "takes this policy"
    HEAD = "has its secrets here"
    HOLDER = "is given the descriptor of this"


_TAKE_OVER = ("WriteDacl", "WriteOwner")
_OF_ROLE: Mapping[Role, Sequence[str]] = {
    Role.ITSELF: _TAKE_OVER,
    Role.CONTAINER: _TAKE_OVER,
    Role.LINK: ("write:gPLink",),
    Role.POLICY: (*_TAKE_OVER, "write:gPCFileSysPath"),
    Role.HEAD: (*_TAKE_OVER, "DS-Replication-Get-Changes-All"),
    Role.HOLDER: _TAKE_OVER,
}
"""
What controls an object in each role.

The secrets of a domain take DS-Replication-Get-Changes as well, see `Rights.holders`; whoever may
write the DACL of its head gives himself both.
"""
_OF_CLASS: Mapping[str, Sequence[str]] = {
    "group": ("write:member", "Self-Membership"),
    "user": ("ResetPassword", "write:msDS-KeyCredentialLink", "write:altSecurityIdentities"),
    "msds-groupmanagedserviceaccount": ("write:msDS-GroupMSAMembership",),
    "computer": ("write:msDS-AllowedToActOnBehalfOfOtherIdentity",),
    "organizationalunit": ("write:gPLink",),
    "domaindns": ("write:gPLink",),
    "grouppolicycontainer": ("write:gPCFileSysPath",),
}
"""What controls an object of that class, or one derived from it, beside taking it over"""
_ALL_CHANGES, _CHANGES = "DS-Replication-Get-Changes-All", "DS-Replication-Get-Changes"
_OF_ANY = (*_OF_ROLE.values(), *_OF_CLASS.values(), (_CHANGES,))
_NAMES = tuple(dict.fromkeys(name for names in _OF_ANY for name in names))

Held = tuple[BitMap, BitMap]
"""Objects, and subjects who hold a right on all of them by the same entry"""


class Rights:
    """Who holds each of these rights on which objects, checked at one controller."""

    def __init__(
        self, view: View, carriers: Carriers, structure: Structure, elsewhere: BitMap = NONE
    ) -> None:
        """`elsewhere` are the heads of contexts to which access is checked on other controllers."""
        self.carriers = carriers
        self._elsewhere = elsewhere
        self.permissions = dict(_known(view))
        self._structure = structure
        asked = {name: _question_of(view, each) for name, each in self.permissions.items()}
        self._holders = Holders(view.snapshot, carriers, asked)
        self._held: dict[str, list[Held]] = defaultdict(list)
        self._undecided: dict[str, list[Held]] = defaultdict(list)
        for name in asked:
            self._hold(name)

    def asked_of(self, objects: BitMap, role: Role) -> Iterator[tuple[str, BitMap]]:
        """Each right that controls some objects in a role, with those of them checked here."""
        here = self._here(objects)
        for name in _OF_ROLE[role]:
            yield name, here
        if role is Role.ITSELF:
            for of_class, names in _OF_CLASS.items():
                if alike := here & self._structure.of_class(of_class):
                    yield from ((name, alike) for name in names)

    def holders(self, name: str, objects: BitMap) -> Iterator[Held]:
        """Those of the objects on which someone holds a right, with those who do."""
        for known, subjects in self._held[name]:
            if alike := known & objects:
                yield alike, self._complete(name, alike, subjects, self._held)

    def undecided(self, name: str, objects: BitMap) -> Iterator[Held]:
        """Likewise with those who may hold it; some of them may hold it surely."""
        lists = (self._held, self._undecided) if name == _ALL_CHANGES else (self._undecided,)
        for known, subjects in (each for of in lists for each in of[name]):
            if alike := known & objects:
                yield alike, self._complete(name, alike, subjects, *lists)

    def unjudged(self, objects: BitMap) -> Iterator[tuple[str, BitMap]]:
        """Those of the objects of which nothing can be said, by the reason why."""
        for reason, numbers in self._holders.unjudged.items():
            if found := numbers & objects:
                yield reason, found

    def _here(self, objects: BitMap) -> BitMap:
        if not self._elsewhere:
            return objects
        head = self._structure.head
        return BitMap([n for n in objects if head(n) not in self._elsewhere])

    def _complete(
        self, name: str, heads: BitMap, subjects: BitMap, *lists: Mapping[str, list[Held]]
    ) -> BitMap:
        """Those who may ask for changes of a domain at all, where a right is nothing without."""
        if name != _ALL_CHANGES:
            return subjects
        changes = (each for of in lists for each in of.get(_CHANGES, ()))
        return subjects & union(known for objects, known in changes if objects & heads)

    def _hold(self, name: str) -> None:
        lists = {Decision.ALLOWED: self._held, Decision.UNDECIDED: self._undecided}
        for answer in self._holders.answers(name):
            for one in answer.slices:
                if one.decision in lists:
                    lists[one.decision][name].append((answer.objects, one.subjects))


def _known(view: View) -> Iterator[tuple[str, Permission]]:
    """The rights that the schema of the forest has."""
    for name in _NAMES:
        try:
            yield name, permission_of(name, view.schema)
        except QuestionError:
            continue


def _question_of(view: View, permission: Permission) -> QuestionOf:
    def question(chain: tuple[str, ...]) -> Question:
        values = {"objectclass": tuple(map(str.encode, chain))}
        return permission.question(view.facts(Entry(Dn(""), values)))

    return question

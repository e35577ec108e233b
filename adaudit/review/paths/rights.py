"""The rights by which one comes to control an object, by what the object leads to."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from adaudit.access.answering import QuestionOf
from adaudit.access.bitmap import NONE, BitMap
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


_TAKE_OVER = ("WriteDacl", "WriteOwner")
_OF_ROLE: Mapping[Role, Sequence[str]] = {
    Role.ITSELF: _TAKE_OVER,
    Role.CONTAINER: _TAKE_OVER,
    Role.LINK: ("write:gPLink",),
    Role.POLICY: (*_TAKE_OVER, "write:gPCFileSysPath"),
    Role.HEAD: ("DS-Replication-Get-Changes-All",),
}
"""
What controls an object in each role.

The secrets of a domain take DS-Replication-Get-Changes as well, see `Rights.holders`.
"""
_OF_CLASS: Mapping[str, Sequence[str]] = {
    "group": ("write:member", "Self-Membership"),
    "user": ("ResetPassword", "write:msDS-KeyCredentialLink"),
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
        self._held = {name: list(self._allowed(name)) for name in asked}

    def asked_of(self, objects: BitMap, role: Role) -> Iterator[tuple[str, BitMap]]:
        """Each right that controls some objects in a role, with those that it controls."""
        for name in _OF_ROLE[role]:
            yield name, objects
        if role is Role.ITSELF:
            for of_class, names in _OF_CLASS.items():
                if alike := objects & self._structure.of_class(of_class):
                    yield from ((name, alike) for name in names)

    def holders(self, name: str, objects: BitMap) -> Iterator[Held]:
        """Those of the objects on which someone holds a right, with those who do."""
        if self._elsewhere:
            head = self._structure.head
            objects = BitMap([n for n in objects if head(n) not in self._elsewhere])
        for known, subjects in self._held.get(name, ()):
            if alike := known & objects:
                yield (
                    alike,
                    subjects & self._with_changes(alike) if name == _ALL_CHANGES else subjects,
                )

    def _with_changes(self, heads: BitMap) -> BitMap:
        """Who may ask for changes of a domain at all."""
        found = NONE
        for objects, subjects in self._held.get(_CHANGES, ()):
            if objects & heads:
                found = found | subjects
        return found

    def _allowed(self, name: str) -> Iterator[Held]:
        for answer in self._holders.answers(name):
            for one in answer.slices:
                if one.decision is Decision.ALLOWED:
                    yield answer.objects, one.subjects


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

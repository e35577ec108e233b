"""The rights by which one comes to control an object, by what the object leads to."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from adaudit.access.answering import QuestionOf
from adaudit.access.bitmap import NONE, BitMap
from adaudit.access.carriers import Carriers
from adaudit.access.holders import Holders
from adaudit.access.holding import holding
from adaudit.access.permission import Permission
from adaudit.access.question import Question
from adaudit.access.reading import Reading
from adaudit.access.right_names import permission_of
from adaudit.access.verdict import Decision
from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.errors import DescriptorError, QuestionError
from adaudit.review.paths import laps
from adaudit.review.paths.pairs import Held, Pairs
from adaudit.review.paths.stored import STORED, Stored
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

The secrets of a domain take DS-Replication-Get-Changes as well, see `Rights.needed`; whoever may
write the DACL of its head gives himself both.
"""
_OF_CLASS: Mapping[str, Sequence[str]] = {
    "group": ("write:member", "Self-Membership"),
    "user": ("ResetPassword", "write:msDS-KeyCredentialLink", "write:altSecurityIdentities"),
    "msds-groupmanagedserviceaccount": ("write:msDS-GroupMSAMembership", "ReadGMSAPassword"),
    "computer": ("write:msDS-AllowedToActOnBehalfOfOtherIdentity", "AllowedToAct"),
    "organizationalunit": ("write:gPLink",),
    "domaindns": ("write:gPLink",),
    "grouppolicycontainer": ("write:gPCFileSysPath",),
}
"""What controls an object of that class, or one derived from it, beside taking it over"""
_ALL_CHANGES, _CHANGES = "DS-Replication-Get-Changes-All", "DS-Replication-Get-Changes"
_OF_ANY = (*_OF_ROLE.values(), *_OF_CLASS.values(), (_CHANGES,))
_NAMES = tuple(dict.fromkeys(name for names in _OF_ANY for name in names if name not in STORED))


class Rights:
    """Who holds each of these rights on which objects, checked at one controller."""

    def __init__(
        self, view: View, carriers: Carriers, structure: Structure, elsewhere: BitMap = NONE
    ) -> None:
        """`elsewhere` are the heads of contexts to which access is checked on other controllers."""
        self.carriers = carriers
        self._elsewhere = elsewhere
        self._view = view
        self._structure = structure
        self.permissions = dict(_known(view))
        self.needed: dict[str, str] = {_ALL_CHANGES: _CHANGES}
        """By name of a right, that of another one that it is nothing without"""
        self._passwords: list[str] = []
        """The rights to read a local password, in whichever attributes the schema has for them"""
        for reading in laps.readings(view.schema):
            self._ask_for(reading)
        asked = {name: _question_of(view, each) for name, each in self.permissions.items()}
        self._holders = Holders(view.snapshot, carriers, asked)
        self._held: dict[str, list[Held]] = defaultdict(list)
        self._undecided: dict[str, list[Held]] = defaultdict(list)
        self._damaged: dict[str, BitMap] = defaultdict(BitMap)
        lesser = self.needed.values()
        for name in asked:
            if name in self.needed:
                self._hold_both(name, self.needed[name])
            elif name not in lesser:
                self._hold(name)
        for stored in STORED.values():
            self._admit(stored)

    def asked_of(self, objects: BitMap, role: Role) -> Iterator[tuple[str, BitMap]]:
        """Each right that controls some objects in a role, with those of them checked here."""
        here = self._here(objects)
        for name in _OF_ROLE[role]:
            yield name, here
        if role is Role.ITSELF:
            for of_class, names in _OF_CLASS.items():
                if alike := here & self._structure.of_class(of_class):
                    yield from ((name, alike) for name in names)
            if computers := here & self._structure.plain_computers:
                yield from ((name, computers) for name in self._passwords)

    def holders(self, name: str, objects: BitMap) -> Iterator[Held]:
        """Those of the objects on which someone holds a right, with those who do."""
        if name not in laps.ENCRYPTED:
            yield from _on(objects, self._held[name])

    def undecided(self, name: str, objects: BitMap) -> Iterator[Held]:
        """Likewise with those who may hold it, or to whom it may be of use."""
        yield from _on(objects, self._undecided[name])
        if name in laps.ENCRYPTED:
            yield from _on(objects, self._held[name])

    def unjudged(self, objects: BitMap) -> Iterator[tuple[str, BitMap]]:
        """Those of the objects of which nothing can be said, by the reason why."""
        for reasons in (self._holders.unjudged, self._damaged):
            for reason, numbers in reasons.items():
                if found := numbers & objects:
                    yield reason, found

    def _here(self, objects: BitMap) -> BitMap:
        if not self._elsewhere:
            return objects
        head = self._structure.head
        return BitMap([n for n in objects if head(n) not in self._elsewhere])

    def _ask_for(self, reading: Reading) -> None:
        name = reading.deciding.name
        self._passwords.append(name)
        self.permissions[name] = reading.deciding
        if reading.lesser is not None:
            self.needed[name] = reading.lesser.name
            self.permissions[reading.lesser.name] = reading.lesser

    def _asked(self, name: str, objects: BitMap) -> BitMap:
        """Those of the objects of which a right is ever asked, where these are few."""
        return objects & self._structure.plain_computers if name in self._passwords else objects

    def _hold(self, name: str) -> None:
        for answer in self._holders.answers(name):
            if objects := self._asked(name, answer.objects):
                for one in answer.slices:
                    self._keep(name, one.decision, objects, one.subjects)

    def _hold_both(self, name: str, another: str) -> None:
        if another not in self.permissions:
            return
        pairs = Pairs()
        for answer in self._holders.answers(name):
            pairs.add(self._asked(name, answer.objects), answer.slices)
        for answer in self._holders.answers(another):
            for decision, (objects, subjects) in pairs.both(answer):
                if subjects:
                    self._keep(name, decision, objects, subjects)

    def _admit(self, stored: Stored) -> None:
        """Keep whom an attribute lets in, on the objects that are asked here."""
        name = stored.permission.name
        self.permissions[name] = stored.permission
        for objects in filter(None, map(self._here, self._structure.alike(stored))):
            entry = self._view.snapshot.at(objects[0])
            question = stored.permission.question(self._view.facts(entry))
            try:
                descriptor = stored.descriptor(entry)
            except DescriptorError as error:
                self._damaged[error.message] |= objects
                continue
            for part in holding(descriptor, question, self.carriers).parts:
                self._keep(name, part.decision, objects, part.subjects)

    def _keep(self, name: str, decision: Decision, objects: BitMap, subjects: BitMap) -> None:
        if decision is Decision.ALLOWED:
            self._held[name].append((objects, subjects))
        elif decision is Decision.UNDECIDED:
            self._undecided[name].append((objects, subjects))


def _on(objects: BitMap, lists: Sequence[Held]) -> Iterator[Held]:
    for known, subjects in lists:
        if alike := known & objects:
            yield alike, subjects


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

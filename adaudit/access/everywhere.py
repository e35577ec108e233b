"""
All that one subject holds on very many objects: each different case judged once.

Of a descriptor only the entries that can be for the subject count, and few descriptors differ in
those; nor do most objects differ in what their class or their SID makes of them.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from adaudit.access.bitmap import BitMap
from adaudit.access.leaves import Vocabulary
from adaudit.access.powers import Power, powers
from adaudit.access.question import ObjectFacts
from adaudit.access.token import Token
from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.directory.issuing import is_issued
from adaudit.errors import DescriptorError
from adaudit.security.ace import ALLOW_TYPES, DENY_TYPES, Ace, AnyAce
from adaudit.security.ace_wire import decode_ace
from adaudit.security.descriptor import AbsentAcl, Acl, ControlFlags, SecurityDescriptor
from adaudit.security.sid import OWNER_RIGHTS, PRINCIPAL_SELF, Sid
from adaudit.security.wire import decode, pieces

_ACCESS_TYPES = ALLOW_TYPES | DENY_TYPES


@dataclass(frozen=True, slots=True)
class Reduced:
    """A descriptor without what can be nothing to the subject."""

    owner: bytes | None
    """None where he is certainly not the subject"""
    entries: tuple[bytes, ...] | None
    """None where there is no list"""
    has_self: bool
    """Whether an entry for SELF is among them"""
    whole: bytes | None = None
    """All of the descriptor, if an entry applies under a condition, which may hang on all of it"""

    def decoded(self) -> SecurityDescriptor:
        """As the access check takes it."""
        if self.whole is not None:
            return decode(self.whole)
        owner = None if self.owner is None else Sid.decode(self.owner)
        dacl = AbsentAcl() if self.entries is None else Acl(4, tuple(map(decode_ace, self.entries)))
        return SecurityDescriptor(ControlFlags(0), owner, None, dacl)


@dataclass(frozen=True, slots=True)
class Case:
    """Objects on which the same is held by the same entries."""

    powers: tuple[Power, ...]
    """Positions are those in the list of `entries`"""
    entries: tuple[AnyAce, ...]
    objects: BitMap
    """Their numbers in the snapshot"""


@dataclass
class Everywhere:
    """What a token holds on objects of a snapshot, for one server."""

    view: View
    vocabulary: Vocabulary
    token: Token
    common: Token | None = None
    """What is held by this one too is marked"""
    unjudged: dict[str, BitMap] = field(default_factory=dict)
    """Objects of which nothing can be said, by the reason why"""

    def __post_init__(self) -> None:
        self._relevant: dict[bytes, AnyAce | None] = {}
        self._facts: dict[int, ObjectFacts] = {}
        tokens = [token for token in (self.token, self.common) if token]
        self._known = {
            sid.encode()
            for token in tokens
            for sid in (*token.sids, *token.deny_only, *token.doubtful)
        }
        """The SIDs that are told of by name; of those of domains there are no others"""
        self._has_losses = any(
            token.read_domains is not None or token.known_principals is not None for token in tokens
        )
        """Unless something was not read"""

    def cases(self, objects: BitMap | None = None) -> Iterator[Case]:
        """All cases, of all objects or some; each is in one of them or in `unjudged`."""
        descriptors, reasons = self._descriptors()
        found: dict[object, tuple[Case, list[BitMap]]] = {}
        known: dict[object, tuple[tuple[Power, ...], tuple[AnyAce, ...]]] = {}
        for (reduced, chain, sid), numbers in self._grouped(descriptors, reasons, objects).items():
            facts = self._facts_of(chain, sid, reduced)
            judged = known.get((reduced, facts))
            if judged is None:
                judged = known[reduced, facts] = self._judged(reduced, facts)
            held, entries = judged
            key = tuple(identity(power, entries) for power in held)
            case = found.setdefault(key, (Case(held, entries, BitMap()), []))[0]
            case.objects.update(numbers)
        yield from (case for case, _ in found.values())

    def reduced(self, body: bytes) -> Reduced:
        """
        A descriptor as far as it is something to the subject.

        Raises `DescriptorError` where it is damaged.
        """
        owner, entries = pieces(body)
        if owner is not None and not self._may_carry(Sid.decode(owner)):
            owner = None
        if entries is None:
            return Reduced(owner, None, has_self=False)
        aces = [(entry, self._ace(entry)) for entry in entries]
        kept = tuple(entry for entry, ace in aces if ace is not None)
        has_self = any(isinstance(a, Ace) and a.trustee == PRINCIPAL_SELF for _, a in aces)
        is_conditional = any(isinstance(a, Ace) and a.is_callback for _, a in aces)
        return Reduced(owner, kept, has_self, body if is_conditional else None)

    def position(self, body: bytes, known: int) -> int:
        """Where an entry stands in a descriptor of a case, whose list has it at `known`."""
        entries = pieces(body).dacl or ()
        if self.reduced(body).whole is not None:
            return known
        return [place for place, entry in enumerate(entries) if self._ace(entry) is not None][known]

    def _judged(
        self, reduced: Reduced, facts: ObjectFacts
    ) -> tuple[tuple[Power, ...], tuple[AnyAce, ...]]:
        descriptor = reduced.decoded()
        entries = descriptor.dacl.entries if isinstance(descriptor.dacl, Acl) else ()
        return powers(descriptor, self.token, facts, self.vocabulary, self.common), entries

    def _descriptors(self) -> tuple[Mapping[int, Reduced], Mapping[int, str]]:
        """The distinct descriptors by number, and why some cannot be judged."""
        found: dict[int, Reduced] = {}
        damaged: dict[int, str] = {}
        shared: dict[Reduced, Reduced] = {}
        for number, body in self.view.snapshot.descriptors():
            try:
                reduced = self.reduced(body)
            except DescriptorError as error:
                damaged[number] = f"the security descriptor is damaged: {error.message}"
                continue
            found[number] = shared.setdefault(reduced, reduced)
        return found, damaged

    def _grouped(
        self,
        descriptors: Mapping[int, Reduced],
        damaged: Mapping[int, str],
        objects: BitMap | None,
    ) -> "Mapping[tuple[Reduced, int, Sid | None], array[int]]":
        """The objects by what their answer hangs on, and `unjudged`."""
        places = {number: (reduced, reduced.has_self) for number, reduced in descriptors.items()}
        by_place: dict[tuple[int | None, int], array[int]] = defaultdict(lambda: array("I"))
        own: dict[tuple[Reduced, int, Sid | None], array[int]] = defaultdict(lambda: array("I"))
        for number, chain, descriptor, sid in self.view.snapshot.object_rows():
            if objects is not None and number not in objects:
                continue
            place = places.get(descriptor) if descriptor is not None else None
            if place is None or not place[1] or sid is None:
                by_place[descriptor, chain].append(number)
                continue
            try:
                own[place[0], chain, self._carried(sid)].append(number)
            except DescriptorError as error:
                why = f"the objectSid is damaged: {error.message}"
                self.unjudged.setdefault(why, BitMap()).add(number)
        for (descriptor, chain), numbers in by_place.items():
            reduced = descriptors.get(descriptor) if descriptor is not None else None
            if reduced is None:
                reason = _why(descriptor, damaged)
                self.unjudged.setdefault(reason, BitMap()).update(numbers)
            else:
                own[reduced, chain, None].extend(numbers)
        return own

    def _carried(self, sid: bytes) -> Sid | None:
        """The SID of an object, if the subject may carry it: then SELF may stand for him."""
        if sid not in self._known and is_issued(sid) and not self._has_losses:
            return None
        known = Sid.decode(sid)
        return known if self._may_carry(known) else None

    def _facts_of(self, chain: int, sid: Sid | None, reduced: Reduced) -> ObjectFacts:
        facts = self._facts.get(chain)
        if facts is None:
            names = tuple(
                name.encode("utf-8", "surrogateescape") for name in self.view.snapshot.chains[chain]
            )
            facts = self._facts[chain] = self.view.facts(Entry(Dn(""), {"objectclass": names}))
        types = {getattr(self._ace(entry), "object_type", None) for entry in reduced.entries or ()}
        class_guid = facts.class_guid if facts.class_guid in types else None
        return ObjectFacts(sid, class_guid, facts.blocks_owner, facts.owner_exempt)

    def _ace(self, entry: bytes) -> AnyAce | None:
        """An entry, None if it can be nothing to the subject."""
        try:
            return self._relevant[entry]
        except KeyError:
            ace = decode_ace(entry)
            found = self._relevant[entry] = ace if self._is_relevant(ace) else None
            return found

    def _is_relevant(self, ace: AnyAce) -> bool:
        if ace.is_inherit_only:
            return False
        if not isinstance(ace, Ace):
            return ace.type_code in _ACCESS_TYPES
        if ace.type not in _ACCESS_TYPES:
            return False
        return ace.trustee in (PRINCIPAL_SELF, OWNER_RIGHTS) or self._may_carry(ace.trustee)

    def _may_carry(self, sid: Sid) -> bool:
        tokens = (self.token,) if self.common is None else (self.token, self.common)
        return any(sid in each.sids or each.doubt(sid) is not None for each in tokens)


def identity(power: Power, entries: tuple[AnyAce, ...]) -> object:
    """What makes it the same as on another object: the entry, wherever it stands and was set."""
    ace = None if power.position is None else entries[power.position]
    known = (ace.type, ace.mask, ace.trustee, ace.object_type) if isinstance(ace, Ace) else ace
    told = (power.kind, power.what, power.but, power.decision, power.reason, power.is_common)
    return (*told, known)


def _why(descriptor: int | None, damaged: Mapping[int, str]) -> str:
    if descriptor is None:
        return "the directory gave no security descriptor"
    return damaged.get(descriptor, "the snapshot lacks the security descriptor")

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
from adaudit.access.reducing import Reduced, Reducer
from adaudit.access.token import Token
from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.errors import DescriptorError
from adaudit.security.ace import Ace, AnyAce
from adaudit.security.descriptor import Acl
from adaudit.security.sid import Sid


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
        self._facts: dict[int, ObjectFacts] = {}
        self.reducer = Reducer(*(token for token in (self.token, self.common) if token))

    def cases(self, objects: BitMap | None = None) -> Iterator[Case]:
        """All cases, of all objects or some; each is in one of them or in `unjudged`."""
        descriptors, reasons = self._descriptors()
        found: dict[object, Case] = {}
        known: dict[object, tuple[tuple[Power, ...], tuple[AnyAce, ...]]] = {}
        for (reduced, chain, sid), numbers in self._grouped(descriptors, reasons, objects).items():
            facts = self._facts_of(chain, sid, reduced)
            judged = known.get((reduced, facts))
            if judged is None:
                judged = known[reduced, facts] = self._judged(reduced, facts)
            held, entries = judged
            key = tuple(identity(power, entries) for power in held)
            found.setdefault(key, Case(held, entries, BitMap())).objects.update(numbers)
        yield from found.values()

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
                reduced = self.reducer.reduced(body)
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
                own[place[0], chain, self.reducer.carried(sid)].append(number)
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

    def _facts_of(self, chain: int, sid: Sid | None, reduced: Reduced) -> ObjectFacts:
        facts = self._facts.get(chain)
        if facts is None:
            names = tuple(
                name.encode("utf-8", "surrogateescape") for name in self.view.snapshot.chains[chain]
            )
            facts = self._facts[chain] = self.view.facts(Entry(Dn(""), {"objectclass": names}))
        types = {
            getattr(self.reducer.ace(entry), "object_type", None) for entry in reduced.entries or ()
        }
        class_guid = facts.class_guid if facts.class_guid in types else None
        return ObjectFacts(sid, class_guid, facts.blocks_owner, facts.owner_exempt)


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

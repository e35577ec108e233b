"""Makes the forest that a scenario of a review describes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from uuid import NAMESPACE_X500, UUID, uuid5

from adaudit.directory.known_schema import known_schema
from adaudit.directory.snapshot import Snapshot
from adaudit.security import sddl, wire
from adaudit.security.ace import Ace, AnyAce
from adaudit.security.descriptor import AbsentAcl, Acl, ControlFlags, Dacl, SecurityDescriptor
from adaudit.security.inheritance import inherit
from adaudit.security.sid import BUILTIN, Sid
from tests import windows
from tests.builders import GROUP_TYPES, SECURITY_ENABLED, Made, MadeDomain, World
from tests.reviews.model import Planted, Review, Value, common

HEAD = "DC=contoso,DC=example"
_LAB, _LAB_SID = "DC=LAB,DC=local", Sid.parse("S-1-5-21-437620890-465930906-4134689166")
_ADMINISTRATORS_OWN = "O:DAG:DA"
_DAMAGED = b"\x01\x00\x04\x84"
"""The beginning of a descriptor's header, and nothing of the rest"""
_NAME = re.compile(r"\{([^{}]+)\}")
_PARTITION = re.compile(r"(CN=Configuration|CN=Schema,CN=Configuration|DC=[^,]+)", re.IGNORECASE)
_MANAGED = "msDS-GroupManagedServiceAccount"
_PRIMARY = {"user": 513, "computer": 515, _MANAGED: 515}
_CONTROL = {"user": 0x200, "computer": 0x1000, _MANAGED: 0x1000}
_PROTECTED_WITH_MEMBERS = {544, 548, 549, 550, 551, 552, 512, 518, 519}
_PROTECTED_ALONE = {500, 502, 516, 521}
"""Whose descriptor is that of AdminSDHolder. [MS-ADTS] 3.1.1.6.1.2"""
_PARTITIONS = "CN=Partitions,CN=Configuration"
_SCHEMA = "CN=Schema,CN=Configuration"


@dataclass(eq=False)
class Forest:
    """A forest in the making, and what the names of its scenario stand for."""

    review: Review
    world: World
    domain: MadeDomain
    places: dict[str, Made] = field(default_factory=dict)
    """All objects by place in lower case"""
    classes: dict[str, str] = field(default_factory=dict)
    """The class of each, likewise"""
    scopes: dict[Sid, str] = field(default_factory=dict)
    """The scope of each group"""
    members: dict[Sid, set[Sid]] = field(default_factory=dict)
    """Of each group, without those whose primary group it is"""

    @property
    def parts(self) -> tuple[Planted, ...]:
        """All that was planted, the scenario last."""
        return (*common(), self.review)

    def made(self, name: str) -> Made:
        """The object of that name: a place, or a common name that only one object has."""
        found = self.named(name)
        assert found is not None, f"none or several objects are called `{name}`"
        return found

    def named(self, name: str) -> Made | None:
        """The same, None for what names none or several."""
        plain = name.lower()
        found = [made for made in self.places.values() if made.dn.name.lower() == plain]
        return self.places.get(plain) or (found[0] if len(found) == 1 else None)

    def principals(self) -> Iterator[Made]:
        """All objects with a SID but the domain itself."""
        for place, made in self.places.items():
            if "objectsid" in made.attributes and place != "head":
                yield made

    def snapshot(self) -> Snapshot:
        """What a collection of the forest makes."""
        return self.world.snapshot()


def build(review: Review) -> Forest:
    """Make the forest of a scenario."""
    world = World(review.scope, has_sacls=review.sacls)
    domain = world.domain("CONTOSO", HEAD)
    assert domain.head
    forest = Forest(review, world, domain, {"head": domain.head}, {"head": "domainDNS"})
    for part in forest.parts:
        for place, words in part.objects.items():
            _add(forest, place, words)
    for part in forest.parts:
        for group, members in part.members.items():
            _join(forest, group, members)
    _add_references(forest)
    _add_schema(forest)
    _put_attributes(forest)
    _Descriptors(forest).give()
    for subject, reason in review.gaps.items():
        world.gap(forest.named(subject) or subject, reason)
    lost = {id(forest.made(name)) for name in review.lost}
    world.objects = [made for made in world.objects if id(made) not in lost]
    return forest


def _add(forest: Forest, place: str, words: str) -> None:
    object_class, _, rest = words.partition(" ")
    number, _, scope = rest.partition(" ")
    made = forest.world.add(f"{place},{HEAD}", object_class)
    if number:
        made.put(objectSid=_sid(forest, number, scope))
    if object_class in ("user", "computer", "group", _MANAGED):
        sign = "" if object_class in ("user", "group") else "$"
        made.put(sAMAccountName=f"{made.dn.name}{sign}")
    if object_class == "group":
        made.put(groupType=(GROUP_TYPES[scope] | SECURITY_ENABLED) - (1 << 32))
        forest.scopes[made.sid] = scope
    if object_class in _PRIMARY:
        made.put(primaryGroupID=_PRIMARY[object_class], userAccountControl=_CONTROL[object_class])
    forest.places[place.lower()] = made
    forest.classes[place.lower()] = object_class


def _sid(forest: Forest, number: str, scope: str) -> Sid:
    if number.startswith("S-"):
        return Sid.parse(number)
    return (BUILTIN if scope == "builtin" else forest.domain.sid).relative(int(number))


def _join(forest: Forest, group: str, members: tuple[str, ...]) -> None:
    made = forest.made(group)
    for member in map(forest.made, members):
        made.put(member=member)
        forest.members.setdefault(made.sid, set()).add(member.sid)


def _add_references(forest: Forest) -> None:
    """The crossRef objects of all partitions, of which that of the domain is there."""
    (domain,) = (made for made in forest.world.objects if made.dn.name == forest.domain.netbios)
    forest.places[f"cn=contoso,{_PARTITIONS}".lower()] = domain
    forest.classes[f"cn=contoso,{_PARTITIONS}".lower()] = "crossRef"
    for place in [place for place in forest.places if _is_partition(place)]:
        dn = forest.places[place].dn
        name = dn.name if place.startswith("dc=") else f"Enterprise {dn.name}"
        reference = f"CN={name},{_PARTITIONS}"
        _add(forest, reference, "crossRef")
        forest.places[reference.lower()].put(nCName=str(dn), systemFlags=1)


def _is_partition(place: str) -> bool:
    return _PARTITION.fullmatch(place) is not None


def _add_schema(forest: Forest) -> None:
    """Definitions, if the forest has others than those that Microsoft publishes."""
    known, review = known_schema(), forest.review
    lacks = {name.lower() for name in review.lacks}
    assert lacks <= known.classes.keys() | known.attributes.keys(), lacks
    if lacks & known.classes.keys():
        for name in known.classes.keys() - lacks:
            found = known.classes[name]
            _define(forest, forest.world.schema_class(found.name, found.guid, found.parent))
    if review.attributes or lacks & known.attributes.keys():
        for name in known.attributes.keys() - lacks:
            each = known.attributes[name]
            given = (
                {} if each.property_set is None else {"attributeSecurityGUID": each.property_set}
            )
            made = forest.world.schema_attribute(each.name, each.guid, **given)
            _define(forest, made.put(searchFlags=0x80 if each.is_confidential else 0))
        for name, added in review.attributes.items():
            made = forest.world.schema_attribute(name, added.guid)
            _define(forest, made.put(searchFlags=0x80 if added.confidential else 0))


def _define(forest: Forest, made: Made) -> None:
    place = f"CN={made.dn.name},{_SCHEMA}".lower()
    forest.places[place] = made
    forest.classes[place] = made.attributes["objectclass"][-1].decode()


def _put_attributes(forest: Forest) -> None:
    if forest.review.heuristics:
        service = "CN=Directory Service,CN=Windows NT,CN=Services,CN=Configuration"
        forest.made(service).put(dSHeuristics=forest.review.heuristics)
    if forest.review.propagated:
        for made in protected(forest):
            made.put(adminCount=1)
    for part in forest.parts:
        for name, attributes in part.has.items():
            for attribute, value in attributes.items():
                _put(forest.made(name), attribute, value)
    for made in forest.world.objects:
        made.put(objectGUID=uuid5(NAMESPACE_X500, str(made.dn)))


def _put(made: Made, attribute: str, value: Value) -> None:
    made.attributes.pop(attribute.lower(), None)
    if value is not None:
        is_sid = attribute == "securityIdentifier"
        made.put(**{attribute: Sid.parse(str(value)) if is_sid else value})


def protected(forest: Forest) -> list[Made]:
    """Those to whom AdminSDHolder is handed down. [MS-ADTS] 3.1.1.6.1.2"""
    found = {m.sid for m in forest.principals() if m.sid.rid in _PROTECTED_WITH_MEMBERS}
    while more := {sid for each in found for sid in forest.members.get(each, ())} - found:
        found |= more
    return [
        made
        for made in forest.principals()
        if made.sid in found or (made.sid.domain and made.sid.rid in _PROTECTED_ALONE)
    ]


class _Descriptors:
    """Gives all objects of a forest their descriptors."""

    def __init__(self, forest: Forest) -> None:
        self.forest = forest
        self.protected = (
            {id(made) for made in protected(forest)} if forest.review.propagated else set()
        )
        names = {name for part in forest.parts for name in (*part.set, *part.stored)}
        self.planted = {name: forest.made(name) for name in names}
        self.of = cache(self._of)

    def give(self) -> None:
        review = self.forest.review
        self._put(review.readers, "msDS-GroupMSAMembership")
        self._put(review.acting, "msDS-AllowedToActOnBehalfOfOtherIdentity")
        for place, made in self.forest.places.items():
            descriptor = self.of(place)
            if isinstance(descriptor, bytes):
                made.descriptor = descriptor
            elif descriptor is not None:
                kept = descriptor if self.forest.review.sacls else _without_sacl(descriptor)
                made.descriptor = wire.encode(kept)

    def _put(self, entries: dict[str, str], attribute: str) -> None:
        for name, text in entries.items():
            listed = self._parsed(f"{_ADMINISTRATORS_OWN}D:{text}")
            self.forest.made(name).put(**{attribute: wire.encode(listed)})

    def _of(self, place: str) -> SecurityDescriptor | bytes | None:
        """The whole descriptor of an object; bytes that are none, or nothing."""
        stored = self._stored(self.forest.places[place])
        if stored is not None:
            return self._as_stored(stored)
        explicit = self._explicit(place)
        above = None if place == "head" or _is_partition(place) else self.of(_above(place))
        if not isinstance(above, SecurityDescriptor):
            return explicit
        name = self.forest.classes[place].lower()
        return _inheriting(explicit, above, known_schema().classes[name].guid)

    def _stored(self, made: Made) -> str | None:
        return next(
            (t for n, t in self.forest.review.stored.items() if self.planted[n] is made), None
        )

    def _as_stored(self, text: str) -> SecurityDescriptor | bytes | None:
        if text == "unreadable":
            return None
        if text == "damaged":
            return _DAMAGED
        if re.fullmatch("[0-9a-f]+", text):
            return bytes.fromhex(text)
        return self._parsed(text if text.startswith("O:") else f"{_ADMINISTRATORS_OWN}{text}")

    def _explicit(self, place: str) -> SecurityDescriptor:
        """What an object has without what it inherits."""
        made = self.forest.places[place]
        if id(made) in self.protected:
            holder = self.of("cn=adminsdholder,cn=system")
            assert isinstance(holder, SecurityDescriptor)
            found = _explicit_part(holder)
        else:
            found = self._from_the_beginning(made, place)
        for part in self.forest.parts:
            for name, text in part.set.items():
                if self.planted[name] is made:
                    found = self._with(found, text)
        return found

    def _from_the_beginning(self, made: Made, place: str) -> SecurityDescriptor:
        """That of the same object of a real domain, or the default of the class."""
        real = _real(str(made.dn), self.forest.domain.sid)
        if real is not None:
            return real
        name = self.forest.classes[place].lower()
        default = known_schema().classes[name].default_descriptor or "D:"
        return self._parsed(f"{_ADMINISTRATORS_OWN}{default}")

    def _with(self, found: SecurityDescriptor, text: str) -> SecurityDescriptor:
        if text.startswith("("):
            added = self._parsed(f"D:{text}").dacl
            assert isinstance(added, Acl)
            assert isinstance(found.dacl, Acl)
            new, old = added.entries, found.dacl.entries
            behind = next((n for n, ace in enumerate(old) if not _denies(ace)), len(old))
            denies = [ace for ace in new if _denies(ace)]
            allows = [ace for ace in new if not _denies(ace)]
            entries = (*denies, *old[:behind], *allows, *old[behind:])
            return replace(found, dacl=Acl(4, entries))
        given = self._parsed(text)
        if not isinstance(given.dacl, AbsentAcl):
            flags = found.control & ~ControlFlags.DACL_PROTECTED
            found = replace(found, dacl=given.dacl, control=flags | given.control)
        if not isinstance(given.sacl, AbsentAcl):
            flags = found.control & ~ControlFlags.SACL_PROTECTED
            found = replace(found, sacl=given.sacl, control=flags | given.control)
        return replace(found, owner=given.owner or found.owner)

    def _parsed(self, text: str) -> SecurityDescriptor:
        """Read SDDL in which names in braces stand for SIDs and GUIDs."""
        sid = self.forest.domain.sid
        return sddl.parse(_NAME.sub(lambda match: self._meaning(match[1]), text), sid, sid)

    def _meaning(self, name: str) -> str:
        known, plain = known_schema(), name.lower()
        if name in self.forest.review.attributes:
            return self.forest.review.attributes[name].guid
        for definitions in (known.classes, known.attributes):
            if plain in definitions:
                return str(definitions[plain].guid)
        right = next((right for right in known.rights if right.is_called(name)), None)
        return str(right.guid) if right else str(self.forest.made(name).sid)


def _denies(ace: AnyAce) -> bool:
    return isinstance(ace, Ace) and ace.denies


def _above(place: str) -> str:
    return place.partition(",")[2] or "head"


@cache
def _real(dn: str, domain: Sid) -> SecurityDescriptor | None:
    """What an object of the real domain was given itself, as if it were ours."""
    lab = dn.replace(HEAD, _LAB).replace("contoso.example", "LAB.local")
    body = windows.descriptors().get(lab)
    if body is None:
        return None
    return _explicit_part(wire.decode(as_ours(body, domain)))


def as_ours(body: bytes, domain: Sid) -> bytes:
    """A descriptor of the real domain with the SIDs of another one."""
    return body.replace(_LAB_SID.encode()[8:], domain.encode()[8:])


def _explicit_part(descriptor: SecurityDescriptor) -> SecurityDescriptor:
    return replace(descriptor, dacl=_set_itself(descriptor.dacl), sacl=_set_itself(descriptor.sacl))


def _set_itself(acl: Dacl) -> Dacl:
    if not isinstance(acl, Acl):
        return acl
    return Acl(acl.revision, tuple(ace for ace in acl.entries if not ace.is_inherited))


def _inheriting(
    explicit: SecurityDescriptor, above: SecurityDescriptor, object_class: UUID
) -> SecurityDescriptor:
    """Add what the object above hands down, as a controller stores it."""
    owner, group = explicit.owner, explicit.group
    dacl, sacl = explicit.dacl, explicit.sacl
    if isinstance(dacl, Acl) and isinstance(above.dacl, Acl) and not explicit.is_dacl_protected:
        inherited = inherit(above.dacl, object_class, owner, group)
        dacl = Acl(4, (*dacl.entries, *inherited))
    if isinstance(above.sacl, Acl) and not explicit.control & ControlFlags.SACL_PROTECTED:
        own = sacl.entries if isinstance(sacl, Acl) else ()
        sacl = Acl(4, (*own, *inherit(above.sacl, object_class, owner, group)))
    return replace(explicit, dacl=dacl, sacl=sacl)


def _without_sacl(descriptor: SecurityDescriptor) -> SecurityDescriptor:
    return replace(descriptor, sacl=AbsentAcl())

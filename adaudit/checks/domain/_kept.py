"""Who keeps a right in spite of a deny."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from adaudit.access.bitmap import BitMap
from adaudit.access.permission import Permission
from adaudit.access.question import Question
from adaudit.access.token import Server
from adaudit.access.verdict import Deciding, Decision
from adaudit.checks._context import Context
from adaudit.checks.domain._asking import asked_for, bits_of
from adaudit.directory.entry import Entry
from adaudit.directory.snapshot import Unreadable, descriptor_of
from adaudit.review.delegations import Delegation
from adaudit.review.families import Family
from adaudit.security.ace import Ace, AceFlags
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.rights import FULL_CONTROL, AccessMask, map_generic

_CONTAINER_INHERIT = int(AceFlags.CONTAINER_INHERIT)
_KEY = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """Accounts that a deny is for and that hold what it denies, on one object or several alike."""

    accounts: BitMap
    permission: Permission
    question: Question
    entry: Entry
    """The object that is asked; the parent where a child may be deleted by it"""
    deciding: Deciding | None
    """The entry that grants it, None for an owner"""
    place: Server
    numbers: Sequence[int]
    """The objects that it is so on"""


class Denied:
    """The denies that were set by hand, and the objects that inherit them."""

    def __init__(self, denies: Sequence[Delegation], context: Context) -> None:
        self._context = context
        self._by_key: dict[_KEY, list[Delegation]] = defaultdict(list)
        self._known: dict[tuple[int, str, int], list[Kept]] = {}
        for deny in denies:
            ace = deny.ace
            if isinstance(ace, Ace) and int(ace.flags) & _CONTAINER_INHERIT and not ace.is_callback:
                self._by_key[_key(ace)].append(deny)

    def below(self) -> Iterator[tuple[Delegation, Kept]]:
        """What is kept on objects below, because an earlier entry grants it."""
        if not self._by_key:
            return
        late: dict[int, Sequence[tuple[int, Ace]]] = {}
        for family in self._context.families:
            if family.descriptor not in late:
                late[family.descriptor] = self._late(family)
            for position, ace in late[family.descriptor]:
                for deny in self._by_key[_key(ace)]:
                    if _is_under(family, deny):
                        for kept in self._kept(family, position, ace):
                            yield deny, kept

    def _late(self, family: Family) -> Sequence[tuple[int, Ace]]:
        """The inherited denies of a descriptor that stand behind something that allows."""
        known = descriptor_of(self._context.snapshot.at(family.numbers[0]))
        if not isinstance(known, SecurityDescriptor) or not isinstance(known.dacl, Acl):
            return ()
        allowed, found = 0, []
        for position, ace in enumerate(known.dacl.entries):
            if not isinstance(ace, Ace) or ace.is_inherit_only:
                continue
            if ace.allows:
                allowed |= int(ace.mask)
            elif ace.is_inherited and int(ace.mask) & allowed and _key(ace) in self._by_key:
                found.append((position, ace))
        return found

    def _kept(self, family: Family, position: int, ace: Ace) -> Iterator[Kept]:
        """The same for all objects of one class that have the descriptor."""
        key = family.descriptor, family.name, position
        known = self._known.get(key)
        if known is None:
            entry = self._context.snapshot.at(family.numbers[0])
            found = kept_on(entry, position, ace, family.numbers, self._context)
            known = self._known[key] = list(found)
        for kept in known:
            yield replace(kept, numbers=family.numbers)


def kept_on(
    entry: Entry, position: int, ace: Ace, numbers: Sequence[int], context: Context
) -> Iterator[Kept]:
    """
    What earlier entries, or ownership, grant of what an entry of the object denies.

    What accounts hold on themselves by an entry for SELF does not count.
    """
    facts, schema = replace(context.view.facts(entry), sid=None), context.view.schema
    for bit in bits_of(int(ace.mask) & int(FULL_CONTROL)):
        permission = asked_for(bit, ace.object_type, facts.class_guid, schema)
        if permission is None:
            continue
        question = permission.question(facts)
        for place in context.outsiders.places(entry):
            found = context.outsiders.holding(entry, question, place)
            whom = _whom(ace, place, context)
            for part in () if isinstance(found, Unreadable) else found.parts:
                is_before = part.deciding is None or part.deciding.position < position
                accounts = part.subjects & whom
                if part.decision is Decision.ALLOWED and is_before and accounts:
                    yield Kept(accounts, permission, question, entry, part.deciding, place, numbers)


def deleted_through_parent(deny: Delegation, ace: Ace, context: Context) -> Iterator[Kept]:
    """Who may delete the objects although that is denied on them: DELETE_CHILD is enough."""
    if not map_generic(int(ace.mask)) & AccessMask.DELETE or ace.is_callback:
        return
    if not ace.is_inherit_only and not context.view.level(deny.example).is_head:
        above = deny.example.parent
        parent = context.snapshot.entry(above) if above else None
        guid = context.view.schema.class_guid(deny.object_class)
        if parent is not None and ace.object_type in {None, guid}:
            yield from _deleting(parent, guid, ace, [*deny.objects], context)
    if int(ace.flags) & _CONTAINER_INHERIT:
        yield from _deleting_children(deny, ace, context)


def _deleting_children(deny: Delegation, ace: Ace, context: Context) -> Iterator[Kept]:
    """The same of the children that inherit the deny; what is asked is the object of the deny."""
    entry = context.snapshot.entry(deny.example)
    schema, chains = context.view.schema, context.snapshot.chains
    below = context.snapshot.chains_below(deny.example.path, directly=True)
    names = sorted({chains[chain][-1] for chain, _ in below if chains[chain]})
    for guid in filter(None, map(schema.class_guid, names)):
        is_meant = ace.inherited_object_type in {None, guid} and ace.object_type in {None, guid}
        if entry is not None and is_meant:
            yield from _deleting(entry, guid, ace, [*deny.objects], context)


def _deleting(
    parent: Entry, child: UUID | None, ace: Ace, numbers: Sequence[int], context: Context
) -> Iterator[Kept]:
    permission = Permission.of_child("delete child", AccessMask.DELETE_CHILD, child)
    question = permission.question(context.view.facts(parent))
    for place in context.outsiders.places(parent):
        found = context.outsiders.holding(parent, question, place)
        whom = context.outsiders.carriers(place).sure(ace.trustee) & context.outsiders.everyone
        for part in () if isinstance(found, Unreadable) else found.parts:
            accounts = part.subjects & whom
            if part.decision is Decision.ALLOWED and part.deciding and accounts:
                yield Kept(accounts, permission, question, parent, part.deciding, place, numbers)


def _whom(ace: Ace, place: Server, context: Context) -> BitMap:
    """Whom a deny is for: those of tier 0 only where it names something of tier 0."""
    outsiders = context.outsiders
    is_trusted = context.tier_zero.is_trusted(ace.trustee)
    counted = outsiders.everyone if is_trusted else outsiders.accounts
    return outsiders.carriers(place).sure(ace.trustee) & counted


def _is_under(family: Family, deny: Delegation) -> bool:
    path = deny.place.path if len(deny.objects) > 1 else deny.example.path
    return family.parent == path or family.parent.startswith(f"{path},")


def _key(ace: Ace) -> _KEY:
    return ace.trustee, map_generic(int(ace.mask)) & int(FULL_CONTROL), ace.object_type

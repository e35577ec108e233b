"""Who gains and who loses by the order of a DACL, compared with canonical order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from adaudit.access.bitmap import BitMap
from adaudit.access.holding import Holding, holding
from adaudit.access.permission import Permission
from adaudit.access.question import ObjectFacts, Question
from adaudit.access.token import Server
from adaudit.checks._context import Context
from adaudit.checks.domain._asking import asked_for, bits_of, narrower
from adaudit.directory.entry import Entry
from adaudit.directory.schema import Schema
from adaudit.security.ace import Ace, AceFlags, AnyAce
from adaudit.security.canonical import canonical_order
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.rights import FULL_CONTROL

_CONTAINER_INHERIT = int(AceFlags.CONTAINER_INHERIT)
_INHERIT_ONLY = int(AceFlags.INHERIT_ONLY)


@dataclass(frozen=True, slots=True)
class Order:
    """A DACL as it takes effect somewhere, in the order stored and in canonical order."""

    stored: SecurityDescriptor
    canonical: SecurityDescriptor
    positions: tuple[int, ...]
    """Where each entry of `stored` stands in the DACL"""
    facts: ObjectFacts
    is_below: bool
    """Whether it is that of an object below"""


@dataclass(frozen=True, slots=True)
class Change:
    """Accounts for whom the order decides about a permission."""

    order: Order
    permission: Permission
    place: Server
    gained: BitMap
    """They hold it, and would not in canonical order"""
    lost: BitMap
    """They do not hold it, and would in canonical order"""
    undecided: BitMap
    """Those of whom it is not known"""

    @property
    def question(self) -> Question:
        """What is asked."""
        return self.permission.question(self.order.facts)


def changes(
    entry: Entry, descriptor: SecurityDescriptor, dacl: Acl, context: Context
) -> Iterator[Change]:
    """All that the order decides, on the object and on objects below."""
    rank = {position: place for place, position in enumerate(canonical_order(dacl))}
    for order in _orders(entry, descriptor, dacl, rank, context):
        for permission in _permissions(order, rank, context.view.schema):
            for place in context.outsiders.places(entry):
                change = _change(order, permission, place, context)
                if change.gained or change.lost or change.undecided:
                    yield change


def _change(order: Order, permission: Permission, place: Server, context: Context) -> Change:
    question, carriers = permission.question(order.facts), context.outsiders.carriers(place)
    stored = holding(order.stored, question, carriers)
    canonical = holding(order.canonical, question, carriers)
    everyone = context.outsiders.everyone
    return Change(
        order,
        permission,
        place,
        (stored.allowed & canonical.denied) & everyone,
        (stored.denied & canonical.allowed) & everyone,
        _differing(stored, canonical) & everyone,
    )


def _differing(stored: Holding, canonical: Holding) -> BitMap:
    """Who is undecided in one order alone: in both it hangs on something else."""
    return stored.undecided ^ canonical.undecided


def _orders(
    entry: Entry,
    descriptor: SecurityDescriptor,
    dacl: Acl,
    rank: dict[int, int],
    context: Context,
) -> Iterator[Order]:
    """The DACL on the object itself, and on objects below of the classes that entries name."""
    numbered = list(enumerate(dacl.entries))
    yield _order(descriptor, numbered, rank, context.view.facts(entry))
    handed = [each for each in numbered if int(each[1].flags) & _CONTAINER_INHERIT]
    limits = {_limit(ace) for _, ace in handed}
    for limit in sorted(limits, key=str):
        below = [(at, _in_effect(ace)) for at, ace in handed if _limit(ace) in {None, limit}]
        unowned = replace(descriptor, owner=None)
        yield _order(unowned, below, rank, ObjectFacts(None, limit), is_below=True)


def _order(
    descriptor: SecurityDescriptor,
    numbered: Sequence[tuple[int, AnyAce]],
    rank: dict[int, int],
    facts: ObjectFacts,
    *,
    is_below: bool = False,
) -> Order:
    ordered = sorted(numbered, key=lambda each: rank[each[0]])
    return Order(
        _with(descriptor, numbered),
        _with(descriptor, ordered),
        tuple(position for position, _ in numbered),
        facts,
        is_below,
    )


def _with(
    descriptor: SecurityDescriptor, numbered: Sequence[tuple[int, AnyAce]]
) -> SecurityDescriptor:
    return replace(descriptor, dacl=Acl(4, tuple(ace for _, ace in numbered)))


def _permissions(order: Order, rank: dict[int, int], schema: Schema) -> list[Permission]:
    """What is asked: each bit that is granted and denied by entries that change places."""
    dacl = order.stored.dacl
    entries = dacl.entries if isinstance(dacl, Acl) else ()
    found: dict[tuple[int, UUID | None], None] = {}
    for late, later in enumerate(entries):
        for early, earlier in enumerate(entries[:late]):
            if rank[order.positions[early]] > rank[order.positions[late]]:
                found |= dict.fromkeys(_contested(earlier, later, schema))
    asked = (asked_for(bit, guid, order.facts.class_guid, schema) for bit, guid in found)
    return [permission for permission in asked if permission is not None]


def _contested(one: AnyAce, other: AnyAce, schema: Schema) -> Iterator[tuple[int, UUID | None]]:
    """The bits that one of two entries grants and the other denies, and for what."""
    if not (isinstance(one, Ace) and isinstance(other, Ace)):
        return
    is_contrary = (one.allows and other.denies) or (one.denies and other.allows)
    if one.is_inherit_only or other.is_inherit_only or not is_contrary:
        return
    for guid in narrower(one.object_type, other.object_type, schema):
        for bit in bits_of(int(one.mask) & int(other.mask) & int(FULL_CONTROL)):
            yield bit, guid


def _limit(ace: AnyAce) -> UUID | None:
    return ace.inherited_object_type if isinstance(ace, Ace) else None


def _in_effect(ace: AnyAce) -> AnyAce:
    return replace(ace, flags=AceFlags(int(ace.flags) & ~_INHERIT_ONLY))

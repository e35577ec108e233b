"""Hypothesis strategies for one right on one object and all subjects of a forest."""

from dataclasses import dataclass, replace
from typing import TypeVar

from hypothesis import strategies as st

from adaudit.access import ObjectFacts, Question
from adaudit.access.carriers import Carriers
from adaudit.access.holders import QuestionOf
from adaudit.access.question import TypeNode
from adaudit.directory.membership import Membership
from adaudit.directory.snapshot import Snapshot
from adaudit.security import condition, wire
from adaudit.security import sid as sids
from adaudit.security.ace import Ace, AceFlags, AceType, AnyAce
from adaudit.security.descriptor import AbsentAcl, Acl, ControlFlags, NullAcl, SecurityDescriptor
from adaudit.security.rights import AccessMask, Right
from adaudit.security.sid import OWNER_RIGHTS, PRINCIPAL_SELF, Sid
from tests.access import access_strategies
from tests.access.access_strategies import GUIDS, aces, opaque_aces, trees
from tests.access.forest_strategies import Forest, forests, servers

MAXIMUM, SYSTEM_SECURITY = 0x2000000, 0x1000000
ONE_BIT = [0x20, 0x100, 0x20000, 0x40000, 0x80000]
SPECIAL = [0, MAXIMUM, MAXIMUM | 0x20, MAXIMUM | 0x40000, SYSTEM_SECURITY, 0x10000000, 0x20000000]
masks = st.one_of(
    st.sampled_from(ONE_BIT), access_strategies.masks, st.sampled_from([*SPECIAL, MAXIMUM, MAXIMUM])
)


T = TypeVar("T")


@dataclass(frozen=True)
class Ask:
    """One question on one object, and who might hold it."""

    carriers: Carriers
    descriptor: SecurityDescriptor
    question: Question


def mostly(
    usual: st.SearchStrategy[T], rare: st.SearchStrategy[T], odds: int
) -> st.SearchStrategy[T]:
    """The one, or in one of `odds` cases the other."""
    return st.integers(1, odds).flatmap(lambda chance: rare if chance == odds else usual)


@st.composite
def carrying(draw: st.DrawFn, forest: Forest) -> Carriers:
    """Who carries what in a forest: all principals and all who are named, or accounts alone."""
    membership = Membership.of(forest.world.snapshot())
    subjects = list(dict.fromkeys([*membership.principals, *forest.named]))
    return Carriers(membership, draw(servers(membership)), subjects)


@st.composite
def conditions(draw: st.DrawFn, named: list[Sid]) -> bytes:
    """Conditions on memberships and claims, and bytes that are none."""
    sid = st.sampled_from(named).map(lambda known: f"SID({known})")
    test = st.sampled_from(["Member_of", "Member_of_Any", "Not_Member_of", "Not_Member_of_Any"])
    tests = st.builds(
        lambda kind, of: f"({kind} {{{', '.join(of)}}})",
        test,
        st.lists(sid, min_size=1, max_size=2),
    )
    others = st.sampled_from(
        [
            "(Exists @User.clearance)",
            "(@User.clearance == 1)",
            "(@Resource.secret == 1)",
            f"(Device_Member_of {{SID({named[0]})}})",
        ]
    )
    leaves = mostly(tests, others, 5)
    texts = st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(
                lambda a, op, b: f"({a} {op} {b})", inner, st.sampled_from(["&&", "||"]), inner
            ),
            inner.map(lambda text: f"(!{text})"),
        ),
        max_leaves=3,
    )
    encoded = texts.map(lambda text: condition.encode(condition.parse(text)))
    return draw(mostly(encoded, st.sampled_from([b"", b"no condition"]), 8))


def effective(ace: Ace) -> Ace:
    """The entry as it takes effect."""
    return replace(ace, flags=ace.flags & ~AceFlags.INHERIT_ONLY)


@st.composite
def entries(draw: st.DrawFn, named: list[Sid]) -> tuple[AnyAce, ...]:
    """The entries of a DACL, one in a few for SELF, OWNER RIGHTS or whoever logs on."""
    special = st.sampled_from(
        [OWNER_RIGHTS, PRINCIPAL_SELF, sids.EVERYONE, sids.AUTHENTICATED_USERS]
    )
    known = draw(st.lists(conditions(named), min_size=1, max_size=2))
    understood = aces(mostly(st.sampled_from(named), special, 3), known)
    either = mostly(understood.map(effective), mostly(understood, opaque_aces, 3), 5)
    return tuple(draw(st.lists(either, min_size=draw(st.integers(0, 7)), max_size=8)))


@st.composite
def descriptors(draw: st.DrawFn, named: list[Sid]) -> SecurityDescriptor:
    """Descriptors of objects in a forest."""
    dacl = entries(named).map(lambda those: Acl(4, those))
    return SecurityDescriptor(
        ControlFlags(0),
        draw(mostly(st.sampled_from(named), st.none(), 5)),
        None,
        draw(mostly(dacl, st.sampled_from([NullAcl(), AbsentAcl()]), 20)),
        draw(st.sampled_from([AbsentAcl(), Acl(4, ())])),
    )


@st.composite
def questions(draw: st.DrawFn, named: list[Sid]) -> Question:
    """Questions of every kind: any bits at any node of any type list."""
    nodes = tuple(TypeNode(level, guid) for level, guid in draw(trees()))
    facts = ObjectFacts(
        draw(st.none() | st.sampled_from(named)),
        None,
        draw(st.booleans()),
        draw(st.frozensets(st.sampled_from(named), max_size=2)),
    )
    ambiguous = draw(st.frozensets(st.sampled_from(GUIDS), max_size=1))
    node = draw(st.integers(0, max(len(nodes) - 1, 0)))
    return Question(Right("a right", AccessMask(draw(masks))), nodes, node, facts, ambiguous)


@st.composite
def asks(draw: st.DrawFn, most: int = 5) -> list[Ask]:
    """Questions on objects of one forest."""
    forest = draw(forests(with_gaps=draw(st.booleans())))
    carriers = draw(carrying(forest))
    named = forest.named
    count = draw(st.integers(1, most))
    return [Ask(carriers, draw(descriptors(named)), draw(questions(named))) for _ in range(count)]


@st.composite
def hard_asks(draw: st.DrawFn, most: int = 8) -> list[Ask]:
    """
    Questions whose answer takes several entries: each gives some of the bits, or a part of a node.

    All trustees are carried by someone, all object types are in the list, and few entries deny.
    """
    forest = draw(forests(with_gaps=draw(st.booleans())))
    carriers = draw(carrying(forest))
    carried = [sid for sid in forest.named if carriers.sure(sid) or carriers.doubtful(sid)]
    return [draw(_hard_ask(carriers, carried)) for _ in range(draw(st.integers(1, most)))]


@st.composite
def _hard_ask(draw: st.DrawFn, carriers: Carriers, carried: list[Sid]) -> Ask:
    levels = draw(st.sampled_from([(0,), (0, 1), (0, 1, 1), (0, 1, 2, 2), (0, 1, 2, 1, 2)]))
    nodes = tuple(TypeNode(level, guid) for level, guid in zip(levels, GUIDS, strict=False))
    node = draw(st.integers(0, len(nodes) - 1))
    mask = draw(st.sampled_from([0x20, 0x30, 0x60020, MAXIMUM, MAXIMUM | 0x30]))
    trustees = st.sampled_from([sids.EVERYONE, OWNER_RIGHTS, *draw(_few(carried))])
    kinds = [AceType.ACCESS_ALLOWED_OBJECT] * 5 + [AceType.ACCESS_DENIED_OBJECT]
    ace = st.builds(
        Ace,
        st.sampled_from(kinds),
        st.just(AceFlags(0)),
        st.sampled_from([mask, 0x10, 0x20, 0x40000, MAXIMUM]).map(AccessMask),
        trustees,
        st.sampled_from([None, *(known.guid for known in nodes)]),
    )
    entries = tuple(draw(st.lists(ace, min_size=2, max_size=8)))
    owner = draw(mostly(st.none(), st.sampled_from(carried), 3))
    descriptor = SecurityDescriptor(ControlFlags(0), owner, None, Acl(4, entries))
    return Ask(carriers, descriptor, Question(Right("a right", AccessMask(mask)), nodes, node))


def _few(carried: list[Sid]) -> st.SearchStrategy[list[Sid]]:
    return st.lists(st.sampled_from(carried), min_size=1, max_size=3)


def of_object(question: Question, sid: Sid | None) -> Question:
    """The same question of an object with another SID."""
    return replace(question, facts=replace(question.facts, sid=sid))


@dataclass(frozen=True)
class Survey:
    """A snapshot, and rights that are asked for on all its objects."""

    snapshot: Snapshot
    carriers: Carriers
    rights: dict[str, QuestionOf]


DAMAGED = b"\x01\x00\x04\x80 and no more than this"


@st.composite
def surveys(draw: st.DrawFn) -> Survey:
    """Forests whose objects share descriptors, some of them damaged or missing."""
    forest = draw(forests(with_gaps=draw(st.booleans())))
    named = forest.named
    bodies = [wire.encode(draw(descriptors(named))) for _ in range(draw(st.integers(1, 5)))]
    for number in range(2):
        made = forest.world.add(f"CN=Thing {number},{forest.domains[0].dn}", "container")
        if draw(st.booleans()):
            made.put(objectSid=draw(st.sampled_from(named)))
    choices = st.sampled_from([*bodies * 4, DAMAGED, None])
    for made in forest.world.objects:
        made.descriptor = draw(choices)
    snapshot = forest.world.snapshot()
    membership = Membership.of(snapshot)
    subjects = draw(st.sampled_from([None, [*membership.principals, *named]]))
    carriers = Carriers(membership, draw(servers(membership)), subjects)
    rights = {name: draw(rights_by_class(named)) for name in ("first", "second")}
    return Survey(snapshot, carriers, rights)


@st.composite
def rights_by_class(draw: st.DrawFn, named: list[Sid]) -> QuestionOf:
    """A right that is another question on users than on computers, or the same on both."""
    general, special = (of_object(draw(questions(named)), None) for _ in range(2))
    if draw(st.booleans()):
        special = replace(general, facts=replace(special.facts))
    return lambda chain: special if chain[-1:] in {("user",), ("group",)} else general

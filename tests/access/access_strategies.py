"""Hypothesis strategies for access checks: few trustees, GUIDs and bits, so that they meet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from hypothesis import strategies as st

from adaudit.access import ObjectFacts, Question, Token
from adaudit.access.question import TypeNode
from adaudit.security import condition
from adaudit.security.ace import OBJECT_TYPES, Ace, AceFlags, AceType, AnyAce, OpaqueAce
from adaudit.security.descriptor import AbsentAcl, Acl, ControlFlags, NullAcl, SecurityDescriptor
from adaudit.security.rights import AccessMask, Right
from adaudit.security.sid import OWNER_RIGHTS, PRINCIPAL_SELF, Sid
from tests import reference

MEMBERS = [Sid(5, (21, 1, 2, 3, rid)) for rid in (1000, 1001, 1002)]
"""SIDs that the token of a case holds"""
STRANGERS = [Sid(5, (21, 1, 2, 3, rid)) for rid in (2000, 2001)]
DOUBTFUL = [Sid(5, (21, 1, 2, 3, rid)) for rid in (3000, 3001)]
DENY_ONLY = Sid(5, (21, 1, 2, 3, 4000))
TRUSTEES = [*MEMBERS, *STRANGERS, *DOUBTFUL, DENY_ONLY, OWNER_RIGHTS, PRINCIPAL_SELF]
GUIDS = [UUID(int=number) for number in range(1, 7)]
BITS = [0x10, 0x20, 0x100, 0x20000, 0x40000, 0x80000]
TYPES = [
    kind
    for kind in AceType
    if int(kind) in reference.ALLOW | reference.DENY or kind is AceType.SYSTEM_AUDIT
]

CONDITIONS: Mapping[bytes, frozenset[str]] = {
    condition.encode(condition.parse(text)): frozenset(truths)
    for text, truths in {
        f"(Member_of {{SID({MEMBERS[0]})}})": {"true"},
        f"(Member_of {{SID({STRANGERS[0]})}})": {"false"},
        f"(Member_of {{SID({DOUBTFUL[0]})}})": {"true", "false"},
        f"(!(Member_of {{SID({MEMBERS[1]})}}))": {"false"},
        "(Exists @User.clearance)": {"true", "false"},
    }.items()
} | {b"": frozenset({"unknown"}), b"no condition": frozenset({"unknown"})}
"""What each condition comes to for the token of a case, by hand. [MS-DTYP] 2.4.4.17.6"""

masks = st.one_of(
    st.sampled_from(BITS),
    st.sets(st.sampled_from(BITS), min_size=1).map(sum),
    st.sampled_from([0xF01FF, 0x10000000, 0x80000000 | 0x20]),
)
flags = st.sampled_from([0x00, 0x02, 0x10, 0x12]) | st.sampled_from([0x08, 0x0A, 0x1A])


DECIDABLE = sorted(data for data, truths in CONDITIONS.items() if len(truths) == 1)


@st.composite
def aces(
    draw: st.DrawFn, trustees: st.SearchStrategy[Sid], conditions: Sequence[bytes] = DECIDABLE
) -> Ace:
    """Entries that can stand in a DACL."""
    kind = draw(st.sampled_from(TYPES))
    guids = st.none() | st.sampled_from(GUIDS) if int(kind) in OBJECT_TYPES else st.none()
    is_callback = int(kind) in reference.CALLBACK
    return Ace(
        kind,
        AceFlags(draw(flags)),
        AccessMask(draw(masks)),
        draw(trustees),
        draw(guids),
        draw(guids),
        draw(st.sampled_from(conditions)) if is_callback else b"",
    )


opaque_aces = st.builds(
    OpaqueAce,
    st.sampled_from([0x00, 0x05, 0x06, 0x04, 0x14]),
    flags.map(AceFlags),
    st.just(b""),
    st.just("of a kind that nobody knows"),
)


@st.composite
def trees(draw: st.DrawFn) -> tuple[tuple[int, UUID], ...]:
    """Type lists, one in a few with a GUID that names two nodes."""
    count = draw(st.integers(0, 6))
    levels: list[int] = []
    for _ in range(count):
        levels.append(draw(st.integers(1, levels[-1] + 1)) if levels else 0)
    return tuple((level, draw(st.sampled_from(GUIDS))) for level in levels)


@dataclass(frozen=True)
class Case:
    """One check, in the forms of the evaluator and of the reference."""

    descriptor: SecurityDescriptor
    asked: reference.Asked
    doubtful: frozenset[Sid] = frozenset()

    @property
    def entries(self) -> tuple[AnyAce, ...]:
        """The entries of the DACL."""
        return self.descriptor.dacl.entries if isinstance(self.descriptor.dacl, Acl) else ()

    @property
    def token(self) -> Token:
        """The token, with its doubts."""
        return Token(
            MEMBERS[0],
            self.asked.sids,
            deny_only=self.asked.deny_only,
            privileges=self.asked.privileges,
            doubtful=dict.fromkeys(self.doubtful, "nobody knows"),
        )

    @property
    def question(self) -> Question:
        """The question."""
        return Question(
            Right("a right", AccessMask(self.asked.mask)),
            tuple(TypeNode(level, guid) for level, guid in self.asked.tree),
            self.asked.node,
            ObjectFacts(self.asked.self_sid, blocks_owner=self.asked.blocks_owner),
        )

    @property
    def truths(self) -> dict[int, frozenset[str]]:
        """What the conditions of the callback entries come to, by position."""
        return {
            position: CONDITIONS[ace.application_data]
            for position, ace in enumerate(self.entries)
            if isinstance(ace, Ace) and ace.is_callback
        }

    def with_entries(self, *entries: AnyAce) -> "Case":
        """The same check on another DACL."""
        known = self.descriptor
        changed = SecurityDescriptor(known.control, known.owner, known.group, Acl(4, entries))
        return Case(changed, self.asked, self.doubtful)


@st.composite
def cases(draw: st.DrawFn, *, with_doubt: bool = True, most: int = 8) -> Case:
    """Checks; `with_doubt` puts entries and SIDs in that cannot be decided."""
    known = [sid for sid in TRUSTEES if with_doubt or sid not in DOUBTFUL]
    entries: st.SearchStrategy[AnyAce] = aces(st.sampled_from(known))
    if with_doubt:
        understood = aces(st.sampled_from(known), sorted(CONDITIONS))
        entries = st.one_of(understood, understood, understood, opaque_aces)
    dacl = st.builds(Acl, st.just(4), st.lists(entries, max_size=most).map(tuple))
    tree = draw(trees())
    owners = st.none() | st.sampled_from([sid for sid in known if sid != PRINCIPAL_SELF])
    descriptor = SecurityDescriptor(
        ControlFlags(0),
        draw(owners),
        None,
        draw(st.one_of(*[dacl] * 9, st.sampled_from([NullAcl(), AbsentAcl()]))),
    )
    asked = reference.Asked(
        frozenset(MEMBERS),
        draw(masks),
        tree,
        draw(st.integers(0, max(len(tree) - 1, 0))),
        frozenset({DENY_ONLY}),
        draw(st.sampled_from([frozenset(), frozenset({"SeTakeOwnershipPrivilege"})])),
        draw(st.none() | st.sampled_from([MEMBERS[2], STRANGERS[0]])),
        blocks_owner=draw(st.booleans()),
    )
    return Case(descriptor, asked, frozenset(DOUBTFUL) if with_doubt else frozenset())

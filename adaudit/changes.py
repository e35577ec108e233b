"""What two snapshots of a forest differ in, as a reader is told: values that name all in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from adaudit.directory.entry import Gap
from adaudit.findings import Party


class EffectKind(StrEnum):
    """What became of a right."""

    GAINED = "gained"
    LOST = "lost"
    MAY_HAVE_GAINED = "may have gained"
    """It is not known of one of the snapshots"""
    MAY_HAVE_LOST = "may have lost"


class Cause(StrEnum):
    """What made the difference."""

    ENTRIES = "entries changed"
    MEMBERSHIPS = "memberships changed"
    BOTH = "entries and memberships changed, neither is enough alone"
    ACCOUNT = "the account is in one of the snapshots alone"
    SETTINGS = "the class, the SID, the schema or dSHeuristics changed"


class EntryKind(StrEnum):
    """What became of an entry, or of another part of a descriptor."""

    ADDED = "added"
    REMOVED = "removed"
    FLAGS = "flags changed"
    MOVED = "moved"
    OWNER = "owner changed"
    GROUP = "group changed"
    PROTECTION = "inheritance changed"
    LIST = "list changed"


class ObjectKind(StrEnum):
    """What became of an object."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    MOVED = "moved"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Decider:
    """What decided on one side."""

    reason: str
    """In words: `allow full control for CONTOSO\\Helpdesk (entry 3)`, `no entry grants it`"""
    sddl: str | None = None
    """The entry, None where none decides"""
    position: int | None = None
    object: str | None = None
    """DN of the sample that it is told of"""
    set_on: str | None = None
    trustee: Party | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """Who gained or lost which rights on what: every one of the accounts on each of the objects."""

    kind: EffectKind
    rights: tuple[str, ...]
    objects: Sequence[str]
    """DNs"""
    accounts: Sequence[str]
    is_on_own: bool
    """Whether each account is meant on its own object alone"""
    but_own: int
    """How many of the accounts are not meant on their own objects"""
    before: Decider
    after: Decider
    cause: Cause
    path: tuple[str, ...] = ()
    """Where memberships made the difference: the way of the first account to the trustee"""
    step: str | None = None
    r"""What of the way is new or gone: `CONTOSO\A is new in CONTOSO\B`"""


@dataclass(frozen=True, slots=True)
class EntryChange:
    """One change in descriptors, told once where it was set."""

    kind: EntryKind
    objects: Sequence[str]
    """DNs of the objects on which it was set"""
    words: str
    """The entry, or what changed, in words"""
    sddl: str | None
    sddl_before: str | None
    """What the entry was, if it is another one now"""
    position: int | None
    """In the new list; of what was removed in the old one"""
    position_before: int | None
    reached: int
    """How many objects below have the same change by inheritance"""
    note: str
    """What it came to: `in effect`, `no effect: entry 3 decides before it`"""
    is_on_object: bool = True
    """Whether it is a change of `objects` themselves, or of what inherits from them alone"""


@dataclass(frozen=True, slots=True)
class ObjectChange:
    """An object that came, went, or is another than it was."""

    kind: ObjectKind
    dn: str
    dn_before: str | None = None
    object_class: str | None = None
    below: int = 0
    """How many objects below it came, went or moved with it"""
    attributes: tuple[str, ...] = ()
    """Those with other values"""


@dataclass(frozen=True, slots=True)
class MembershipChange:
    """Direct members of a group that came or left."""

    group: Party
    came: Sequence[str]
    left: Sequence[str]
    note: str | None = None
    """Whether the group itself is new or gone"""


@dataclass(frozen=True, slots=True)
class GroupEffect:
    """Who came into a group of tier 0 in effect, through whatever nesting, or left it."""

    group: Party
    came: Sequence[str]
    left: Sequence[str]
    came_path: tuple[str, ...] = ()
    """The way of the first of them"""
    left_path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """One of the two snapshots."""

    name: str
    source: str
    taken_at: datetime
    objects: int


@dataclass(frozen=True, slots=True)
class Drift:
    """All that two snapshots differ in: what changed in effect, in entries, and in objects."""

    old: Compared
    new: Compared
    rights: tuple[str, ...]
    """Those whose holders were compared"""
    effects: tuple[Effect, ...] = ()
    entries: tuple[EntryChange, ...] = ()
    objects: tuple[ObjectChange, ...] = ()
    memberships: tuple[MembershipChange, ...] = ()
    groups: tuple[GroupEffect, ...] = ()
    gaps: tuple[Gap, ...] = ()
    """What could not be compared, and why"""

    @property
    def has_changes(self) -> bool:
        """Whether anything differs."""
        parts = (self.effects, self.entries, self.objects, self.memberships, self.groups)
        return any(parts)

    @property
    def is_complete(self) -> bool:
        """Whether everything could be compared."""
        return not self.gaps

"""One thing that somebody set by hand, and all of them that a snapshot shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from adaudit.access.bitmap import BitMap
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Gap
from adaudit.review.delegations.shadowing import Shadow
from adaudit.review.delegations.trustees import Trustee
from adaudit.security.ace import AnyAce


class Kind(StrEnum):
    """What was set."""

    ALLOW = "allow"
    DENY = "deny"
    OTHER = "other entry"
    """An entry that is not understood, or of a type that neither allows nor denies"""
    OWNER = "owner"
    """Who owns objects without being an administrator, the system or the computer itself"""
    BLOCKED = "blocked inheritance"
    """The object takes no entries from its parent"""


@dataclass(frozen=True, slots=True)
class Delegation:
    """
    Something that was set by hand on an object, or alike on several children of one parent.

    Inherited copies are no delegations of their own: `reach` counts them.
    """

    kind: Kind
    place: Dn
    """The object; the parent of the objects where there are several"""
    objects: BitMap
    """The objects that it stands on, by the numbers that the snapshot has for them"""
    example: Dn
    """The first of the objects"""
    object_class: str
    """Their most specific class"""
    trustee: Trustee | None = None
    """Whom it is for; None for an entry that is not understood, and for blocked inheritance"""
    ace: AnyAce | None = None
    position: int | None = None
    """Where the entry stands in the DACL of the example"""
    shadow: Shadow | None = None
    """Why it decides nothing on the object itself, because of earlier entries"""
    reach: int | None = 0
    """
    How many objects below have it in effect; None where its class is not known.

    Of an owner, how many objects below he owns as well: they are told here alone.
    """
    copies: int = 0
    """Of an entry on AdminSDHolder: how many protected objects have a copy"""


class Origin(StrEnum):
    """Where an explicit entry is from that nobody set by hand."""

    CLASS = "default of the class"
    HOLDER = "copy of AdminSDHolder"
    SYSTEM = "default of the system"
    PRODUCT = "default of a product"
    KEPT = "default kept when inheritance was blocked"


@dataclass(frozen=True, slots=True)
class Delegations:
    """What was set by hand in a forest, and what beside it there is."""

    found: Sequence[Delegation]
    """By place"""
    defaults: Mapping[Origin, int]
    """How many explicit entries are defaults, and so are not listed"""
    described: int
    """The objects whose descriptors were judged"""
    gaps: tuple[Gap, ...]
    """What could not be judged"""
    uses_published: bool = False
    """Whether the defaults of classes are those that Microsoft publishes, as none were read"""

    @property
    def is_complete(self) -> bool:
        """Whether everything could be judged."""
        return not self.gaps

    def by_place(self) -> Mapping[Dn, Sequence[Delegation]]:
        """The delegations of each place, from the head down."""
        grouped: dict[Dn, list[Delegation]] = {}
        for each in self.found:
            grouped.setdefault(each.place, []).append(each)
        return grouped

    def by_trustee(self) -> Mapping[Trustee | None, Sequence[Delegation]]:
        """The delegations to each trustee, and under None those to nobody."""
        grouped: dict[Trustee | None, list[Delegation]] = {}
        for each in self.found:
            grouped.setdefault(each.trustee, []).append(each)
        return grouped

"""All that one subject in effect holds, on one object or on many."""

from dataclasses import dataclass

from adaudit.access.object_names import ObjectNames
from adaudit.findings import Evidence, Party


@dataclass(frozen=True, slots=True)
class Held:
    """Something that is held, or may be."""

    kind: str
    """A kind of `access.leaves.Kind`"""
    what: str
    """A right, attribute, property set or class by name; `*` for all but those told apart"""
    but: tuple[str, ...]
    """What of it is not surely held"""


@dataclass(frozen=True, slots=True)
class Source:
    """One thing that decides, and all that is held by it."""

    through: str
    """Whom the deciding entry is for, or what else lets the subject"""
    reason: str
    evidence: Evidence | None
    """The deciding entry on the first of the objects; None where none decides"""
    is_sure: bool
    """False for what may be held, and hangs on what is not known"""
    held: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """Objects on which the same is held by the same entries."""

    objects: ObjectNames
    checked_by: str
    """The server whose local groups count"""
    sources: tuple[Source, ...]
    is_full: bool = False
    """Whether it is everything, together with what is left out"""

    @property
    def is_sure(self) -> bool:
        """Whether nothing of it hangs on what is not known."""
        return all(source.is_sure for source in self.sources)


@dataclass(frozen=True, slots=True)
class Ability:
    """Whether the subject can carry an operation out."""

    operation: str
    decision: str
    reason: str
    """The checks that it hangs on"""
    is_common: bool
    """Whether those can too with whom the subject is compared"""


@dataclass(frozen=True, slots=True)
class Unjudged:
    """Objects of which nothing can be said."""

    objects: ObjectNames
    reason: str


@dataclass(frozen=True, slots=True)
class RightsOf:
    """The answer for one subject."""

    subject: Party
    where: str
    """DN of the object, or of what the objects lie under; empty for the whole snapshot"""
    is_below: bool
    """Whether all objects under it are meant too"""
    checked_by: tuple[str, ...]
    """The servers whose local groups count"""
    beyond: str | None
    """Whose rights are left out, as whoever logs on has them; None where all are told"""
    spreads: tuple[Spread, ...]
    abilities: tuple[Ability, ...]
    """Operations, if one object was asked about"""
    idle: int
    """On how many objects nothing is held, or nothing beyond what is left out"""
    unjudged: tuple[Unjudged, ...]
    notes: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether every object could be judged, and nothing hangs on what is not known."""
        is_sure = all(spread.is_sure for spread in self.spreads)
        is_known = all(ability.decision != "undecided" for ability in self.abilities)
        return is_sure and is_known and not self.unjudged

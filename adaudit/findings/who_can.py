"""Who holds a right on an object or can carry an operation out on it, and through what."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from adaudit.access.crowd import Crowd
from adaudit.findings import Evidence


@dataclass(frozen=True, slots=True)
class Ground:
    """A check that some principals pass, and what lets them."""

    check: str
    """`Delete`, `delete:user`"""
    asked_of: str
    """`the object`, `its parent`, …"""
    object: str
    """DN of the object whose descriptor is asked"""
    through: str
    """Whom the deciding entry is for, or what else lets them, in few words"""
    reason: str
    evidence: Evidence | None
    """The deciding entry, with the way to its trustee for one of them; None where none decides"""


@dataclass(frozen=True, slots=True)
class Lot:
    """Principals for whom the same things decide."""

    crowd: Crowd
    grounds: tuple[Ground, ...]
    """One for each check that they pass"""
    paths: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    """If asked for: by SID, and for each ground, the way from the principal to the trustee"""


@dataclass(frozen=True, slots=True)
class Doubted:
    """Principals of whom it is not known, for the same reasons."""

    crowd: Crowd
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Passed:
    """One of the checks that an operation may take."""

    check: str
    asked_of: str
    object: str
    passed: Crowd
    undecided: Crowd
    unreadable: str | None = None
    """Why nothing can be said, where nobody can be judged"""


@dataclass(frozen=True, slots=True)
class WhoCan:
    """The answer for all principals."""

    right: str
    object: str
    checked_by: str
    """The server whose local groups count"""
    takes: str
    """The checks of an operation that takes several, in words"""
    holders: Crowd
    undecided: Crowd
    everyone: str | None
    """`Authenticated Users` if they hold it, and so whoever logs on unless something denies it"""
    lots: tuple[Lot, ...]
    """All holders, each in one of them"""
    doubted: tuple[Doubted, ...]
    """All who are undecided"""
    checks: tuple[Passed, ...]
    """Each of several checks; none where one is all"""
    notes: tuple[str, ...] = ()

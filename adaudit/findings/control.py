"""Paths of control as a reader sees them."""

from collections.abc import Sequence
from dataclasses import dataclass

from adaudit.directory.entry import Gap
from adaudit.findings import Evidence, Party


@dataclass(frozen=True, slots=True)
class ControlLink:
    """One step: someone holds a right on an object, and so controls what lies behind it."""

    who: Party
    is_trusted: bool
    """Whether he is tier 0 himself"""
    right: str
    object: str
    """DN of the object on which he holds it"""
    gives: str
    """The object that he controls by that: the same, or one that it leads to"""
    how: str
    """How the one leads to the other: `is it`, `hands entries down to it`, …"""
    evidence: Evidence | None
    """The entry that grants the right, None for an owner or where there is no DACL"""
    reason: str
    """What grants it, in words"""


@dataclass(frozen=True, slots=True)
class ControlPath:
    """A shortest way from accounts outside tier 0 to the target."""

    accounts: int
    """How many come in by it: all who hold the first right by the same entries"""
    names: Sequence[str]
    """The first of them"""
    links: tuple[ControlLink, ...]
    """From them to the target"""
    cut: int
    """Which of the links to cut: the last that is held outside tier 0"""
    mend: str
    """How to cut it, tried by evaluating again"""


@dataclass(frozen=True, slots=True)
class ControlReport:
    """Who comes to control an object."""

    source: str
    target: str
    """DN of the object"""
    why: str | None
    """Why the object is of tier 0, None if it is not"""
    paths: tuple[ControlPath, ...] = ()
    """The shortest first; no account is in two of them"""
    trusted: int = 0
    """How many accounts and groups of tier 0 control the target, too"""
    gaps: tuple[Gap, ...] = ()
    """What was not read, so that paths may be missing"""

    @property
    def accounts(self) -> int:
        """How many accounts outside tier 0 control the target, by whatever path."""
        return sum(path.accounts for path in self.paths)

    @property
    def cuts(self) -> tuple[tuple[str, int, int], ...]:
        """Each way to cut, with how many accounts and paths it stops, the most first."""
        found: dict[str, tuple[int, int]] = {}
        for path in self.paths:
            accounts, paths = found.get(path.mend, (0, 0))
            found[path.mend] = (accounts + path.accounts, paths + 1)
        known = ((mend, *numbers) for mend, numbers in found.items())
        return tuple(sorted(known, key=lambda cut: -cut[1]))

"""What a check says and a report shows: values that name everything in words."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum, StrEnum

from adaudit.directory.entry import Gap
from adaudit.findings.matrix import Answer, Column, Judged, Judgement, Matrix, Pair, PairState
from adaudit.findings.pairs import Block, Pairs, united_pairs

__all__ = [
    "Answer",
    "Block",
    "CheckResult",
    "Column",
    "EntryLine",
    "Evidence",
    "Explanation",
    "Finding",
    "Judged",
    "Judgement",
    "Matrix",
    "NotApplicable",
    "Outcome",
    "Pair",
    "PairState",
    "Pairs",
    "Party",
    "Place",
    "Report",
    "Severity",
    "TargetReport",
    "fingerprint",
    "united",
    "united_pairs",
]


class Severity(IntEnum):
    """How bad a finding is; comparable."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3

    def __str__(self) -> str:
        return self.name.lower()


class Outcome(StrEnum):
    """What a check came to. What could not be decided is no pass."""

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    WARNING = "warning"
    """Something to look at that stops no mail by itself"""
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not applicable"
    """There was nothing to judge, or no evidence of the kind that it judges was given"""


@dataclass(frozen=True, slots=True)
class Party:
    """A principal or object as a reader knows it."""

    name: str
    r"""`CONTOSO\Mail Restrictions`, or the SID where no name is known"""
    dn: str | None = None
    sid: str | None = None

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Place:
    """One object on the way of an entry, from where it takes effect up to where it was set."""

    dn: str
    position: int
    """Index of the entry in the stored DACL of that object"""
    is_explicit: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """One entry that decides, with all that is needed to find it in the directory."""

    object: str
    """DN of the object whose DACL holds the entry"""
    position: int
    sddl: str
    readable: str
    trustee: Party
    path: tuple[str, ...]
    """Shortest membership path, the subject first, the trustee last"""
    origin: tuple[Place, ...]
    """From `object` up to the object that holds the entry explicitly, where it was set"""
    origin_note: str | None = None
    """Why the origin is not one plain explicit entry: stale, orphaned, several sources, unread"""
    overrules: tuple[str, ...] = ()
    """Later entries that would have decided otherwise, readable"""
    affects: Sequence[str] = ()
    """What this entry decides: pairs (`EX02 → EX01`), objects"""
    subjects: tuple[str, ...] = ()
    """Who stands first in the path, of each sender of `affects`, where they are more than one"""

    @property
    def set_on(self) -> str:
        """DN of the object where the entry was set, as far as it could be followed."""
        return self.origin[-1].dn if self.origin else self.object

    def with_affects(self, affects: Sequence[str]) -> "Evidence":
        """The same evidence, said to decide all of `affects`."""
        return replace(self, affects=affects)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a reviewer should look at."""

    id: str
    """Stable fingerprint of 12 hexadecimal digits, see `fingerprint`"""
    check: str
    severity: Severity
    subject: Party
    """The group, account or object that the finding is about"""
    message: str
    evidence: tuple[Evidence, ...] = ()
    through: tuple[Party, ...] = ()
    """Groups by whose nesting the subject is reached"""
    affects: Sequence[str] = ()
    """All that is broken by it: pairs (`Pairs` where they are many), objects"""
    remedy: tuple[str, ...] = ()
    """Ways to mend it, each enough alone, in words"""
    look: str | None = None
    """A command that shows the whole reason"""


def united(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once, with all that it affects wherever it is told."""
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.id, []).append(finding)
    return tuple(
        replace(alike[0], affects=united_pairs(finding.affects for finding in alike))
        for alike in found.values()
    )


def fingerprint(check: str, *parts: str | bytes) -> str:
    """
    Make the stable id of a finding from its check and what identifies it.

    The parts are the object's GUID, the trustee's SID and the bytes of the entry. The id does not
    depend on names, order or time, so waivers and comparisons between runs hold.
    """
    digest = hashlib.sha256(check.encode())
    for part in parts:
        data = part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part
        digest.update(len(data).to_bytes(4, "big") + data)
    return digest.hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """Why a check had nothing to judge."""

    reason: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check came to on one target."""

    check: str
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    unknown: tuple[Gap, ...] = ()
    """What the check could not decide, and why"""
    reason: str | None = None
    """Why it had nothing to judge"""


@dataclass(frozen=True, slots=True)
class TargetReport:
    """All that was found out about one target."""

    name: str
    source: str
    """Where it came from: `LDIF contoso.ldif`, `LDAP ldaps://dc1.contoso.example`"""
    taken_at: datetime | None = None
    facts: tuple[str, ...] = ()
    """What was looked at: `13 Exchange servers`, `1 domain`"""
    matrix: Matrix | None = None
    results: tuple[CheckResult, ...] = ()
    gaps: tuple[Gap, ...] = ()
    warnings: tuple[str, ...] = ()
    """What weakens the result without hiding anything: TLS not verified, unused waivers"""
    error: str | None = None
    """Why nothing could be read at all"""
    unmatched: tuple[str, ...] = ()
    """What the target list adds to tier 0 and this target does not have"""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The worst first, of those what affects most; else in the order of the checks."""
        found = (finding for result in self.results for finding in result.findings)
        return tuple(sorted(found, key=lambda each: (-each.severity, -len(each.affects))))

    @property
    def unknown(self) -> tuple[Gap, ...]:
        """What the checks could not decide, each once."""
        return tuple(dict.fromkeys(gap for result in self.results for gap in result.unknown))

    @property
    def is_complete(self) -> bool:
        """Whether everything that was asked for was read and decided."""
        is_decided = self.matrix is None or not self.matrix.states()[PairState.UNKNOWN]
        return self.error is None and not self.gaps and not self.unknown and is_decided


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a run over all targets."""

    targets: tuple[TargetReport, ...]
    warnings: tuple[str, ...] = ()
    """What concerns no single target: waivers that are expired or match nothing"""

    @property
    def is_complete(self) -> bool:
        """Whether there are targets and every one is complete."""
        return bool(self.targets) and all(target.is_complete for target in self.targets)

    def findings(self) -> Iterator[Finding]:
        """All findings of all targets."""
        for target in self.targets:
            yield from target.findings


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry of the DACL in an explanation."""

    position: int
    sddl: str
    readable: str
    effect: str
    """What it did to the question: `decides`, `comes too late`, `is for others`, …"""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One verdict with its whole reason."""

    subject: Party
    object: str
    right: str
    checked_by: str
    """The server whose local groups count"""
    decision: str
    reason: str
    evidence: Evidence | None
    """The deciding entry, None where none decided"""
    path_kinds: tuple[str, ...]
    """For each step of `evidence.path` after the first, how it is reached: `member`, …"""
    entries: tuple[EntryLine, ...]
    """The whole DACL in stored order"""
    notes: tuple[str, ...]
    """Doubts, and oddities of the deciding entry and the descriptor"""
    token: tuple[str, ...]
    """Names of all SIDs of the token"""
    asked_of: str = "the object"
    """Of which descriptor it is asked: that of the object, its parent, …"""
    takes: str = ""
    """The checks of an operation that takes several, in words"""
    checks: tuple["Explanation", ...] = ()
    """Each of several checks; then the whole has no evidence and no entries of its own"""

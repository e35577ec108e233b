"""What the steps of KB 843106 come to for one sender and receiver, and the report of them."""

from dataclasses import dataclass
from datetime import datetime

from adaudit.directory.entry import Gap
from adaudit.findings import Finding, Outcome


@dataclass(frozen=True, slots=True)
class Ruling:
    """What one check says of the mail from one server to another."""

    outcome: Outcome
    evidence: tuple[str, ...]
    """What was seen, and where, one line each; or what would have to be seen to decide"""
    findings: tuple[Finding, ...] = ()
    cause: str | None = None
    """What stops the mail, in one sentence, where this by itself does"""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of KB 843106, made for one sender and receiver."""

    number: int
    check: str
    title: str
    ruling: Ruling


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The steps of KB 843106 for the mail from one server to another."""

    sender: str
    receiver: str
    steps: tuple[Step, ...]

    @property
    def causes(self) -> tuple[str, ...]:
        """What stops the mail, in the order of the article, each once."""
        found = (step.ruling.cause for step in self.steps)
        return tuple(dict.fromkeys(cause for cause in found if cause))

    @property
    def is_complete(self) -> bool:
        """Whether every step could be decided."""
        return all(step.ruling.outcome is not Outcome.UNKNOWN for step in self.steps)

    def __str__(self) -> str:
        return f"{self.sender} → {self.receiver}"


@dataclass(frozen=True, slots=True)
class Consequences:
    """What a refused XEXCH50 does to mail, as KB 843106 lists it."""

    suffers: tuple[str, ...]
    spared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DiagnosisReport:
    """The diagnoses of one target."""

    name: str
    source: str
    """Where the directory came from"""
    taken_at: datetime | None = None
    evidence: tuple[str, ...] = ()
    """The sources beside the directory, a line each, with what limits them"""
    diagnoses: tuple[Diagnosis, ...] = ()
    consequences: Consequences | None = None
    """None where no mail is stopped"""
    gaps: tuple[Gap, ...] = ()
    warnings: tuple[str, ...] = ()
    error: str | None = None
    """Why nothing could be read at all"""

    @property
    def has_causes(self) -> bool:
        """Whether anything was found that stops mail."""
        return any(diagnosis.causes for diagnosis in self.diagnoses)

    @property
    def is_complete(self) -> bool:
        """Whether everything was read, and every step of every pair decided."""
        is_read = self.error is None and not self.gaps
        return is_read and all(diagnosis.is_complete for diagnosis in self.diagnoses)

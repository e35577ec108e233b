"""What reading one source of evidence gives."""

from dataclasses import dataclass

from adaudit.directory.entry import Gap
from adaudit.directory.observations import EvidenceSource, Observation


@dataclass(frozen=True, slots=True)
class Reading:
    """One source with the records that bear on mail between servers, and what it could not give."""

    source: EvidenceSource
    records: tuple[Observation, ...] = ()
    gaps: tuple[Gap, ...] = ()
    """What could not be read of it; the subject names the source"""

"""The evidence of a snapshot: its sources, and their records by kind."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, Self, TypeVar

from adaudit.directory.entry import Gap
from adaudit.directory.observation_form import KIND_OF, KINDS, dump, load
from adaudit.directory.observations import (
    EvidenceSource,
    LogEvent,
    Observation,
    RegistryValue,
    ResolvedName,
    SmtpProbe,
    SmtpSession,
    SourceKind,
)

_Record_co = TypeVar("_Record_co", bound=Observation, covariant=True)


@dataclass(frozen=True, slots=True)
class Observed(Generic[_Record_co]):
    """A record and where it comes from."""

    source: EvidenceSource
    record: _Record_co


@dataclass(frozen=True)
class EvidenceBase:
    """All evidence beside the directory, in the order in which it was read."""

    sources: tuple[EvidenceSource, ...] = ()
    """Also those that hold nothing of interest: that they do is evidence too"""
    events: tuple[Observed[LogEvent], ...] = ()
    sessions: tuple[Observed[SmtpSession], ...] = ()
    probes: tuple[Observed[SmtpProbe], ...] = ()
    registry: tuple[Observed[RegistryValue], ...] = ()
    names: tuple[Observed[ResolvedName], ...] = ()
    gaps: tuple[Gap, ...] = ()
    """What could not be read of the evidence"""

    def of_kind(self, *kinds: SourceKind) -> tuple[EvidenceSource, ...]:
        """The sources of some kinds."""
        return tuple(source for source in self.sources if source.kind in kinds)

    @classmethod
    def read(cls, connection: sqlite3.Connection) -> Self:
        """Read the evidence of a snapshot file; `ValueError` where it is damaged."""
        sources: dict[int, EvidenceSource] = {
            number: load(EvidenceSource, body)
            for number, body in connection.execute("SELECT id, body FROM source ORDER BY id")
        }
        found = _Found()
        rows = connection.execute("SELECT source, kind, body FROM observation ORDER BY id")
        for number, kind, body in rows:
            found.add(sources[number], load(KINDS[kind], body))
        return cls(
            tuple(sources.values()),
            tuple(found.of(LogEvent)),
            tuple(found.of(SmtpSession)),
            tuple(found.of(SmtpProbe)),
            tuple(found.of(RegistryValue)),
            tuple(found.of(ResolvedName)),
            tuple(Gap(*row) for row in connection.execute("SELECT * FROM evidence_gap")),
        )


@dataclass(frozen=True, slots=True)
class _Found:
    by_type: dict[type, list[Observed[Observation]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, source: EvidenceSource, record: Observation) -> None:
        self.by_type[type(record)].append(Observed(source, record))

    def of(self, kind: type[_Record_co]) -> Iterator[Observed[_Record_co]]:
        for item in self.by_type[kind]:
            if isinstance(item.record, kind):
                yield Observed(item.source, item.record)


def write(
    connection: sqlite3.Connection, source: EvidenceSource, records: Iterable[Observation]
) -> None:
    """Add a source and its records to a snapshot file."""
    number = connection.execute("INSERT INTO source (body) VALUES (?)", (dump(source),)).lastrowid
    connection.executemany(
        "INSERT INTO observation (source, kind, body) VALUES (?, ?, ?)",
        ((number, KIND_OF[type(record)], dump(record)) for record in records),
    )

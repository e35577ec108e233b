"""
SMTP protocol logs: W3C extended of Exchange 2000 and 2003, comma-separated of 2007 and later.

KB 843106, step 3: there the order of STARTTLS, AUTH and XEXCH50 is looked up.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path

from adaudit.directory.entry import Gap
from adaudit.directory.observations import EvidenceSource, SourceKind
from adaudit.errors import EvidenceError
from adaudit.evidence.reading import Reading
from adaudit.evidence.smtp_sessions.keeper import SessionKeeper
from adaudit.evidence.smtp_sessions.log_lines import LogLines, directive
from adaudit.evidence.smtp_sessions.protocol_csv import ProtocolCsv
from adaudit.evidence.smtp_sessions.w3c import W3cLog

_LONGEST_HEAD = 100
_FORMS = "W3C extended logs of IIS are read, and protocol logs of Exchange 2007 and later"


def read(path: Path, computer: str | None) -> Reading:
    """
    Read the SMTP sessions in the protocol log at `path`, written by `computer`.

    Those are kept that bear on authentication between Exchange servers, or were dropped;
    `source.total` counts all. Raises `EvidenceError` where it is no such log.
    """
    lines = LogLines(path)
    rows = iter(lines)
    head = _head(path, rows)
    is_csv = "," in head[-1]
    log = ProtocolCsv(computer) if is_csv else W3cLog(computer)
    sessions = SessionKeeper()
    for line in chain(head, rows):
        sessions.take(log.take(line))
    sessions.take(log.end())
    if not log.is_smtp and (log.first or log.damaged):
        raise EvidenceError(f"`{path}` holds no row of SMTP", _FORMS)
    gaps = tuple(Gap(path.name, reason) for reason in _reasons(lines, log, sessions))
    return Reading(_source(path, computer, log, sessions), sessions.kept, gaps)


def _head(path: Path, rows: Iterator[str]) -> list[str]:
    """The lines up to the first `#Fields`, which says what form the log has."""
    head: list[str] = []
    for line in islice(rows, _LONGEST_HEAD):
        head.append(line)
        told = directive(line)
        if told is not None and told[0] == "fields":
            return head
    raise EvidenceError(f"`{path}` is no SMTP protocol log: it has no `#Fields`", _FORMS)


def _source(
    path: Path, computer: str | None, log: ProtocolCsv | W3cLog, sessions: SessionKeeper
) -> EvidenceSource:
    own = next(iter(log.computers)) if len(log.computers) == 1 else None
    return EvidenceSource(
        kind=SourceKind.SMTP_LOG,
        name=path.name,
        taken_at=datetime.now(UTC),
        computer=computer or own,
        total=sessions.total,
        first=log.first,
        last=log.last,
        notes=tuple(sessions.notes),
    )


def _reasons(lines: LogLines, log: ProtocolCsv | W3cLog, sessions: SessionKeeper) -> Iterator[str]:
    """What could not be read."""
    if lines.is_cut:
        yield "it has more lines than are read"
    if lines.skipped:
        yield f"{lines.skipped} lines are too long to be read"
    if log.damaged:
        yield f"{log.damaged} rows do not fit `#Fields`"
    if sessions.left_out:
        yield f"{sessions.left_out} sessions are left out: they are of too many pairs"

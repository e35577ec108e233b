"""The file that `adaudit probe smtp --format json` writes, and that a target list names."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from adaudit.directory.entry import Gap
from adaudit.directory.observation_form import from_plain, to_plain
from adaudit.directory.observations import EvidenceSource, SmtpProbe, SourceKind
from adaudit.errors import EvidenceError
from adaudit.evidence.reading import Reading
from adaudit.evidence.smtp_probe.probe import unfinished

FORMAT = "adaudit-smtp-probe"
VERSION = 1
_MOST_BYTES = 1 << 26
_MOST_PROBES = 10_000
_HINT = "`adaudit probe smtp HOST --format json -o FILE` writes such a file"


def dump(probes: Sequence[SmtpProbe], seen_from: str) -> str:
    """Write probes as text of such a file; `seen_from` is the computer that made them."""
    document = {
        "format": FORMAT,
        "version": VERSION,
        "seen_from": seen_from,
        "probes": [to_plain(each) for each in probes],
    }
    return json.dumps(document, indent=2) + "\n"


def read(path: Path, computer: str | None = None) -> Reading:
    """
    Read probes from a file; those that came to no end, or are damaged, are gaps.

    `computer` is where they were made, if the file is not to be believed. Raises `EvidenceError`
    when it is no such file, of a later version, or holds no probe that can be read.
    """
    document = _document(path)
    seen_from = document.get("seen_from")
    found = [
        _probe(item, f"{path.name}, probe {number}")
        for number, item in enumerate(_items(document, path), 1)
    ]
    probes = [each for each in found if isinstance(each, SmtpProbe)]
    gaps = [each for each in found if isinstance(each, Gap)]
    if gaps and not probes:
        raise EvidenceError(f"`{path}` holds no probe that can be read: {gaps[0].reason}")
    times = [each.at for each in probes]
    source = EvidenceSource(
        SourceKind.PROBE,
        path.name,
        datetime.now(UTC),
        computer or (seen_from if isinstance(seen_from, str) else None),
        total=len(found),
        first=min(times, default=None),
        last=max(times, default=None),
        is_verified=False,  # most of it came in the clear
    )
    return Reading(source, tuple(probes), (*gaps, *unfinished(probes)))


def _document(path: Path) -> Mapping[str, object]:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise EvidenceError(f"cannot read `{path}`: {error.strerror}") from error
    if len(data) > _MOST_BYTES:
        raise EvidenceError(f"`{path}` has more than {_MOST_BYTES >> 20} MB", _HINT)
    try:
        document = json.loads(data)  # UTF-16 too, which PowerShell makes of redirected output
    except (ValueError, RecursionError) as error:
        raise EvidenceError(f"`{path}` is no JSON: {error}", _HINT) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise EvidenceError(f"`{path}` is no file of SMTP probes", _HINT)
    if document.get("version") != VERSION:
        raise EvidenceError(
            f"`{path}` has version `{document.get('version')}` of its format, not {VERSION}",
            "another version of adaudit wrote it",
        )
    return document


def _items(document: Mapping[str, object], path: Path) -> Sequence[object]:
    items = document.get("probes")
    if not isinstance(items, list) or len(items) > _MOST_PROBES:
        raise EvidenceError(f"`{path}` has no list of at most {_MOST_PROBES} probes", _HINT)
    return items


def _probe(item: object, subject: str) -> SmtpProbe | Gap:
    try:
        probe = from_plain(SmtpProbe, item)
    except ValueError as error:
        return Gap(subject, str(error))
    if any(time is not None and time.tzinfo is None for time in _times(probe)):
        return Gap(subject, "a time is without its offset from UTC")
    return probe


def _times(probe: SmtpProbe) -> Iterator[datetime | None]:
    yield probe.at
    yield from (exchange.at for exchange in probe.exchanges)

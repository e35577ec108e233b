"""Event log files of any sort, told apart by what is in them and not by their names."""

from pathlib import Path

from adaudit.errors import EvidenceError
from adaudit.evidence.event_logs import evt, evt_header, evtx, evtx_header
from adaudit.evidence.event_logs import export as event_text
from adaudit.evidence.reading import Reading

_HEAD = 1 << 17
"""Bytes in which a damaged file is looked over for signatures: a whole chunk of a .evtx file"""


def read(path: Path, computer: str | None) -> Reading:
    """
    Read a log: .evt, .evtx, or an export as CSV, text or XML.

    `computer` is what the target list says it is of. Raises `EvidenceError` where nothing can be
    read, or the file is no event log.
    """
    head = _head(path)
    if head.startswith(evtx_header.SIGNATURE):
        return evtx.read(path, computer)
    if head[evt_header.SIGNATURE_AT :].startswith(evt_header.SIGNATURE):
        return evt.read(path, computer)
    if b"\0" in head:  # binary, or UTF-16
        if evtx_header.CHUNK_SIGNATURE in head:
            return evtx.read(path, computer)
        if evt_header.SIGNATURE in head:
            return evt.read(path, computer)
    return event_text.read(path, computer)


def _head(path: Path) -> bytes:
    if path.exists() and not path.is_file():
        raise EvidenceError(f"`{path}` is no file")
    try:
        with path.open("rb") as file:
            return file.read(_HEAD)
    except OSError as error:
        raise EvidenceError(f"cannot read `{path}`: {error.strerror}") from error

r"""
Exported registry keys (`.reg`), as `regedit` and `reg export` write them.

Whose registry it is, the file says itself if `ComputerName` is in it, else the target list does;
else, by convention, the file is named after the computer: `ex01.reg`.

A wanted key that is not in the file does not exist where its parent is in it with other keys below
(an export holds them all) and every line could be read; else nothing is known of it.
"""

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from os import SEEK_END
from pathlib import Path
from typing import TextIO

from adaudit.directory.entry import Gap
from adaudit.directory.observations import EvidenceSource, SourceKind
from adaudit.endpoint import is_host_name
from adaudit.errors import EvidenceError
from adaudit.evidence.reading import Reading
from adaudit.evidence.registry.keys import RegKey, RegKeys
from adaudit.evidence.registry.lines import Assignment, statements
from adaudit.evidence.registry.plan import is_same_computer, own_name, records_of

_LARGEST_FILE = 1 << 28
_ANSI = "cp1252"
"""Any code page does for what is wanted, which is ASCII"""
_FIRST_LINES = {
    "Windows Registry Editor Version 5.00": "utf-16-le",
    "REGEDIT4": _ANSI,
}
"""What a file begins with, and the encoding of the texts that it gives in bytes"""
_MOST_EMPTY_LINES = 16
_MOST_LINES = 1 << 22
"""The whole of `SYSTEM` has a few millions at most"""
_MOST_FAULTS = 20
_LEFT_OUT = "{} does not exist: its parent is in the file, with other keys below it"


@dataclass(slots=True)
class _Found:
    """What is found while a file is read."""

    keys: RegKeys
    total: int = 0
    """How many values it holds"""
    faults: list[int] = field(default_factory=list)
    """Numbers of the first lines that cannot be read"""
    fault_count: int = 0
    is_cut: bool = False
    """Whether lines were left unread"""
    ends_well: bool = True
    """Whether the file ends as an export does, and not in the middle"""

    @property
    def is_sound(self) -> bool:
        """Whether what is not in it can be taken to be left out."""
        return self.ends_well and not self.is_cut and not self.fault_count


def read(path: Path, computer: str | None) -> Reading:
    """
    Read a file; `computer` is what the target list says it is of.

    A value that a key in the file lacks is a record without a value, and so are those of a key that
    an export has left out because it does not exist; any other key that is not in the file gives no
    record. Raises `EvidenceError` where it is no registry file or cannot be read.
    """
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise EvidenceError(f"`{path}` has over {_LARGEST_FILE >> 20} MiB: export less of it")
        with path.open(encoding=_encoding(path), errors="replace") as file:
            found = _read(path, file)
        found.ends_well = _ends_with_empty_line(path)
    except OSError as error:
        raise EvidenceError(f"cannot read `{path}`: {error.strerror}") from error
    return _reading(path, found, computer)


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "utf-16"
    if start.startswith(BOM_UTF8):
        return "utf-8-sig"
    return "utf-16-le" if start[1:2] == b"\0" else _ANSI


def _ends_with_empty_line(path: Path) -> bool:
    """Whether the last key ends as regedit ends each; a file that is cut off does not."""
    with path.open("rb") as file:
        file.seek(-min(8, path.stat().st_size), SEEK_END)
        return file.read().replace(b"\0", b"").replace(b"\r", b"").endswith(b"\n\n")


def _read(path: Path, file: TextIO) -> _Found:
    number, first = 1, file.readline(128)
    while first and not first.strip() and number < _MOST_EMPTY_LINES:
        number, first = number + 1, file.readline(128)
    encoding = _FIRST_LINES.get(first.strip())
    if encoding is None:
        expected = " or ".join(f"`{line}`" for line in _FIRST_LINES)
        raise EvidenceError(f"`{path}` is no registry file: it does not begin with {expected}")
    found = _Found(RegKeys(encoding))
    for line, statement in statements(file, number + 1):
        if line > _MOST_LINES:
            found.is_cut = True
            break
        found.total += isinstance(statement, Assignment)
        if not found.keys.take(statement):
            found.fault_count += 1
            found.faults += [line] if found.fault_count <= _MOST_FAULTS else []
    return found


def _reading(path: Path, found: _Found, given: str | None) -> Reading:
    keys = dict(found.keys.current())
    left_out = tuple(found.keys.left_out()) if found.is_sound else ()
    keys |= {wanted: RegKey() for wanted in left_out}
    values = {wanted: tuple(key.values.values()) for wanted, key in keys.items()}
    computer, notes, gaps = _owner(path, own_name(values), given)
    records = tuple(
        record
        for wanted, key in keys.items()
        for record in records_of(wanted, values[wanted], computer)
        if record.value is not None or not (key.is_damaged or found.is_cut)
    )
    notes = (*notes, *(_LEFT_OUT.format(wanted.key) for wanted in left_out))
    if found.keys.is_ambiguous:
        reason = "has several control sets, and not `Select`, which tells the current one"
        gaps = (*gaps, Gap(path.name, reason))
    elif not keys:
        notes = (*notes, "holds none of the keys that bear on mail")
    now, total = datetime.now(UTC), found.total
    source = EvidenceSource(SourceKind.REGISTRY, path.name, now, computer, total=total, notes=notes)
    return Reading(source, records, (*gaps, *_losses(found, path.name)))


def _owner(
    path: Path, own: str | None, given: str | None
) -> tuple[str | None, tuple[str, ...], tuple[Gap, ...]]:
    """Whose registry it is, with what has to be said about that."""
    if own and given and not is_same_computer(own, given):
        reason = f"is of {own} by its own `ComputerName`, not of {given} as the list says"
        return own, (), (Gap(path.name, reason),)
    if own or given:
        return given or own, (), ()
    if is_host_name(path.stem):
        note = f"taken to be of {path.stem} after its file name: nothing else says whose it is"
        return path.stem, (note,), ()
    reason = "does not say whose registry it is, nor does its file name: name its computer"
    return None, (), (Gap(path.name, reason),)


def _losses(found: _Found, name: str) -> Iterator[Gap]:
    """The first faulty lines, how many more there are, and whether lines were left."""
    for number in found.faults:
        yield Gap(f"{name}, line {number}", "cannot be read as a line of a registry file")
    if found.fault_count > _MOST_FAULTS:
        reason = f"{found.fault_count - _MOST_FAULTS} more lines cannot be read"
        yield Gap(name, reason)
    if found.is_cut:
        yield Gap(name, f"only its first {_MOST_LINES} lines were read: export less of it")

"""A forest as exported to LDIF files."""

import gzip
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from adaudit.collect.ldif import Record, Reference, read_records
from adaudit.collect.ldif_encoding import Lines
from adaudit.collect.plan import wanted
from adaudit.collect.ranges import Ranges, sift
from adaudit.collect.source import Item, Referral, Stage, referral
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry, Gap
from adaudit.directory.marks import Mark
from adaudit.errors import CollectError, DirectoryError

_NO_MARKS: Mapping[str, Mark] = MappingProxyType({})
_GZIP = b"\x1f\x8b"
_MOST_FAULTS = 50
"""Faults of one file; with more of them it is left"""
_EXPORT_HINT = (
    "export with `ldifde -f FILE -d BASE`, or `ldapsearch -o ldif-wrap=no`, the attributes "
    "objectClass and nTSecurityDescriptor among others"
)


class LdifSource:
    """
    One or more LDIF files, plain or gzipped, that together hold what is known of a forest.

    A file that is damaged or cut off gives what stands before the damage, and a gap.
    """

    warnings: tuple[str, ...] = ()
    can_go_on = False
    key = ""

    def __init__(self, files: Sequence[Path], *, everything: bool = False) -> None:
        self._files = tuple(files)
        self.everything = everything
        self.description = "LDIF " + ", ".join(path.name for path in self._files)

    def read(self, marks: Mapping[str, Mark] = _NO_MARKS) -> Iterator[Item]:  # noqa: ARG002 - has none
        """
        Give the objects of the plan, file by file, always from the first on.

        Raises `CollectError` when there is no such object in any file.
        """
        reading = _Reading(everything=self.everything)
        for path in self._files:
            yield Stage(path.name)
            yield from reading.file(path)
        if not reading.count:
            raise _nothing_read(self.description, reading.first_fault)
        yield from reading.ranges.gaps()


class _Reading:
    """One pass over the files."""

    def __init__(self, *, everything: bool) -> None:
        self._everything = everything
        self.ranges = Ranges()
        self.count = 0
        self.first_fault: Gap | None = None

    def file(self, path: Path) -> Iterator[Entry | Gap | Referral]:
        try:
            stream = _open(path)
        except OSError as error:
            yield self._fault(path.name, f"cannot be read: {error.strerror or error}")
            return
        with stream:
            yield from self._records(path.name, stream)

    def _records(self, name: str, stream: Lines) -> Iterator[Entry | Gap | Referral]:
        unclassed: list[int] = []
        faults = 0
        for part in read_records(stream):
            if isinstance(part, Reference):
                yield referral(part.url)
            elif not isinstance(part, Record):
                faults += 1
                yield self._fault(f"{name}:{part.line}", part.reason)
            elif part.dn and part.attributes and "objectclass" not in part.attributes:
                unclassed.append(part.line)
            else:
                yield from self._object(name, part)
            if faults > _MOST_FAULTS:
                yield Gap(name, f"more than {_MOST_FAULTS} faults: the rest was not read")
                break
        if unclassed:
            reason = f"{len(unclassed)} objects without objectClass were left out, the first here"
            yield self._fault(f"{name}:{unclassed[0]}", reason)

    def _object(self, name: str, record: Record) -> Iterator[Entry | Gap]:
        try:
            dn = Dn(record.dn)
        except DirectoryError as error:
            yield self._fault(f"{name}:{record.line}", error.message)
            return
        names = record.attributes.get("objectclass", [])
        classes = frozenset(value.decode("utf-8", "replace").lower() for value in names)
        want = wanted(dn, classes, everything=self._everything)
        if want is None:
            return
        entry, parts = sift(dn, record.attributes, want)
        for part in parts:
            self.ranges.note(dn, part)
        self.count += 1
        yield entry

    def _fault(self, subject: str, reason: str) -> Gap:
        gap = Gap(subject, reason)
        self.first_fault = self.first_fault or gap
        return gap


def _open(path: Path) -> io.BufferedReader | gzip.GzipFile:
    with path.open("rb") as file:
        is_gzip = file.read(len(_GZIP)) == _GZIP
    return gzip.open(path) if is_gzip else path.open("rb")


def _nothing_read(description: str, fault: Gap | None) -> CollectError:
    why = f"{fault.subject}: {fault.reason}" if fault else "no object that is looked for is in it"
    return CollectError(f"nothing could be read from {description}: {why}", _EXPORT_HINT)

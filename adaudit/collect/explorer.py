"""A forest as AD Explorer saved it to snapshot files."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from adaudit.collect.explorer_bytes import Contents, DamagedError
from adaudit.collect.explorer_format import ExplorerFile, FoundObject
from adaudit.collect.explorer_values import Values
from adaudit.collect.plan import DESCRIPTOR, Wanted, wanted
from adaudit.collect.source import Item, Stage
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry, Gap
from adaudit.directory.marks import Mark
from adaudit.errors import CollectError, DirectoryError

_NO_MARKS: Mapping[str, Mark] = MappingProxyType({})
_NAME, _CLASS = "distinguishedname", "objectclass"
_MOST_FAULTS = 50
"""Faults of one file; with more of them it is left"""
_FULL_ANSWERS = {1000, 1500, 5000}
"""As many values of an attribute as servers give at most at a time. [MS-ADTS] 3.1.1.3.4.6"""
_HINT = "save it again in AD Explorer: File, Create Snapshot"


class ExplorerSource:
    """
    One or more snapshots of AD Explorer, that together hold what is known of a forest.

    A file that is damaged or cut off gives what stands before the damage, and a gap.
    """

    warnings: tuple[str, ...] = ()
    can_go_on = False
    key = ""

    def __init__(self, files: Sequence[Path], *, everything: bool = False) -> None:
        self._files = tuple(files)
        self.everything = everything
        self.description = "AD Explorer " + ", ".join(path.name for path in self._files)

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


class _Reading:
    """One pass over the files."""

    def __init__(self, *, everything: bool) -> None:
        self._everything = everything
        self._faults = 0
        self.count = 0
        self.first_fault: Gap | None = None

    def file(self, path: Path) -> Iterator[Entry | Gap]:
        try:
            with path.open("rb") as stream:
                yield from self._objects(path.name, ExplorerFile.of(Contents(stream)))
        except OSError as error:
            yield self._fault(path.name, f"cannot be read: {error.strerror or error}")
        except DamagedError as error:
            yield self._fault(path.name, str(error))

    def _objects(self, name: str, file: ExplorerFile) -> Iterator[Entry | Gap]:
        values = Values(file.contents)
        most_faults = self._faults + _MOST_FAULTS
        for found in file.objects():
            yield from self._object(found, file, values, name)
            if self._faults > most_faults:
                yield Gap(name, f"more than {_MOST_FAULTS} faults: the rest was not read")
                return
        file.check_index()

    def _object(
        self, found: FoundObject, file: ExplorerFile, values: Values, name: str
    ) -> Iterator[Entry | Gap]:
        attributes = _Attributes(found, file, values)
        try:
            dn = Dn(attributes.name())
            classes = attributes.values(_CLASS)
        except (DamagedError, DirectoryError) as error:
            yield self._fault(f"{name}, object {found.number}", f"not read: {error}")
            return
        names = frozenset(value.decode().lower() for value in classes)
        want = wanted(dn, names, everything=self._everything)
        if want is None:
            return
        self.count += 1
        entry = attributes.entry(dn, want)
        yield entry
        for fault in attributes.faults:
            yield self._fault(str(dn), fault)
        yield from _full_answers(entry)

    def _fault(self, subject: str, reason: str) -> Gap:
        gap = Gap(subject, reason)
        self._faults += 1
        self.first_fault = self.first_fault or gap
        return gap


class _Attributes:
    """What one object has, decoded as far as it is asked for."""

    def __init__(self, found: FoundObject, file: ExplorerFile, values: Values) -> None:
        self._found = found
        self._properties = file.properties
        self._values = values
        known = len(file.properties)
        self._places = {file.properties[n].name: (n, o) for n, o in found.values if n < known}
        self._is_sound = len(self._places) == len(found.values)
        self.faults: list[str] = []

    def name(self) -> str:
        """The DN; `DamagedError` when it has none, or the table of what it has is damaged."""
        names = self.values(_NAME)
        if not names or not self._is_sound:
            raise DamagedError("it has attributes that there are not, or no name")
        return names[0].decode()

    def values(self, attribute: str) -> tuple[bytes, ...]:
        """The values of an attribute in lower case. Raises `DamagedError`."""
        place = self._places.get(attribute)
        if place is None:
            return ()
        number, offset = place
        return self._values.of(self._found, self._properties[number], offset)

    def entry(self, dn: Dn, want: Wanted) -> Entry:
        """What the plan wants of it; what of that cannot be read is among the faults."""
        kept = {
            attribute: values
            for attribute in self._places
            if attribute in want.attributes and (values := self._readable(attribute))
        }
        descriptor = self._readable(DESCRIPTOR) if want.descriptor else ()
        return Entry(dn, kept, (descriptor[0] if descriptor else b"") or None)

    def _readable(self, attribute: str) -> tuple[bytes, ...]:
        try:
            return self.values(attribute)
        except DamagedError as error:
            self.faults.append(f"`{attribute}` could not be read: {error}")
            return ()


def _full_answers(entry: Entry) -> Iterator[Gap]:
    """A gap for each attribute that may have more values than AD Explorer asked for."""
    for attribute, values in entry.attributes.items():
        if len(values) in _FULL_ANSWERS:
            reason = (
                f"`{attribute}` may be incomplete: it has {len(values)} values, as many as a "
                "server gives at a time, and the file does not say whether there are more"
            )
            yield Gap(str(entry.dn), reason)


def _nothing_read(description: str, fault: Gap | None) -> CollectError:
    why = f"{fault.subject}: {fault.reason}" if fault else "no object that is looked for is in it"
    return CollectError(f"nothing could be read from {description}: {why}", _HINT)

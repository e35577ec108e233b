"""One search of the plan as a step of the reading: what it finds, and how far it has come."""

from collections.abc import Iterator, Sequence

from adaudit.collect.answers import FoundObject
from adaudit.collect.entries import Names
from adaudit.collect.line import Line
from adaudit.collect.pages import PageEnd, Pages
from adaudit.collect.plan import DESCRIPTOR, Wanted, wanted_by
from adaudit.collect.ranges import Ranges, ValueRange, entry_of, sift
from adaudit.collect.search import Search
from adaudit.collect.session import Found, SearchStoppedError, SessionOverError
from adaudit.collect.source import Item, referral
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry, Gap
from adaudit.directory.marks import Mark
from adaudit.errors import DirectoryError


def read_step(line: Line, search: Search, mark: Mark | None = None) -> Iterator[Item]:
    """
    Give what a search finds, from `mark` on, and after each page a mark.

    Raises `SearchStoppedError` when it cannot be read to its end, after what came of it.
    """
    step = _Step(line, search)
    for part in Pages(line, search, step.names, step.cookie_of(mark)):
        if isinstance(part, PageEnd):
            yield from step.end_of_page(part)
        else:
            yield from step.objects(part)


class _Step:
    def __init__(self, line: Line, search: Search) -> None:
        self._line = line
        self._name = search.what
        self._want = wanted_by(search)
        descriptor = {DESCRIPTOR} if self._want.descriptor else set()
        self.names = Names(self._want.attributes | descriptor)
        self._parted: list[tuple[Dn, Sequence[ValueRange]]] = []
        """Objects of the page whose values came in part"""
        self._is_sure = True
        """Whether nothing is missing that another reading might give"""

    def cookie_of(self, mark: Mark | None) -> bytes:
        """What to go on with; nothing where the cookie may mean another place to this session."""
        if mark is None or mark.cookie is None or self._line.has_open_search:
            return b""
        host, _, cookie = mark.cookie.partition(b"\0")
        return cookie if host == self._host else b""

    def objects(self, found: Found) -> Iterator[Item]:
        """What one part of a page is."""
        want = self._want
        for each in found:
            if not isinstance(each, FoundObject):
                yield from map(referral, each.urls[:1])
                continue
            try:
                entry, parts = entry_of(each, want)
            except DirectoryError as error:
                yield Gap(each.dn, error.message)
                continue
            if parts:
                self._parted.append((entry.dn, parts))
            yield entry

    def end_of_page(self, end: PageEnd) -> Iterator[Item]:
        """The values that are still missing, and how far the search has come by then."""
        parted, self._parted = self._parted, []
        for dn, parts in parted:
            yield from self._rest(dn, parts)
        if self._is_sure:
            yield Mark(self._name, self._host + b"\0" + end.cookie if end.cookie else None)

    @property
    def _host(self) -> bytes:
        return self._line.host.encode("utf-8", "surrogateescape")

    def _rest(self, dn: Dn, parts: Sequence[ValueRange]) -> Iterator[Entry | Gap]:
        """The later values of an object, and a gap for each part of them that does not come."""
        ranges = Ranges()
        failure: SearchStoppedError | None = None
        for first in parts:
            ranges.note(dn, first)
        try:
            for first in parts:
                for entry, part in self._later(dn, first):
                    ranges.note(dn, part)
                    yield entry
        except SearchStoppedError as error:
            failure = error
        for gap in ranges.gaps():
            self._is_sure = False
            yield Gap(gap.subject, f"{gap.reason} ({failure})" if failure else gap.reason)
        if isinstance(failure, SessionOverError):
            raise failure

    def _later(self, dn: Dn, first: ValueRange) -> Iterator[tuple[Entry, ValueRange]]:
        want = Wanted(frozenset({first.attribute}), descriptor=False)
        last = first.last
        while last is not None:
            found = self._values(dn, f"{first.attribute};range={last + 1}-*")
            entry, parts = sift(dn, found.attributes if found else {}, want)
            if not parts or parts[0].first != last + 1:
                return  # what is missing shows in the parts that were noted
            yield entry, parts[0]
            last = parts[0].last

    def _values(self, dn: Dn, attribute: str) -> FoundObject | None:
        pauses = self._line.pauses()
        while True:
            try:
                return self._line.session.values(dn.text, attribute)
            except SearchStoppedError as error:
                if not self._line.mend(error, pauses):
                    raise

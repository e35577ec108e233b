"""
A search page by page, to its end: over broken connections, busy servers and servers that go round.

A connection that breaks is opened again, and the search goes on with its last cookie where the new
one takes it, and is asked from its beginning where not. That a cookie is not taken shows in an
error, in an empty answer, or in a connection that breaks again at once. What comes twice by this
is one object in the snapshot. [RFC2696]
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from adaudit.collect.answers import FoundObject
from adaudit.collect.entries import Names
from adaudit.collect.line import Line
from adaudit.collect.search import Search
from adaudit.collect.session import BusyError, Found, SearchStoppedError, SessionOverError

_MOST_EMPTY = 100
"""Pages in a row without an object, as a server may give them that looks for long"""
_MOST_BEGINNINGS = 5
"""How often a search is asked from its beginning"""


@dataclass(frozen=True, slots=True)
class PageEnd:
    """All before it came; `cookie` is what the next page is asked for with, empty for none."""

    cookie: bytes


Part: TypeAlias = Found | PageEnd


class Pages:
    """
    The pages of one search, `names` what is wanted of its objects.

    It begins with the `cookie` of an earlier run, if one is given.
    """

    def __init__(self, line: Line, search: Search, names: Names, cookie: bytes = b"") -> None:
        self._line = line
        self._search = search
        self._names = names
        self._cookie = cookie
        self._given_on: int | None = None
        """The session that gave the cookie, None for one of an earlier run"""
        self._circle = _Circle()
        self._beginnings = 1
        self._read = self._most_read = 0
        """Pages since the last beginning, and since that of which most could be read"""

    def __iter__(self) -> Iterator[Part]:
        """Raises `SearchStoppedError` when it cannot be read to its end, after what came of it."""
        pauses = self._line.pauses()
        while self._read == 0 or self._cookie:
            is_empty = True
            page = self._line.session.page(self._search, self._names, self._cookie)
            try:
                for found in page:
                    is_empty = False
                    self._circle.note(found)
                    yield found
            except SearchStoppedError as error:
                self._circle.forget_page()
                is_refused = is_empty and self._is_foreign and not isinstance(error, BusyError)
                if is_refused and not isinstance(error, SessionOverError):
                    self._begin_again()
                elif not self._mended(error, pauses, is_refused=is_refused):
                    raise
                continue
            if is_empty and not page.cookie and self._is_foreign:
                self._begin_again()
                continue
            yield self._ended(page.cookie)
            if self._read > self._most_read:
                self._most_read, pauses = self._read, self._line.pauses()

    @property
    def _is_foreign(self) -> bool:
        """Whether the cookie is of another session than it is given to."""
        return bool(self._cookie) and self._given_on != self._line.number

    def _mended(
        self, error: SearchStoppedError, pauses: Iterator[float], *, is_refused: bool
    ) -> bool:
        host = self._line.host
        if not self._line.mend(error, pauses):
            return False
        if self._cookie and (is_refused or self._line.host != host):
            self._begin_again()  # to another server the cookie may mean another place
        return True

    def _begin_again(self) -> None:
        if self._beginnings == _MOST_BEGINNINGS:
            raise SearchStoppedError(
                f"broke off {_MOST_BEGINNINGS} times, and the server does not go on where it was"
            )
        self._beginnings += 1
        self._read = 0
        self._cookie = b""
        self._circle = _Circle()

    def _ended(self, cookie: bytes) -> PageEnd:
        self._circle.end_page()
        self._read += 1
        self._cookie = cookie
        self._given_on = self._line.number
        return PageEnd(cookie)


@dataclass(slots=True)
class _Circle:
    """
    Whether a server goes round: a page names the objects of an earlier one, in their order.

    Cookies tell nothing: Samba's is the same for all pages of a search, and a server that goes
    round may count on. Nor is one page without an object a sign, but a hundred of them are.
    """

    _pages: set[int] = field(default_factory=set)
    _names: int = 0
    """A hash of the names of the page, as far as it came"""
    _empty: int = 0

    def note(self, found: Found) -> None:
        """Take up a part of a page."""
        names = self._names
        for each in found:  # how a page is divided into parts differs each time
            if isinstance(each, FoundObject):
                names = hash((names, each.dn))
        self._names = names

    def forget_page(self) -> None:
        """Take nothing of a page that broke off, as it will come again."""
        self._names = 0

    def end_page(self) -> None:
        """Raises `SearchStoppedError` when the server goes round."""
        names, self._names = self._names, 0
        self._empty = 0 if names else self._empty + 1
        if names in self._pages or self._empty > _MOST_EMPTY:
            raise SearchStoppedError("the server goes round: it gives the same page again")
        if names:
            self._pages.add(names)

"""One server as long as it is read: connected anew when the connection breaks."""

import time
from collections.abc import Iterator
from contextlib import suppress
from types import TracebackType
from typing import Self

from adaudit.collect.answers import FoundObject
from adaudit.collect.binding import Access, open_session
from adaudit.collect.entries import Names
from adaudit.collect.failures import UnreachableError
from adaudit.collect.plan import ROOT_DSE, wanted_by
from adaudit.collect.ranges import sift
from adaudit.collect.session import (
    BusyError,
    SearchStoppedError,
    Session,
    SessionOverError,
)
from adaudit.config import LdapUrl
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.errors import CollectError


class Line:
    """
    A session with a server, and a new one in its place when it breaks.

    As a context manager it is closed at the end. Raises `CollectError` when there is no first one.
    """

    def __init__(self, url: LdapUrl, access: Access) -> None:
        self._url = url
        self._access = access
        self.session = open_session(url, access)
        self.number = 0
        """How many sessions there were before this one"""
        self.has_open_search = False
        """Whether a search was left on this session before its end, and so a cookie of it"""
        try:
            self.root = root_of(self.session, url)
            """The server's own entry"""
        except CollectError:
            self.session.close()
            raise

    @property
    def host(self) -> str:
        """Which server it is by its own word: behind one address there may be several."""
        return self.root.text("dNSHostName") or str(self._url)

    def pauses(self) -> Iterator[float]:
        """How long to wait before each further try, in seconds."""
        return iter(self._access.pauses)

    def mend(self, error: SearchStoppedError, pauses: Iterator[float]) -> bool:
        """Wait, and connect anew where it takes that; whether it is of use to ask once more."""
        if isinstance(error, BusyError):
            pause = next(pauses, None)
            time.sleep(pause or 0.0)
            return pause is not None
        if not isinstance(error, SessionOverError) or error.is_broken_by_answer:
            return False
        try:
            return self._is_back(pauses)
        except CollectError:  # that it lets nobody in any more: asking again would lock the account
            return False

    def _is_back(self, pauses: Iterator[float]) -> bool:
        for pause in pauses:
            time.sleep(pause)
            with suppress(UnreachableError):
                self._reopen()
                return True
        return False

    def is_open_after(self, error: SearchStoppedError) -> bool:
        """Whether other searches can be asked after one that stopped, if on a new session."""
        self.has_open_search = True
        if not isinstance(error, SessionOverError):
            return True
        if not error.is_broken_by_answer:
            return False  # it was tried already
        with suppress(CollectError):
            self._reopen()
            return True
        return False

    def _reopen(self) -> None:
        self.session.close()
        self.session = open_session(self._url, self._access)
        self.number += 1
        self.has_open_search = False
        self.root = root_of(self.session, self._url)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        self.session.close()


def root_of(session: Session, url: LdapUrl) -> Entry:
    """The server's own entry, which tells what it holds. Raises `CollectError`."""
    want = wanted_by(ROOT_DSE)
    page = session.page(ROOT_DSE, Names(want.attributes))
    try:
        found = [each for batch in page for each in batch if isinstance(each, FoundObject)]
    except SessionOverError as error:
        raise UnreachableError(*_no_root(url, error)) from error
    except SearchStoppedError as error:
        raise CollectError(*_no_root(url, error)) from error
    if not found:
        raise no_controller(url, "it shows no root entry")
    return sift(Dn(""), found[0].attributes, want)[0]


def no_controller(url: LdapUrl, reason: str) -> CollectError:
    """That a server is none of Active Directory's."""
    return CollectError(*_no_controller(url, reason))


def _no_root(url: LdapUrl, error: Exception) -> tuple[str, str]:
    return _no_controller(url, f"its root entry cannot be read: {error}")


def _no_controller(url: LdapUrl, reason: str) -> tuple[str, str]:
    message = f"`{url}` is no domain controller of Active Directory: {reason}"
    return message, "give the address of a domain controller"

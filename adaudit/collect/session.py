"""A bound connection to one domain controller, which answers the searches of the plan."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self, TypeAlias

from adaudit.collect import operations
from adaudit.collect.answers import Answer, FoundReference, Result
from adaudit.collect.ber import BerError
from adaudit.collect.channel import Channel, LostConnectionError, NoLdapError
from adaudit.collect.entries import Entries, FoundObject, Names
from adaudit.collect.failures import describe
from adaudit.collect.search import Search

_SUCCESS = 0
_LIMITS = {3: "timeLimitExceeded", 4: "sizeLimitExceeded", 11: "adminLimitExceeded"}
_REFERRAL = 10
_NO_SUCH_OBJECT = 32
_LATER = {51, 52}  # busy, unavailable
_MOST_PARTS = 100_000
"""In which a page comes: a hundred times as many as the objects of the largest"""
CONNECTION_ERRORS = (OSError, LostConnectionError)
"""What a connection that fails raises"""

Found: TypeAlias = Sequence[FoundObject | FoundReference]


class SearchStoppedError(Exception):
    """A search that ended before its end; the message says why."""


class BusyError(SearchStoppedError):
    """The server says that it can answer later."""


class SessionOverError(SearchStoppedError):
    """The connection is gone, and with it whatever was still to be asked of it."""

    def __init__(self, error: Exception) -> None:
        super().__init__(describe(error)[0])
        self.is_broken_by_answer = isinstance(error, NoLdapError)
        """Whether the server would say the same again"""


class Page:
    """
    One page of what a search finds, as it comes: to be iterated over once, to the end.

    Iteration raises `SearchStoppedError` after what came of a page that has no end.
    """

    def __init__(self, channel: Channel, request: operations.Request, names: Names) -> None:
        self._channel = channel
        self._request = request
        self._names = names
        self.cookie = b""
        """What the next page is asked for with, once all came; empty after the last one"""

    def __iter__(self) -> Iterator[Found]:
        try:
            message_id = self._channel.send(self._request)
            entries = Entries(message_id, self._names)
            for _ in range(_MOST_PARTS):
                answer = self._channel.receive_found(message_id, entries)
                if not isinstance(answer, Answer):
                    yield answer
                elif isinstance(answer.operation, Result):
                    yield from self._end(answer, answer.operation)
                    return
                else:
                    yield [answer.operation]
            raise NoLdapError("the server sends more than was asked for")
        except CONNECTION_ERRORS as error:
            raise SessionOverError(error) from error

    def _end(self, answer: Answer, result: Result) -> Iterator[Found]:
        self.cookie = _cookie(answer)
        if result.code == _REFERRAL:
            yield [FoundReference(result.referrals)]
        elif result.code in _LIMITS and self.cookie:
            return  # the limit was one of the page, and there is a next one
        elif result.code not in (_SUCCESS, _NO_SUCH_OBJECT):
            name = operations.result_name(result.code)
            message = f"{name}: {result.diagnostic}" if result.diagnostic else name
            raise BusyError(message) if result.code in _LATER else SearchStoppedError(message)


class Session:
    """A connection that is open and bound; as a context manager it is closed at the end."""

    def __init__(self, channel: Channel, page_size: int) -> None:
        self._channel = channel
        self._page_size = page_size

    def page(self, search: Search, names: Names, cookie: bytes = b"") -> Page:
        """
        A page of what a search finds, of its attributes those of `names`.

        `cookie` is that of the page before. An object that is not there gives nothing.
        """
        return Page(self._channel, operations.search_page(search, self._page_size, cookie), names)

    def values(self, dn: str, attribute: str) -> FoundObject | None:
        """Ask one object for one attribute. Raises `SearchStoppedError`."""
        pages = list(Page(self._channel, operations.search_values(dn, attribute), Names()))
        objects = (found for page in pages for found in page)
        return next((found for found in objects if isinstance(found, FoundObject)), None)

    def close(self) -> None:
        """End the connection."""
        with suppress(*CONNECTION_ERRORS):  # whether the server hears of the end changes nothing
            self._channel.send(operations.unbind())
        self._channel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        self.close()


def _cookie(answer: Answer) -> bytes:
    try:
        return answer.cookie
    except BerError as error:
        raise NoLdapError(f"the server does not speak LDAP: {error}") from error

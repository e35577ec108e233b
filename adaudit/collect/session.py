"""A bound connection to one domain controller, which answers the searches of the plan."""

from collections.abc import Iterator
from contextlib import suppress
from types import TracebackType
from typing import Self, TypeAlias

from adaudit.collect import operations
from adaudit.collect.answers import Answer, FoundObject, FoundReference, Result
from adaudit.collect.channel import Channel, LostConnectionError
from adaudit.collect.failures import describe
from adaudit.collect.plan import Search

_SUCCESS = 0
_REFERRAL = 10
_NO_SUCH_OBJECT = 32
CONNECTION_ERRORS = (OSError, LostConnectionError)
"""What a connection that fails raises"""

Page: TypeAlias = list[FoundObject | FoundReference]


class SearchStoppedError(Exception):
    """A search that ended before its end; the message says why."""


class SessionOverError(SearchStoppedError):
    """The connection is gone, and with it whatever was still to be asked."""


class Session:
    """A connection that is open and bound; as a context manager it is closed at the end."""

    def __init__(self, channel: Channel, page_size: int) -> None:
        self._channel = channel
        self._page_size = page_size

    def search(self, search: Search) -> Iterator[Page]:
        """
        Give what a search finds, page by page; an object that is not there gives nothing.

        Raises `SearchStoppedError` after the last page, which then holds what came of it.
        """
        cookie = b""
        while True:
            page: Page = []
            try:
                last = self._answer_to(
                    operations.search_page(search, self._page_size, cookie), page
                )
            except SearchStoppedError:
                yield page
                raise
            yield page
            cookie = last.cookie
            if not cookie:
                return

    def values(self, dn: str, attribute: str) -> FoundObject | None:
        """Ask one object for one attribute. Raises `SearchStoppedError`."""
        page: Page = []
        self._answer_to(operations.search_values(dn, attribute), page)
        return next((found for found in page if isinstance(found, FoundObject)), None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        with suppress(*CONNECTION_ERRORS):  # whether the server hears of the end changes nothing
            self._channel.send(operations.unbind())
        self._channel.close()

    def _answer_to(self, request: operations.Request, page: Page) -> Answer:
        """Put what a search finds on `page` and give its last answer."""
        try:
            message_id = self._channel.send(request)
            while True:
                answer = self._channel.receive(message_id)
                if isinstance(answer.operation, Result):
                    _check(answer.operation, page)
                    return answer
                page.append(answer.operation)
        except CONNECTION_ERRORS as error:
            raise SessionOverError(describe(error)[0]) from error


def _check(result: Result, page: Page) -> None:
    if result.code == _REFERRAL:
        page.append(FoundReference(result.referrals))
    elif result.code not in (_SUCCESS, _NO_SUCH_OBJECT):
        name = operations.result_name(result.code)
        raise SearchStoppedError(f"{name}: {result.diagnostic}" if result.diagnostic else name)

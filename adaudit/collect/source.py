"""What every origin of a snapshot looks like to the collector."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeAlias
from urllib.parse import unquote

from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry, Gap
from adaudit.errors import DirectoryError

Ask = Callable[[str], str]
"""Puts a question on the terminal and gives the answer, which is not shown"""

_REFERRAL = re.compile(r"ldaps?://[^/]*/([^?]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Referral:
    """The server's word that objects below `base` lie on other servers. [RFC4511] 4.5.3"""

    url: str
    base: Dn | None
    """The object that the URL names, None where it names none"""


@dataclass(frozen=True, slots=True)
class Stage:
    """What is read from here on, for whoever watches: `groups of contoso.example`."""

    what: str


Item: TypeAlias = Entry | Gap | Referral | Stage


class Source(Protocol):
    """A directory that can be read once, from its beginning to its end."""

    @property
    def description(self) -> str:
        """Kind and place, for the report: `LDAP ldaps://dc1.contoso.example`."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What whoever trusts the result has to know: `TLS is not verified: …`."""

    def read(self) -> Iterator[Item]:
        """
        Give all objects of the plan, and a gap for each thing that could not be read.

        An object may come in several parts. Raises `CollectError` when nothing can be read.
        """


def referral(url: str) -> Referral:
    """Read a referral's LDAP URL; what is no such URL names no object. [RFC4516]"""
    match = _REFERRAL.match(url)
    try:
        return Referral(url, Dn(unquote(match.group(1))) if match and match.group(1) else None)
    except DirectoryError:
        return Referral(url, None)

"""What every origin of a snapshot looks like to the collector."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias
from urllib.parse import unquote

from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry, Gap
from adaudit.directory.marks import Mark
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
    """What is read from here on."""

    what: str
    """For whoever watches: `groups of contoso.example`"""
    step: str | None = None
    """
    What it is called in marks: the gaps that follow belong to it, and are taken away when it is
    read again. A step that never gets a mark is read again each time.
    """


@dataclass(frozen=True, slots=True)
class Sacls:
    """What a server that was asked for SACLs does with all descriptors that follow."""

    are_given: bool


Item: TypeAlias = Entry | Gap | Referral | Stage | Mark | Sacls


class Source(Protocol):
    """A directory that can be read once, from its beginning to its end."""

    @property
    def description(self) -> str:
        """Kind and place, for the report: `LDAP ldaps://dc1.contoso.example`."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What whoever trusts the result has to know: `TLS is not verified: …`."""

    @property
    def everything(self) -> bool:
        """Whether every object is read, with its descriptor, and not only what checks need."""

    @property
    def can_go_on(self) -> bool:
        """Whether `read` gives marks, by which another run can go on with it."""

    @property
    def key(self) -> str:
        """Another text for another plan or place, with which no run may go on with this one."""

    def read(self, marks: Mapping[str, Mark]) -> Iterator[Item]:
        """
        Give all objects of the plan, and a gap for each thing that could not be read.

        An object may come in several parts. A mark follows what it makes sure of; with the
        `marks` of an earlier run only what comes behind them is given. Raises `CollectError` when
        nothing can be read.
        """


def referral(url: str) -> Referral:
    """Read a referral's LDAP URL; what is no such URL names no object. [RFC4516]"""
    match = _REFERRAL.match(url)
    try:
        return Referral(url, Dn(unquote(match.group(1))) if match and match.group(1) else None)
    except DirectoryError:
        return Referral(url, None)

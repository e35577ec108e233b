"""A forest as its domain controllers answer for it."""

from collections.abc import Iterator, Sequence

from adaudit.collect.answers import FoundObject
from adaudit.collect.binding import Access, open_session
from adaudit.collect.plan import (
    ROOT_DSE,
    Search,
    Wanted,
    domain_searches,
    forest_searches,
    wanted_by,
)
from adaudit.collect.ranges import Ranges, ValueRange, sift
from adaudit.collect.session import SearchStoppedError, Session, SessionOverError
from adaudit.collect.source import Item, Stage, referral
from adaudit.config import LdapUrl
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry, Gap
from adaudit.errors import CollectError, DirectoryError


class LdapSource:
    """
    One domain controller of each domain of a forest that is to be read.

    The configuration and the schema are read from the first one that answers, the same on all.
    """

    def __init__(self, servers: Sequence[LdapUrl], access: Access) -> None:
        self._servers = tuple(servers)
        self._access = access
        self.description = "LDAP " + ", ".join(map(str, servers))
        self.warnings = () if access.verify else tuple(map(_unverified, servers))

    def read(self) -> Iterator[Item]:
        """
        Give the objects of the plan, server by server.

        A server that cannot be read is a gap; raises `CollectError` when none can.
        """
        reading = _Reading(self._access)
        failures: list[CollectError] = []
        for url in self._servers:
            try:
                yield from reading.server(url)
            except CollectError as error:
                failures.append(error)
                yield Gap(str(url), error.message)
        if len(failures) == len(self._servers):
            raise failures[0]
        if not reading.count:
            why = reading.first_stop or "no object that is looked for can be seen"
            raise CollectError(
                f"nothing could be read from {self.description}: {why}",
                "check what the account that reads may read",
            )


class _Reading:
    """One pass over the servers."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._is_forest_read = False
        self._domains: set[Dn] = set()
        self.count = 0
        """Objects beside the servers' own entries"""
        self.first_stop: str | None = None

    def server(self, url: LdapUrl) -> Iterator[Item]:
        """Give what one server holds that no server before it gave."""
        yield Stage(str(url))
        with open_session(url, self._access) as session:
            root = _root(session, url)
            yield root
            for item in _answers(session, self._searches(root, url)):
                self.count += isinstance(item, Entry)
                if isinstance(item, Gap):
                    self.first_stop = self.first_stop or item.reason
                yield item

    def _searches(self, root: Entry, url: LdapUrl) -> list[Search]:
        configuration, domain = _contexts(root, url)
        searches: list[Search] = []
        if not self._is_forest_read:
            self._is_forest_read = True
            searches += forest_searches(configuration)
        if domain not in self._domains:
            self._domains.add(domain)
            searches += domain_searches(domain)
        return searches


def _root(session: Session, url: LdapUrl) -> Entry:
    """The server's own entry, which tells what it holds."""
    try:
        pages = list(session.search(ROOT_DSE))
    except SearchStoppedError as error:
        raise _no_controller(url, f"its root entry cannot be read: {error}") from error
    for found in (found for page in pages for found in page):
        if isinstance(found, FoundObject):
            return sift(Dn(""), found.attributes, wanted_by(ROOT_DSE))[0]
    raise _no_controller(url, "it shows no root entry")


def _contexts(root: Entry, url: LdapUrl) -> tuple[Dn, Dn]:
    configuration = root.text("configurationNamingContext")
    domain = root.text("defaultNamingContext")
    if not configuration or not domain:
        raise _no_controller(url, "its root entry names no domain")
    try:
        return Dn(configuration), Dn(domain)
    except DirectoryError as error:
        raise _no_controller(url, error.message) from error


def _answers(session: Session, searches: Sequence[Search]) -> Iterator[Item]:
    """What all searches find; one that stops early is a gap, and the others go on."""
    lost: str | None = None
    for search in searches:
        if lost is not None:
            yield Gap(search.what, f"not read: {lost}")
            continue
        yield Stage(search.what)
        try:
            yield from _found(session, search)
        except SearchStoppedError as error:
            yield Gap(search.what, f"not read to the end: {error}")
            lost = str(error) if isinstance(error, SessionOverError) else None


def _found(session: Session, search: Search) -> Iterator[Item]:
    want = wanted_by(search)
    for page in session.search(search):
        for found in page:
            if isinstance(found, FoundObject):
                yield from _object(session, found, want)
            else:
                yield from map(referral, found.urls[:1])


def _object(session: Session, found: FoundObject, want: Wanted) -> Iterator[Entry | Gap]:
    try:
        entry, parts = sift(Dn(found.dn), found.attributes, want)
    except DirectoryError as error:
        yield Gap(found.dn, error.message)
        return
    if parts:
        yield from _completed(session, entry, parts)
    else:
        yield entry


def _completed(
    session: Session, entry: Entry, parts: Sequence[ValueRange]
) -> Iterator[Entry | Gap]:
    """The object with all parts of its values, and a gap for each part that does not come."""
    attributes = dict(entry.attributes)
    ranges = Ranges()
    failure: SearchStoppedError | None = None
    try:
        for first in parts:
            ranges.note(entry.dn, first)
            for values, part in _later_parts(session, entry.dn, first):
                attributes[first.attribute] += values
                ranges.note(entry.dn, part)
    except SearchStoppedError as error:
        failure = error
    yield Entry(entry.dn, attributes, entry.descriptor)
    for gap in ranges.gaps():
        yield Gap(gap.subject, f"{gap.reason} ({failure})" if failure else gap.reason)
    if isinstance(failure, SessionOverError):
        raise failure


def _later_parts(
    session: Session, dn: Dn, first: ValueRange
) -> Iterator[tuple[tuple[bytes, ...], ValueRange]]:
    want = Wanted(frozenset({first.attribute}), descriptor=False)
    last = first.last
    while last is not None:
        found = session.values(dn.text, f"{first.attribute};range={last + 1}-*")
        entry, parts = sift(dn, found.attributes if found else {}, want)
        if not parts or parts[0].first != last + 1:
            return  # what is missing shows in the parts that were noted
        yield entry.values(first.attribute), parts[0]
        last = parts[0].last


def _no_controller(url: LdapUrl, reason: str) -> CollectError:
    message = f"`{url}` is no domain controller of Active Directory: {reason}"
    return CollectError(message, "give the address of a domain controller")


def _unverified(url: LdapUrl) -> str:
    return (
        f"the certificate of `{url}` is not verified (`verify: false`): whoever stands between "
        "can read the password and change what is read"
    )

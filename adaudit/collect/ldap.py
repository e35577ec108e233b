"""A forest as its domain controllers answer for it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from types import MappingProxyType

from adaudit.collect.binding import Access
from adaudit.collect.catalog import catalog_searches, domains_of_forest, known_in_part
from adaudit.collect.line import Line, no_controller
from adaudit.collect.plan import domain_searches, fingerprint, forest_searches, partition_search
from adaudit.collect.probing import application_partitions, gives_sacls
from adaudit.collect.search import Search
from adaudit.collect.session import SearchStoppedError
from adaudit.collect.source import Item, Sacls, Stage
from adaudit.collect.steps import read_step
from adaudit.config import LdapUrl
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry, Gap
from adaudit.directory.marks import Mark
from adaudit.errors import CollectError, DirectoryError

_NO_MARKS: Mapping[str, Mark] = MappingProxyType({})


class LdapSource:
    """
    One domain controller of each domain of a forest that is to be read, or several of one.

    The configuration and the schema are read from the first one that answers, the same on all.
    What one server did not give to the end is asked of the next one that holds it; of domains of
    which no server was read, a global catalog gives what it has. To read
    everything is to read the partitions of applications too, and SACLs if they are asked for.
    """

    can_go_on = True

    def __init__(
        self,
        servers: Sequence[LdapUrl],
        access: Access,
        *,
        everything: bool = False,
        with_sacls: bool = False,
    ) -> None:
        self._servers = tuple(servers)
        self._access = access
        self.everything = everything
        self._with_sacls = with_sacls
        self.description = "LDAP " + ", ".join(map(str, servers))
        self.warnings = () if access.verify else tuple(map(_unverified, servers))

    @property
    def key(self) -> str:
        """Another one where another reader, or another plan, would see something else."""
        plan = fingerprint(everything=self.everything)
        asked = (self.description, self._access.reader, plan, self._with_sacls)
        return sha256(repr(asked).encode()).hexdigest()

    def read(self, marks: Mapping[str, Mark] = _NO_MARKS) -> Iterator[Item]:
        """
        Give the objects of the plan, server by server, but for what is read by the `marks`.

        A server that cannot be read is a gap; raises `CollectError` when none can.
        """
        reading = _Reading(
            self._access, marks, everything=self.everything, with_sacls=self._with_sacls
        )
        failures: list[CollectError] = []
        for url in sorted(self._servers, key=lambda url: url.is_catalog):
            yield Stage(str(url), str(url))
            try:
                yield from reading.server(url)
            except CollectError as error:
                failures.append(error)
                yield Gap(str(url), error.message)
        yield from reading.gaps()
        if len(failures) == len(self._servers):
            raise failures[0]
        if not reading.count and not marks:
            raise CollectError(
                f"nothing could be read from {self.description}: {reading.why_nothing}",
                "check what the account that reads may read",
            )


class _Reading:
    """One pass over the servers."""

    def __init__(
        self, access: Access, marks: Mapping[str, Mark], *, everything: bool, with_sacls: bool
    ) -> None:
        self._access = access
        self._marks = marks
        self._everything = everything
        self._with_sacls = with_sacls
        self._done = {step for step, mark in marks.items() if mark.cookie is None}
        self._failed: dict[str, Gap] = {}
        """By step: why it could not be read to its end"""
        self.count = 0
        """Objects beside the servers' own entries"""

    def server(self, url: LdapUrl) -> Iterator[Item]:
        """Give what one server holds that no server before it gave."""
        with Line(url, self._access) as line:
            if url.is_catalog:
                yield from self._from_catalog(line, url)
                return
            yield line.root
            searches = self._searches(line, url)
            if self._with_sacls and (searches or self._marks):
                are_given = gives_sacls(line, _contexts(line.root, url)[1])
                yield Sacls(are_given)
                searches = [replace(search, with_sacl=are_given) for search in searches]
            yield from self._steps(line, searches)

    def _from_catalog(self, line: Line, url: LdapUrl) -> Iterator[Item]:
        """Give what a global catalog holds of the domains that no server gave anything of."""
        configuration, own_domain = _contexts(line.root, url)
        if self._with_sacls:
            yield Sacls(are_given=gives_sacls(line, own_domain))
        for domain in domains_of_forest(line, configuration):
            names = {each.what for each in domain_searches(domain, everything=self._everything)}
            if not names.isdisjoint({*self._done, *self._failed, *self._marks}):
                continue
            first, *rest = catalog_searches(domain, everything=self._everything)
            if first.what not in self._done:
                yield Stage(first.what, first.what)  # the gap stays as long as what was read
                yield known_in_part(domain)
            left = [each for each in (first, *rest) if each.what not in self._done]
            yield from self._steps(line, left)

    def _steps(self, line: Line, searches: Sequence[Search]) -> Iterator[Item]:
        for number, search in enumerate(searches):
            try:
                yield from self._step(line, search)
            except SearchStoppedError as error:
                self._failed[search.what] = Gap(search.what, f"not read to the end: {error}")
                if not line.is_open_after(error):
                    self._leave(searches[number + 1 :], error)
                    return

    def gaps(self) -> Iterator[Item]:
        """What no server gave to its end."""
        for step, gap in self._failed.items():
            yield Stage(step, step)
            yield gap

    @property
    def why_nothing(self) -> str:
        """The first reason for which nothing came."""
        reasons = (gap.reason for gap in self._failed.values())
        return next(reasons, "no object that is looked for can be seen")

    def _searches(self, line: Line, url: LdapUrl) -> list[Search]:
        configuration, domain = _contexts(line.root, url)
        partitions = application_partitions(line) if self._everything else ()
        searches = (
            *forest_searches(configuration, everything=self._everything),
            *domain_searches(domain, everything=self._everything),
            *map(partition_search, partitions),
        )
        return [search for search in searches if search.what not in self._done]

    def _step(self, line: Line, search: Search) -> Iterator[Item]:
        mark = self._marks.get(search.what)
        yield Stage(f"going on with {search.what}" if mark else search.what, search.what)
        for item in read_step(line, search, mark):
            self.count += isinstance(item, Entry)
            yield item
        self._done.add(search.what)
        self._failed.pop(search.what, None)

    def _leave(self, searches: Sequence[Search], error: SearchStoppedError) -> None:
        for search in searches:
            self._failed.setdefault(search.what, Gap(search.what, f"not read: {error}"))


def _contexts(root: Entry, url: LdapUrl) -> tuple[Dn, Dn]:
    configuration = root.text("configurationNamingContext")
    domain = root.text("defaultNamingContext")
    if not configuration or not domain:
        raise no_controller(url, "its root entry names no domain")
    try:
        return Dn(configuration), Dn(domain)
    except DirectoryError as error:
        raise no_controller(url, error.message) from error


def _unverified(url: LdapUrl) -> str:
    return (
        f"the certificate of `{url}` is not verified (`verify: false`): whoever stands between "
        "can read the password and change what is read"
    )

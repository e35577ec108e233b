"""
What a global catalog gives of domains that no other server is asked for.

It holds every object of the forest, of each some attributes, and of groups that are not universal
no members. [MS-ADTS] 1.1, at `global catalog`
"""

from dataclasses import replace

from adaudit.collect.answers import FoundObject
from adaudit.collect.completeness import Contexts
from adaudit.collect.entries import Names
from adaudit.collect.line import Line
from adaudit.collect.pages import PageEnd, Pages
from adaudit.collect.plan import dns_name, domain_searches, forest_searches, wanted_by
from adaudit.collect.ranges import entry_of
from adaudit.collect.search import Search
from adaudit.collect.session import SearchStoppedError
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Gap
from adaudit.directory.partly import FROM_CATALOG
from adaudit.errors import CollectError, DirectoryError


def domains_of_forest(line: Line, configuration: Dn) -> list[Dn]:
    """All domains that a server knows of. Raises `CollectError` when it does not tell."""
    search = next(s for s in forest_searches(configuration) if s.classes == ("crossRef",))
    want = wanted_by(search)
    contexts = Contexts()
    try:
        for part in Pages(line, search, Names(want.attributes)):
            for found in () if isinstance(part, PageEnd) else part:
                if isinstance(found, FoundObject):
                    contexts.note(entry_of(found, want)[0])
    except (SearchStoppedError, DirectoryError) as error:
        raise CollectError(f"it does not tell the domains of the forest: {error}") from error
    return [dn for dn, name in contexts.names.items() if name]


def catalog_searches(domain: Dn, *, everything: bool) -> tuple[Search, ...]:
    """The searches of a domain, under other names than those that read it whole."""
    searches = domain_searches(domain, everything=everything)
    return tuple(replace(each, what=f"{each.what} in the global catalog") for each in searches)


def known_in_part(domain: Dn) -> Gap:
    """That a domain is no more than partly known."""
    return Gap(f"domain {dns_name(domain)}", FROM_CATALOG)

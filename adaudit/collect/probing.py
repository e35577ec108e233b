"""What a server is asked before its objects: which partitions it holds, whether it gives SACLs."""

from collections.abc import Iterator
from contextlib import suppress

from adaudit.collect.answers import FoundObject
from adaudit.collect.entries import Names
from adaudit.collect.line import Line
from adaudit.collect.pages import PageEnd, Pages
from adaudit.collect.plan import DESCRIPTOR
from adaudit.collect.search import Scope, Search
from adaudit.collect.session import SearchStoppedError
from adaudit.directory.dn import Dn
from adaudit.errors import DirectoryError

_NAMED_APART = ("configurationNamingContext", "schemaNamingContext", "defaultNamingContext")


def application_partitions(line: Line) -> Iterator[Dn]:
    """
    The partitions that a server holds beside its domain, the configuration and the schema.

    Left out are other domains, which have a SID: of those a global catalog holds a part of each
    object, and members of their groups would be missing. [MS-ADTS] 3.1.1.3.2.13
    """
    apart = {name for text in map(line.root.text, _NAMED_APART) if text for name in _names(text)}
    for text in line.root.texts("namingContexts"):
        for context in _names(text):
            if context not in apart and not _is_domain(line, context):
                yield context


def gives_sacls(line: Line, head: Dn) -> bool:
    """
    Whether the reader may see SACLs, which takes a privilege that counts for all objects.

    Who lacks it gets no descriptor at all where the SACL is asked for too. [MS-ADTS] 3.1.1.4.4
    """
    with_sacl = Search(
        "right to read SACLs", head, Scope.BASE, with_descriptor=True, with_sacl=True
    )
    found = _object(line, with_sacl)
    return found is not None and any(found.attributes.get(DESCRIPTOR, ()))


def _is_domain(line: Line, context: Dn) -> bool:
    found = _object(line, Search("kind of a partition", context, Scope.BASE, ("objectSid",)))
    return found is not None and "objectsid" in found.attributes


def _object(line: Line, search: Search) -> FoundObject | None:
    """The object that a search of one finds; None where it finds none, for whatever reason."""
    try:
        # to the end, as the next answer comes behind it
        parts = list(Pages(line, search, Names(search.requested)))
    except SearchStoppedError as error:
        line.is_open_after(error)
        return None
    found = (each for part in parts if not isinstance(part, PageEnd) for each in part)
    return next((each for each in found if isinstance(each, FoundObject)), None)


def _names(text: str) -> Iterator[Dn]:
    with suppress(DirectoryError):  # a partition of no name cannot be asked for
        yield Dn(text)

"""What groups of Exchange 2000 and 2003 still hold."""

from collections.abc import Iterator
from dataclasses import dataclass

from adaudit.checks._context import Context
from adaudit.checks.domain._entry import evidence_of
from adaudit.checks.domain._strong import strong_bits
from adaudit.directory.principal import Principal
from adaudit.errors import DescriptorError
from adaudit.findings import Evidence
from adaudit.security.ace import Ace
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.sid import Sid
from adaudit.security.wire import decode

_NAMES = ("Exchange Domain Servers", "Exchange Enterprise Servers")
_MOST_EVIDENCE = 100
"""Entries that are shown; all objects are listed"""


@dataclass(frozen=True, slots=True)
class LeftOver:
    """A group of servers that are gone, and the entries that were set for it."""

    group: Principal
    entries: tuple[tuple[int, int, Ace], ...]
    """The object, by its number, with the position and the entry"""
    is_strong: bool
    """Whether one of them lets it change something"""

    def names(self, context: Context) -> tuple[str, ...]:
        """The objects that the entries are on."""
        numbers = dict.fromkeys(number for number, _, _ in self.entries)
        return tuple(str(context.snapshot.at(number).dn) for number in numbers)

    def evidence(self, context: Context) -> Iterator[Evidence]:
        """The first of the entries."""
        for number, position, ace in self.entries[:_MOST_EVIDENCE]:
            yield evidence_of(context.snapshot.at(number).dn, position, ace, context)


def left_over(context: Context) -> Iterator[LeftOver]:
    """The groups by their usual names, if the forest has no server of Exchange 2000 or 2003."""
    if any(server.decides_by_send_as for server in context.flow.servers):
        return
    for group in context.view.membership.named(*_NAMES):
        entries = tuple(_entries_for(group.sid, context))
        if group.scope is not None and entries:
            schema = context.view.schema
            is_strong = any(strong_bits(ace, schema) for _, _, ace in entries)
            yield LeftOver(group, entries, is_strong)


def _entries_for(sid: Sid, context: Context) -> Iterator[tuple[int, int, Ace]]:
    """What was granted to a SID itself, wherever that was set."""
    sought = sid.encode()
    for descriptor, body in context.snapshot.descriptors():
        if sought in body:
            found = list(_granted(sid, body))
            for number in context.snapshot.numbers_with(descriptor) if found else ():
                yield from ((number, position, ace) for position, ace in found)


def _granted(sid: Sid, body: bytes) -> Iterator[tuple[int, Ace]]:
    try:
        known: SecurityDescriptor = decode(body)
    except DescriptorError:
        return  # is a finding of its own
    for position, ace in enumerate(known.dacl.entries if isinstance(known.dacl, Acl) else ()):
        if isinstance(ace, Ace) and ace.allows and ace.trustee == sid and not ace.is_inherited:
            yield position, ace

"""AdminSDHolder, whose entries are copied to protected accounts and groups. [MS-ADTS] 3.1.1.6.1"""

from collections.abc import Sequence
from functools import cache

from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.errors import AdauditError
from adaudit.review.defaults import Partition
from adaudit.review.delegations.explicit import explicit_part
from adaudit.security.ace import AnyAce
from adaudit.security.sid import BUILTIN, Sid

_HOLDER = "CN=AdminSDHolder,CN=System"
_PROTECTED_RIDS = frozenset({500, 502, 512, 516, 518, 519, 521, 526, 527})
_PROTECTED_ALIASES = frozenset(map(BUILTIN.relative, (544, 548, 549, 550, 551, 552)))


class Holders:
    """The AdminSDHolder of each domain, and who is protected by it."""

    def __init__(self, view: View) -> None:
        self._view = view
        self.entries = cache(self._entries)

    def _entries(self, domain: Sid | None) -> Sequence[AnyAce]:
        """The entries that a domain's AdminSDHolder gives away; none where it was not read."""
        known = self._view.domains.by_sid.get(domain) if domain else None
        holder = self._view.snapshot.entry(self.place(known.dn)) if known else None
        if holder is None or holder.descriptor is None:
            return ()
        try:
            return [ace for _, ace in explicit_part(holder.descriptor).entries]
        except AdauditError:  # the object is among those that are not judged
            return ()

    @staticmethod
    def place(domain: Dn) -> Dn:
        """Where a domain has its AdminSDHolder."""
        return domain.child(_HOLDER)

    @staticmethod
    def protects(entry: Entry, partition: Partition) -> bool:
        """
        Whether the entries are copied to an object: adminCount tells, or its SID.

        Raises `AdauditError` where one of them is damaged.
        """
        if entry.integer("adminCount"):
            return True
        sid = entry.sid
        if sid is None:
            return False
        is_of_domain = sid.domain is not None and sid.domain == partition.domain
        return sid in _PROTECTED_ALIASES or (is_of_domain and sid.rid in _PROTECTED_RIDS)

"""Whether a trustee still exists, as far as what was read tells."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property

from adaudit.access.view import View
from adaudit.directory.entry import Entry
from adaudit.directory.faults import understood
from adaudit.directory.snapshot import Snapshot
from adaudit.security.sid import DOMAIN_NAMES, Sid


class Standing(StrEnum):
    """What is known of the account or group that a SID was given to."""

    KNOWN = "known"
    DELETED = "deleted"
    """Its domain was read whole, and holds nobody of that SID"""
    HISTORY = "of the past"
    """Somebody has it in the SID history: it works, under a name of the past"""
    TRUSTED = "of a trusted domain"
    FOREIGN = "of no domain that is known"
    """Its domain is none of the forest, and none that a domain of it trusts directly"""
    UNTOLD = "not told"
    """Its domain, or a part of it, was not read"""


@dataclass(frozen=True, slots=True)
class Trustee:
    """A trustee, and what is known of it."""

    sid: Sid
    standing: Standing = Standing.KNOWN
    note: str = ""
    """Who has the SID in its history; which domain is trusted; why it cannot be told"""

    @property
    def is_orphan(self) -> bool:
        """Whether nobody of the forest, and of what it trusts, has the SID."""
        return self.standing in {Standing.DELETED, Standing.FOREIGN}


class Trustees:
    """The trustees of a snapshot, each looked at once."""

    def __init__(self, view: View) -> None:
        self._view = view
        self.trustee = cache(self._trustee)

    def _trustee(self, sid: Sid) -> Trustee:
        membership, issuer = self._view.membership, sid.domain
        if issuer is None or sid in membership.principals:
            return Trustee(sid)
        owner = self._history.get(sid)
        if owner is not None:
            return Trustee(sid, Standing.HISTORY, f"in the SID history of {owner}")
        domain = self._view.domains.by_sid.get(issuer)
        if domain is None:
            return self._of_elsewhere(sid, issuer)
        if sid.rid in DOMAIN_NAMES:
            return Trustee(sid)  # a group that older systems have not got
        if membership.lost is not None:
            return Trustee(sid, Standing.UNTOLD, membership.lost)
        return Trustee(sid, Standing.DELETED, f"{domain.netbios_name} has nobody of that SID")

    def _of_elsewhere(self, sid: Sid, issuer: Sid) -> Trustee:
        trusted = self._trusted.get(issuer)
        if trusted is not None:
            return Trustee(sid, Standing.TRUSTED, f"of {trusted}, which is trusted")
        unread = ", ".join(domain.dns_name for domain in self._view.domains.unread)
        if unread:
            return Trustee(sid, Standing.UNTOLD, f"it may be of {unread}, which was not read")
        return Trustee(sid, Standing.FOREIGN, "its domain is neither of the forest nor trusted")

    @cached_property
    def _history(self) -> Mapping[Sid, str]:
        """By SID: who has it in the SID history."""
        population = self._view.membership.population
        found: dict[Sid, str] = {}
        for number, sids in population.history.items():
            for sid in sids:
                found[Sid.decode(sid)] = population.principal(number).name
        return found

    @cached_property
    def _trusted(self) -> Mapping[Sid, str]:
        """The domains that are trusted directly, by SID."""
        return trusted_domains(self._view.snapshot)


def trusted_domains(snapshot: Snapshot) -> Mapping[Sid, str]:
    """The names of the domains that trusts are with, by SID. [MS-ADTS] 6.1.6.7"""
    entries = snapshot.of_class("trustedDomain")
    return {sid: entry.dn.name for entry, sid in understood(entries, _identifier, [])}


def _identifier(entry: Entry) -> Sid | None:
    values = entry.values("securityIdentifier")
    return Sid.decode(values[0]) if values else None

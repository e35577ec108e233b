"""Tier 0 of a snapshot, computed from what the directory says of itself."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from adaudit.access.bitmap import BitMap
from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Gap
from adaudit.directory.population import Population
from adaudit.review.tier_zero.asset import Asset, Finds
from adaudit.review.tier_zero.domains import find_in_domains
from adaudit.review.tier_zero.forest import find_in_configuration
from adaudit.review.tier_zero.holders import find_principals
from adaudit.review.tier_zero.pki import authority_hosts, find_certificate_services
from adaudit.review.tier_zero.policies import find_policies
from adaudit.review.tier_zero.principals import Principals
from adaudit.review.tier_zero.well_known import ALWAYS_TRUSTED, well_known
from adaudit.review.tier_zero.widening import NAMED, Widening
from adaudit.security.sid import Sid


@dataclass(frozen=True)
class TierZero:
    """
    The objects whose control is control of the forest, and who may control them.

    It is the same whatever its parts are called: what is known by SID or RID is found by them.
    """

    groups: frozenset[Sid]
    """The groups with those nested in them, and single accounts that are tier 0 by themselves;
    the well-known ones even if they were not read"""
    accounts: BitMap
    """The accounts that carry one of them, controllers too: numbers of the population, and so
    those of `Carriers` for all accounts"""
    unread: tuple[Gap, ...]
    """What of tier 0 was not read: control of it is not known"""
    open_to: Mapping[Sid, Sid]
    """What anyone holds and yet is in a tier-0 group, by that group: it is not trusted for that"""
    unmatched: tuple[str, ...]
    """What the target list adds to tier 0 and is not in this snapshot"""
    _assets: Mapping[str, Asset]
    _population: Population

    @classmethod
    def of(cls, view: View, widened: Sequence[str] = ()) -> Self:
        r"""
        Find tier 0, with what `widened` adds to it: principals (SID, DN, `DOMAIN\name`), objects.

        Raises `DirectoryError` when the snapshot is damaged.
        """
        widening = Widening.of(view, widened)
        named = dict.fromkeys(sorted(widening.principals), NAMED)
        seeds = named | dict(authority_hosts(view)) | dict(well_known(view.domains))
        principals = Principals(view, seeds)
        finds = Finds(view.snapshot)
        find_in_domains(view, finds)
        find_principals(principals, finds)
        find_policies(view, finds)
        find_in_configuration(view, finds)
        find_certificate_services(view, finds)
        widening.find(finds)
        return cls(
            principals.sids,
            principals.accounts,
            finds.gaps,
            principals.open_to,
            widening.unmatched,
            finds.by_path(),
            view.membership.population,
        )

    @property
    def assets(self) -> Collection[Asset]:
        """All objects of tier 0, each once, by kind and then by path."""
        return self._assets.values()

    def asset(self, dn: Dn) -> Asset | None:
        """What an object is in tier 0, None if it is not part of it."""
        return self._assets.get(dn.path)

    def is_trusted(self, sid: Sid) -> bool:
        """Whether what a trustee may do to tier 0 is no news: it is tier 0 itself."""
        if sid in self.groups or sid in ALWAYS_TRUSTED:
            return True
        number = self._population.number(sid)
        return number is not None and number in self.accounts

    def doubt(self, sid: Sid) -> str | None:
        """Why it is not known whether a trustee is trusted, None where it is known."""
        domains = self._population.domains
        if self.is_trusted(sid) or sid.domain is None or sid.domain in domains.by_sid:
            return None
        return "its domain was not read" if domains.unread else None

r"""What the target list adds to tier 0: principals and objects, by SID, DN or `DOMAIN\name`."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.directory.known_names import spellings
from adaudit.errors import AdauditError, DirectoryError
from adaudit.review.tier_zero.asset import Finds, Kind
from adaudit.security.sid import WELL_KNOWN_NAMES, Sid

NAMED = "named in the target list"


@dataclass(frozen=True, slots=True)
class Widening:
    """The entries of the list, found in a snapshot or not."""

    principals: frozenset[Sid]
    objects: tuple[Dn, ...]
    """Of those that are named by their DN, principals too"""
    unmatched: tuple[str, ...]
    """Entries that mean nothing here"""

    @classmethod
    def of(cls, view: View, widened: Sequence[str]) -> Self:
        """Look all entries up; names take one pass over all principals, whatever their number."""
        by_name = _by_name(view, widened)
        principals: set[Sid] = set()
        objects: list[Dn] = []
        unmatched = []
        for text in widened:
            dn = _dn_of(text, view)
            found = {*by_name.get(text.lower(), ()), *_by_sid(text, view), *_by_dn(dn, view)}
            principals |= found
            if dn is not None:
                objects.append(dn)
            elif not found:
                unmatched.append(text)
        return cls(frozenset(principals), tuple(objects), tuple(unmatched))

    def find(self, finds: Finds) -> None:
        """Take up the objects; principals among them are there already."""
        for dn in self.objects:
            finds.add(dn, Kind.NAMED, NAMED)


def _by_name(view: View, widened: Sequence[str]) -> dict[str, set[Sid]]:
    names = {text.lower() for text in widened if "\\" in text and "=" not in text}
    found: dict[str, set[Sid]] = defaultdict(set)
    for principal in view.membership.named(*names) if names else ():
        for name in names & spellings(principal.name):
            found[name].add(principal.sid)
    return found


def _by_sid(text: str, view: View) -> set[Sid]:
    if not text.upper().startswith("S-1-"):
        return set()
    try:
        sid = Sid.parse(text)
    except AdauditError:
        return set()
    is_known = sid in WELL_KNOWN_NAMES or view.membership.population.number(sid) is not None
    return {sid} if is_known else set()


def _dn_of(text: str, view: View) -> Dn | None:
    """The DN that an entry is, if there is such an object."""
    try:
        dn = Dn(text)
    except DirectoryError:
        return None
    return dn if view.snapshot.number(dn) is not None else None


def _by_dn(dn: Dn | None, view: View) -> set[Sid]:
    principal = None if dn is None else view.membership.bearing(dn)
    return set() if principal is None else {principal.sid}

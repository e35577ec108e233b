"""Group policies that take effect on tier 0: those linked above it. [MS-GPOL] 2.2.2."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.errors import DirectoryError
from adaudit.review.tier_zero.asset import Finds, Kind

_LINK = re.compile(r"\[LDAP://([^\];]*);(-?\d+)\]", re.IGNORECASE)
_DISABLED = 0x1
_TAKING_POLICIES = (Kind.CONTROLLER, Kind.ACCOUNT)


@dataclass(frozen=True, slots=True)
class Link:
    """One policy that a container names."""

    policy: str
    """The DN as it is written"""
    options: int

    @property
    def is_enabled(self) -> bool:
        """Whether the policy takes effect; one that is enforced and disabled does not."""
        return not self.options & _DISABLED


def parse_links(text: str) -> list[Link]:
    """
    The links of a `gPLink`, in stored order.

    Raises `DirectoryError` when it holds anything else.
    """
    found = [Link(name, int(options)) for name, options in _LINK.findall(text)]
    if _LINK.sub("", text).strip(" \0"):
        raise DirectoryError(f"`{text}` is no list of linked policies")
    return found


def find_policies(view: View, finds: Finds) -> None:
    """
    Find the policies linked to heads of domains, sites, and units above controllers and accounts.

    Links from above that a unit blocks count as well: whether it does is one more setting that
    whoever controls the unit can change. Groups take no policies.
    """
    is_any_linked = False
    for container in _containers(view, finds):
        text = container.text("gPLink")
        is_any_linked |= text is not None
        _find_linked(container, text or "", finds)
    if not is_any_linked:
        finds.miss("gPLink", "no object with it was read: which policies reach tier 0 is not known")


def _containers(view: View, finds: Finds) -> Iterator[Entry]:
    dns = {asset.dn: None for asset in finds.of_kind(Kind.DOMAIN_HEAD)}
    for asset in finds.of_kind(*_TAKING_POLICIES):
        above = asset.dn.parent
        while above is not None and above.text and above not in dns:
            dns[above] = None
            above = above.parent
    yield from filter(None, map(view.snapshot.entry, dns))
    yield from view.snapshot.of_class("site")


def _find_linked(container: Entry, text: str, finds: Finds) -> None:
    try:
        policies = [Dn(link.policy) for link in parse_links(text) if link.is_enabled]
    except DirectoryError as error:
        finds.miss(f"gPLink of {container.dn}", f"is damaged: {error.message}")
        return
    for policy in policies:
        finds.demand(policy, Kind.POLICY, f"linked to {container.dn}")

"""Which controllers check access to which objects."""

from collections.abc import Iterator
from dataclasses import dataclass

from adaudit.access.bitmap import BitMap
from adaudit.access.token import Server
from adaudit.access.view import View
from adaudit.directory.dn import Dn


@dataclass(frozen=True, slots=True)
class Region:
    """Objects to which the same controllers check access."""

    server: Server
    objects: BitMap | None
    """Their numbers, None for all of the snapshot"""


def regions(view: View, within: Dn | None, domain: str | None) -> Iterator[Region]:
    """
    All objects, or one and those under it, by the domain whose controllers are asked.

    What is in no domain is on the controllers of all: `domain` chooses, or else those of the root
    of the forest are asked. Raises `DirectoryError` where there is no domain of that name.
    """
    domains = view.domains
    chosen = domains.root if domain is None else domains.named(domain)
    snapshot = view.snapshot
    left = None if within is None else BitMap(snapshot.numbers_within(within))
    if len(domains.all) < 2:
        yield Region(view.controller_of(chosen), left)
        return
    rest = BitMap(snapshot.numbers_within(Dn(""))) if left is None else left
    configuration = BitMap(snapshot.numbers_within(Dn(f"CN=Configuration,{domains.root_dn}")))
    for known in sorted(domains.all, key=lambda each: -len(each.dn.path)):
        here = (BitMap(snapshot.numbers_within(known.dn)) - configuration) & rest
        rest = rest - here
        if here:
            yield Region(view.controller_of(known), here)
    if rest:
        yield Region(view.controller_of(chosen), rest)

"""The objects on which a changed token may count: those with an entry that names what changed."""

import re
from array import array
from collections.abc import Iterable

from adaudit.access.bitmap import BitMap
from adaudit.drift.sides import Sides
from adaudit.drift.survey import question_of
from adaudit.drift.tokens import Touched
from adaudit.security.sid import PRINCIPAL_SELF

_MOST_PATTERNS = 2_000
"""More SIDs than these are not looked for in descriptors one by one"""
_Numbers = set[int | None]


def bearing(sides: Sides, touched: Touched) -> BitMap:
    """Old numbers of objects of both snapshots, of those that changed themselves too."""
    new_of = sides.joined.new_of
    rows = sides.joined.old.object_rows()
    sids = touched.sids
    if sids is None or len(sids) > _MOST_PATTERNS or _are_owners_asked(sides):
        return BitMap(array("I", (row[0] for row in rows if new_of[row[0]] and row[2])))
    directly, by_self = _naming(sides, sids)
    numbers = (
        row[0]
        for row in rows
        if new_of[row[0]] and (row[2] in directly or (row[2] in by_self and row[3] in sids))
    )
    return BitMap(array("I", numbers))


def _naming(sides: Sides, sids: Iterable[bytes]) -> tuple[_Numbers, _Numbers]:
    """The descriptors that hold one of some SIDs, and those with an entry for SELF."""
    named = re.compile(b"|".join(map(re.escape, sids)) or b"(?!)")
    own = PRINCIPAL_SELF.encode()
    directly: _Numbers = set()
    by_self: _Numbers = set()
    for number, body in sides.joined.old.descriptors():
        if named.search(body):
            directly.add(number)
        elif own in body:
            by_self.add(number)
    return directly, by_self


def _are_owners_asked(sides: Sides) -> bool:
    """Whether it hangs on groups that no descriptor names what an owner may do."""
    permission = sides.rights[0].permission
    return any(
        question_of(permission, view)(chain).facts.blocks_owner
        for view in (sides.old, sides.new)
        for chain in view.snapshot.chains.values()
    )

"""
An object takes nothing from its parent.

What it reports: each object whose DACL is protected from inheritance, though it is neither so by
default nor a copy of AdminSDHolder, with the entries of the parent that do not reach it.

Why it matters: who administers the parent takes it that a change there holds below. On such an
object, and all below it, neither grants nor denies of the parent take effect, nor are they taken
away when the parent's are removed.

How to mend it: let the object inherit again, after making sure that what then holds is what is
meant; or note why it must not.
"""

from collections.abc import Iterator
from dataclasses import replace

from adaudit.checks._context import Context
from adaudit.checks.domain._by_hand import (
    affected,
    identity,
    place_of,
    set_by_hand,
    unjudged,
    where,
)
from adaudit.checks.domain._entry import evidence_of
from adaudit.checks.domain._grants import NOT_READ, Said
from adaudit.findings import Evidence, Finding, Severity
from adaudit.review.defaults import Covering
from adaudit.review.delegations import Delegation, Kind
from adaudit.security.ace import Ace, AceFlags
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.inheritance import inherit_entry

SEVERITY = Severity.LOW
REASON = "low where an entry of the parent does not reach the object, info where all were kept"
REFERENCES = ("[MS-ADTS] 6.1.3",)
_INHERITED = int(AceFlags.INHERITED)


def run(context: Context) -> Iterator[Said]:
    """Look at each object on which somebody blocked inheritance."""
    if context.snapshot.scope != "all":
        yield NOT_READ
        return
    for delegation in set_by_hand(context, Kind.BLOCKED):
        yield _finding(delegation, context)
    yield from unjudged(context)


def _finding(delegation: Delegation, context: Context) -> Finding:
    kept_out = tuple(_kept_out(delegation, context))
    count = len(kept_out)
    rest = "what the parent hands down stands there as its own"
    if count:
        what = "1 entry of the parent does" if count == 1 else f"{count} entries of the parent do"
        rest = f"{what} not reach it"
    return Finding(
        id=identity("blocked-inheritance", delegation, context),
        check="blocked-inheritance",
        severity=Severity.LOW if kept_out else Severity.INFO,
        subject=place_of(delegation),
        message=f"nothing is inherited by {where(delegation)}: {rest}",
        evidence=kept_out,
        affects=affected(delegation, context),
        remedy=("let it inherit again, if what then holds is what is meant",),
    )


def _kept_out(delegation: Delegation, context: Context) -> Iterator[Evidence]:
    """The entries of the parent that say more than the first of the objects has itself."""
    level = context.view.level(delegation.example)
    above = delegation.example.parent
    own, dacl = level.descriptor, context.view.level(above).dacl if above else None
    if not isinstance(own, SecurityDescriptor) or not isinstance(own.dacl, Acl) or dacl is None:
        return
    covering = Covering(own.dacl.entries)
    classes = frozenset({level.class_guid} if level.class_guid else ())
    for position, ace in enumerate(dacl.entries):
        heirs = inherit_entry(ace, classes, own.owner, own.group)
        plain = (replace(heir, flags=AceFlags(int(heir.flags) & ~_INHERITED)) for heir in heirs)
        if above and isinstance(ace, Ace) and not all(map(covering.covers, plain)):
            yield evidence_of(above, position, ace, context)

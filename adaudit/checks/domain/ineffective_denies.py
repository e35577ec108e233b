"""
A deny does not deny.

What it reports: each deny that was set by hand and is for nobody (Creator Owner, a distribution
group) or for nothing (a class that the object only is derived from, a GUID or rights that no access
check asks for there); that an earlier entry, or ownership, overrules on objects below for accounts
that it is for; or that denies deletion to accounts that may delete children of the parent. Accounts
of tier 0 count where the deny is for them, or is about deletion; what accounts hold on themselves
does not. Documented denies of Exchange, and what stands in the wrong order on the object itself,
are not meant.

Why it matters: who set the deny relies on it. An explicit allow goes before an inherited deny, the
entry of a nearer parent before that of a farther one, and to delete an object one right of two is
enough.

How to mend it: take the right away where it is granted, or deny it on the object itself and by what
the access check asks for; then remove the deny.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from adaudit.access.bitmap import union
from adaudit.access.evaluator import evaluate
from adaudit.checks._context import Context
from adaudit.checks.domain._accounts import first, told
from adaudit.checks.domain._by_hand import (
    affected,
    entry_of,
    identity,
    removal,
    set_by_hand,
    unjudged,
    where,
)
from adaudit.checks.domain._entry import evidence_of
from adaudit.checks.domain._grants import NOT_READ, Said
from adaudit.checks.domain._kept import Denied, Kept, deleted_through_parent, kept_on
from adaudit.checks.domain._void import why_void
from adaudit.directory.snapshot import descriptor_of
from adaudit.findings import Evidence, Finding, Severity
from adaudit.review.delegations import Delegation, Kind
from adaudit.security.ace import Ace
from adaudit.security.descriptor import SecurityDescriptor
from adaudit.wording import counted, party, path_names, readable

SEVERITY = Severity.MEDIUM
REASON = "a protection that is relied on is not there; low where only deletion is meant"
REFERENCES = ("[MS-ADTS] 5.1.3.3, 3.1.1.5.5.4", "KB 292509")
_MOST_EVIDENCE = 100
"""Of the objects on which a deny is overruled, those that are shown; all are listed"""


def run(context: Context) -> Iterator[Said]:
    """Look at each deny by itself, then for what overrules it."""
    if context.snapshot.scope != "all":
        yield NOT_READ
        return
    denies = list(set_by_hand(context, Kind.DENY))
    overruled: dict[int, list[Kept]] = defaultdict(list)
    for deny, kept in Denied(denies, context).below():
        overruled[id(deny)].append(kept)
    for deny in denies:
        if isinstance(deny.ace, Ace):
            yield from _findings(deny, deny.ace, overruled[id(deny)], context)
    yield from unjudged(context)


def _findings(
    deny: Delegation, ace: Ace, below: Sequence[Kept], context: Context
) -> Iterator[Finding]:
    why = why_void(ace, deny, context.view)
    if why is not None:
        yield _of_void(deny, ace, why, context)
        return
    found = [*_owned(deny, ace, context), *below]
    if found:
        yield _of_kept(deny, ace, found, context)
    deleted = list(deleted_through_parent(deny, ace, context))
    if deleted:
        yield _of_deleted(deny, ace, deleted, context)


def _owned(deny: Delegation, ace: Ace, context: Context) -> Iterator[Kept]:
    """What the owner of the object itself keeps; an earlier entry is a fault of the order."""
    entry = context.snapshot.entry(deny.example)
    if entry is not None and deny.position is not None and not ace.is_inherit_only:
        for kept in kept_on(entry, deny.position, ace, [*deny.objects], context):
            if kept.deciding is None:
                yield kept


def _of_void(deny: Delegation, ace: Ace, why: str, context: Context) -> Finding:
    return Finding(
        id=identity("ineffective-denies", deny, context, "void"),
        check="ineffective-denies",
        severity=SEVERITY,
        subject=party(ace.trustee, context.view),
        message=f"{readable(ace, context.view)}, set on {where(deny)}, denies nothing: {why}",
        evidence=entry_of(deny, context),
        affects=affected(deny, context),
        remedy=(removal(deny, context),),
    )


def _of_kept(deny: Delegation, ace: Ace, found: Sequence[Kept], context: Context) -> Finding:
    numbers = sorted({number for each in found for number in each.numbers})
    rights = ", ".join(dict.fromkeys(each.permission.name for each in found))
    accounts = union(each.accounts for each in found)
    verb = "holds" if len(accounts) == 1 else "hold"
    return Finding(
        id=identity("ineffective-denies", deny, context, "overruled"),
        check="ineffective-denies",
        severity=SEVERITY,
        subject=party(ace.trustee, context.view),
        message=f"{readable(ace, context.view)}, set on {where(deny)}, is overruled on "
        f"{counted(len(numbers), 'object')}: {told(accounts, context)} still {verb} {rights}",
        evidence=tuple(_granting(found, context)),
        affects=tuple(str(context.snapshot.at(number).dn) for number in numbers),
        remedy=("take the right away where it is granted", removal(deny, context)),
    )


def _of_deleted(deny: Delegation, ace: Ace, found: Sequence[Kept], context: Context) -> Finding:
    accounts = union(each.accounts for each in found)
    is_open = bool(accounts & context.outsiders.accounts)
    parent = ", ".join(dict.fromkeys(each.entry.dn.name for each in found))
    return Finding(
        id=identity("ineffective-denies", deny, context, "deletion"),
        check="ineffective-denies",
        severity=Severity.MEDIUM if is_open else Severity.LOW,
        subject=party(ace.trustee, context.view),
        message=f"{readable(ace, context.view)}, set on {where(deny)}, does not stop deletion: "
        f"{told(accounts, context)} may delete children of {parent}",
        evidence=tuple(_granting(found, context)),
        affects=affected(deny, context),
        remedy=(f"deny them to delete children of {parent} as well", removal(deny, context)),
    )


def _granting(found: Sequence[Kept], context: Context) -> Iterator[Evidence]:
    """What grants it in spite of the deny, with the way of one account to each entry."""
    seen: set[tuple[str, int]] = set()
    for kept in found:
        token = context.outsiders.token(first(kept.accounts, context), kept.place)
        known = descriptor_of(kept.entry)
        if isinstance(known, SecurityDescriptor) and len(seen) < _MOST_EVIDENCE:
            deciding = evaluate(known, token, kept.question).deciding
            key = (kept.entry.dn.path, deciding.position) if deciding else None
            if deciding and key and key not in seen:
                seen.add(key)
                shown = evidence_of(kept.entry.dn, deciding.position, deciding.ace, context)
                yield replace(shown, path=path_names(deciding.sid, token, context.view))

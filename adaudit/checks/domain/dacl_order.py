"""
The entries of a DACL are not in canonical order.

What it reports: each object whose DACL has an explicit entry after an inherited one, or an explicit
deny after an explicit allow, with the accounts that hold something by that order, or lack it, and
would not in canonical order. Inherited entries of several levels are no disorder, as those of a
nearer parent come first.

Why it matters: access is checked in stored order. The tools of an administrator show and write the
canonical order, so what they show is not what happens, and saving it changes who gets in.

How to mend it: let the tool put the entries in order, after making sure that what then holds is
what is meant.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from adaudit.access.bitmap import BitMap, union
from adaudit.access.evaluator import evaluate
from adaudit.checks._context import Context
from adaudit.checks.domain._accounts import first, listed, told
from adaudit.checks.domain._entry import evidence_of
from adaudit.checks.domain._order import Change, changes
from adaudit.checks.domain._together import Together, gathered
from adaudit.directory.entry import Entry, Gap
from adaudit.directory.snapshot import descriptor_of
from adaudit.findings import Evidence, Finding, Severity, fingerprint
from adaudit.review.families import Family
from adaudit.security.ace import Ace, AnyAce
from adaudit.security.canonical import canonical_order, find_disorder
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.wire import encode_ace
from adaudit.wording import counted, path_names

SEVERITY = Severity.HIGH
REASON = "high where the order decides for somebody, low where it decides for nobody"
REFERENCES = (
    "[MS-DTYP] 2.4.5",
    "Microsoft: Order of ACEs in a DACL",
)


def run(context: Context) -> Iterator[Finding | Gap]:
    """Look for the first entry of each DACL that is out of order, and for whom it matters."""
    judged = ((family, (0,)) for family in _disordered(context))
    for together in gathered(judged, _descriptor, context):
        known = descriptor_of(together.example)
        if isinstance(known, SecurityDescriptor) and isinstance(known.dacl, Acl):
            yield from _said(together, known, known.dacl, context)


def _disordered(context: Context) -> Iterator[Family]:
    found = frozenset(context.descriptors.out_of_order)
    if found:
        yield from (family for family in context.families if family.descriptor in found)


def _descriptor(entry: Entry, _: Sequence[int]) -> tuple[bytes | None, str | None]:
    return entry.descriptor, entry.object_class


def _said(
    together: Together, descriptor: SecurityDescriptor, dacl: Acl, context: Context
) -> Iterator[Finding | Gap]:
    found = list(changes(together.example, descriptor, dacl, context))
    decided = [change for change in found if change.gained or change.lost]
    yield _finding(together, dacl, decided, context)
    if not decided and found:
        who = counted(len(union(change.undecided for change in found)), "account")
        why = f"whether the order of the entries matters to {who} hangs on what is not known"
        yield Gap(str(together.example.dn), why)


def _finding(together: Together, dacl: Acl, decided: Sequence[Change], context: Context) -> Finding:
    disorder = find_disorder(dacl)
    if disorder is None:
        raise ValueError(f"the entries of {together.example.dn} are in order")
    shown = {
        each.position: each
        for change in decided
        for each in _evidence(together.example, dacl, change, context)
    }
    late: list[AnyAce] = [dacl.entries[at] for at in sorted(shown)] or [
        dacl.entries[disorder.position]
    ]
    parts = [f"entry {disorder.position} is an {disorder.rule.value} (entry {disorder.behind})"]
    parts += _effects(decided, context)
    return Finding(
        id=fingerprint("dacl-order", together.guid(context), *map(encode_ace, late)),
        check="dacl-order",
        severity=Severity.HIGH if decided else Severity.LOW,
        subject=together.subject,
        message="; ".join(parts) + together.count,
        evidence=tuple(shown[at] for at in sorted(shown)),
        affects=together.names(context),
        remedy=("put the entries in canonical order, if what then holds is what is meant",),
    )


def _effects(decided: Sequence[Change], context: Context) -> Iterator[str]:
    """Who gains and who loses, in words."""
    ways: tuple[tuple[str, Callable[[Change], BitMap]], ...] = (
        ("hold", lambda change: change.gained),
        ("lack", lambda change: change.lost),
    )
    for does, of in ways:
        some = [change for change in decided if of(change)]
        if some:
            accounts = union(of(change) for change in some)
            verb = f"{does}s" if len(accounts) == 1 else does
            what = listed(_rights(some))
            yield f"{told(accounts, context)} {verb} {what}, and would not in canonical order"


def _rights(some: Sequence[Change]) -> list[str]:
    """What they hold or lack; what is so on the object is not told again of those below."""
    here = dict.fromkeys(each.permission.name for each in some if not each.order.is_below)
    below = dict.fromkeys(each.permission.name for each in some if each.permission.name not in here)
    return [*here, *(f"{name} on objects below" for name in below)]


def _evidence(entry: Entry, dacl: Acl, change: Change, context: Context) -> Iterator[Evidence]:
    """The entries that deny in one of the orders, with the way of the first account to each."""
    order = change.order
    canonical = [at for at in canonical_order(dacl) if at in order.positions]
    for accounts, descriptor, positions in (
        (change.gained, order.canonical, canonical),
        (change.lost, order.stored, order.positions),
    ):
        if accounts:
            token = context.outsiders.token(first(accounts, context), change.place)
            deciding = evaluate(descriptor, token, change.question).deciding
            if deciding is not None:
                path = path_names(deciding.sid, token, context.view)
                yield _denying(entry, dacl, positions[deciding.position], path, context)


def _denying(
    entry: Entry, dacl: Acl, position: int, path: tuple[str, ...], context: Context
) -> Evidence:
    ace = dacl.entries[position]
    if not isinstance(ace, Ace):
        raise TypeError("an entry that is not understood decides nothing")
    return replace(evidence_of(entry.dn, position, ace, context), path=path)

"""
Entries and owners are of nobody.

What it reports: each SID that an entry or the ownership of an object was given to and that no
account or group has: of a domain that was read whole it was deleted, of a domain that is neither of
the forest nor trusted it is foreign. Defaults, and SIDs that somebody has in his SID history, are
not meant; of the owners of tier 0 the check of ownership tells.

Why it matters: nobody can say whom the entry was for, so nobody takes it away. A SID comes back to
life with a restored account, or in the SID history of a migrated one, and has its rights again.

How to mend it: find out what it was, then remove its entries and give its objects another owner.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from adaudit.access.bitmap import BitMap
from adaudit.checks._context import Context
from adaudit.checks.domain._accounts import listed
from adaudit.checks.domain._by_hand import affected, entry_of, unjudged
from adaudit.checks.domain._grants import NOT_READ, Said
from adaudit.directory.entry import Gap
from adaudit.findings import Finding, Severity, fingerprint
from adaudit.review.delegations import Delegation, Kind, Standing, Trustee
from adaudit.wording import counted, party

SEVERITY = Severity.LOW
REASON = "nobody holds it now; it says that delegations are not looked after"
REFERENCES = ("PingCastle P-UnkownDelegation", "MITRE ATT&CK T1134.005")
_MOST_EVIDENCE = 100
"""Entries that are shown; all objects are listed"""


def run(context: Context) -> Iterator[Said]:
    """Look up all whom something was given to by hand."""
    if context.snapshot.scope != "all":
        yield NOT_READ
        return
    given: dict[Trustee, list[Delegation]] = defaultdict(list)
    for delegation in _given(context):
        if delegation.trustee is not None:
            given[delegation.trustee].append(delegation)
    for trustee, delegations in given.items():
        if trustee.is_orphan:
            yield _finding(trustee, delegations, context)
    yield from _untold(given)
    yield from unjudged(context)


def _given(context: Context) -> Iterator[Delegation]:
    """All entries, and the ownership of what is not of tier 0."""
    of_tier_zero = BitMap(asset.number for asset in context.tier_zero.assets)
    for delegation in context.delegations.found:
        if delegation.kind is not Kind.OWNER:
            yield delegation
        elif rest := delegation.objects - of_tier_zero:
            yield replace(delegation, objects=rest)


def _finding(trustee: Trustee, delegations: Sequence[Delegation], context: Context) -> Finding:
    owned = [each for each in delegations if each.kind is Kind.OWNER]
    entries = [each for each in delegations if each.kind is not Kind.OWNER]
    parts = [f"holds {_counted_entries(entries)}"] if entries else []
    if owned:
        parts.append(f"owns {counted(sum(len(each.objects) for each in owned), 'object')}")
    names = (name for each in delegations for name in affected(each, context))
    shown = (piece for each in entries[:_MOST_EVIDENCE] for piece in entry_of(each, context))
    return Finding(
        id=fingerprint("unresolvable-trustees", str(trustee.sid)),
        check="unresolvable-trustees",
        severity=SEVERITY,
        subject=party(trustee.sid, context.view),
        message=f"{trustee.sid} {' and '.join(parts)}: {trustee.note}",
        evidence=tuple(shown),
        affects=tuple(dict.fromkeys(names)),
        remedy=tuple(_remedies(entries, owned)),
    )


def _counted_entries(entries: Sequence[Delegation]) -> str:
    count = sum(len(each.objects) for each in entries)
    return "1 entry" if count == 1 else f"{count} entries"


def _remedies(entries: Sequence[Delegation], owned: Sequence[Delegation]) -> Iterator[str]:
    if entries:
        places = dict.fromkeys(each.place.name for each in entries)
        yield f"remove its entries from {listed([*places])}"
    if owned:
        places = dict.fromkeys(each.place.name for each in owned)
        yield f"give {listed([*places])} another owner"


def _untold(given: dict[Trustee, list[Delegation]]) -> Iterator[Gap]:
    """Those of whom it cannot be told, by the domain that issued them and the reason."""
    untold: dict[tuple[str, str], int] = defaultdict(int)
    for trustee in given:
        if trustee.standing is Standing.UNTOLD:
            untold[str(trustee.sid.domain), trustee.note] += 1
    for (domain, why), count in untold.items():
        yield Gap(domain, f"whether {counted(count, 'trustee')} of it still exist: {why}")

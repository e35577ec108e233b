"""
Anyone may change something that was given away by hand.

What it reports: each entry by which Everyone, Authenticated Users, Anonymous, Domain Users, Domain
Computers, Guests or the groups of BUILTIN that hold them may change an object, its DACL or its
owner, create or delete children, use a right that takes accounts or secrets over, or read
confidential attributes. Defaults of classes, of the system and of documented products do not count,
nor do entries that an earlier one takes away from all whom they are for.

Why it matters: whoever has any account, and sometimes whoever has none, holds what such an entry
grants. It is the first thing that an intruder looks for.

How to mend it: remove the entry where it was set, and grant the right to a group of those who need
it.
"""

from collections.abc import Iterator

from adaudit.checks._context import Context
from adaudit.checks.domain._by_hand import (
    affected,
    below,
    entry_of,
    identity,
    removal,
    set_by_hand,
    unjudged,
    where,
)
from adaudit.checks.domain._grants import NOT_READ, Said
from adaudit.checks.domain._in_effect import InEffect
from adaudit.checks.domain._strong import severity_of, strong_bits
from adaudit.findings import Finding, Severity
from adaudit.review.delegations import Delegation, Kind
from adaudit.security import sid as sids
from adaudit.security.ace import Ace
from adaudit.security.sid import BUILTIN, Sid
from adaudit.wording import party, readable

SEVERITY = Severity.HIGH
REASON = "any account holds the right; medium where it takes over no object by itself"
REFERENCES = (
    "ANSSI vuln_permissions_naming_context, vuln_compatible_2000",
    "MITRE ATT&CK T1222.001, T1098",
)
_EVERYBODY = frozenset(
    {
        *(sids.EVERYONE, sids.AUTHENTICATED_USERS, sids.ANONYMOUS, sids.NETWORK),
        *(sids.THIS_ORGANIZATION, Sid(5, (4,))),
        *map(BUILTIN.relative, (545, 546, 554)),
    }
)
"""Those of logons, and Users, Guests and Pre-Windows 2000 Compatible Access of BUILTIN"""
_OF_DOMAINS = frozenset({501, 513, 514, 515})
"""Guest, Domain Users, Domain Guests and Domain Computers, of whatever domain"""


def run(context: Context) -> Iterator[Said]:
    """Look at each entry that is no default and allows something to anyone."""
    if context.snapshot.scope != "all":
        yield NOT_READ
        return
    in_effect = InEffect(context)
    for delegation in set_by_hand(context, Kind.ALLOW):
        ace = delegation.ace
        if isinstance(ace, Ace) and _is_anyone(ace.trustee):
            bits = strong_bits(ace, context.view.schema)
            left = bits & in_effect.of(delegation) if bits else 0
            if left:
                yield _finding(delegation, ace, left, context)
    yield from unjudged(context)


def _is_anyone(sid: Sid) -> bool:
    return sid in _EVERYBODY or (sid.domain is not None and sid.rid in _OF_DOMAINS)


def _finding(delegation: Delegation, ace: Ace, bits: int, context: Context) -> Finding:
    return Finding(
        id=identity("broad-grants", delegation, context),
        check="broad-grants",
        severity=severity_of(ace, bits),
        subject=party(ace.trustee, context.view),
        message=f"{readable(ace, context.view)}: set on {where(delegation)}{below(delegation)}",
        evidence=entry_of(delegation, context),
        affects=affected(delegation, context),
        remedy=(removal(delegation, context),),
    )

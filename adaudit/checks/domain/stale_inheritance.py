"""
An entry says that it is inherited, and nothing above explains it.

What it reports: each object with entries that are marked as inherited, although the object inherits
nothing (it is protected, or the head of a naming context) or its parent holds no such entry.

Why it matters: the entry takes effect as it stands, but no administrator finds where it was set,
and a change on the parent does not reach it. It is left by propagation that failed or is pending,
by a move, by a restore, or by a tool that writes descriptors by hand.

How to mend it: let the object inherit anew (open its security settings and apply them), or remove
the entry on the object itself.
"""

from collections.abc import Iterator

from adaudit.access.origin import OriginState, link
from adaudit.checks._context import Context
from adaudit.directory.entry import Entry, Gap
from adaudit.directory.snapshot import descriptor_of
from adaudit.findings import Evidence, Finding, Party, Severity, fingerprint
from adaudit.security.ace import Ace
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.sddl import format_ace
from adaudit.wording import party, places, readable

SEVERITY = Severity.LOW
_STALE = frozenset({OriginState.STALE, OriginState.ORPHAN})


def run(context: Context) -> Iterator[Finding | Gap]:
    """Trace every inherited entry one level up."""
    for entry in context.snapshot.entries():
        known = descriptor_of(entry)
        if isinstance(known, SecurityDescriptor) and isinstance(known.dacl, Acl):
            stale = tuple(_stale(entry, known.dacl, context))
            if stale:
                yield _finding(entry, stale)


def _stale(entry: Entry, dacl: Acl, context: Context) -> Iterator[Evidence]:
    levels = context.view.levels(entry.dn)
    for position, ace in enumerate(dacl.entries):
        if isinstance(ace, Ace) and link(levels, position).state in _STALE:
            yield _evidence(entry, position, ace, context)


def _evidence(entry: Entry, position: int, ace: Ace, context: Context) -> Evidence:
    origin = context.view.origin(entry.dn, position)
    trustee = party(ace.trustee, context.view)
    return Evidence(
        object=str(entry.dn),
        position=position,
        sddl=format_ace(ace),
        readable=readable(ace, context.view),
        trustee=trustee,
        path=(trustee.name,),
        origin=places(origin),
        origin_note=origin.note,
    )


def _finding(entry: Entry, stale: tuple[Evidence, ...]) -> Finding:
    entries = "1 entry is" if len(stale) == 1 else f"{len(stale)} entries are"
    return Finding(
        id=fingerprint(
            "stale-inheritance", str(entry.guid or entry.dn.path), *(e.sddl for e in stale)
        ),
        check="stale-inheritance",
        severity=SEVERITY,
        subject=Party(entry.dn.name, str(entry.dn)),
        message=f"{entries} marked as inherited, and nothing above explains it",
        evidence=stale,
        remedy=("let the object inherit anew, or remove the entries on it",),
    )

"""
An entry says that it is inherited, and nothing above explains it.

What it reports: each object with entries that are marked as inherited, although the object inherits
nothing (it is protected, or the head of a naming context) or its parent holds no such entry. Those
of one parent with the same such entries are told together.

Why it matters: the entry takes effect as it stands, but no administrator finds where it was set,
and a change on the parent does not reach it. It is left by propagation that failed or is pending,
by a move, by a restore, or by a tool that writes descriptors by hand.

How to mend it: let the object inherit anew (open its security settings and apply them), or remove
the entry on the object itself.
"""

from collections.abc import Iterator, Sequence

from adaudit.checks._context import Context
from adaudit.checks.domain._entry import evidence_of
from adaudit.checks.domain._together import Together, gathered
from adaudit.directory.entry import Entry, Gap
from adaudit.directory.snapshot import descriptor_of
from adaudit.findings import Finding, Severity, fingerprint
from adaudit.security.ace import Ace
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.sddl import format_ace

SEVERITY = Severity.LOW
REASON = "what it grants is seen on the object, but not changed with what is above it"
REFERENCES = (
    "[MS-ADTS] 6.1.3",
    "[MS-DTYP] 2.5.3.4",
)


def run(context: Context) -> Iterator[Finding | Gap]:
    """Hold the inherited entries of all objects against those of their parents."""
    families = context.families
    judged = ((family, families.stale(family)) for family in families)
    for together in gathered(judged, _texts, context):
        yield _finding(together, context)


def _texts(entry: Entry, stale: Sequence[int]) -> tuple[str, ...]:
    """What is the same of objects that are told together: the entries, in SDDL."""
    return tuple(format_ace(ace) for _, ace in _stale(entry, stale))


def _stale(entry: Entry, stale: Sequence[int]) -> Iterator[tuple[int, Ace]]:
    known = descriptor_of(entry)
    if isinstance(known, SecurityDescriptor) and isinstance(known.dacl, Acl):
        for position in stale:
            ace = known.dacl.entries[position]
            if isinstance(ace, Ace):
                yield position, ace


def _finding(together: Together, context: Context) -> Finding:
    entry = together.example
    stale = [evidence_of(entry.dn, *each, context) for each in _stale(entry, together.positions)]
    entries = "1 entry is" if len(stale) == 1 else f"{len(stale)} entries are"
    return Finding(
        id=fingerprint("stale-inheritance", together.guid(context), *(e.sddl for e in stale)),
        check="stale-inheritance",
        severity=SEVERITY,
        subject=together.subject,
        message=f"{entries} marked as inherited{together.count}, and nothing above explains it",
        evidence=tuple(stale),
        affects=together.names(context),
        remedy=(f"let {together.each} inherit anew, or remove the entries on it",),
    )

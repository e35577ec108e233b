"""
A security descriptor does not follow its format.

What it reports: each object whose descriptor breaks [MS-DTYP], and each DACL with entries that are
not understood.

Why it matters: nobody can say what such an object grants; a controller may refuse it or read it
otherwise than the tools of an administrator do.

How to mend it: write the descriptor again from a sound copy, or let the object inherit anew.
"""

from collections.abc import Iterator

from adaudit.checks._context import Context
from adaudit.checks._descriptors import objects_with
from adaudit.directory.entry import Entry, Gap
from adaudit.directory.snapshot import Unreadable, descriptor_of
from adaudit.findings import Finding, Party, Severity, fingerprint
from adaudit.security.ace import OpaqueAce
from adaudit.security.descriptor import Acl

SEVERITY = Severity.HIGH
REASON = "nobody can say what it grants, and a controller may say something else than a tool"
REFERENCES = (
    "[MS-DTYP] 2.4.6",
    "[MS-DTYP] 2.4.4",
)


def run(context: Context) -> Iterator[Finding | Gap]:
    """Look at the objects whose descriptor could not be decoded as a whole."""
    for entry in objects_with(context.descriptors.damaged, context.snapshot):
        known = descriptor_of(entry)
        if isinstance(known, Unreadable):
            yield _finding(entry, known.reason, Severity.HIGH)
        elif isinstance(known.dacl, Acl):
            for position, ace in enumerate(known.dacl.entries):
                if isinstance(ace, OpaqueAce):
                    message = f"entry {position} is not understood: {ace.reason}"
                    yield _finding(entry, message, Severity.MEDIUM)


def _finding(entry: Entry, message: str, severity: Severity) -> Finding:
    return Finding(
        id=fingerprint("damaged-descriptor", entry.dn.path, message),
        check="damaged-descriptor",
        severity=severity,
        subject=Party(entry.dn.name, str(entry.dn)),
        message=message,
        remedy=("write the descriptor again from a sound copy",),
    )

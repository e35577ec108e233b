"""
An object has no DACL.

What it reports: each object whose descriptor has a NULL DACL or none at all.

Why it matters: without a DACL everyone may do everything, [MS-DTYP] 2.5.3.2. An empty DACL is
something else: it grants nothing.

How to mend it: give the object a DACL; letting it inherit from its parent is the usual one.
"""

from collections.abc import Iterator

from adaudit.checks._context import Context
from adaudit.checks._descriptors import objects_with
from adaudit.directory.entry import Gap
from adaudit.directory.snapshot import descriptor_of
from adaudit.findings import Finding, Party, Severity, fingerprint
from adaudit.security.descriptor import NullAcl, SecurityDescriptor

SEVERITY = Severity.HIGH
REASON = "everyone may do everything to the object, and no entry shows it"
REFERENCES = (
    "[MS-DTYP] 2.5.3.2",
    "MITRE ATT&CK T1222.001",
)


def run(context: Context) -> Iterator[Finding | Gap]:
    """Look for NULL and absent DACLs; the collector always asks for the DACL."""
    for entry in objects_with(context.descriptors.without_dacl, context.snapshot):
        known = descriptor_of(entry)
        is_null = isinstance(known, SecurityDescriptor) and isinstance(known.dacl, NullAcl)
        kind = "a NULL DACL" if is_null else "no DACL"
        yield Finding(
            id=fingerprint("missing-dacl", str(entry.guid or entry.dn.path)),
            check="missing-dacl",
            severity=SEVERITY,
            subject=Party(entry.dn.name, str(entry.dn)),
            message=f"the object has {kind}: everyone may do everything to it",
            remedy=("give it a DACL, usually by letting it inherit from its parent",),
        )

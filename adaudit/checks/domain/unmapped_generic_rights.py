"""
An entry carries generic rights that an access check does not know.

What it reports: each entry in effect whose mask has generic bits, such as GENERIC_ALL, instead of
the rights of directory objects that they stand for. Entries for objects below only are stored so by
design.

Why it matters: an access check compares the bits as they are, [MS-DTYP] 2.4.3, so that such an
entry grants nothing and denies nothing. The tools of an administrator show it as if it did.

How to mend it: set the entry again with a tool that goes through a controller, which maps the
rights; or remove it, if what holds now is what is meant.
"""

from collections.abc import Iterator, Sequence

from adaudit.checks._context import Context
from adaudit.checks._descriptors import is_unmapped
from adaudit.checks.domain._entry import evidence_of
from adaudit.checks.domain._grants import NOT_READ, Said
from adaudit.checks.domain._together import Together, gathered
from adaudit.directory.entry import Entry
from adaudit.directory.snapshot import descriptor_of
from adaudit.findings import Finding, Severity, fingerprint
from adaudit.review.families import Family
from adaudit.security.ace import Ace
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.sddl import format_ace

SEVERITY = Severity.MEDIUM
REASON = "medium where it was to deny something, low where it was to grant"
REFERENCES = ("[MS-DTYP] 2.4.3", "[MS-ADTS] 5.1.3.2")


def run(context: Context) -> Iterator[Said]:
    """Look at the descriptors that hold such entries."""
    if context.snapshot.scope != "all":
        yield NOT_READ
        return
    judged = ((family, _positions(family, context)) for family in _families(context))
    for together in gathered(judged, _texts, context):
        yield _finding(together, context)


def _families(context: Context) -> Iterator[Family]:
    unmapped = context.descriptors.unmapped
    if unmapped:
        yield from (family for family in context.families if family.descriptor in unmapped)


def _positions(family: Family, context: Context) -> Sequence[int]:
    return [position for position, _ in _unmapped(context.snapshot.at(family.numbers[0]))]


def _unmapped(entry: Entry) -> Iterator[tuple[int, Ace]]:
    known = descriptor_of(entry)
    if isinstance(known, SecurityDescriptor) and isinstance(known.dacl, Acl):
        for position, ace in enumerate(known.dacl.entries):
            if isinstance(ace, Ace) and is_unmapped(ace):
                yield position, ace


def _texts(entry: Entry, _: Sequence[int]) -> tuple[str, ...]:
    return tuple(format_ace(ace) for _, ace in _unmapped(entry))


def _finding(together: Together, context: Context) -> Finding:
    found = list(_unmapped(together.example))
    denies = any(ace.denies for _, ace in found)
    carry = "1 entry carries" if len(found) == 1 else f"{len(found)} entries carry"
    effect = "what was to be denied is not" if denies else "nothing is granted by that"
    texts = _texts(together.example, ())
    return Finding(
        id=fingerprint("unmapped-generic-rights", together.guid(context), *texts),
        check="unmapped-generic-rights",
        severity=Severity.MEDIUM if denies else Severity.LOW,
        subject=together.subject,
        message=f"{carry} generic rights{together.count}, which no access check knows: {effect}",
        evidence=tuple(evidence_of(together.example.dn, *each, context) for each in found),
        affects=together.names(context),
        remedy=(f"set the entries of {together.each} again through a controller, or remove them",),
    )
